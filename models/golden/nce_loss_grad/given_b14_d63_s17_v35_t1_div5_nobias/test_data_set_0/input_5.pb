Bsampled_expected_countJDF5;?«rR@;m>àRƒ>¨ç>
?A@“>Â*"?Ñ¯$>Š‡?{WÓ>°®?üa>³U7>‘k]?ò¾N>hw*>