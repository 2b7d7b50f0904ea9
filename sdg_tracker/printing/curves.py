"""Where the lines of a chart run and their labels stand: plain geometry on values.

A unit is 0.1 mm on paper. y grows downwards. A line is open where a figure is missing.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

from sdg_tracker.printing.axes import ZERO, Placed, Scale, long, placed, ticks, wide
from sdg_tracker.printing.series import Point

Place = tuple[float, float]
Box = tuple[float, float, float, float]  # left, right, top, bottom


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
