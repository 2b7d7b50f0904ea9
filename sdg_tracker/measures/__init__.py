"""Figures that the library follows, and their readings."""
