BlossJwV¯

/q@