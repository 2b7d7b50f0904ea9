"""Measurements: each figure against a baseline that runs beside it."""
