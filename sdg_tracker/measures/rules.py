"""What readings add up to: plain functions on the rows of ``snapshot.rows``, with nothing but the rows.

A figure never mixes branches and the whole library, and a period without a reading is a gap, not a zero.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal

from sdg_tracker.measures.periods import Period, between
from sdg_tracker.measures.states import Aggregation, Frequency, Qualifier

Row = Mapping[str, Any]
Missing = tuple[str, str]  # period, branch (empty: the whole library)
WEAKEST_FIRST = tuple(Qualifier)
YEAR = timedelta(days=366)  # how long a missing reading is asked for


@dataclass(frozen=True)
class Figure:
    """What the readings of a period come to, and which they were.

    ``value`` is None where nothing was read. ``found`` of ``expected`` readings were there;
    ``missing`` names the others.
    """

    value: Decimal | None
    qualifier: str | None = None
    found: int = 0
    expected: int = 0
    missing: tuple[Missing, ...] = ()
    readings: tuple[int, ...] = ()  # numbers of those that the value is made of
    formula: str = Aggregation.SUM.value
    activities: tuple[int, ...] = ()  # numbers of those that were counted, where the measure counts activities


@dataclass(frozen=True)
class Point:
    """A figure in a series. ``broken``: what is counted changed since the point before, so the two don't compare."""

    period: str
    first: date
    last: date
    figure: Figure
    broken: bool = False


def figure(
    measure: Row,
    period: str,
    branch: str = "",
    *,
    measures: Mapping[str, Row] | None = None,
    branches: Sequence[str] = (),
) -> Figure:
    """Return what a measure comes to in a period, for a branch or the whole library.

    Over the parts of the period the readings of each branch are added up, averaged, or the last one is taken; branches
    are then added up, for a mean averaged. ``branches`` are those that should have readings, by default all that ever
    had one. ``measures`` holds those that a rate is made of, by code. Means and rates are rounded to the measure's
    decimals. A period shorter than the measure's own has nothing.
    """
    if measure["aggregation"] == Aggregation.RATE:
        return _rate(measure, period, branch, measures or {}, branches)
    return _read(measure, Period.parse(period), branch, branches)


def _read(measure: Row, period: Period, branch: str, branches: Sequence[str]) -> Figure:
    how = measure["aggregation"]
    parts = [part.code for part in period.parts(Frequency(measure["frequency"]))]
    there = {(row["period"], row["branch"]): row for row in measure["readings"]}
    places = _places(measure, branch, branches)
    missing = tuple((part, place) for part in parts for place in places if (part, place) not in there)
    expected = len(parts) * len(places)
    of_places = []
    for place in places:
        rows = [there[part, place] for part in parts if (part, place) in there]
        if rows:
            of_places.append(rows[-1:] if how == Aggregation.LAST else rows)
    used = [row for rows in of_places for row in rows]
    values = [_BY_PERIOD[how]([Decimal(row["value"]) for row in rows]) for rows in of_places]
    return Figure(
        value=_rounded(measure, _BY_BRANCH[how](values)) if values else None,
        qualifier=_weakest(row["qualifier"] for row in used) if used else None,
        found=expected - len(missing),
        expected=expected,
        missing=missing,
        readings=tuple(row["number"] for row in used if row["number"]),
        formula=how,
        activities=tuple(number for row in used for number in row.get("activities", ())),
    )


def _places(measure: Row, branch: str, branches: Sequence[str]) -> list[str]:
    """Return the branches that should have a reading; the empty one is the whole library."""
    if not measure["by_branch"]:
        return [] if branch else [""]
    return [branch] if branch else list(branches) or read_in(measure)


def read_in(measure: Row) -> list[str]:
    """Return the branches that ever had a reading, in order."""
    return sorted({row["branch"] for row in measure["readings"]})


def _mean(values: Sequence[Decimal]) -> Decimal:
    return sum(values, Decimal(0)) / len(values)


def _sum(values: Sequence[Decimal]) -> Decimal:
    return sum(values, Decimal(0))


_BY_PERIOD: Mapping[str, Callable[[Sequence[Decimal]], Decimal]] = {
    Aggregation.SUM: _sum,
    Aggregation.MEAN: _mean,
    Aggregation.LAST: lambda values: values[-1],
}
_BY_BRANCH: Mapping[str, Callable[[Sequence[Decimal]], Decimal]] = {
    Aggregation.SUM: _sum,
    Aggregation.MEAN: _mean,
    Aggregation.LAST: _sum,
}


def _rate(measure: Row, period: str, branch: str, measures: Mapping[str, Row], branches: Sequence[str]) -> Figure:
    parts = measure["rate"]
    halves = [measures.get(parts[key]) for key in ("numerator", "denominator")]
    if any(half is None or half["aggregation"] == Aggregation.RATE for half in halves):
        return Figure(None, formula=Aggregation.RATE.value)
    above, below = (_read(half, Period.parse(period), branch, branches) for half in halves if half is not None)
    value = None
    if above.value is not None and below.value:
        value = _rounded(measure, above.value / below.value * Decimal(parts["factor"]))
    return Figure(
        value=value,
        qualifier=None if value is None else _of_rate(above.qualifier, below.qualifier),
        found=above.found + below.found,
        expected=above.expected + below.expected,
        missing=tuple(dict.fromkeys((*above.missing, *below.missing))),
        readings=(*above.readings, *below.readings),
        formula=Aggregation.RATE.value,
        activities=(*above.activities, *below.activities),
    )


def _of_rate(above: str | None, below: str | None) -> str:
    """Return how a rate is to be read: what is divided by "more than" is no longer more than anything."""
    return Qualifier.ABOUT.value if below == Qualifier.MORE_THAN else _weakest((above, below))


def _rounded(measure: Row, value: Decimal) -> Decimal:
    """Round what was divided; what was only added up is as it was read."""
    if measure["aggregation"] in (Aggregation.SUM, Aggregation.LAST):
        return value
    return value.quantize(Decimal(1).scaleb(-int(measure["decimals"])), ROUND_HALF_UP)


def _weakest(qualifiers: Any) -> str:
    said = set(qualifiers)
    return next(qualifier.value for qualifier in WEAKEST_FIRST if qualifier.value in said)


def due(measure: Row, today: date, branches: Sequence[str]) -> list[Missing]:
    """Return the readings that are missing of periods that ended within a year, the oldest first.

    Nothing is due before the first reading, nor what will never be known; a measure that was never read owes its last
    period. ``branches`` are those in use.
    """
    if measure["aggregation"] == Aggregation.RATE or measure.get("origin"):
        return []
    frequency = Frequency(measure["frequency"])
    last = Period.of(Period.of(today, frequency).first - timedelta(days=1), frequency)
    days = [date.fromisoformat(row["first"]) for row in measure["readings"]]
    begun = Period.of(min(days), frequency) if days else last
    there = {(row["period"], row["branch"]) for row in measure["readings"]} | reasons(measure).keys()
    places = branches if measure["by_branch"] else ("",)
    return [
        (period.code, place)
        for period in between(max(begun, Period.of(last.first - YEAR, frequency).next), last)
        for place in places
        if (period.code, place) not in there
    ]


def reasons(measure: Row, measures: Mapping[str, Row] | None = None) -> dict[Missing, str]:
    """Return why what is missing of a measure, or of the two of a rate, will never be known, as far as that is said."""
    return {
        (row["period"], row["branch"]): row["reason"]
        for part in _parts(measure, measures or {})
        for row in part.get("unknown", ())
    }


def years(measure: Row, measures: Mapping[str, Row] | None = None) -> list[int]:
    """Return the years from the first reading to the last, also those between that have none."""
    found = [int(row["period"][:4]) for row in _readings(measure, measures or {})]
    return list(range(min(found), max(found) + 1)) if found else []


def _readings(measure: Row, measures: Mapping[str, Row]) -> list[Row]:
    return [row for part in _parts(measure, measures) for row in part["readings"]]


def _parts(measure: Row, measures: Mapping[str, Row]) -> list[Row]:
    """Return the measures whose readings a measure is made of: itself, or the two of a rate."""
    if measure["aggregation"] != Aggregation.RATE:
        return [measure]
    halves = (measures.get(measure["rate"][key]) for key in ("numerator", "denominator"))
    return [half for half in halves if half is not None]


def points(
    measure: Row,
    branch: str = "",
    by: Literal["year", "own"] = "year",
    *,
    measures: Mapping[str, Row] | None = None,
    branches: Sequence[str] = (),
) -> list[Point]:
    """Return the figures of a measure in the order of time, by year or by its own periods, gaps among them."""
    rows = _readings(measure, measures or {})
    if not rows:
        return []
    frequency = Frequency.YEAR if by == "year" else Frequency(measure["frequency"])
    days = [date.fromisoformat(row["first"]) for row in rows]
    defined = [measure, *_parts(measure, measures or {})]
    changed = {date.fromisoformat(change["first"]) for part in defined for change in part["changes"]}
    found: list[Point] = []
    for period in between(Period.of(min(days), frequency), Period.of(max(days), frequency)):
        before = found[-1].first if found else None
        broken = before is not None and any(before < day <= period.last for day in changed)
        made = figure(measure, period.code, branch, measures=measures, branches=branches)
        found.append(Point(period.code, period.first, period.last, made, broken))
    return found


def written(value: Decimal) -> str:
    """Return a value as text that reads back to the same, without needless zeros."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
