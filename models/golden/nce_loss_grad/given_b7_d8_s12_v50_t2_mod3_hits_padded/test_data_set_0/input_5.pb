Bsampled_expected_countJ0k›g>Nd@ÿ“=NÅ`?Pï”>©Ð>×VÀ=is?5³I>=a‰=X.?oì
>