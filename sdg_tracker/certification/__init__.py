"""The library's own judgement of each requirement, and what its evidence and activities say to it."""
