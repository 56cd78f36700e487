Bsampled_expected_countJ 
╙ ?Smk?ьмA?[@З=╧?p>√о>с║=ЛоК>