Bfull_sigmoid_lossJôBğn(Bµ•BæöúAÎ³×AŞ»ıAc
B