Bfull_sigmoid_lossJ(†(éýê9@3wDù18@Ãf)29@H7
î0'<@À+9®Ü5@