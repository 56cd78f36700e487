	Bsampled_expected_countJ$¬}/>'VÁ=6›|=²À¹=Š =Œ„¶>.
p?ã,Í?2¦=