"""What rests on evidence beyond this part: editions that hold its bytes, and what is shown by a piece.

Parts that freeze bytes, or keep the number of a piece, register how they find them.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sdg_tracker.work import Work

if TYPE_CHECKING:
    from sdg_tracker.evidence.models import Evidence


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


@dataclass(frozen=True)
class Use:
    """Something that a piece of evidence shows, and the page on which it stands."""

    what: str  # such as "Reading", in the current language
    title: str
    endpoint: str
    values: Mapping[str, object]


Loader = Callable[[Work, "Evidence"], Sequence[Use]]
_loaders: list[tuple[int, Loader]] = []


def register_uses(position: int, loader: Loader) -> None:
    """Say how a part finds what it has that a piece of evidence shows; nothing for who may not see it."""
    _loaders.append((position, loader))


def of(work: Work, evidence: "Evidence") -> list[Use]:
    """Return all that a piece of evidence shows beside requirements, in a number of statements that does not grow."""
    ordered = sorted(_loaders, key=lambda entry: entry[0])
    return [use for _position, loader in ordered for use in loader(work, evidence)]
