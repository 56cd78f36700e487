Bsampled_expected_countJ@ðy?}å>La?.?v»í=ê1>x¾E?8oÌ=…„µ>öü‘=
üÒ>J²?þO³=€ØT=´„D>Íè•>