"""Print: pages laid out for paper, from plain data and bytes named by their digest. No Flask, no domain, no clock."""
