"""What the page of a goal shows beside the goal itself. Parts that lie above register their section."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sdg_tracker.work import Work


@dataclass(frozen=True)
class Section:
    """A template that is included, and what it needs as ``shown``."""

    template: str
    shown: Mapping[str, Any]


Loader = Callable[[Work, str], Section | None]
_loaders: list[tuple[int, Loader]] = []


def register(position: int, loader: Loader) -> None:
    """Say how the section of a goal, by its code, is read; None for one who may not see it."""
    _loaders.append((position, loader))


def of(work: Work, code: str) -> list[Section]:
    """Return the sections of a goal, by position."""
    ordered = sorted(_loaders, key=lambda entry: entry[0])
    return [section for _position, loader in ordered if (section := loader(work, code))]
