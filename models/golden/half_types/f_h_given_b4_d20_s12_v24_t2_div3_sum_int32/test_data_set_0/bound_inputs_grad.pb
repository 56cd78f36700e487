Binputs_gradJr&
±¯D?