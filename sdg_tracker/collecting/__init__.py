"""What a library has, as plain data for a snapshot: the same for a dossier and for a report, in a few statements each.

Names of persons are never among it: events and editions say a role and a number.
"""
