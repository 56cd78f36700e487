BlossJ m,згGаP@m'м/Ч│N@БЯф─с}O@+╘@c
eO@