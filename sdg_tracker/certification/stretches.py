"""Stretches of time and houses that something is asked for, and the numbers that settings hold."""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sdg_tracker.certification.material import Definition, Frame

EVERY_YEAR = ("year", "branch_and_year")
EVERY_BRANCH = ("branch", "branch_and_year")
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Span:
    """A stretch of time for which something is asked."""

    label: str
    first: date
    last: date
    running: bool = False


def spans(per: str, frame: Frame, day: date) -> list[Span]:
    """Return the stretches of time that a quantity is asked for; a year that has not begun is not asked for yet.

    Years are those of the cycle: calendar years when it begins on 1 January. ``plan`` is the whole cycle too.
    """
    if per not in EVERY_YEAR:
        return [Span("", frame.starts_on, frame.ends_on)]
    found: list[Span] = []
    first = frame.starts_on
    while first <= frame.ends_on and (first <= day or not found):
        after = _year_later(frame.starts_on, len(found) + 1)
        last = min(after - ONE_DAY, frame.ends_on)
        label = str(first.year) if (first.month, first.day) == (1, 1) else f"{first.year}/{first.year + 1}"
        found.append(Span(label, first, last, running=day <= last))
        first = after
    return found


def _year_later(day: date, years: int) -> date:
    leap = (day.month, day.day) == (2, 29)
    return date(day.year + years, 3, 1) if leap else day.replace(year=day.year + years)


def day_after(day: date) -> date:
    """Return the next day; the last of the calendar stands for itself."""
    return day if day == date.max else day + ONE_DAY


def houses(definition: Definition, frame: Frame, per: str) -> Sequence[str]:
    """Return the houses that it is asked of; one empty code for the library as a whole, and where it has no houses."""
    each = definition["scope"] == "branch" or per in EVERY_BRANCH
    return frame.branches if each and frame.branches else ("",)


def number(value: Any, frame: Frame) -> int | None:
    """Return a count from a scheme, looked up when it is a setting; None where the setting has no value."""
    found = frame.settings.get(value["setting"]) if isinstance(value, Mapping) else value
    return None if found is None else int(found)


def oldest_day(definition: Definition, frame: Frame, day: date) -> date | None:
    """Return the day before which evidence is too old; seen from the cycle's last day once that has passed."""
    months = number(definition["evidence"]["max_age_months"], frame)
    return None if months is None else months_before(min(day, frame.ends_on), months)


def months_before(day: date, months: int) -> date:
    """Return the same day so many months earlier; the last of the month where that has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    if year < 1:
        return date.min
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
