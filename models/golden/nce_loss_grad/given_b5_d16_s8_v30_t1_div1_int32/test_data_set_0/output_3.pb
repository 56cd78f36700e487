	Bbiases_gradJ$^>ΤBΤ>dWΏΒ΄
?”ιγ<Pi=mΞy½ωB‘>v¥P>