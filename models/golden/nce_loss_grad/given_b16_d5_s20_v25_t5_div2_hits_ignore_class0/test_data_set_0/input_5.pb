Bsampled_expected_countJPFK@P(ˆ@¶
â?£A?èT¯?Ã‘û>#’%?Š¾>3X™>¸êè>¨5’>:¥³>M€>î©>&Ã…>Žµ‹>5×Ê>b‰v>36¡>=>r?