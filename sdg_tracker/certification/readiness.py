"""Needed against found: what each requirement of a cycle still lacks on a day. Plain functions on plain values."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from sdg_tracker.certification import needs as needed
from sdg_tracker.certification.leaving import may_leave_out
from sdg_tracker.certification.material import Definition, Found, Frame
from sdg_tracker.certification.needs import Need, own_judgement
from sdg_tracker.certification.states import AssessmentState
from sdg_tracker.certification.stretches import EVERY_BRANCH, ONE_DAY, day_after, oldest_day, spans
from sdg_tracker.schemes.rules import applies

ROLES = ("formidler", "facilitator", "aktør")
ANSWERED = "every_requirement_answered"
UNASSESSED = "unassessed"
STRETCHES = ("year", "plan", "period")  # that something may be asked for


class Status(StrEnum):
    """What the count says of a requirement."""

    MET = "met"
    GAP = "gap"
    OWN_JUDGEMENT = "own_judgement"  # all that is counted is there; whether the rest suffices only the library can say
    NOT_PURSUING = "not_pursuing"  # left out with a reason, where the scheme allows that
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True)
class Result:
    """What one requirement needs and has."""

    code: str
    mandatory: bool
    roles: tuple[str, ...]
    status: Status
    state: AssessmentState | None  # the library's judgement; None: not assessed
    needs: tuple[Need, ...] = ()

    @property
    def gaps(self) -> tuple[Need, ...]:
        """Return what is still lacking; nothing where the requirement does not apply or is left out."""
        return tuple(need for need in self.needs if not need.met) if self.status is Status.GAP else ()

    @property
    def reached(self) -> bool:
        """Return whether the requirement is met as far as the program can tell."""
        return self.status in (Status.MET, Status.OWN_JUDGEMENT)

    @property
    def judgement(self) -> str:
        """Return the state that it is counted under: what the facts rule out counts as not applicable."""
        if self.status is Status.NOT_APPLICABLE:
            return AssessmentState.NOT_APPLICABLE.value
        return self.state.value if self.state else UNASSESSED


STATES = (*(state.value for state in AssessmentState), UNASSESSED)


@dataclass(frozen=True)
class Tally:
    """Requirements counted by the library's own judgement; ``gaps`` counts those that lack something."""

    total: int = 0
    states: Mapping[str, int] = field(default_factory=dict)
    gaps: int = 0

    def of(self, state: str) -> int:
        """Return how many have a state of ``STATES``."""
        return self.states.get(state, 0)


def result(definition: Definition, frame: Frame, found: Found, day: date) -> Result:
    """Hold one requirement against what was found by ``day``."""
    code = definition["code"]
    judged = found.assessments.get(code)
    state = judged.state if judged else None
    whole = Result(code, definition["mandatory"], tuple(definition["roles"]), Status.NOT_APPLICABLE, state)
    asked = applies(definition.get("applies_if"), frame.facts)
    if asked is False or (state is AssessmentState.NOT_APPLICABLE and may_leave_out(frame.decision, code)):
        return whole
    if asked is None:
        return replace(whole, status=Status.GAP, needs=tuple(needed.unanswered(definition["applies_if"], frame.facts)))
    needs = (
        *needed.of_settings(definition, frame),
        *needed.of_evidence(definition, frame, found, day),
        *needed.of_count(definition, frame, found, day),
        *needed.of_each(definition, frame, found, day),
        *needed.of_judgement(definition, judged),
    )
    optional = not definition["mandatory"] or frame.decision.get("rule") == ANSWERED
    if state is AssessmentState.NOT_PURSUING and optional and may_leave_out(frame.decision, code):
        return replace(whole, status=Status.NOT_PURSUING, needs=needs)
    if any(not need.met for need in needs):
        return replace(whole, status=Status.GAP, needs=needs)
    return replace(whole, status=Status.OWN_JUDGEMENT if own_judgement(definition) else Status.MET, needs=needs)


def results(definitions: Iterable[Definition], frame: Frame, found: Found, day: date) -> list[Result]:
    """Hold every requirement against what was found by ``day``, in the order given."""
    return [result(definition, frame, found, day) for definition in definitions]


def tally(found: Iterable[Result]) -> Tally:
    """Count requirements by the library's judgement."""
    states: Counter[str] = Counter()
    gaps = 0
    for one in found:
        states[one.judgement] += 1
        gaps += one.status is Status.GAP
    return Tally(states.total(), dict(states), gaps)


def boundaries(definitions: Iterable[Definition], frame: Frame, day: date) -> list[date]:
    """Return the days on which an answer may change, in order.

    Days between two of them are all alike to the rules, so each may stand as the boundary before it.
    """
    found = {day + ONE_DAY}
    for span in (span for per in STRETCHES for span in spans(per, frame, day)):
        found |= {span.first, day_after(span.last)}
    for definition in definitions:
        oldest = oldest_day(definition, frame, day)
        found |= {oldest} if oldest else set()
    return sorted(found - {date.min})


def last_days(frame: Frame, day: date) -> list[date]:
    """Return the days on which evidence must not have expired, in order; the rules ask about no others."""
    return sorted({min(day, span.last) for per in STRETCHES for span in spans(per, frame, day)})


def in_houses(definition: Definition) -> bool:
    """Return whether something is asked of each house."""
    return definition["scope"] == "branch" or definition.get("quantity", {}).get("per") in EVERY_BRANCH


def groupings(definitions: Iterable[Definition]) -> frozenset[str]:
    """Return which of ``branch``, ``partner``, ``goal`` and ``each`` (activity) anything is counted by."""
    found: set[str] = set()
    for definition in definitions:
        if in_houses(definition):
            found.add("branch")
        if needed.each(definition) is not None:
            found.add(needed.EACH)
        if "counts" in definition:
            found.add(definition["counts"]["of"])
    return frozenset(found - {"activity"})
