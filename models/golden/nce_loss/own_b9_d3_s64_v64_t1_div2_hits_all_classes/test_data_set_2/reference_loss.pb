	BlossJHœ2ÒCòG@¼‹XNçF@Éù2åHH@¢Ë’
©J@èI±G@kJü!èJ@–æ–ÈŽ”H@*¦§ZgJ@«83UL@