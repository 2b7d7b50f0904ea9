"""Where pictures are held beyond evidence. Parts that freeze bytes register how they find them."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from sdg_tracker.work import Work


@dataclass(frozen=True)
class Held:
    """A frozen edition that holds a file: it stays as it is, but people have to know."""

    number: int
    title: str
    frozen_at: datetime
    exhibits: tuple[int, ...]  # under which numbers it stands there


Finder = Callable[[Work, Collection[str]], list[Held]]
_finders: list[Finder] = []


def register(finder: Finder) -> None:
    """Say how a part finds what it holds of files, by their digests."""
    _finders.append(finder)


def held(work: Work, digests: Collection[str]) -> list[Held]:
    """Return every frozen edition that holds one of the files, by number."""
    return sorted((one for finder in _finders for one in finder(work, digests)), key=lambda one: one.number)
