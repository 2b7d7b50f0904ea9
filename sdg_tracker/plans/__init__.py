"""The three-year action plan: what the library has promised, and how far it is."""
