"""The dossier: what a certification asks, what the library shows for it, and what it lacks."""
