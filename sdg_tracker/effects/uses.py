"""Where quotes and stories are held beyond this part. Parts that freeze them register how they find them."""

from collections.abc import Callable

from sdg_tracker.evidence.uses import Held
from sdg_tracker.work import Work

Finder = Callable[[Work, str, int], list[Held]]  # of a kind, quote or story, and its number
_finders: list[Finder] = []


def register(finder: Finder) -> None:
    """Say how a part finds where it holds a quote or a story."""
    _finders.append(finder)


def held(work: Work, kind: str, number: int) -> list[Held]:
    """Return every frozen edition that holds it, by number."""
    return sorted((one for finder in _finders for one in finder(work, kind, number)), key=lambda one: one.number)
