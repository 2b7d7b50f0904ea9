"""A supplement: what a library adds to a frozen edition when its auditor asks, as a small edition of its own."""

KIND = "supplement"  # the name of this kind of edition
