B	loss_gradJ
x>