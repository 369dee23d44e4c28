"""Programs for those who work on BooCode; nothing at run time needs them."""
