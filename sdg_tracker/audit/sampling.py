"""The sample: drawn by lot from a seed, so that anybody can draw it again and find the same.

Each exhibit has tickets. A ticket's lot is the SHA-256 of ``<seed>/<exhibit>/<SHA-256 of its file>/<ticket>`` in UTF-8,
tickets counted from 1. Of an exhibit its lowest lot counts; the exhibits with the lowest lots are drawn, lowest first.
By the random method each exhibit has one ticket. Weighted to the weak it has two more for each weakness.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any

from sdg_tracker.audit.states import Method

TICKETS = 2  # more for each weakness
SOON = timedelta(days=90)
MANY = 4  # requirements that one exhibit is shown for
WEAK_STATES = frozenset({"under_way", "missing"})
SEED_LONGEST = 100  # characters


class Weakness(StrEnum):
    """Why an exhibit deserves a look."""

    UNREVIEWED = "unreviewed"
    EXPIRES_SOON = "expires_soon"
    USED_OFTEN = "used_often"
    INFERRED = "inferred"
    UNDER_WAY = "under_way"


@dataclass(frozen=True)
class Candidate:
    """An exhibit that can be drawn: its number, the digest of its file and its weaknesses."""

    exhibit: int
    sha256: str
    weaknesses: frozenset[Weakness] = frozenset()


def draw(candidates: Iterable[Candidate], seed: str, size: int, method: Method) -> list[int]:
    """Return the numbers of the exhibits drawn, at most ``size``, lowest lot first; the order given is of no matter."""
    lots = sorted((_lot(candidate, seed, method), candidate.exhibit) for candidate in candidates)
    return [exhibit for _lot_, exhibit in lots[: max(size, 0)]]


def tickets(candidate: Candidate, method: Method) -> int:
    """Return how many tickets an exhibit has."""
    return 1 if method is Method.RANDOM else 1 + TICKETS * len(candidate.weaknesses)


def _lot(candidate: Candidate, seed: str, method: Method) -> str:
    return min(
        sha256(f"{seed}/{candidate.exhibit}/{candidate.sha256}/{ticket}".encode()).hexdigest()
        for ticket in range(1, tickets(candidate, method) + 1)
    )


def weaknesses(exhibit: Mapping[str, Any], states: Mapping[str, str | None], frozen_on: date) -> frozenset[Weakness]:
    """Return the weaknesses of a snapshot's exhibit; ``states`` are the assessments of requirements by code."""
    ties = exhibit["requirements"]
    valid_until = exhibit.get("valid_until")
    found = {
        Weakness.UNREVIEWED: exhibit["state"] != "accepted",
        Weakness.EXPIRES_SOON: valid_until is not None and date.fromisoformat(valid_until) <= frozen_on + SOON,
        Weakness.USED_OFTEN: len({tie["code"] for tie in ties}) >= MANY,
        Weakness.INFERRED: any(tie.get("strength") == "inferred" for tie in ties),
        Weakness.UNDER_WAY: any(states.get(tie["code"]) in WEAK_STATES for tie in ties),
    }
    return frozenset(weakness for weakness, holds in found.items() if holds)


def candidates(snapshot: Mapping[str, Any], codes: Collection[str] | None = None) -> list[Candidate]:
    """Return the exhibits of a snapshot; with ``codes`` only those shown for one of these requirements."""
    states = {row["code"]: row["assessment"]["state"] for row in snapshot.get("requirements", ())}
    frozen_on = date.fromisoformat(str(snapshot.get("frozen_at", "1900-01-01"))[:10])  # in UTC
    return [
        Candidate(row["exhibit"], row["sha256"], weaknesses(row, states, frozen_on))
        for row in snapshot["evidence"]
        if codes is None or any(tie["code"] in codes for tie in row["requirements"])
    ]
