BlossJ<
éCkØCp±D"D—;ÚC¾FÙCH™àC ÞáC:YÜCæ‚âCPÂÖC`ÃòC˜ÐÕC*‚ÞC‰úC