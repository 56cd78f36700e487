
Bsampled_expected_countJ(Cêî?îo>¡Á‹?CQF?Aö1>mLØ=hƒ>´Ó?{>$!á=