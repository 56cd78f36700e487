Bsampled_expected_countJPèT¯?¶
â?FK@P(ˆ@.×Q?36¡>Žµ‹>Ã‘û>£A?#’%?¬9?=>r?5×Ê>&×Ø>Z¼?î©>¨5’>3X™>íÆ?b‰v>