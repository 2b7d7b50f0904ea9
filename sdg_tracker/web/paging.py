"""Lists in pages."""

from dataclasses import dataclass
from math import ceil

from flask import request

SIZE = 25


@dataclass(frozen=True)
class Pager:
    """One page of a list, counted from 1."""

    page: int
    total: int
    size: int = SIZE

    @property
    def pages(self) -> int:
        """Return how many pages there are, at least one."""
        return max(1, ceil(self.total / self.size))

    @property
    def first(self) -> int:
        """Return the position of the first row shown, 0 when there is none."""
        return min(self.total, (self.page - 1) * self.size + 1)

    @property
    def last(self) -> int:
        """Return the position of the last row shown."""
        return min(self.total, self.page * self.size)

    @property
    def offset(self) -> int:
        """Return how many rows come before this page."""
        return (self.page - 1) * self.size


def page_asked() -> int:
    """Return the page that the address asks for, 1 when it asks for none or for nonsense."""
    asked = request.args.get("page", "1")
    return min(max(1, int(asked)), 1_000_000) if asked.isascii() and asked.isdigit() else 1
