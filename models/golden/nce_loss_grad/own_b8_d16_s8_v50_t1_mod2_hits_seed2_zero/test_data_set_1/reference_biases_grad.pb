Bbiases_gradJXl
PzÌøä«>Iªè⁄?œ¢’fez˚?jÎ[≥2ﬁÓ?∂}=	5j–?(óZ‡Re¬ø√‰⁄Ó›6ïø†\âNÕÛ¬ø$Ô‹{ﬂ±?ÿ8>T∑=√?JCB+u›?