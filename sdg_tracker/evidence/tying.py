"""Ties: what a piece of evidence shows, how directly, and until when."""

import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from sdg_tracker import trail
from sdg_tracker.access import Permission
from sdg_tracker.evidence import queries
from sdg_tracker.evidence.changing import changeable
from sdg_tracker.evidence.link_models import Link
from sdg_tracker.evidence.models import Evidence, Tie, Version
from sdg_tracker.evidence.reviewing import ask_again
from sdg_tracker.evidence.states import TICKS, Strength
from sdg_tracker.evidence.validity import default_until
from sdg_tracker.foundation.errors import Conflict, Invalid, NotFound, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.schemes import following
from sdg_tracker.schemes.following import Renames
from sdg_tracker.schemes.models import Cycle
from sdg_tracker.schemes.rules import settings_of
from sdg_tracker.work import Work

_PAGES = re.compile(r"\d{1,5}(-\d{1,5})?(, ?\d{1,5}(-\d{1,5})?)*")

words(
    {
        "tie-strength-unknown": lazy("There is no strength %(strength)s."),
        "tie-pages-unreadable": lazy("Write pages as numbers, such as 4-6 or 2, 5."),
        "tie-none": lazy("Evidence %(number)s is not tied to %(requirement)s."),
    }
)

trail.declare(
    {
        "evidence.tied": (lazy("Evidence tied to a requirement"), {"cycle", "requirement", "pages"}),
        "evidence.untied": (lazy("Evidence untied from a requirement"), {"cycle", "requirement"}),
        "evidence.tie_judged": (
            lazy("What evidence shows for a requirement judged"),
            {"cycle", "requirement", "pages", "strength", "ticks"},
        ),
    }
)


@dataclass(frozen=True)
class Wanted:
    """A tie that is asked for: the cycle's number, a requirement in it, and which pages show it."""

    cycle: int
    requirement: str
    pages: str = ""


@dataclass(frozen=True)
class TieDetails:
    """How a piece of evidence shows something: on which pages, how directly, and what was checked (of TICKS)."""

    pages: str = ""
    strength: str = ""
    ticks: frozenset[str] = frozenset()


def tie(work: Work, number: int, wanted: Wanted) -> bool:
    """Tie a piece of evidence to a requirement; return whether the requirement accepts its kind. Once is enough."""
    evidence = changeable(work, number, Permission.EVIDENCE_TIE)
    first = not evidence.ties and evidence.valid_until is None
    accepted = attach(work, evidence, wanted, work.actor.number)
    if first:
        _expire(work, evidence, wanted)
    ask_again(work, evidence)
    return accepted


def judge_tie(work: Work, number: int, cycle: int, code: str, details: TieDetails) -> Evidence:
    """Say how a piece of evidence shows something for a requirement. Raises NotFound when it is not tied to it."""
    evidence = changeable(work, number, Permission.EVIDENCE_TIE)
    found = tied(evidence, cycle, code)
    if details.strength and details.strength not in set(Strength):
        raise Invalid("tie-strength-unknown", field="strength", strength=details.strength)
    pages = _pages(details.pages)
    ticks = tuple(tick for tick in TICKS if tick in details.ticks)
    if (found.pages, found.strength, found.ticks) == (pages, details.strength, ticks):
        return evidence
    found.pages, found.strength = pages, details.strength
    for tick in TICKS:
        setattr(found, tick, tick in ticks)
    work.session.flush()
    facts = {"pages": pages, "strength": details.strength, "ticks": list(ticks)}
    trail.record(work, "evidence.tie_judged", evidence, cycle=cycle, requirement=code, **facts)
    ask_again(work, evidence)
    return evidence


def untie(work: Work, number: int, cycle: int, code: str) -> None:
    """Take a tie away. Raises NotFound when there is none."""
    evidence = changeable(work, number, Permission.EVIDENCE_TIE)
    evidence.ties.remove(tied(evidence, cycle, code))
    work.session.flush()
    trail.record(work, "evidence.untied", evidence, cycle=cycle, requirement=code)


def tied(evidence: Evidence, cycle: int, code: str) -> Tie:
    """Return the tie to a requirement. Raises NotFound."""
    for found in evidence.ties:
        if (found.cycle.number, found.requirement_code) == (cycle, code):
            return found
    raise NotFound("tie-none", number=evidence.number, requirement=code)


def freshness(work: Work, wanted: Wanted) -> int | None:
    """Return how many months old evidence for a requirement may be, None for any age, or where it is gone."""
    try:
        cycle, requirement = queries.requirement(work, wanted.cycle, wanted.requirement)
    except Invalid:  # the period is on a version without it; whoever ties anew is told by the tie
        return None
    months = requirement.definition["evidence"]["max_age_months"]
    if isinstance(months, dict):
        months = settings_of(cycle.scheme.document, cycle.settings).get(months["setting"])
    return months if isinstance(months, int) else None


def wish(work: Work, evidence: Evidence, wanted: Wanted) -> dict[str, object]:
    """Return a tie as a version in quarantine keeps it. Raises what making it would raise."""
    work.require(Permission.EVIDENCE_TIE, evidence)
    queries.requirement(work, wanted.cycle, wanted.requirement)
    return {"cycle": wanted.cycle, "requirement": wanted.requirement, "pages": wanted.pages}


def _follow(work: Work, cycle: Cycle, renames: Renames) -> None:
    """Let ties that wait for a release or a copy go to the requirement's new code."""
    waiting = [*work.session.scalars(sa.select(Version).where(Version.quarantined_at.is_not(None)))]
    waiting += [*work.session.scalars(sa.select(Link).where(Link.evidence_id.is_(None)))]
    for row in waiting:
        row.wanted = [
            {**wish, "requirement": renames.get(wish["requirement"], wish["requirement"])}
            if wish["cycle"] == cycle.number
            else wish
            for wish in row.wanted
        ]
    work.session.flush()


following.register_hook(_follow)


def make_wanted_ties(work: Work, evidence: Evidence) -> tuple[str, ...]:
    """Make the ties that were asked for when a piece came that stands now; return those that ask for other kinds.

    Whoever added it might tie it then, so this is not asked again. A requirement that is gone meanwhile is left out.
    """
    version, unaccepted = evidence.current, []
    if not version.wanted:
        return ()
    for wish in version.wanted:
        wanted = Wanted(int(wish["cycle"]), str(wish["requirement"]), str(wish["pages"]))
        try:
            accepted = _make_tie(work, evidence, wanted, version.added_by)
        except (Invalid, NotFound):
            continue
        if not accepted:
            unaccepted.append(wanted.requirement)
    version.wanted = []
    work.session.flush()
    return tuple(unaccepted)


def attach(work: Work, evidence: Evidence, wanted: Wanted, by: int | None) -> bool:
    """Tie a piece that is held already, for the one of that number; return whether the requirement accepts its kind."""
    work.require(Permission.EVIDENCE_TIE, evidence)
    if evidence.quarantined_at is not None:
        raise Conflict("evidence-quarantined", number=evidence.number)
    return _make_tie(work, evidence, wanted, by)


def _make_tie(work: Work, evidence: Evidence, wanted: Wanted, by: int | None) -> bool:
    cycle, requirement = queries.requirement(work, wanted.cycle, wanted.requirement)
    pages = _pages(wanted.pages)
    found = next(
        (row for row in evidence.ties if (row.cycle_id, row.requirement_code) == (cycle.id, requirement.code)), None
    )
    if found is None:
        found = Tie(cycle_id=cycle.id, requirement_code=requirement.code, added_by=by, added_at=work.at)
        evidence.ties.append(found)
    elif found.pages == pages:
        return evidence.kind in requirement.kinds
    found.pages = pages
    work.session.flush()
    trail.record(work, "evidence.tied", evidence, cycle=cycle.number, requirement=requirement.code, pages=pages)
    return evidence.kind in requirement.kinds


def _pages(given: str) -> str:
    pages = given.strip()
    if len(pages) > 40 or (pages and not _PAGES.fullmatch(pages)):
        raise Invalid("tie-pages-unreadable", field="pages")
    return pages


def _expire(work: Work, evidence: Evidence, wanted: Wanted) -> None:
    """Let the first requirement that a piece is tied to say until when it holds, where the scheme does."""
    made = evidence.collected_on or evidence.added_at.astimezone(ZoneInfo(work.library.timezone)).date()
    evidence.valid_until = default_until(made, [freshness(work, wanted)])
    if evidence.valid_until is not None:
        work.session.flush()
        trail.record(work, "evidence.revised", evidence, revision=evidence.revision, changed=["valid_until"])
