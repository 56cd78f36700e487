BlossJ()όΤώήGD@•―‚C@οE"
ηE@ΡG_Γ
^B@ ½εiF@