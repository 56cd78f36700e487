BlossJôD9B¾ï
Bð]$BæB