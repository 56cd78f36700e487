Btrue_expected_countJ зг)?OК°=░>2▀э> ж|?d÷j?зг)?
>