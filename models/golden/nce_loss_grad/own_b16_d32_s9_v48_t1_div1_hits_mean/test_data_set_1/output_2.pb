Btrue_expected_countJ@y?'VÁ=l‹=>y>Ï>iß×>iß×>ã,Í?.
p?ã,Í?ã,Í?y?l‹=>iß×>ã,Í?†Z>