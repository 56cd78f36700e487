BlossJˆ²®5£ j@º/×æ§l@€³ÉÐãDi@_¤(h«i@nêÒapXh@F­dW1h@‘Œ
Måh@#žÂ²Öh@ƒ™âÕ±g@’²äyùèh@ø¹ +%›h@ª*`à“ck@mnOõg@Bs:×h@¬.¸Gã•h@BÀÿÌÃi@â7[Exh@