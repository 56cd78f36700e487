BlossJ<1 ofÔ @„8IA·#@¦–7
2)!@