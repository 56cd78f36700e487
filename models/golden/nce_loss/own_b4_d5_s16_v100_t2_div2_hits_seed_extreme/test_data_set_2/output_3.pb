Bsampled_expected_countJ@∆›x?
ﬂA?÷$^?@&ı=À*Ø>Ë$>Ù)?¥…w=ét˚=ûì£>
jê>¸>Ãçu>Âç=¢á?cô=