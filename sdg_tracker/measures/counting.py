"""Readings that nobody enters: a measure that counts the library's own activities, so that a figure is entered once."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sdg_tracker.measures.periods import Period, between
from sdg_tracker.measures.rules import WEAKEST_FIRST
from sdg_tracker.measures.states import Counted, Frequency, Qualifier

Row = dict[str, Any]


def readings(counted: str, types: Sequence[str], frequency: str, activities: Iterable[Any], until: date) -> list[Row]:
    """Return what the activities come to, a row for each period from that of the first activity to ``until``.

    An activity counts once, in the period of its first day; where only its year is known, in a measure of whole years.
    One figure is taken of each: how many there were, or one of the three headcounts. A period in which no activity has
    the headcount is a gap; one without activities has none of them, which is a count.
    """
    length = Frequency(frequency)
    by_period: dict[Period, list[Any]] = {}
    for row in activities:
        period = _period(row, length)
        if period is not None and (not types or row.type in types):
            by_period.setdefault(period, []).append(row)
    over = [period for period in by_period if period.last <= until]
    if not over:
        return []
    found = (
        _reading(counted, period, by_period.get(period, [])) for period in between(min(over), _last(until, length))
    )
    return [row for row in found if row is not None]


def _period(row: Any, length: Frequency) -> Period | None:
    if row.starts_on is not None:
        return Period.of(row.starts_on, length)
    return Period(row.year, 1) if row.year is not None and length is Frequency.YEAR else None


def _last(until: date, length: Frequency) -> Period:
    """Return the last period that is over on a day."""
    period = Period.of(until, length)
    if period.last <= until:
        return period
    return Period.of(date.fromordinal(period.first.toordinal() - 1), length)


def _reading(counted: str, period: Period, activities: Sequence[Any]) -> Row | None:
    if counted == Counted.EVENTS:
        value, used, said = len(activities), list(activities), {Qualifier.EXACT.value}
    else:
        used = [row for row in activities if getattr(row, counted) is not None]
        if activities and not used:
            return None
        value, said = sum(getattr(row, counted) for row in used), {_qualifier(row, counted) for row in used}
    return {
        "number": 0,
        "period": period.code,
        "first": period.first.isoformat(),
        "last": period.last.isoformat(),
        "branch": "",
        "value": str(value),
        "qualifier": next((word.value for word in WEAKEST_FIRST if word.value in said), Qualifier.EXACT.value),
        "read_on": None,
        "source": "",
        "note": "",
        "evidence": None,
        "role": "system",
        "corrections": [],
        "activities": [row.number for row in used],
        "without": len(activities) - len(used),
    }


def _qualifier(row: Any, counted: str) -> str:
    return (row.attendance_qualifier if counted == Counted.ATTENDANCE else None) or Qualifier.EXACT.value


def origin(counted: str, types: Sequence[str]) -> Mapping[str, Any]:
    """Return what a measure counts, as a snapshot tells it."""
    return {"field": counted, "types": list(types)}
