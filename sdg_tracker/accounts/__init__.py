"""Libraries, branches, users and their memberships."""
