
Bsampled_expected_countJ(¥2…>L?Ø	Þ>ÜºÉ<p	B?’û;(æe=¤Õñ< p*=Zô´<