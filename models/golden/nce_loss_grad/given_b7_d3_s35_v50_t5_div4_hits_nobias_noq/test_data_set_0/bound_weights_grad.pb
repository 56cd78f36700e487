Bweights_gradJ
‡»8@ñ>