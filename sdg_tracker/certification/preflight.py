"""What is wrong or weak in a cycle before its dossier is frozen. Plain functions on plain values."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from sdg_tracker.certification.states import AssessmentState

PICTURE_TIES, PIECE_TIES = 4, 8  # a picture, or another piece, that shows more requirements than that shows them weakly
OLD = timedelta(days=366)  # of an assessment
_YEAR = re.compile(r"(?<![\d.,])(?:19|20)\d\d(?![\d.,]\d|\d)")
CLAIMED = (AssessmentState.MET, AssessmentState.UNDER_WAY)


class Weight(StrEnum):
    """How much a case matters."""

    STOPS = "stops"  # a dossier would say what is not so, or show what must not be shown
    WEAK = "weak"
    LOOK = "look"  # worth a look


class Subject(StrEnum):
    """What a case is about, and so where it is mended."""

    REQUIREMENT = "requirement"
    EVIDENCE = "evidence"
    ACTIVITY = "activity"
    MEASURE = "measure"


class Kind(StrEnum):
    """What is wrong or weak, in the order in which it is told."""

    NO_EVIDENCE = "no_evidence"
    NO_NARRATIVE = "no_narrative"  # though the requirement asks for a description
    SHOWS_OBJECTED = "shows_objected"
    PEOPLE_UNKNOWN = "people_unknown"
    CONSENT = "consent"  # it has expired, or there is none
    NOT_ASSESSED = "not_assessed"
    LEFT = "left"  # the text of the cycle before
    UNREVIEWED = "unreviewed"
    EXPIRED = "expired"
    EXPIRES = "expires"  # it holds today, and not on the day of the audit
    STRETCHED = "stretched"  # one piece for many requirements
    EMPTY = "empty"  # no description, where none is asked for
    MISMATCH = "mismatch"  # a goal's number beside the name of another
    NO_SOURCE = "no_source"  # a figure without evidence
    CHANGED = "changed"  # since it was approved
    NOT_APPROVED = "not_approved"
    COMMENTS = "comments"  # open ones that the auditor is shown
    DEAD_LINK = "dead_link"
    OLD = "old"
    EARLIER_YEAR = "earlier_year"


WEIGHTS: Mapping[Kind, Weight] = {
    **dict.fromkeys((Kind.NO_EVIDENCE, Kind.NO_NARRATIVE, Kind.SHOWS_OBJECTED), Weight.STOPS),
    **dict.fromkeys(
        (
            Kind.PEOPLE_UNKNOWN,  # inside use, so a dossier may hold it
            Kind.CONSENT,
            Kind.NOT_ASSESSED,
            Kind.LEFT,
            Kind.UNREVIEWED,
            Kind.EXPIRED,
            Kind.EXPIRES,
            Kind.STRETCHED,
            Kind.EMPTY,
            Kind.MISMATCH,
            Kind.NO_SOURCE,
            Kind.CHANGED,
        ),
        Weight.WEAK,
    ),
    **dict.fromkeys(
        (Kind.NOT_APPROVED, Kind.COMMENTS, Kind.DEAD_LINK, Kind.OLD, Kind.EARLIER_YEAR),
        Weight.LOOK,
    ),
}


@dataclass(frozen=True)
class Claim:
    """A requirement that applies, and what the library says and shows for it."""

    code: str
    title: str
    state: AssessmentState | None
    narrative: str = ""
    describes: bool = False  # the requirement asks for a description
    wanted: int = 0  # pieces of evidence that it asks for
    found: int = 0
    unaccepted: int = 0  # of those found
    assessed_on: date | None = None
    before: str = ""  # what was said in the cycle before
    unconfirmed: bool = False  # taken over from the cycle before
    approved: bool = False
    changed: bool = False  # since it was approved
    open_comments: int = 0  # that the auditor is shown


@dataclass(frozen=True)
class Exhibit:
    """A piece of evidence that counts and is tied to requirements of the cycle."""

    number: int
    title: str
    ties: int
    picture: bool = False
    people_unknown: bool = False
    shows_objected: bool = False  # the version that counts shows somebody who objected
    consent_lacks: bool = False
    expired_on: date | None = None  # the last day on which it held; None: it holds
    expires_on: date | None = None  # the last day on which it holds, where that is before the audit
    dead_link: bool = False


@dataclass(frozen=True)
class Figure:
    """A measure with readings in the cycle's days that name neither source nor evidence."""

    number: int
    title: str
    unsourced: int  # of its readings


@dataclass(frozen=True)
class Deed:
    """An activity that was carried out in the cycle's days."""

    number: int
    title: str
    mismatch: str = ""  # the words that pair a number with another goal's name
    unsourced: bool = False  # it has a figure and no evidence


@dataclass(frozen=True)
class Facts:
    """All that is looked at."""

    day: date
    begins: date  # of the cycle
    claims: Sequence[Claim] = field(default_factory=tuple)
    exhibits: Sequence[Exhibit] = field(default_factory=tuple)
    deeds: Sequence[Deed] = field(default_factory=tuple)
    figures: Sequence[Figure] = field(default_factory=tuple)
    texts: Mapping[str, str] = field(default_factory=dict)  # mismatches in narratives, by code


@dataclass(frozen=True)
class Case:
    """One thing that is wrong or weak. ``about``: a code or a number; ``more``: what helps to find it."""

    kind: Kind
    subject: Subject
    about: str
    title: str
    more: str = ""

    @property
    def weight(self) -> Weight:
        """Return how much it matters."""
        return WEIGHTS[self.kind]


@dataclass(frozen=True)
class Group:
    """All cases of a kind."""

    kind: Kind
    cases: Sequence[Case]

    @property
    def weight(self) -> Weight:
        """Return how much they matter."""
        return WEIGHTS[self.kind]


def check(facts: Facts) -> list[Case]:
    """Return everything that is wrong or weak, the heaviest first."""
    found = [*_of_claims(facts), *_of_exhibits(facts.exhibits), *_of_deeds(facts.deeds)]
    found += [
        Case(Kind.NO_SOURCE, Subject.MEASURE, str(row.number), row.title, str(row.unsourced)) for row in facts.figures
    ]
    kinds, weights = list(Kind), list(Weight)
    return sorted(found, key=lambda case: (weights.index(case.weight), kinds.index(case.kind)))


def groups(cases: Iterable[Case]) -> list[Group]:
    """Return the cases by kind, in their order."""
    found: dict[Kind, list[Case]] = {}
    for case in cases:
        found.setdefault(case.kind, []).append(case)
    return [Group(kind, rows) for kind, rows in found.items()]


def counts(cases: Iterable[Case]) -> dict[Weight, int]:
    """Return how many cases there are of each weight."""
    found = dict.fromkeys(Weight, 0)
    for case in cases:
        found[case.weight] += 1
    return found


def earlier_years(text: str, begins: date) -> list[str]:
    """Return the years in a text that lie before the cycle, each once."""
    found = dict.fromkeys(match[0] for match in _YEAR.finditer(text))
    return [year for year in found if int(year) < begins.year]


def same_text(one: str, other: str) -> bool:
    """Return whether two texts say the same, however they are broken into lines; empty ones say nothing."""
    return bool(one.split()) and one.split() == other.split()


def _of_claims(facts: Facts) -> Iterator[Case]:
    tests: Sequence[tuple[Kind, Callable[[Claim], bool]]] = (
        (Kind.NO_EVIDENCE, lambda row: row.state is AssessmentState.MET and bool(row.wanted) and not row.found),
        (Kind.NO_NARRATIVE, lambda row: row.state in CLAIMED and row.describes and not row.narrative.strip()),
        (Kind.EMPTY, lambda row: row.state in CLAIMED and not row.describes and not row.narrative.strip()),
        (Kind.NOT_ASSESSED, lambda row: row.state is None and not row.unconfirmed),
        (Kind.LEFT, lambda row: row.unconfirmed or same_text(row.narrative, row.before)),
        (Kind.UNREVIEWED, lambda row: bool(row.found) and row.unaccepted == row.found),
        (Kind.MISMATCH, lambda row: row.code in facts.texts),
        (Kind.CHANGED, lambda row: row.approved and row.changed),
        (Kind.NOT_APPROVED, lambda row: row.state is not None and not row.approved),
        (Kind.COMMENTS, lambda row: bool(row.open_comments)),
        (Kind.OLD, lambda row: row.assessed_on is not None and row.assessed_on + OLD <= facts.day),
        (Kind.EARLIER_YEAR, lambda row: bool(earlier_years(row.narrative, facts.begins))),
    )
    more: Mapping[Kind, Callable[[Claim], str]] = {
        Kind.MISMATCH: lambda row: facts.texts[row.code],
        Kind.OLD: lambda row: row.assessed_on.isoformat() if row.assessed_on else "",
        Kind.EARLIER_YEAR: lambda row: ", ".join(earlier_years(row.narrative, facts.begins)),
        Kind.COMMENTS: lambda row: str(row.open_comments),
    }
    for claim in facts.claims:
        for kind, fails in tests:
            if fails(claim):
                said = more.get(kind, _nothing)(claim)
                yield Case(kind, Subject.REQUIREMENT, claim.code, claim.title, said)


def _nothing(_claim: Claim) -> str:
    return ""


def _of_exhibits(exhibits: Iterable[Exhibit]) -> Iterator[Case]:
    for row in exhibits:
        most = PICTURE_TIES if row.picture else PIECE_TIES
        told = (
            (Kind.PEOPLE_UNKNOWN, row.people_unknown, ""),
            (Kind.SHOWS_OBJECTED, row.shows_objected, ""),
            (Kind.CONSENT, row.consent_lacks, ""),
            (Kind.EXPIRED, row.expired_on is not None, row.expired_on.isoformat() if row.expired_on else ""),
            (Kind.EXPIRES, row.expires_on is not None, row.expires_on.isoformat() if row.expires_on else ""),
            (Kind.STRETCHED, row.ties > most, str(row.ties)),
            (Kind.DEAD_LINK, row.dead_link, ""),
        )
        yield from (Case(kind, Subject.EVIDENCE, str(row.number), row.title, more) for kind, so, more in told if so)


def _of_deeds(deeds: Iterable[Deed]) -> Iterator[Case]:
    for row in deeds:
        if row.mismatch:
            yield Case(Kind.MISMATCH, Subject.ACTIVITY, str(row.number), row.title, row.mismatch)
        if row.unsourced:
            yield Case(Kind.NO_SOURCE, Subject.ACTIVITY, str(row.number), row.title)
