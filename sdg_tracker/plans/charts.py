"""A measurable pledge as points of charts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sdg_tracker.foundation.i18n import _
from sdg_tracker.measures.periods import Period
from sdg_tracker.plans import wording
from sdg_tracker.printing.series import Point

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Way:
    """How far it is from the baseline to the target."""

    baseline: Point
    value: Point
    target: Point
    wanted: Point | None
    unit: str


def progress(pledge: Row, measure: Row) -> Way | None:
    """Return the points of the progress chart; None where there is no line to the target."""
    numbers = pledge["status"]["numbers"]
    if "target" not in numbers:
        return None
    target, baseline = numbers["target"], numbers["baseline"]
    shown = wording.period(numbers["period"]) if numbers["period"] else _("Now")
    value = Decimal(numbers["found"]) if numbers["found"] is not None else None
    return Way(
        baseline=Point(wording.period(baseline["period"]), Decimal(baseline["value"])),
        value=Point(shown, value, numbers.get("qualifier")),
        target=Point(target["due_on"][:4], Decimal(target["value"])),
        wanted=Point(shown, _rounded(numbers["wanted"], measure)) if numbers["wanted"] else None,
        unit=wording.own(measure["unit"]),
    )


def lines(pledge: Row, measure: Row) -> list[dict[str, Any]] | None:
    """Return what was measured and what the straight line says, as two curves; None with fewer than two figures."""
    numbers = pledge["status"]["numbers"]
    seen = numbers["observations"]
    if not seen or "baseline" not in numbers:
        return None
    first = Point(_short(numbers["baseline"]["period"]), Decimal(numbers["baseline"]["value"]))
    found = [Point(_short(row["period"]), Decimal(row["value"]), row["qualifier"]) for row in seen]
    wanted = [Point(_short(row["period"]), _rounded(row["wanted"], measure)) for row in seen]
    return [{"label": _("Measured"), "points": [first, *found]}, {"label": _("The line"), "points": [first, *wanted]}]


def rows(pledge: Row, curves: Sequence[Mapping[str, Any]]) -> list[tuple[str, Point, Point]]:
    """Return the same as rows of a table."""
    numbers = pledge["status"]["numbers"]
    labels = [numbers["baseline"]["period"], *(row["period"] for row in numbers["observations"])]
    measured, line = (curve["points"] for curve in curves)
    return [(wording.period(label), *pair) for label, *pair in zip(labels, measured, line, strict=True)]


def _short(period: str) -> str:
    """Return the end of a stretch, which is where its point stands, in few letters."""
    return Period.parse(period.partition("/")[2] or period).short


def _rounded(text: str, measure: Row) -> Decimal:
    return Decimal(f"{Decimal(text):.{int(measure['decimals'])}f}")
