"""What may be said of figures that follow one another: plain judgements on values."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

ENOUGH = 3  # observations without which nothing is said of a trend
WEAKEST_FIRST = ("more_than", "about", "estimated", "exact")
HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Point:
    """A figure at a time; ``value`` is None where none is known.

    ``broken`` says that the definition of what is counted changed before it.
    """

    label: str
    value: Decimal | None
    qualifier: str | None = None
    broken: bool = False


@dataclass(frozen=True)
class Change:
    """The difference from the first to the last of several figures, and what may be claimed of it.

    ``claim`` is of the trend: ``rise``, ``fall``, ``level`` or ``none``. ``why_not`` says why there is none: ``few``
    (fewer than three observations), ``mixed`` (up and down), or why even the difference is not known: ``broken`` (the
    definition changed, at ``since``), ``gap`` (the first or the last figure is missing), ``open`` (a "more than" hides
    it).
    """

    first: Point | None
    last: Point | None
    difference: Decimal | None
    percent: Decimal | None  # of the first figure, unrounded; None when that is not above nothing
    observations: int
    claim: str
    why_not: str
    qualifier: str = "exact"  # of the difference
    since: str = ""


def change(points: Sequence[Point]) -> Change:
    """Compare the last of the points with the first."""
    seen = [point for point in points if point.value is not None]
    first, last = (points[0], points[-1]) if len(points) > 1 else (None, points[-1] if points else None)
    broken = next((point.label for point in points[1:] if point.broken), "")

    def unknown(why_not: str) -> Change:
        return Change(first, last, None, None, len(seen), "none", why_not, since=broken)

    if first is None or last is None or first.value is None or last.value is None:
        return unknown("gap" if len(points) > 1 else "few")
    if broken:
        return unknown("broken")
    difference = last.value - first.value
    if first.qualifier == "more_than" or (last.qualifier == "more_than" and difference <= 0):
        return unknown("open")
    said = {point.qualifier or "exact" for point in (first, last)}
    qualifier = next(qualifier for qualifier in WEAKEST_FIRST if qualifier in said)
    percent = difference * HUNDRED / first.value if first.value > 0 else None
    claim, why_not = _claim([point.value for point in seen if point.value is not None], difference, percent)
    return Change(first, last, difference, percent, len(seen), claim, why_not, qualifier)


def since(points: Sequence[Point], label: str) -> Sequence[Point]:
    """Return the points from the one of a label on; all of them when there is none of it."""
    labels = [point.label for point in points]
    return points[labels.index(label) :] if label in labels else points


def _claim(values: Sequence[Decimal], difference: Decimal, percent: Decimal | None) -> tuple[str, str]:
    """Return the trend: the sign of the difference, if most pairs of figures go the same way (Kendall's S)."""
    if len(values) < ENOUGH:
        return "none", "few"
    if not difference or (percent is not None and abs(percent) < Decimal("0.5")):
        return ("level", "") if max(values) - min(values) <= abs(values[0]) / 10 else ("none", "mixed")
    ways = sum((later > earlier) - (later < earlier) for earlier, later in combinations(values, 2))
    if ways > 0 and difference > 0:
        return "rise", ""
    if ways < 0 and difference < 0:
        return "fall", ""
    return "none", "mixed"
