BlossJ:ÇD¦å
D´ûûCO@DjÂ0D,{Dø$D