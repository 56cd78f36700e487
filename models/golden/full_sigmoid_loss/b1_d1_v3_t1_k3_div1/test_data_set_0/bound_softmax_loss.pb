Bsoftmax_lossJ€
¤6AÄ>