"""Workbooks of editions: how a book is written that can be trusted, and the sheets that dossier and report share."""
