
BlossJ(0#AãÖbAÀ73AÅAÂÿ+AÊ«RAehA×^%Aö½ŠA+'A