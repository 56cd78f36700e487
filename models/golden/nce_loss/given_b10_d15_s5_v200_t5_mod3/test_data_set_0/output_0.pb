
BlossJ(9møA”,ßAÈtïA®;±AçBUãÁAí
ßAÂíßA%ðAJZÀA