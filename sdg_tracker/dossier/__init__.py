"""The dossier: what a certification asks, what the library shows for it, and what it lacks."""

KIND = "dossier"  # the name of this kind of edition
