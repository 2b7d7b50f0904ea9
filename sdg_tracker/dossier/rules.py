"""What a dossier is to hold, as somebody composed it. Plain values."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Variant(StrEnum):
    """How much of a dossier is printed."""

    WHOLE = "whole"
    COMMITTEE = "committee"  # a few pages for the municipal committee: a year's evaluation and what the next one brings


@dataclass(frozen=True)
class Logo:
    """A picture of the library's own."""

    sha256: str
    size: int  # bytes
    media_type: str


@dataclass(frozen=True)
class Composed:
    """What a dossier is to hold. Empty texts and ``None`` stand for what the cycle says; no areas are all areas."""

    also: str = ""  # a second language
    title: str = ""
    foreword: str = ""
    first: date | None = None
    last: date | None = None
    areas: tuple[str, ...] = ()
    files: bool = True  # whether the bag holds the evidence itself
    trail: bool = True  # whether the events of the trail are in it, not only their number and head
    variant: Variant = Variant.WHOLE
    year: int | None = None  # that the committee's variant evaluates
    proposal: str = ""  # for the year after it
    logo: Logo | None = None
