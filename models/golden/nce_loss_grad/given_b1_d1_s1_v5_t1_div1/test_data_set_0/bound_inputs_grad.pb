Binputs_gradJΈφ•
z>