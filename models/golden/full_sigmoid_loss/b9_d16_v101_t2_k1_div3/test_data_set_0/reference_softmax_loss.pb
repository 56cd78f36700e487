	Bsoftmax_lossJHb~{¿×@px¹ @%Pa[ë@˜¦GE@ýK
›º@ué~D(@ô^ô5Qî@j_rÈ|Ù@ô”R&"@