Bbiases_gradJÅaM
òžø>