
BlossJ(AE(AíAÄ
[A½@A?ÊkA†‰A\Ñ_Aj$GAY]'AŒgA