Binputs_gradJt
3Õ
?