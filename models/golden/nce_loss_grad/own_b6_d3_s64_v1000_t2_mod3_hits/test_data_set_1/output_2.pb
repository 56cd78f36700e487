Btrue_expected_countJ0Çx?˜¨X?ÀþÃ=Z*ì>$O~?©0d?†8o?Õ;º<ât·<$O~?
FI=†8o?