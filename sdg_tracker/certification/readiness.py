"""Needed against found: what each requirement of a cycle still lacks on a day. Plain functions on plain values.

Activities and evidence come in bundles: what no rule can tell apart is one ``Done`` or ``Shown`` with a count.
``boundaries`` says which days the rules can tell apart.
"""

from calendar import monthrange
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sdg_tracker.certification.states import AssessmentState
from sdg_tracker.schemes.rules import applies

Definition = Mapping[str, Any]  # a requirement as the scheme file has it

PIECES = "documents"  # the unit of quantities that pieces of evidence are counted against
JUDGED_KINDS = ("list", "measure")  # no rows to count yet: assessment and evidence alone decide
EVERY_YEAR = ("year", "branch_and_year")
EVERY_BRANCH = ("branch", "branch_and_year")
ROLES = ("formidler", "facilitator", "aktør")
ANSWERED = "every_requirement_answered"
UNASSESSED = "unassessed"
ONE_DAY = timedelta(days=1)


class Status(StrEnum):
    """What the count says of a requirement."""

    MET = "met"
    GAP = "gap"
    OWN_JUDGEMENT = "own_judgement"  # all that is counted is there; whether the rest suffices only the library can say
    NOT_PURSUING = "not_pursuing"  # left out with a reason, where the scheme allows that
    NOT_APPLICABLE = "not_applicable"


class What(StrEnum):
    """What is needed."""

    EVIDENCE = "evidence"
    COUNT = "count"
    NARRATIVE = "narrative"
    ASSESSMENT = "assessment"
    FACT = "fact"  # an answer about the library that decides whether the requirement applies
    SETTING = "setting"  # a number that nobody has set


@dataclass(frozen=True)
class Need:
    """One thing that a requirement needs, and how much of it was found."""

    what: What
    needed: int
    found: int
    year: str = ""  # such as 2026; 2026/2027 where the cycle does not begin on 1 January; empty for the whole cycle
    branch: str = ""  # code of a house; empty for the library as a whole
    unit: str = ""
    running: bool = False  # the year is not over
    key: str = ""  # of the fact or setting
    unaccepted: int = 0  # of the pieces found: nobody has accepted them yet

    @property
    def met(self) -> bool:
        """Return whether enough was found."""
        return self.found >= self.needed

    @property
    def lacking(self) -> int:
        """Return how much is missing."""
        return max(0, self.needed - self.found)


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
    assessments: Mapping[str, Judged] = field(default_factory=dict)  # by requirement code


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


@dataclass(frozen=True)
class Decision:
    """Whether the scheme's own rule is fulfilled."""

    rule: str
    reached: bool | None  # None: the rule has no threshold
    lacking: tuple[str, ...] = ()  # codes of the requirements that it fails on
    points: float = 0
    wanted: float = 0  # points to reach
    score: float | None = None


@dataclass(frozen=True)
class _Span:
    """A stretch of time for which something is asked."""

    label: str
    first: date
    last: date
    running: bool = False


def result(definition: Definition, frame: Frame, found: Found, day: date) -> Result:
    """Hold one requirement against what was found by ``day``."""
    code = definition["code"]
    judged = found.assessments.get(code)
    state = judged.state if judged else None
    whole = Result(code, definition["mandatory"], tuple(definition["roles"]), Status.NOT_APPLICABLE, state)
    asked = applies(definition.get("applies_if"), frame.facts)
    may_leave_out = code not in frame.decision.get("omission", {}).get("not_for", ())
    if asked is False or (state is AssessmentState.NOT_APPLICABLE and may_leave_out):
        return whole
    if asked is None:
        return replace(whole, status=Status.GAP, needs=tuple(_unanswered(definition["applies_if"], frame.facts)))
    needs = (
        *_evidence_needs(definition, frame, found, day),
        *_count_needs(definition, frame, found, day),
        *_judgement_needs(definition, judged),
    )
    optional = not definition["mandatory"] or frame.decision.get("rule") == ANSWERED
    if state is AssessmentState.NOT_PURSUING and optional and may_leave_out:
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


def own_judgement(definition: Definition) -> bool:
    """Return whether a part of what is asked can't be counted: a list, a measure, or a quantity of something else."""
    if definition["kind"] in JUDGED_KINDS:
        return True
    if definition["kind"] == "activity_count":
        return not _countable(definition)
    quantity = definition.get("quantity")
    return quantity is not None and quantity["unit"] != PIECES


def boundaries(definitions: Iterable[Definition], frame: Frame, day: date) -> list[date]:
    """Return the days on which an answer may change, in order.

    Days between two of them are all alike to the rules, so each may stand as the boundary before it.
    """
    found = {day + ONE_DAY}
    for span in (*_spans("year", frame, day), *_spans("period", frame, day)):
        found |= {span.first, _next(span.last)}
    for definition in definitions:
        oldest = _oldest(definition, frame, day)
        found |= {oldest} if oldest else set()
    return sorted(found - {date.min})


def last_days(frame: Frame, day: date) -> list[date]:
    """Return the days on which evidence must not have expired, in order; the rules ask about no others."""
    spans = (*_spans("year", frame, day), *_spans("period", frame, day))
    return sorted({min(day, span.last) for span in spans})


def groupings(definitions: Iterable[Definition]) -> frozenset[str]:
    """Return which of ``branch``, ``partner`` and ``goal`` anything is counted by."""
    found: set[str] = set()
    for definition in definitions:
        if definition["scope"] == "branch" or definition.get("quantity", {}).get("per") in EVERY_BRANCH:
            found.add("branch")
        if "counts" in definition:
            found.add(definition["counts"]["of"])
    return frozenset(found - {"activity"})


# Whether it applies --------------------------------------------------------------------------------------------------


def _unanswered(condition: Mapping[str, Any], facts: Mapping[str, Any]) -> Iterator[Need]:
    keys = dict.fromkeys(_facts_of(condition))
    yield from (Need(What.FACT, 1, 0, key=key) for key in keys if facts.get(key) is None)


def _facts_of(condition: Mapping[str, Any]) -> Iterator[str]:
    if "fact" in condition:
        yield condition["fact"]
    for part in (*condition.get("all", ()), *condition.get("any", ())):
        yield from _facts_of(part)


# Evidence ------------------------------------------------------------------------------------------------------------


def _evidence_needs(definition: Definition, frame: Frame, found: Found, day: date) -> Iterator[Need]:
    """Pieces in the whole cycle, and in each year where documents are counted so; in each house where it says so."""
    asked, quantity, most = definition["evidence"], definition.get("quantity"), 0
    amounts = [(asked["min"], "period", False)]
    if quantity and definition["kind"] not in ("activity_count", *JUDGED_KINDS) and quantity["unit"] == PIECES:
        amounts.insert(0, (quantity["min"], quantity["per"], True))
    oldest = _oldest(definition, frame, day)
    for amount, per, timed in amounts:
        needed = _number(amount, frame)
        if needed is None:
            yield _unset(amount)
        elif needed > most:  # otherwise so much is asked for in each year already
            most = needed
            for branch in _branches(definition, frame, per):
                pieces = _pieces(definition, frame, found, branch)
                for span in _spans(per, frame, day):
                    found_there = [
                        piece
                        for piece in pieces
                        if _accepted(piece, asked, span if timed else None, oldest, day)
                        and _holds(piece, min(day, span.last))
                    ]
                    yield Need(
                        What.EVIDENCE,
                        needed,
                        sum(piece.count for piece in found_there),
                        span.label,
                        branch,
                        PIECES,
                        span.running,
                        unaccepted=sum(piece.count for piece in found_there if not piece.accepted),
                    )


def _pieces(definition: Definition, frame: Frame, found: Found, branch: str) -> Sequence[Shown]:
    code = definition["code"]
    if branch and len(frame.branches) > 1:
        return found.evidence_by_branch.get((branch, code), ())
    return found.evidence.get(code, ())


def _accepted(piece: Shown, asked: Mapping[str, Any], span: _Span | None, oldest: date | None, day: date) -> bool:
    """Return whether a piece counts. What is asked for in a year has to be of that year and never gets too old."""
    if piece.kind not in asked["kinds"] or piece.day > day or (asked["public_required"] and not piece.public):
        return False
    if span is not None:
        return span.first <= piece.day <= span.last
    return oldest is None or piece.day >= oldest


def _holds(piece: Shown, day: date) -> bool:
    """Return whether a piece has not expired on a day; on that of a year that is over it is never asked again."""
    return piece.valid_until is None or piece.valid_until >= day


def _oldest(definition: Definition, frame: Frame, day: date) -> date | None:
    """Return the day before which evidence is too old; seen from the cycle's last day once that has passed."""
    months = _number(definition["evidence"]["max_age_months"], frame)
    return None if months is None else months_before(min(day, frame.ends_on), months)


def months_before(day: date, months: int) -> date:
    """Return the same day so many months earlier; the last of the month where that has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    if year < 1:
        return date.min
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


# Counts --------------------------------------------------------------------------------------------------------------


def _count_needs(definition: Definition, frame: Frame, found: Found, day: date) -> Iterator[Need]:
    if definition["kind"] != "activity_count" or not _countable(definition):
        return
    quantity, of = definition["quantity"], definition["counts"]["of"]
    needed = _number(quantity["min"], frame)
    if needed is None:
        yield _unset(quantity["min"])
        return
    if needed == 0:
        return
    for branch in _branches(definition, frame, quantity["per"]):
        for span in _spans(quantity["per"], frame, day):
            counts = _counts(definition, frame, span, day)
            if of == "activity":
                rows = found.by_branch.get(branch, ()) if branch and len(frame.branches) > 1 else found.activities
                have = sum(done.count for done in rows if counts(done))
            else:
                named = found.by_partner if of == "partner" else found.by_goal
                have = sum(any(counts(done) for done in rows) for rows in named.values())
            yield Need(What.COUNT, needed, have, span.label, branch, quantity["unit"], span.running)


def _countable(definition: Definition) -> bool:
    """Return whether the count can be made: goals and partners are counted for the library as a whole only."""
    in_branches = definition["scope"] == "branch" or definition["quantity"]["per"] in EVERY_BRANCH
    return definition["counts"]["of"] == "activity" or not in_branches


def _counts(definition: Definition, frame: Frame, span: _Span, day: date) -> Callable[[Done], bool]:
    """Return the test of an activity: all conditions hold, and it took place in the stretch of time."""
    where = dict(definition["counts"].get("where", {}))
    if definition["scope"] == "activity" and "with_evidence" not in where:
        where["with_evidence"] = True  # shown for each activity that is counted
    last = min(span.last, day)
    tests: Mapping[str, Callable[[Done, Any], bool]] = {
        "types": lambda done, wanted: done.type in wanted,
        "roles": lambda done, wanted: bool(set(frame.type_roles.get(done.type, ())) & set(wanted)),
        "audience": lambda done, wanted: bool(done.audiences & set(wanted)),
        "mapped": lambda done, wanted: done.mapped == wanted,
        "with_partner": lambda done, wanted: done.with_partner == wanted,
        "with_evidence": lambda done, wanted: done.with_evidence == wanted,
    }
    return lambda done: done.within(span.first, last) and all(tests[key](done, value) for key, value in where.items())


# The library's own word ----------------------------------------------------------------------------------------------


def _judgement_needs(definition: Definition, judged: Judged | None) -> Iterator[Need]:
    if definition["kind"] == "narrative":
        yield Need(What.NARRATIVE, 1, int(bool(judged and judged.narrative.strip())))
    yield Need(What.ASSESSMENT, 1, int(judged is not None and judged.state is AssessmentState.MET))


# Time, houses, numbers -----------------------------------------------------------------------------------------------


def _spans(per: str, frame: Frame, day: date) -> list[_Span]:
    """Return the stretches of time that a quantity is asked for; a year that has not begun is not asked for yet.

    Years are those of the cycle: calendar years when it begins on 1 January. ``plan`` is the whole cycle too.
    """
    if per not in EVERY_YEAR:
        return [_Span("", frame.starts_on, frame.ends_on)]
    spans: list[_Span] = []
    first = frame.starts_on
    while first <= frame.ends_on and (first <= day or not spans):
        after = _year_later(frame.starts_on, len(spans) + 1)
        last = min(after - ONE_DAY, frame.ends_on)
        label = str(first.year) if (first.month, first.day) == (1, 1) else f"{first.year}/{first.year + 1}"
        spans.append(_Span(label, first, last, running=day <= last))
        first = after
    return spans


def _year_later(day: date, years: int) -> date:
    leap = (day.month, day.day) == (2, 29)
    return date(day.year + years, 3, 1) if leap else day.replace(year=day.year + years)


def _next(day: date) -> date:
    return day if day == date.max else day + ONE_DAY


def _branches(definition: Definition, frame: Frame, per: str) -> Sequence[str]:
    """Return the houses that it is asked of; one empty code for the library as a whole, and where it has no houses."""
    each = definition["scope"] == "branch" or per in EVERY_BRANCH
    return frame.branches if each and frame.branches else ("",)


def _number(value: Any, frame: Frame) -> int | None:
    """Return a count from a scheme, looked up when it is a setting; None where the setting has no value."""
    found = frame.settings.get(value["setting"]) if isinstance(value, Mapping) else value
    return None if found is None else int(found)


def _unset(value: Any) -> Need:
    return Need(What.SETTING, 1, 0, key=value["setting"])


# The scheme's decision -----------------------------------------------------------------------------------------------


def decision(document: Mapping[str, Any], found: Found, outcome: Iterable[Result]) -> Decision:
    """Return whether the scheme's rule is fulfilled by the results of all its requirements."""
    rule, by_code = document["decision"], {one.code: one for one in outcome}
    asked = [one for one in by_code.values() if one.status is not Status.NOT_APPLICABLE]
    if rule["rule"] == ANSWERED:
        lacking = tuple(one.code for one in asked if not one.reached and one.status is not Status.NOT_PURSUING)
        return Decision(ANSWERED, not lacking, lacking)
    lacking = tuple(one.code for one in asked if one.mandatory and not one.reached)
    if rule["rule"] not in ("mandatory_plus_share_of_points", "best_n_weighted"):
        return Decision(rule["rule"], not lacking, lacking)
    areas = {
        area["code"]: _points([r for criterion in area["criteria"] for r in criterion["requirements"]], by_code, found)
        for area in document["areas"]
    }
    if rule["rule"] == "best_n_weighted":
        return Decision(rule["rule"], None, lacking, score=_score(rule, areas))
    got, applicable = (sum(column) for column in zip(*areas.values(), strict=True))
    every = sum(
        r.get("points", 0) + r["evidence"].get("public_bonus", 0)
        for area in document["areas"]
        for criterion in area["criteria"]
        for r in criterion["requirements"]
    )
    wanted = rule["share"] * (applicable if rule["of"] == "applicable_points" else every)
    return Decision(rule["rule"], not lacking and got >= wanted, lacking, got, wanted)


def _points(definitions: Iterable[Definition], outcome: Mapping[str, Result], found: Found) -> tuple[float, float]:
    """Return the points reached and those possible; what does not apply counts in neither."""
    got = possible = 0.0
    for definition in definitions:
        one = outcome[definition["code"]]
        if one.status is Status.NOT_APPLICABLE:
            continue
        points, bonus = definition.get("points", 0), definition["evidence"].get("public_bonus", 0)
        possible += points + bonus
        if one.reached:
            public = any(piece.public for piece in found.evidence.get(one.code, ()))
            got += points + (bonus if public else 0)
    return got, possible


def _score(rule: Mapping[str, Any], areas: Mapping[str, tuple[float, float]]) -> float:
    """Return the weighted score: some areas always, and the best of the others."""
    shares = {code: got / possible if possible else rule["missing"] for code, (got, possible) in areas.items()}
    always = {row["area"]: row["weight"] for row in rule["always"]}
    others = sorted((share for code, share in shares.items() if code not in always), reverse=True)
    weighted = sum(weight * shares[area] for area, weight in always.items())
    best = rule["best"]
    return float(rule["scale"] * (weighted + sum(best["weight"] * share for share in others[: best["n"]])))
