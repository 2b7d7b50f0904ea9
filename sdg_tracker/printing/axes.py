"""What charts are measured with: the room that words take, the ticks of an axis, and labels that do not meet.

A unit is 0.1 mm on paper. Every axis holds zero.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from sdg_tracker.printing.series import Point

SIZE = 26  # of letters
LETTER = 0.6  # of its size: what a figure takes, and a letter at most
WORD = 0.54  # what a letter takes in running words
ZERO = Decimal(0)


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
