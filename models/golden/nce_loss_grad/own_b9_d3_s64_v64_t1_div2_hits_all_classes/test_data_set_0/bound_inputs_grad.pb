Binputs_gradJK
"(ğ85?