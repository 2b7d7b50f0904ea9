"""How long evidence holds: plain functions on days."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum

SOON = timedelta(days=60)


class Validity(StrEnum):
    """How a piece of evidence stands on a day."""

    OPEN = "open"  # it does not expire
    VALID = "valid"
    SOON = "soon"  # it expires within 60 days
    EXPIRED = "expired"


def validity(valid_until: date | None, day: date) -> Validity:
    """Return how a piece stands on a day; on its last day it still holds."""
    if valid_until is None:
        return Validity.OPEN
    if valid_until < day:
        return Validity.EXPIRED
    return Validity.SOON if valid_until <= day + SOON else Validity.VALID


def months_later(day: date, months: int) -> date:
    """Return the same day so many months later; the last of the month where that has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def default_until(made: date, months: Sequence[int | None]) -> date | None:
    """Return until when evidence holds that shows something for requirements which take it so many months old.

    None in ``months`` takes it at any age; one such, or no requirement at all, and it does not expire by itself.
    """
    limits = [limit for limit in months if limit is not None]
    return months_later(made, max(limits)) if limits and len(limits) == len(months) else None
