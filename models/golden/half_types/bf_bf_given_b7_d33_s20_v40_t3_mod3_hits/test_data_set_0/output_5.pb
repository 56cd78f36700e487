Bfull_sigmoid_lossJפ%B¡u(B[‘BקעתAע¼׳A״»‎A½_
B