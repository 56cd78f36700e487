BlossJ@ãBïq=B7Õ6Bgj6B'œB‰[BÂ€(B~ã
BıBsBïªB@ìB|%BãaBÉΩBπ
B