BlossJ ЗW РятH@вp╔oy⌡I@ч6
°OoL@ЭD'Ю1gQ@