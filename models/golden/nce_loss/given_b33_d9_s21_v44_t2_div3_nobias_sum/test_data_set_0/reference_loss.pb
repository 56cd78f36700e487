BlossJz Já
ê@