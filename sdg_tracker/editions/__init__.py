"""Editions: a dossier or report frozen as plain data, built into files, sealed and verified."""
