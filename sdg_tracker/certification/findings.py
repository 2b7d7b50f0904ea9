"""What auditors found of a requirement. The part that keeps findings lies above and registers how they are read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sdg_tracker.foundation.i18n import Text
from sdg_tracker.schemes.models import Cycle
from sdg_tracker.work import Work


@dataclass(frozen=True)
class Told:
    """A finding as the page of a requirement tells it."""

    kind: Text | str  # in words
    text: str
    state: Text | str  # in words
    href: str = ""  # where it is answered


Loader = Callable[[Work, Cycle, str], Sequence[Told]]
_loaders: list[Loader] = []


def register(loader: Loader) -> None:
    """Say how the findings of a requirement of a cycle are read."""
    _loaders.append(loader)


def of(work: Work, cycle: Cycle, code: str) -> list[Told]:
    """Return what auditors found of a requirement; empty where nobody has registered."""
    return [told for loader in _loaders for told in loader(work, cycle, code)]
