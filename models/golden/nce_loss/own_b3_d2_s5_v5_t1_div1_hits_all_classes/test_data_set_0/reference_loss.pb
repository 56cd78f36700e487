BlossJP¡ã‹¿@O\Lúv@²N÷Ë
@