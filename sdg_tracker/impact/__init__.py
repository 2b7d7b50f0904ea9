"""The impact report of a year: what the library did for each goal."""

KIND = "impact"  # the name of this kind of edition
