"""The impact report of a year: what the library did for each goal."""
