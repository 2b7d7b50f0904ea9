"""Where bars, panels, progress and heat of a chart lie: plain geometry on values. Lines are in ``curves``.

A unit is 0.1 mm on paper. y grows downwards. A figure that is missing leaves its place open.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sdg_tracker.printing.axes import ZERO, Placed, Scale, long, placed, wide
from sdg_tracker.printing.series import Point

EDGE = 4
SHADES = 5


@dataclass(frozen=True)
class Bar:
    """A bar along a row, in parts; ``known`` is false where there is no figure."""

    parts: Sequence[tuple[float, float]]  # x and length; an empty part has no length
    end: float
    anchor: str
    point: Point

    @property
    def known(self) -> bool:
        """Return whether there is a figure."""
        return self.point.value is not None


def bars(rows: Sequence[Mapping[str, Any]], start: float, room: float, largest: Decimal | int | None = None) -> Any:
    """Return where zero lies and the bars of rows of ``values``, all from zero; what is below nothing goes to the left.

    Beside ``room`` there are 70 units for the figures; longer ones take from the bars.
    """
    sums = [_sum(row["values"]) for row in rows]
    known = [value for value in sums if value is not None]
    low, high = min([ZERO, *known]), Decimal(largest or max([ZERO, *known]))
    points = [Point("", value, row.get("qualifier")) for row, value in zip(rows, sums, strict=True)]
    left = long(Point("", low)) + 12 if low else 0
    beside = max([0, *(long(point) + 16 - 70 for point in points if (point.value or 0) >= 0)])
    scale = Scale(low, high if high > low else low + 1, start + left, start + room - beside)
    zero = scale.at(ZERO)
    found = []
    for row, point in zip(rows, points, strict=True):
        at, parts = zero, []
        for part in row["values"]:
            length = scale.at(Decimal(part)) - zero if part else 0.0
            parts.append((min(at, at + length), abs(length)))
            at += length
        below = point.value is not None and point.value < 0
        found.append(Bar(parts, at - 12 if below else at + 12, "end" if below else "start", point))
    return zero, found


def _sum(values: Sequence[Any]) -> Decimal | None:
    known = [Decimal(value) for value in values if value is not None]
    return sum(known, ZERO) if known else None


# Small multiples ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Column:
    """A bar that stands, or the open place of a missing one (``height`` None)."""

    x: float
    y: float
    width: float
    height: float | None
    point: Point
    label: tuple[float, float, str] | None  # of its figure: x, y, anchor


@dataclass(frozen=True)
class Panel:
    """One of the small multiples."""

    x: float
    y: float
    width: float
    zero: float
    columns: Sequence[Column]
    names: Sequence[tuple[float, str, str]]  # along the bottom
    breaks: Sequence[float]


@dataclass(frozen=True)
class Multiples:
    """Panels beside and below one another, on one scale."""

    height: float
    panels: Sequence[Panel]
    low: Decimal
    high: Decimal
    plot: tuple[float, float]  # top and bottom of the bars inside a panel
    last_only: bool  # there is no room for more than the last figure of a panel


def multiples(panels: Sequence[Mapping[str, Any]], width: float, columns: int, high: float = 250) -> Multiples:
    """Return panels of ``{"code", "label", "points"}``: bars from zero, every panel on the same scale."""
    values = [point.value for panel in panels for point in panel["points"] if point.value is not None]
    low, most = min([ZERO, *values]), max([ZERO, *values])
    room = width / columns
    top, bottom = 96.0, high - (78.0 if low else 48.0)
    scale = Scale(low, most if most > low else low + 1, bottom, top)
    each = [(room - 26) / max(len(panel["points"]), 1) for panel in panels]
    all_fit = all(
        long(point) + 6 <= step for panel, step in zip(panels, each, strict=True) for point in panel["points"]
    )
    drawn = [
        _panel(panel, (index % columns) * room, (index // columns) * (high + 20), room - 26, scale, all_fit=all_fit)
        for index, panel in enumerate(panels)
    ]
    return Multiples(math.ceil(len(panels) / columns) * (high + 20) + 34, drawn, low, most, (top, bottom), not all_fit)


def _panel(panel: Mapping[str, Any], left: float, top: float, width: float, scale: Scale, *, all_fit: bool) -> Panel:
    points = panel["points"]
    step = width / max(len(points), 1)
    thick = min(step * 0.7, 56)
    zero = top + scale.at(ZERO)
    last = next((index for index in reversed(range(len(points))) if points[index].value is not None), -1)
    found, breaks = [], []
    for index, point in enumerate(points):
        x = left + step * index + (step - thick) / 2
        if point.broken and index:
            breaks.append(left + step * index)
        if point.value is None:
            found.append(Column(x, top + scale.end, thick, None, point, None))
            continue
        y = top + scale.at(point.value)
        label = None
        if all_fit:
            [place] = placed([(x + thick / 2, long(point))], left, left + width)
            label = (place.x, y + 28 if point.value < 0 else min(y, zero) - 8, place.anchor)
        elif index == last:
            label = (left + width, top + scale.end - 10, "end")
        found.append(Column(x, min(y, zero), thick, abs(zero - y), point, label))
    middles = [(left + step * (index + 0.5), wide(point.label)) for index, point in enumerate(points)]
    chosen = sorted({0, len(points) - 1}) if points else []
    if sum(room + 12 for _x, room in middles) <= width:
        chosen = list(range(len(points)))
    elif len(chosen) == 2 and sum(middles[index][1] for index in chosen) + 12 > width:
        chosen = chosen[1:]
    names = [
        (place.x, place.anchor, points[index].label)
        for place, index in zip(placed([middles[index] for index in chosen], left, left + width), chosen, strict=True)
    ]
    return Panel(left, top, width, zero, found, names, breaks)


# Progress -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Progress:
    """A way from where it began, on the left, to where it is to end, on the right."""

    height: float
    start: float
    goal: float
    now: float | None
    bar: tuple[float, float] | None  # x and length of what has been gone
    backwards: bool
    wanted: float | None
    value: Placed | None
    below: Sequence[tuple[Placed, str, Point]]  # baseline, wanted, target
    rows: int


def progress(
    baseline: Point, value: Point, target: Point, wanted: Point | None, *, unit: str, width: float
) -> Progress:
    """Return the way from ``baseline`` to ``target``. What went the wrong way lies left of where it began.

    Raises ValueError when one of the two has no value.
    """
    if baseline.value is None or target.value is None:
        raise ValueError("a way needs a baseline and a target")
    points = [point for point in (baseline, value, target, wanted) if point is not None]
    given = [point.value for point in points if point.value is not None]
    start, end = (min(given), max(given)) if target.value >= baseline.value else (max(given), min(given))
    scale = Scale(start, end if end != start else start + 1, 40, width - 40)
    now = scale.at(value.value) if value.value is not None else None
    at = scale.at(baseline.value)
    texts = [("baseline", baseline), ("target", target)]
    if wanted is not None and wanted.value is not None:
        texts.insert(1, ("wanted", wanted))
    rooms = [(scale.at(point.value or ZERO), (long(point) + wide(point.label)) * 0.85 + 170) for _kind, point in texts]
    below = placed(rooms, 0, width)
    rows = max(place.row for place in below) + 1
    return Progress(
        150 + 36 * (rows - 1),
        at,
        scale.at(target.value),
        now,
        (min(at, now), abs(now - at)) if now is not None else None,
        now is not None and now < at,
        scale.at(wanted.value) if wanted is not None and wanted.value is not None else None,
        placed([(now, long(value) + wide(f"{value.label}: {unit}") + 16)], 0, width)[0] if now is not None else None,
        [(place, kind, point) for place, (kind, point) in zip(below, texts, strict=True)],
        rows,
    )


# Heat ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cell:
    """A square of the heat table; ``shade`` 0 is empty, None not known."""

    x: float
    y: float
    count: int | None
    shade: int | None


@dataclass(frozen=True)
class Heat:
    """A table of squares with their numbers: goals along one side, years along the other."""

    width: float
    height: float
    words: tuple[float, float] | None  # where the names of goals begin and their room; none beside squares across
    side: tuple[float, float]
    goals: Sequence[tuple[float, float, str]]
    years: Sequence[tuple[float, float, str]]
    cells: Sequence[Cell] = field(default_factory=list)


def heat(
    goals: Sequence[Mapping[str, Any]],
    years: Sequence[Any],
    counts: Mapping[str, Mapping[Any, int | None]],
    width: float,
    *,
    goals_across: bool,
) -> Heat:
    """Return the squares of counts by goal and year, darker with more; the darkest is the largest of all of them.

    Goals are ``{"code"}``; where they go downwards their ``label`` follows the squares, so that on a narrow screen the
    numbers are seen first.
    """
    codes = [goal["code"] for goal in goals]
    known = [found for code in codes for year in years if (found := counts[code].get(year))]
    most = max(known, default=0)
    across, down = (codes, years) if goals_across else (years, codes)
    words = 0.0 if goals_across else max((wide(goal.get("label", "")) for goal in goals), default=0)
    name = max((wide(str(year)) for year in years), default=0) + 20 if goals_across else 64.0
    need = max((wide(f"{count:,}") for count in known), default=0) + 14
    least = 48 if goals_across else max((wide(str(year)) for year in years), default=0) + 14
    room = (width - name - min(words, width * 0.45)) / max(len(across), 1)
    side = (max(min(room, 150 if goals_across else 96), need, least), 54.0)
    end = name + side[0] * len(across)
    cells = []
    for row, line in enumerate(down):
        for column, thing in enumerate(across):
            count = counts[thing if goals_across else line].get(line if goals_across else thing)
            shade = None if count is None else math.ceil(SHADES * count / most) if most else 0
            cells.append(Cell(name + column * side[0], 54 + row * side[1], count, shade))
    along = [(name + (index + 0.5) * side[0], 22.0, str(thing)) for index, thing in enumerate(across)]
    downwards = [(0.0, 54 + (index + 0.5) * side[1], str(thing)) for index, thing in enumerate(down)]
    beside = (end + 20, max(width - end - 20, 0.0)) if words else None
    whole = max(end, width), 54 + side[1] * len(down) + EDGE
    return Heat(*whole, beside, side, *((along, downwards) if goals_across else (downwards, along)), cells)


def hatch(x: float, y: float, width: float, height: float, step: float = 14) -> str:
    """Return slanting lines inside a rectangle, as the path of an SVG."""
    found = []
    at = step
    while at < width + height:
        x1, y1 = (x + at, y) if at <= width else (x + width, y + at - width)
        x2, y2 = (x, y + at) if at <= height else (x + at - height, y + height)
        found.append(f"M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}")
        at += step
    return "".join(found)
