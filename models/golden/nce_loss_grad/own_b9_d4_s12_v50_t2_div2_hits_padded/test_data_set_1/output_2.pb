	Btrue_expected_countJHdSæ>z¥h?h|?|×>ò
>òâO?FK?h|?z¥h?®49?ýv€>¿Åù>h|?z¥h?ßT=>‡)¥>òd>>¤ò=