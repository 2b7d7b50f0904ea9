"""What the pages of measures show: lines of periods and branches, figures with their gaps, points of a chart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sdg_tracker.foundation.i18n import _, format_date, in_locale, ngettext_
from sdg_tracker.measures import rules
from sdg_tracker.measures.periods import Period, between
from sdg_tracker.measures.rules import Figure, Missing
from sdg_tracker.measures.snapshot import by_period
from sdg_tracker.measures.states import Aggregation, Frequency
from sdg_tracker.printing import changes, series

Row = Mapping[str, Any]
POINTS = 16  # of a chart; more are shown by year
PERCENT = ("%", "procent", "pct.")  # units whose differences are points
NAMED = 4  # gaps; more are counted


@dataclass(frozen=True)
class Cell:
    """A branch in a period. ``owed``: it has no reading, and somebody can enter one; else ``never`` may say why not."""

    branch: str
    reading: Row | None
    owed: bool
    never: str = ""


@dataclass(frozen=True)
class Line:
    """A period: each branch, and the whole library."""

    period: Period
    cells: Sequence[Cell]
    whole: Figure
    broken: bool


@dataclass(frozen=True)
class Listed:
    """A measure in the list: this year and the one before, and what is owed by period."""

    row: Row
    before: Figure
    now: Figure
    due: Sequence[tuple[str, Sequence[str]]]  # period, branches


def listed(rows: Sequence[Row], today: date, branches: Sequence[str]) -> list[Listed]:
    """Return the lines of the list."""
    measures = {row["code"]: row for row in rows}
    found = []
    for row in rows:
        before, now = (
            rules.figure(row, str(year), measures=measures, branches=_expected(row, branches))
            for year in (today.year - 1, today.year)
        )
        found.append(Listed(row, before, now, by_period(rules.due(row, today, branches))))
    return found


def _expected(row: Row, branches: Sequence[str]) -> Sequence[str]:
    """Return the branches that have readings, else those in use."""
    return rules.read_in(row) or branches


def lines(row: Row, branches: Sequence[str], today: date, measures: Mapping[str, Row]) -> list[Line]:
    """Return the periods of a measure, the newest first; ``branches`` in their order."""
    frequency = Frequency(row["frequency"])
    points = {point.period: point for point in rules.points(row, by="own", measures=measures)}
    first = min(points) if points else Period.of(today, frequency).code
    there = {(reading["period"], reading["branch"]): reading for reading in row["readings"]}
    last = max(Period.of(today, frequency), Period.parse(max(points, default=first)))
    entered, never = row["aggregation"] != Aggregation.RATE and not row.get("origin"), rules.reasons(row)
    found = []
    for period in between(Period.parse(first), last):
        cells = [
            Cell(branch, there.get(key), entered and key not in there and key not in never, never.get(key, ""))
            for branch in (branches if row["by_branch"] else ("",))
            for key in [(period.code, branch)]
        ]
        made = rules.figure(row, period.code, measures=measures, branches=_expected(row, branches))
        point = points.get(period.code)
        found.append(Line(period, cells, made, point is not None and point.broken))
    return found[::-1]


def chart(row: Row, measures: Mapping[str, Row]) -> list[series.Point]:
    """Return the points of a measure's chart. A sum that lacks a part is a gap: it compares to nothing."""
    points = rules.points(row, by="own", measures=measures)
    if len(points) > POINTS:
        points = rules.points(row, measures=measures)
    return [
        series.Point(
            Period.parse(point.period).short,
            None if point.figure.missing and row["aggregation"] != Aggregation.LAST else point.figure.value,
            point.figure.qualifier,
            point.broken,
        )
        for point in points
    ]


def whole_year(row: Row, measures: Mapping[str, Row]) -> tuple[int, Figure] | None:
    """Return the last year that lacks nothing, with its figure; None when there is none."""
    for year in reversed(rules.years(row, measures)):
        found = rules.figure(row, str(year), measures=measures)
        if found.value is not None and not found.missing:
            return year, found
    return None


def told(row: Row, measures: Mapping[str, Row]) -> str:
    """Return how the last whole year differs from the first, and the trend where one may be claimed; empty for none."""
    last = whole_year(row, measures)
    if last is None:
        return ""
    years = [
        series.Point(
            point.period,
            None if point.figure.missing else point.figure.value,
            point.figure.qualifier,
            point.broken,
        )
        for point in rules.points(row, measures=measures)
        if point.period <= str(last[0])
    ]
    return changes.told(series.change(years), changes.PERCENT if row["unit"]["da"] in PERCENT else unit(row))


def baseline_now(row: Row, measures: Mapping[str, Row]) -> Figure | None:
    """Return what the baseline's period comes to now, where that is something else; None where the two agree."""
    if row["baseline"] is None:
        return None
    found = rules.figure(row, row["baseline"]["period"], measures=measures)
    return None if found.value in (None, Decimal(row["baseline"]["value"])) else found


def gaps(missing: Sequence[Missing], names: Mapping[str, str], never: Mapping[Missing, str] | None = None) -> str:
    """Return gaps in words: each period with its branches and why it will never be known; the first few of them."""
    told = []
    for period, branches in by_period(missing):
        where = ", ".join(names.get(branch, branch) for branch in branches if branch)
        name, known = Period.parse(period).name, never or {}
        whys = dict.fromkeys(known[period, branch] for branch in branches if (period, branch) in known)
        said = [where] if where else []
        said += [_("never to be known: %(reason)s", reason=why.rstrip(".")) for why in whys]
        told.append(f"{name} ({'; '.join(said)})" if said else name)
    if len(told) <= NAMED:
        return "; ".join(told)
    more = len(told) - NAMED
    return "; ".join(told[:NAMED]) + "; " + ngettext_("and %(num)s more", "and %(num)s more", more)


@dataclass(frozen=True)
class Shown:
    """A value as charts and tables write it."""

    value: Decimal
    qualifier: str


def shown(value: Decimal | str, qualifier: str) -> Shown:
    """Return a value with its qualifier, ready to be written."""
    return Shown(Decimal(value), qualifier)


def point(label: str, value: Decimal | str, qualifier: str = "exact") -> series.Point:
    """Return a value of a chart."""
    return series.Point(label, Decimal(value), qualifier)


def value(text: str) -> Decimal:
    """Return the number of a row's text."""
    return Decimal(text)


def places(codes: Sequence[str], names: Mapping[str, str]) -> str:
    """Return what several branches are called."""
    return ", ".join(names.get(code, code) for code in codes)


def title(row: Row) -> str:
    """Return a measure's name in the current language."""
    return in_locale(row["title"]["da"], row["title"]["en"])


def unit(row: Row) -> str:
    """Return a measure's unit in the current language."""
    return in_locale(row["unit"]["da"], row["unit"]["en"])


def day(text: str) -> str:
    """Return a day of a row as people write it."""
    return format_date(date.fromisoformat(text))


def whole_name() -> str:
    """Return what the whole library is called beside its branches."""
    return _("The whole library")
