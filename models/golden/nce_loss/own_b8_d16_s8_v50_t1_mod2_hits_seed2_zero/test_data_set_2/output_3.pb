Bsampled_expected_countJ àé=Än>–Ï>ØÍA?Smk?V5§>„g`>
ª ?