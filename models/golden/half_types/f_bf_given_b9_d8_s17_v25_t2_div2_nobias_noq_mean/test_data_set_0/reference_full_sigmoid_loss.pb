Bfull_sigmoid_lossJ
„­UF4@