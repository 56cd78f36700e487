BlossJDm%:CÜ,>CCŠ€CèXC/ÔIC…WICY§SC>%9CÆŸSCÍ©IC
BCŠ;C´ZCUøWCßZUCÕ”YCÁ´9C