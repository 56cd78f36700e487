Bbiases_gradJl—¬8Ah[}?ú–›?âåÒ="§º>#Ó@ò×>§KA¶Ó&A‚¬G?ÞYÏ>La÷>blú>o$:Aš2Ae`=?E­	?z¬?7¦?ÂFA´
$AÆ,'AaU A,“³>ÌŠ?®£AÄ¬>