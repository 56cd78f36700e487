Bweights_gradJ0
Iñº]?