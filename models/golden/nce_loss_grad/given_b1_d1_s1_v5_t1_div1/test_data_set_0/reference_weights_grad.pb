Bweights_gradJÂ£XÒgž‡¿GK
$a®¥?