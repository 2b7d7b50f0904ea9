"""The audit report: how a frozen edition was audited, what was found, what was answered, and the decision."""

KIND = "audit"  # the name of this kind of edition
