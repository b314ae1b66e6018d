"""The officers' pages: the index in a browser, by roles. Served by `fodspor serve` (extra web)."""
