"""What requirements are held against: plain values, in bundles.

What no rule can tell apart is one ``Done`` or ``Shown`` with a count. ``readiness.boundaries`` says which days the
rules can tell apart.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sdg_tracker.certification.states import AssessmentState

Definition = Mapping[str, Any]  # a requirement as the scheme file has it


@dataclass(frozen=True)
class Done:
    """Activities that were carried out or are going on, alike to every rule, and how many they are."""

    type: str
    first: date | None
    last: date | None  # None: it goes on
    year: int | None = None  # where no day is known
    audiences: frozenset[str] = frozenset()
    mapped: bool = False  # supports a goal
    with_partner: bool = False
    with_evidence: bool = False
    count: int = 1
    pieces: int = 0  # of evidence that one of these activities has for a requirement

    def within(self, first: date, last: date) -> bool:
        """Return whether it took place, at least in part, between two days."""
        if self.first is not None:
            return self.first <= last and (self.last is None or self.last >= first)
        return self.year is not None and first.year <= self.year <= last.year


@dataclass(frozen=True)
class Shown:
    """Pieces of evidence tied to a requirement, alike to every rule. ``day``: made, else added."""

    kind: str
    day: date
    public: bool = False
    count: int = 1
    valid_until: date | None = None  # the last day on which it holds; None: it does not expire
    accepted: bool = True


@dataclass(frozen=True)
class Judged:
    """The library's assessment of a requirement."""

    state: AssessmentState
    narrative: str = ""
    reason: str = ""
    omission: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Frame:
    """A cycle as readiness sees it: its days, houses, answers. ``settings`` holds every value, changed or not."""

    starts_on: date
    ends_on: date
    settings: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    type_roles: Mapping[str, Sequence[str]] = field(default_factory=dict)
    decision: Mapping[str, Any] = field(default_factory=dict)
    branches: Sequence[str] = ()  # codes of the houses in use
    plan_years: int = 0  # length of a plan; 0: the scheme asks for none, or nobody has set it


@dataclass(frozen=True)
class Found:
    """All that the requirements of a cycle are held against.

    The same activities stand in ``activities`` and, once for each name, in those by house, partner and goal.
    """

    activities: Sequence[Done] = ()
    by_branch: Mapping[str, Sequence[Done]] = field(default_factory=dict)
    by_partner: Mapping[str, Sequence[Done]] = field(default_factory=dict)
    by_goal: Mapping[str, Sequence[Done]] = field(default_factory=dict)
    evidence: Mapping[str, Sequence[Shown]] = field(default_factory=dict)  # by requirement code
    evidence_by_branch: Mapping[tuple[str, str], Sequence[Shown]] = field(default_factory=dict)  # house, requirement
    each: Mapping[str, Sequence[Done]] = field(default_factory=dict)  # by requirement: activities that have evidence
    assessments: Mapping[str, Judged] = field(default_factory=dict)  # by requirement code
