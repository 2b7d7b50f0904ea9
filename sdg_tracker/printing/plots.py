"""Where the parts of a chart lie: plain geometry on values. ``components/charts.html`` writes the texts and numbers.

A unit is 0.1 mm on paper. y grows downwards. Every axis holds zero, and a figure that is missing leaves its place open.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import pairwise
from typing import Any

from sdg_tracker.printing.series import Point

SIZE = 26  # of letters
LETTER = 0.6  # of its size: what a figure takes, and a letter at most
WORD = 0.54  # what a letter takes in running words
EDGE = 4
SHADES = 5
ZERO = Decimal(0)
Place = tuple[float, float]
Box = tuple[float, float, float, float]  # left, right, top, bottom


def wide(text: str, size: float = SIZE) -> float:
    """Return how much room a text takes, rather more than less."""
    return len(text) * size * LETTER


def fit(text: str, room: float, size: float = SIZE) -> str:
    """Return as much of a text as the room holds, with dots where it is cut."""
    most = int(room / (size * WORD))
    return text if len(text) <= most else text[: max(most - 1, 1)].rstrip(" ,.-") + "…"


def folded(text: str, room: float, size: float = SIZE) -> list[str]:
    """Return a text in two lines at most, the second cut where it is too long."""
    most = int(room / (size * WORD))
    space = text.rfind(" ", 0, most + 1)
    if len(text) <= most or space < 1:
        return [fit(text, room, size)]
    return [text[:space], fit(text[space + 1 :], room, size)]


def long(point: Point) -> float:
    """Return the room that a figure takes with its qualifier; separators are of the same width in both languages."""
    if point.value is None:
        return 0
    plain = f"{point.value:,.3f}".rstrip("0").rstrip(".")
    return wide(plain) + {"more_than": 2, "about": 4, "estimated": 9}.get(point.qualifier or "", 0) * SIZE * LETTER


def ticks(values: Sequence[Decimal], about: int = 4) -> list[Decimal]:
    """Return round numbers at even steps from zero or below it to the largest value or above it."""
    low, high = min([ZERO, *values]), max([ZERO, *values])
    if low == high:
        return [ZERO, Decimal(1)]
    rough = (high - low) / about
    power = Decimal(10) ** rough.adjusted()
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)
    if all(value == value.to_integral_value() for value in values):
        step = max(step, Decimal(1))
    first = int((low / step).to_integral_value(ROUND_FLOOR))
    last = int((high / step).to_integral_value(ROUND_CEILING))
    return [step * number for number in range(first, last + 1)]


@dataclass(frozen=True)
class Scale:
    """A straight line from values to places."""

    low: Decimal
    high: Decimal
    start: float
    end: float

    def at(self, value: Decimal) -> float:
        """Return the place of a value."""
        return self.start + float((value - self.low) / (self.high - self.low)) * (self.end - self.start)


@dataclass(frozen=True)
class Placed:
    """A text at a place, in a row of its own when it would lie over another."""

    x: float
    anchor: str  # start, middle or end
    row: int
    index: int


def placed(texts: Sequence[tuple[float, float]], left: float, right: float, between: float = 16) -> list[Placed]:
    """Return where texts, given by their place and their room, stand: inside the edges and not over one another."""
    ends: list[float] = []  # of each row
    found = []
    for index, (x, room) in sorted(enumerate(texts), key=lambda item: item[1][0]):
        anchor, at, begin = "middle", x, x - room / 2
        if begin < left:
            anchor, at, begin = "start", left, left
        elif x + room / 2 > right:
            anchor, at, begin = "end", right, right - room
        row = next((row for row, end in enumerate(ends) if end + between <= begin), len(ends))
        ends[row : row + 1] = [begin + room]
        found.append(Placed(at, anchor, row, index))
    return sorted(found, key=lambda item: item.index)


# Lines --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Curve:
    """A series: its line in pieces, and its figures."""

    label: str
    number: int
    shape: int
    pieces: Sequence[str]
    dots: Sequence[tuple[float, float]]
    values: Sequence[tuple[float, float, str, Point]]  # written out: x, y, anchor
    legend: tuple[float, float]


@dataclass(frozen=True)
class Lines:
    """A chart of lines over time."""

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    zero: float
    ticks: Sequence[tuple[float, Decimal]]
    labels: Sequence[tuple[float, str, str]]
    curves: Sequence[Curve]
    gaps: Sequence[tuple[float, str]]
    breaks: Sequence[tuple[float, Placed, str]]
    notes: float  # where the notes of breaks begin


def lines(series: Sequence[Mapping[str, Any]], width: float, height: float, note: float = 320) -> Lines:
    """Return a chart of ``{"label", "points"}``, all over the same labels; ``note`` is the room of a break's words."""
    labels = list(dict.fromkeys(point.label for one in series for point in one["points"]))
    points = [point for one in series for point in one["points"]]
    marks = ticks([point.value for point in points if point.value is not None])
    left = max(wide(f"{mark:,f}") for mark in marks) + 20
    legend, rows = _legend(series, width)
    right = width - 26
    step = (right - left - 40) / max(len(labels) - 1, 1)
    places = {label: left + 20 + step * index for index, label in enumerate(labels)}
    if len(labels) == 1:
        places[labels[0]] = (left + right) / 2
    broken = _breaks(series, places)
    words = placed([(x, note) for x, _label in broken], left, right)
    notes = rows * 40 + 30
    top = notes + 34 * (max((word.row for word in words), default=-1) + 1) + 24
    bottom = height - 46
    scale = Scale(marks[0], marks[-1], bottom, top)
    every = math.ceil((max(map(wide, labels), default=0) + 22) / step) if step and len(labels) > 1 else 1
    shown = [label for index, label in enumerate(labels) if (len(labels) - 1 - index) % every == 0]
    named = placed([(places[label], wide(label)) for label in shown], 0, width, between=-9999)
    return Lines(
        width,
        height,
        left,
        right,
        top,
        bottom,
        scale.at(ZERO),
        [(scale.at(mark), mark) for mark in marks],
        [(place.x, place.anchor, label) for place, label in zip(named, shown, strict=True)],
        [
            _curve(
                index, one, places, scale, legend=legend[index], alone=(step, left, width) if len(series) == 1 else None
            )
            for index, one in enumerate(series)
        ],
        [(places[label], label) for label in labels if _missing(series, label)],
        [(x, word, label) for (x, label), word in zip(broken, words, strict=True)],
        notes,
    )


def _legend(series: Sequence[Mapping[str, Any]], width: float) -> tuple[list[tuple[float, float]], int]:
    """Return where the names of several series stand, and in how many rows."""
    if len(series) < 2:
        return [(0, 0)] * len(series), 0
    found, x, row = [], 0.0, 0
    for one in series:
        room = 80 + wide(one["label"]) + 30
        if x and x + room > width:
            x, row = 0.0, row + 1
        found.append((x, row * 40 + 22.0))
        x += room
    return found, row + 1


def _missing(series: Sequence[Mapping[str, Any]], label: str) -> bool:
    return all(point.value is None for one in series for point in one["points"] if point.label == label)


def _breaks(series: Sequence[Mapping[str, Any]], places: Mapping[str, float]) -> list[tuple[float, str]]:
    found = {}
    for one in series:
        for before, point in zip(one["points"], one["points"][1:], strict=False):
            if point.broken:
                found[point.label] = (places[before.label] + places[point.label]) / 2
    return [(x, label) for label, x in found.items()]


def _curve(
    index: int,
    one: Mapping[str, Any],
    places: Mapping[str, float],
    scale: Scale,
    *,
    legend: tuple[float, float],
    alone: tuple[float, float, float] | None,  # room of a figure, and between which edges they are written
) -> Curve:
    pieces: list[list[Place]] = [[]]
    dots, known = [], []
    for point in one["points"]:
        if point.broken or point.value is None:
            pieces.append([])
        if point.value is not None:
            x, y = places[point.label], scale.at(point.value)
            pieces[-1].append((x, y))
            dots.append((x, y))
            known.append((x, y, point))
    values = []
    if alone and known:
        step, left, right = alone
        all_fit = max(long(point) for *_place, point in known) + 10 <= step or len(known) == 1
        chosen = known if all_fit else [known[0], known[-1]] if len(known) > 1 else known
        values = _values(chosen, pieces, (left, right), scale)
    runs = [" ".join(f"{x:.1f},{y:.1f}" for x, y in piece) for piece in pieces if len(piece) > 1]
    return Curve(one["label"], index % 4 + 1, (index + index // 4) % 4 + 1, runs, dots, values, legend)


def _values(
    known: Sequence[tuple[float, float, Point]],
    pieces: Sequence[Sequence[Place]],
    edges: tuple[float, float],
    scale: Scale,
) -> list[tuple[float, float, str, Point]]:
    """Return where figures are written: above their dots where nothing is in the way, else beside or below them."""
    found: list[tuple[float, float, str, Point]] = []
    taken: list[Box] = []
    for x, y, point in known:
        room = long(point)
        [above] = placed([(x, room)], *edges)
        tried = [
            (above.x, y - 18, above.anchor),
            (x - 14, y - 10, "end"),
            (x + 14, y - 10, "start"),
            (above.x, y + 38, above.anchor),
            (above.x, y - 36, above.anchor),
        ]
        boxes = [(one, _box(one, room)) for one in tried]
        inside = [(one, box) for one, box in boxes if edges[0] <= box[0] + 4 and box[1] - 4 <= edges[1]]
        free = (
            (one, box)
            for one, box in inside
            if box[3] <= scale.start and not any(_over(box, other) for other in taken) and not _crossed(box, pieces)
        )
        place, box = next(free, boxes[0])
        taken.append(box)
        found.append((*place, point))
    return found


def _box(text: tuple[float, float, str], room: float) -> Box:
    """Return left, right, top and bottom of a figure with a little air."""
    x, y, anchor = text
    left = x - {"start": 0.0, "middle": room / 2, "end": room}[anchor] - 4
    return left, left + room + 8, y - 24, y + 8


def _over(one: Box, other: Box) -> bool:
    return one[0] < other[1] and other[0] < one[1] and one[2] < other[3] and other[2] < one[3]


def _crossed(box: Box, pieces: Sequence[Sequence[Place]]) -> bool:
    """Return whether a line runs through a box or touches it."""
    left, right, top, bottom = box
    for piece in pieces:
        for (x1, y1), (x2, y2) in pairwise(piece):
            first, last = max(x1, left), min(x2, right)
            if first > last or x1 == x2:
                continue
            steep = (y2 - y1) / (x2 - x1)
            ends = (y1 + steep * (first - x1), y1 + steep * (last - x1))
            if min(ends) <= bottom and max(ends) >= top:
                return True
    return False


# Bars ---------------------------------------------------------------------------------------------------------------


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
