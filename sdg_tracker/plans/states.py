"""The closed sets of a plan."""

from enum import StrEnum


class Kind(StrEnum):
    """How a pledge is proved."""

    MEASURABLE = "measurable"  # a measure reaches a value by a day
    RECURRING = "recurring"  # something happens so many times in each period
    STANDING = "standing"  # a rule that is always kept, looked at once a year


class Per(StrEnum):
    """The period that something recurring is counted in."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"


class Status(StrEnum):
    """How a pledge stands on a day."""

    KEPT = "kept"
    ON_TRACK = "on_track"
    BEHIND = "behind"
    MISSED = "missed"
    NOT_DUE = "not_due"
    NO_DATA = "no_data"


class Answer(StrEnum):
    """What a self-check of a standing rule found."""

    KEPT = "kept"
    PARTLY = "partly"
    BROKEN = "broken"


class Area(StrEnum):
    """The field of work that an initiative belongs to."""

    ORGANISATIONAL = "organisational"
    OPERATIONAL = "operational"
    CITIZENS = "citizens"


class PlanRole(StrEnum):
    """The role that the library plays in an initiative; the codes are the scheme's Danish words."""

    FORMIDLER = "formidler"
    FACILITATOR = "facilitator"
    ACTOR = "aktør"


class InitiativeState(StrEnum):
    """How far an initiative is."""

    PROMISED = "promised"
    DONE = "done"
    PROVED = "proved"
    LAPSED = "lapsed"
