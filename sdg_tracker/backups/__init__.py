"""Copies of the whole installation, tried as soon as they are made, and the way back."""
