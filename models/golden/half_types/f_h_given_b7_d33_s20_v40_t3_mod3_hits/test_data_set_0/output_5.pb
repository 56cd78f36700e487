Bfull_sigmoid_lossJóBğn(Bµ•BæöúAÎ³×AŞ»ıAc
B