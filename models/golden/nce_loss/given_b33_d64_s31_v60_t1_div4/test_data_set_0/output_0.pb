!BlossJ„b:B‹5B­ÀB¸¶;B
Ý]B
#BåÒ%B|Ç=BÐÊLB"|BäU/B1BxQ6Bn·LBé0BVE,BòP%B1Ç,B}1B
!>B_“@BHQGBnX/BÀ‹;B¹f#Bƒ^>Bðs'B:?1BÏ@B(Ë?B";Bóü1BÜB