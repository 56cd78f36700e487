Bbiases_gradJ0ä½ˆ@õ§æ?ÉD=¿v…º@ØJ¯@¡ƒ•@«@#ç¶@ò"¾HW½@y
F¿E™¾