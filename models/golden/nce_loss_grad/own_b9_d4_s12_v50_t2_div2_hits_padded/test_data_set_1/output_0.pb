	BlossJ$Àª§A"€NA/A "‰A0
£A\Abs–Ag‘bA¦‹ A