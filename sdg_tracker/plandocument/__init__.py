"""The plan on paper: as approved, its status in a year, and a year's evaluation with the proposal for the next."""

KIND = "plan"  # the name of this kind of edition
