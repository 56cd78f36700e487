BinputsJ üA¼Œ2¿¾y:»SG@Ã¼>»Oã¾+æ?e
¿