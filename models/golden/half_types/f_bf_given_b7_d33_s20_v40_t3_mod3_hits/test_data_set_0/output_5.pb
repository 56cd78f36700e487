Bfull_sigmoid_lossJ<B0m(BKŽBPöúAâÁ×Ai³ýA…`
B