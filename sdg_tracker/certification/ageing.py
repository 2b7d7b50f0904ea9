"""How old evidence is that was shown in the cycle before, and how long it will do. Plain functions on days."""

from datetime import date
from enum import StrEnum

from sdg_tracker.certification.stretches import months_before
from sdg_tracker.evidence.validity import months_later


class Freshness(StrEnum):
    """Whether a piece of evidence is new enough for a requirement of the cycle."""

    FRESH = "fresh"  # to the end of the cycle
    RUNS_OUT = "runs_out"  # before the cycle ends
    TOO_OLD = "too_old"


def age(made: date, day: date) -> int:
    """Return how many whole months old something is; 0 for what is made later."""
    months = (day.year - made.year) * 12 + day.month - made.month - (day.day < made.day)
    return max(0, months)


def last_day(made: date, months: int | None, valid_until: date | None) -> date | None:
    """Return the last day on which a piece is new enough and has not expired; None where nothing ends it."""
    ends = [valid_until, None if months is None else months_later(made, months)]
    return min((day for day in ends if day is not None), default=None)


def freshness(made: date, months: int | None, valid_until: date | None, day: date, ends_on: date) -> Freshness:
    """Return how a piece stands on a day of a cycle that ends on ``ends_on``. ``months``: the age that is allowed."""
    now = min(day, ends_on)
    old = months is not None and made < months_before(now, months)
    if old or (valid_until is not None and valid_until < now):
        return Freshness.TOO_OLD
    last = last_day(made, months, valid_until)
    return Freshness.RUNS_OUT if last is not None and last < ends_on else Freshness.FRESH
