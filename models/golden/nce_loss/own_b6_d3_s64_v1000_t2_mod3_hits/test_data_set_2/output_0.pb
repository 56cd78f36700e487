BlossJPC|
C/ˆC¬Š"C"“ C…3C