"""Stretches of time and houses that something is asked for, and the numbers that settings hold."""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil
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

    Years are those of the cycle: calendar years when it begins on 1 January. Plans follow each other in the cycle,
    each as long as the scheme says; one that is as long as the cycle, or of no length, is the whole of it.
    """
    years = 1 if per in EVERY_YEAR else frame.plan_years if per == "plan" else 0
    if not years or (per == "plan" and _years_later(frame.starts_on, years) > frame.ends_on):
        return [Span("", frame.starts_on, frame.ends_on)]
    found: list[Span] = []
    first = frame.starts_on
    while first <= frame.ends_on and (first <= day or not found):
        after = _years_later(frame.starts_on, years * (len(found) + 1))
        last = min(after - ONE_DAY, frame.ends_on)
        found.append(Span(_label(first, last, years), first, last, running=day <= last))
        first = after
    return found


def _label(first: date, last: date, years: int) -> str:
    if years > 1:
        return f"{first.year}-{last.year}"
    return str(first.year) if (first.month, first.day) == (1, 1) else f"{first.year}/{first.year + 1}"


def _years_later(day: date, years: int) -> date:
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
    """Return a count from a scheme, looked up when it is a setting; None where the setting has no value.

    There is no half activity: two and a half asks for three.
    """
    found = frame.settings.get(value["setting"]) if isinstance(value, Mapping) else value
    return None if found is None else ceil(found)


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
