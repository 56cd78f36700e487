Bfull_sigmoid_lossJ^B±p(B—BŞùúA,³×A5¾ıAÈa
B