"""How an activity is, what its figures mean, and how it is mapped: plain values that need no database."""

from enum import StrEnum


class Status(StrEnum):
    """How far an activity is."""

    PLANNED = "planned"
    ONGOING = "ongoing"
    HELD = "held"
    CANCELLED = "cancelled"


class Qualifier(StrEnum):
    """How a figure is to be read: "mere end 2.000" is a figure with a qualifier."""

    EXACT = "exact"
    MORE_THAN = "more_than"
    ABOUT = "about"


class Stance(StrEnum):
    """What an activity does to a goal or target."""

    SUPPORTS = "supports"
    AGAINST = "against"
    UNKNOWN = "unknown"


class Contribution(StrEnum):
    """How an activity supports a goal or target."""

    DIRECT = "direct"
    INDIRECT = "indirect"
