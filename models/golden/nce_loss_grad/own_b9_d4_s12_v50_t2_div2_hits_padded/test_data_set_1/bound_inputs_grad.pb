Binputs_gradJ
/«'>Ô?