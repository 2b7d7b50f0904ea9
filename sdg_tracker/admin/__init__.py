"""Pages on the whole library and installation."""
