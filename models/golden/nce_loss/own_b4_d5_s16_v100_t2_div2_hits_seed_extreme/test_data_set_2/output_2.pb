Btrue_expected_countJ ÆÝx?´óË>–hˆ>¥pé=a7_>ÆÝx?
ßA?;¦–=