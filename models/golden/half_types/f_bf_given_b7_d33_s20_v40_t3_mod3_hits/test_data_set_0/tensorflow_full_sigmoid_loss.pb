Bfull_sigmoid_lossJ<B0m(BJŽBQöúAâÁ×Ah³ýA…`
B