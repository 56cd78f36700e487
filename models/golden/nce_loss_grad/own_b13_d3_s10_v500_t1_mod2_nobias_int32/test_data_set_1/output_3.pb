
Bsampled_expected_countJ(¸‰;JÇ¥<îÉ™>p	B?Þc@<î^=L?˜­›=2ÏË=M?=