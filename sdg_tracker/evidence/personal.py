"""Numbers that look like CPR numbers: found and counted, never kept or told.

Looked for is ``DDMMYY-XXXX`` with a real date and any of the dashes that programs make of a hyphen. Since 2007 not
every number keeps the check digit, so that is not asked.
"""

import re
from datetime import date

MANY = 1000  # where counting ends
OVERLAP = 16  # bytes of one piece that must be looked at with the next
SEARCHED = 32_000_000  # bytes of one file's text that are looked through

_DASH = rb"(?:-|\xe2\x80[\x90-\x95]|\xe2\x88\x92|\x96)"  # in UTF-8; the last one in Windows-1252
_LIKE = re.compile(rb"(?<![0-9A-Za-z-])([0-9]{6})" + _DASH + rb"([0-9]{4})(?![0-9]|-[0-9])")
_TYPED = re.compile(r"(?<![0-9A-Za-z-])([0-9]{6})[-\u2010-\u2015\u2212 \u00a0]?([0-9]{4})(?![0-9]|-[0-9])")
_SHAPE = bytes(48 if 48 <= byte <= 57 else 45 if byte in (0xE2, 0x96) else byte for byte in range(256))
_NEEDLE = b"000000-"


def count(text: bytes, begin: int = 0) -> int:
    """Return how many numbers end after ``begin``, at most MANY. ``text`` is in UTF-8 or Windows-1252."""
    shape, found, at = text.translate(_SHAPE), 0, -1
    while found < MANY and (at := shape.find(_NEEDLE, at + 1)) >= 0:
        like = _LIKE.match(text, at)
        if like and like.end() > begin and _is_date(like[1].decode(), int(like[2][:1])):
            found += 1
    return found


def crossed_out(name: str) -> str:
    """Return a file's name with such numbers crossed out."""
    return re.sub(
        r"(?<![0-9A-Za-z-])([0-9]{6})([-\u2010-\u2015\u2212])([0-9]{4})(?![0-9]|-[0-9])",
        lambda like: f"XXXXXX{like[2]}XXXX" if _is_date(like[1], int(like[3][0])) else like[0],
        name,
    )


def typed(text: str) -> bool:
    """Return whether what somebody typed holds such a number, also with a space for the dash or with neither."""
    return any(_is_date(like[1], int(like[2][0])) for like in _TYPED.finditer(text))


class Search:
    """Counts over a text that comes in pieces, until so much of it has been looked through."""

    def __init__(self, limit: int = SEARCHED) -> None:
        self.found, self.left, self._last = 0, limit, b""

    def feed(self, piece: bytes) -> None:
        """Look through the next piece."""
        if self.left <= 0 or self.found >= MANY:
            self.left -= len(piece)
            return
        self.left -= len(piece)
        self.found += count(self._last + piece, len(self._last))
        self._last = (self._last + piece)[-OVERLAP:]

    def findings(self) -> list[tuple[str, dict[str, int]]]:
        """Return codes and facts of what was found."""
        found: list[tuple[str, dict[str, int]]] = []
        if self.found:
            found.append(("personal-number", {"count": min(self.found, MANY)}))
        if self.left < 0 and not self.found:
            found.append(("personal-number-unsearched", {}))
        return found


def _is_date(digits: str, seventh: int) -> bool:
    """Return whether the six digits are a day in the century that the seventh tells."""
    day, month, year = int(digits[:2]), int(digits[2:4]), int(digits[4:])
    if seventh <= 3:
        century = 1900
    elif seventh in (4, 9):
        century = 2000 if year <= 36 else 1900
    else:
        century = 2000 if year <= 57 else 1800
    try:
        date(century + year, month, day)
    except ValueError:
        return False
    return True
