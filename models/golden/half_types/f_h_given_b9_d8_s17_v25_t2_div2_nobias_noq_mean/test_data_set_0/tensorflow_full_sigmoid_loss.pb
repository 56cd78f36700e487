Bfull_sigmoid_lossJ
/¢A