"""What a dossier is to hold, as somebody composed it, and what of it an approval stands for. Plain functions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sdg_tracker.foundation.documents import digest

OF_THE_MOMENT = ("number", "frozen_at", "frozen_by", "trail", "names", "draft")  # of a snapshot: says when, not what


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


def essence(snapshot: Mapping[str, Any]) -> str:
    """Return the digest of what somebody approves: all of a snapshot but when, by whom and under which number.

    When a stored file was read again is left out too; that happens every night.
    """
    kept = {key: value for key, value in snapshot.items() if key not in OF_THE_MOMENT}
    kept["evidence"] = [{key: value for key, value in row.items() if key != "fixity"} for row in snapshot["evidence"]]
    kept["composition"] = {**snapshot["composition"], "approved": None}
    return digest(kept)


def same_but_approved(snapshot: Mapping[str, Any], approved: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the snapshot with who approved it."""
    return {**snapshot, "composition": {**snapshot["composition"], "approved": approved}}
