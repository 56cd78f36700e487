
Bsampled_expected_countJ(,Ã<Ô…/>1>¿i¢=b„©>Ï?Ê!w>ÓB:?Ï4‚;=øŠ<