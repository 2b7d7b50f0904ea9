"""How a file is cut into parts, and how near an activity is in time."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import BinaryIO

PART = 4_000_000  # bytes of a part, as our pages cut them on a good line; on a slow one they make smaller ones
PART_LIMIT = 8_000_000  # bytes of the largest part that is taken
PARTS_LIMIT = 20_000  # of one file, so that nobody fills the table with single bytes
UNFINISHED_LIMIT = 60  # uploads of one person
AT_ONCE = 20  # uploads that are saved with one form
LIVES = timedelta(days=7)  # an upload that nobody goes on with
KEPT_AFTER_END = timedelta(days=1)  # its parts, so that no sweep meets a step that is still at work
TOLD_AFTER_END = timedelta(days=90)  # which evidence it became, to a device that missed the answer
KEY = re.compile(r"[0-9a-f]{32}")


class Joined:
    """The parts of a file, read as one; each is opened when its turn comes. It has no descriptor and can't seek."""

    def __init__(self, parts: Iterator[BinaryIO]) -> None:
        self._parts = parts
        self._open: BinaryIO | None = None

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, at most ``size``; none at the end."""
        while True:
            if self._open is None:
                self._open = next(self._parts, None)
                if self._open is None:
                    return b""
            if piece := self._open.read(size):
                return piece
            self.close()

    def close(self) -> None:
        """Close the part that is being read."""
        if self._open is not None:
            self._open.close()
            self._open = None


def days_away(first: date | None, last: date | None, today: date) -> int:
    """Return how many days lie between today and the nearest day of something; 0: it is today, or has no day."""
    first = first or today
    return max(0, (first - today).days, (today - max(last or first, first)).days)
