"""Pages laid out for paper, from plain data and from bytes named by their digest. No Flask, no domain, no clock."""
