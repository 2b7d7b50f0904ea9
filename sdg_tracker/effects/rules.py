"""What holds for effects and stories: plain functions on values.

The four dimensions are those of the Danish public libraries' study of what libraries do for people: haven,
perspective, creativity, community. A score runs from 1, hardly at all, to 5, very much; none is no purpose before,
and not seen or not known after.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any

from sdg_tracker.activities.states import Stance
from sdg_tracker.evidence import people
from sdg_tracker.evidence.people import Given, Piece, Reason, Scope

LOWEST, HIGHEST = 1, 5
FEW = 3  # nothing is claimed of fewer activities
LEVEL = Decimal("0.5")  # means that are nearer than this are as meant
ANSWERS_MOST = 1_000_000
BASIS_LONGEST, REASON_LONGEST = 300, 500  # characters, as all below
QUOTE_LONGEST, WHO_LONGEST = 250, 100
TITLE_LONGEST = 120
PARTS = {"need": 300, "done": 450, "changed": 300}  # of a story: a half page holds no more
FIRST_YEAR, LAST_YEAR = 1900, 2200
_TENTH = Decimal("0.1")


class Dimension(StrEnum):
    """What an activity can do for people; the codes are the Danish words without their letters."""

    FRIRUM = "frirum"
    PERSPEKTIV = "perspektiv"
    KREATIVITET = "kreativitet"
    FAELLESSKAB = "faellesskab"


class Basis(StrEnum):
    """How an effect was seen."""

    OBSERVATION = "observation"
    SURVEY = "survey"
    INTERVIEWS = "interviews"


ASKED = frozenset({Basis.SURVEY, Basis.INTERVIEWS})  # where people answered, and are counted


class StoryState(StrEnum):
    """How far a story is."""

    DRAFT = "draft"
    READY = "ready"


class Claim(StrEnum):
    """What can be said of an effect that was meant and seen."""

    AS_MEANT = "as_meant"
    MORE = "more"
    LESS = "less"
    FEW = "few"  # too few activities to say anything


class Why(StrEnum):
    """Why a story or a quote is not shown to the public, beside what ``people.publication`` says."""

    DRAFT = "draft"
    NO_GOALS = "no_goals"
    NO_ACTIVITIES = "no_activities"
    UNFINISHED = "unfinished"


Scores = Mapping[str, int | None]  # a score by each Dimension


@dataclass(frozen=True)
class Measured:
    """An activity's effect, with what it is counted by."""

    activity: int
    goals: tuple[str, ...]
    branches: tuple[str, ...]
    intended: Scores
    seen: Scores
    answers: int


@dataclass(frozen=True)
class Compared:
    """One dimension over some activities: means with one decimal of those where it was both meant and seen.

    The means are None where these are fewer than FEW.
    """

    dimension: Dimension
    intended: Decimal | None
    seen: Decimal | None
    pairs: int
    meant: int  # activities that it was a purpose of
    noticed: int  # activities where it was seen
    answers: int  # of the people behind the pairs
    claim: Claim

    @property
    def difference(self) -> Decimal | None:
        """Return how much more was seen than meant."""
        return None if self.intended is None or self.seen is None else self.seen - self.intended


def scores(values: Mapping[str, int | None]) -> dict[str, int | None]:
    """Return a score for each dimension, in order."""
    return {dimension.value: values.get(dimension.value) for dimension in Dimension}


def some(values: Scores) -> bool:
    """Return whether any dimension has a score."""
    return any(value is not None for value in values.values())


def outside(values: Scores) -> list[str]:
    """Return the dimensions whose score is none that there is."""
    return [name for name, value in values.items() if value is not None and not LOWEST <= value <= HIGHEST]


def difference(intended: Scores, seen: Scores) -> dict[str, int | None]:
    """Return for each dimension how much more was seen than meant; None where one of the two is missing."""
    found: dict[str, int | None] = {}
    for dimension in Dimension:
        before, after = intended.get(dimension), seen.get(dimension)
        found[dimension.value] = None if before is None or after is None else after - before
    return found


def from_rows(effects: Iterable[Mapping[str, Any]], activities: Iterable[Mapping[str, Any]]) -> list[Measured]:
    """Return the effects that a snapshot holds of some of its activities, with their goals and houses."""
    known = {activity["number"]: activity for activity in activities}
    return [_measured(row, known[row["activity"]]) for row in effects if row["activity"] in known]


def _measured(row: Mapping[str, Any], activity: Mapping[str, Any]) -> Measured:
    supported = [one["goal"] for one in activity["mappings"] if one["stance"] == Stance.SUPPORTS]
    return Measured(
        activity=row["activity"],
        goals=tuple(dict.fromkeys(supported)),
        branches=tuple(activity["branches"]),
        intended=row["intended"] or {},
        seen=row["seen"] or {},
        answers=row["answers"] or 0,
    )


def compare(rows: Iterable[Measured]) -> list[Compared]:
    """Return the four dimensions over some activities."""
    known = list(rows)
    return [_compared(dimension, known) for dimension in Dimension]


def by(rows: Sequence[Measured], parts: Callable[[Measured], Iterable[str]]) -> dict[str, list[Compared]]:
    """Return the four dimensions for each part, such as a goal, that the activities belong to; one may be in several.

    Parts of which nothing is meant or seen are absent.
    """
    grouped: dict[str, list[Measured]] = {}
    for row in rows:
        for part in parts(row):
            grouped.setdefault(part, []).append(row)
    return {part: compare(members) for part, members in grouped.items()}


def _compared(dimension: Dimension, rows: Sequence[Measured]) -> Compared:
    pairs = [
        (before, after, row.answers)
        for row in rows
        if (before := row.intended.get(dimension)) is not None and (after := row.seen.get(dimension)) is not None
    ]
    meant, noticed = _mean([before for before, _, _ in pairs]), _mean([after for _, after, _ in pairs])
    return Compared(
        dimension=dimension,
        intended=meant,
        seen=noticed,
        pairs=len(pairs),
        meant=sum(row.intended.get(dimension) is not None for row in rows),
        noticed=sum(row.seen.get(dimension) is not None for row in rows),
        answers=sum(answers for _, _, answers in pairs),
        claim=_claim(meant, noticed),
    )


def _mean(values: Sequence[int]) -> Decimal | None:
    if len(values) < FEW:
        return None
    return (Decimal(sum(values)) / len(values)).quantize(_TENTH, ROUND_HALF_UP)


def _claim(intended: Decimal | None, seen: Decimal | None) -> Claim:
    if intended is None or seen is None:
        return Claim.FEW
    if abs(seen - intended) < LEVEL:
        return Claim.AS_MEANT
    return Claim.MORE if seen > intended else Claim.LESS


def needs_reason(before: Scores, after: Scores, *, seen: bool) -> bool:
    """Return whether a change of scores has to be explained: once the effect is seen, every one has."""
    return seen and scores(before) != scores(after)


def shown_in_report(told: Piece, agreements: Sequence[Given], day: date) -> bool:
    """Return whether a quote or a story stands in a report: those who are told about agreed to that or to more."""
    reasons = people.publication(told, agreements, Scope.INTERNAL_REPORT, day)
    return not reasons or not people.publication(told, agreements, Scope.WEBSITE, day)


def hidden(told: Piece, agreements: Sequence[Given], day: date) -> tuple[Reason, ...]:
    """Return why the public does not see a quote or a story; nothing when it does."""
    return people.publication(told, agreements, Scope.WEBSITE, day)


def unfinished(texts: Mapping[str, str], goals: Sequence[str], activities: Sequence[object]) -> tuple[Why, ...]:
    """Return what a story lacks before it can be ready."""
    found = [] if all(text.strip() for text in texts.values()) else [Why.UNFINISHED]
    found += [] if goals else [Why.NO_GOALS]
    return tuple(found if activities else [*found, Why.NO_ACTIVITIES])
