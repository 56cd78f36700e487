	Btrue_expected_countJ$gì@û+2@Éﬂ°@û+2@Ûä?Éﬂ°@gì@Éﬂ°@®\
A