Bbiases_gradJE/¤d»„
?