"""Assessments, and what activities and evidence say to the requirements of a cycle."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import defer

from sdg_tracker import trail
from sdg_tracker.accounts.models import Branch
from sdg_tracker.activities.models import Activity, ActivityBranch, ActivityPartner, Partner
from sdg_tracker.activities.models import Mapping as GoalMapping
from sdg_tracker.activities.states import Stance, Status
from sdg_tracker.certification import needs
from sdg_tracker.certification import readiness as rules
from sdg_tracker.certification.decisions import Decision, decision
from sdg_tracker.certification.material import Definition, Done, Found, Frame, Judged, Shown
from sdg_tracker.certification.models import Assessment
from sdg_tracker.certification.points import Points, points
from sdg_tracker.certification.readiness import Result, Tally
from sdg_tracker.certification.states import AssessmentState
from sdg_tracker.evidence.models import Evidence, Tie
from sdg_tracker.evidence.showing import may_be_shown
from sdg_tracker.schemes import difference
from sdg_tracker.schemes import queries as schemes
from sdg_tracker.schemes.models import Area, Cycle, Requirement
from sdg_tracker.schemes.rules import amount, settings_of
from sdg_tracker.trail import Event
from sdg_tracker.work import Work

CARRIED_OUT = (Status.HELD.value, Status.ONGOING.value)
CHANGED = "assessment.changed"
TOLD = (CHANGED, "task.assigned", "task.ready", "task.approved", "task.sent_back")  # beside a requirement


@dataclass(frozen=True)
class Readiness:
    """How far a cycle is on a day. ``results`` holds every requirement in the scheme's order."""

    cycle: Cycle
    day: date
    requirements: Mapping[str, Requirement]
    assessments: Mapping[str, Assessment]  # those that were made
    results: Sequence[Result]
    whole: Tally
    areas: Sequence[tuple[Area, Tally]]
    roles: Sequence[tuple[str, Tally]]  # a requirement counts in each of its roles
    points: Mapping[str, Points]  # of those that the scheme gives points for
    decision: Decision

    @cached_property
    def _by_code(self) -> Mapping[str, Result]:
        return {one.code: one for one in self.results}

    def result(self, code: str) -> Result:
        """Return the result of one requirement. Raises KeyError."""
        return self._by_code[code]

    def in_area(self, code: str) -> list[Result]:
        """Return the results of an area's requirements."""
        return [one for one in self.results if self.requirements[one.code].criterion.area.code == code]

    def in_role(self, role: str) -> list[Result]:
        """Return the results of a role's requirements."""
        return [one for one in self.results if role in one.roles]


def readiness(work: Work, cycle: Cycle, day: date | None = None) -> Readiness:
    """Hold every requirement of a cycle against what the library has by ``day``, today unless told.

    The number of statements does not depend on how much there is.
    """
    day = day or work.today
    requirements = schemes.requirements(work, cycle.scheme)
    definitions = [requirement.definition for requirement in requirements.values()]
    made, frame = assessments(work, cycle), frame_of(work, cycle)
    found = replace(found_in(work, cycle, definitions, frame, day), assessments=judged(made))
    results = rules.results(definitions, frame, found, day)
    scored = [(one.code, points(requirements[one.code].definition, one, found)) for one in results]
    areas = {requirement.criterion.area.code: requirement.criterion.area for requirement in requirements.values()}
    by_area: dict[str, list[Result]] = {code: [] for code in areas}
    for one in results:
        by_area[requirements[one.code].criterion.area.code].append(one)
    roles = [role for role in rules.ROLES if any(role in one.roles for one in results)]
    return Readiness(
        cycle=cycle,
        day=day,
        requirements=requirements,
        assessments=made,
        results=results,
        whole=rules.tally(results),
        areas=[(areas[code], rules.tally(rows)) for code, rows in by_area.items()],
        roles=[(role, rules.tally(one for one in results if role in one.roles)) for role in roles],
        points={code: worth for code, worth in scored if worth is not None},
        decision=decision(cycle.scheme.document, found, results),
    )


def judgements(work: Work, cycle: Cycle) -> Tally:
    """Return the requirements by the library's judgement alone, in two small statements; gaps are not counted."""
    areas = cycle.scheme.document["areas"]
    definitions = [r for area in areas for criterion in area["criteria"] for r in criterion["requirements"]]
    found = Found(assessments=judged(assessments(work, cycle)))
    return replace(rules.tally(rules.results(definitions, frame_of(work, cycle), found, work.today)), gaps=0)


def assessments(work: Work, cycle: Cycle) -> dict[str, Assessment]:
    """Return the assessments of a cycle by requirement code; what nobody has assessed is absent."""
    rows = sa.select(Assessment).where(Assessment.cycle_id == cycle.id)
    return {row.requirement_code: row for row in work.session.scalars(rows)}


def assessment(work: Work, cycle: Cycle, code: str) -> Assessment | None:
    """Return the assessment of one requirement, None when nobody has made one."""
    asked = sa.select(Assessment).where(Assessment.cycle_id == cycle.id, Assessment.requirement_code == code)
    return work.session.scalars(asked).one_or_none()


def former_cycle(work: Work, cycle: Cycle) -> Cycle | None:
    """Return the library's cycle on the same scheme, of any version, that began last before this one."""
    before = [
        row for row in schemes.cycles(work) if row.scheme.slug == cycle.scheme.slug and row.starts_on < cycle.starts_on
    ]
    return max(before, key=lambda row: row.starts_on, default=None)


def codes_before(cycle: Cycle, former: Cycle) -> dict[str, str]:
    """Return the code that each requirement of a cycle had in a former one; those that are new are absent."""
    lines = difference.compare(former.scheme.document, cycle.scheme.document).lines
    return {line.after.code: line.before.code for line in lines if line.before and line.after}


def frame_of(work: Work, cycle: Cycle) -> Frame:
    """Return what the rules have to know of a cycle and its library."""
    document = cycle.scheme.document
    houses = sa.select(Branch.code).where(Branch.disabled_at.is_(None)).order_by(Branch.position, Branch.code)
    return Frame(
        starts_on=cycle.starts_on,
        ends_on=cycle.ends_on,
        settings=settings_of(document, cycle.settings),
        facts=cycle.facts,
        type_roles=document.get("type_roles", {}),
        decision=document["decision"],
        branches=tuple(work.session.scalars(houses)),
        plan_years=_plan_years(document, cycle.settings),
    )


def _plan_years(document: Mapping[str, Any], chosen: Mapping[str, Any]) -> int:
    years = document["cycle"]["plan_years"]
    found = None if years is None else amount(years, document, chosen).value
    return int(found or 0)


def found_in(work: Work, cycle: Cycle, definitions: Sequence[Definition], frame: Frame, day: date) -> Found:
    """Return the activities and the evidence that requirements are held against, in at most seven statements.

    The database bundles what the rules can't tell apart, so the answers stay small however much there is.
    """
    asked, in_houses = rules.groupings(definitions), [row for row in definitions if rules.in_houses(row)]
    in_branches = "branch" in asked and len(frame.branches) > 1
    days = rules.boundaries((), frame, day)  # how old evidence is does not matter to activities
    seen = _Days(day, rules.boundaries(definitions, frame, day), rules.last_days(frame, day))
    return Found(
        activities=_activities(work, days).get("", ()),
        by_branch=_activities(work, days, "branch") if in_branches else {},
        by_partner=_activities(work, days, "partner") if "partner" in asked else {},
        by_goal=_activities(work, days, "goal") if "goal" in asked else {},
        evidence={code: rows for (_house, code), rows in _evidence(work, cycle, seen).items()},
        evidence_by_branch=_evidence(work, cycle, seen, in_houses) if in_branches else {},
        each=_activities(work, days, pieces=_pieces(cycle, definitions, day)) if needs.EACH in asked else {},
    )


def judged(made: Mapping[str, Assessment]) -> dict[str, Judged]:
    """Return what was said; what was taken over from the cycle before and nobody has confirmed says nothing."""
    return {
        code: Judged(AssessmentState(row.state), row.narrative, row.reason, row.omission, row.answers)
        for code, row in made.items()
        if not row.unconfirmed
    }


def history(work: Work, cycle: Cycle, code: str) -> list[Event]:
    """Return when the requirement was assessed and what became of the work on it, the latest first."""
    about = trail.of(work, Cycle.__tablename__, cycle.number)
    return [event for event in about if event.action in TOLD and event.facts["code"] == code][::-1]


def candidates(work: Work, cycle: Cycle, requirement: Requirement, limit: int = 200) -> list[Evidence]:
    """Return evidence that could be tied to a requirement and is not, the latest first: only of kinds it accepts."""
    tied = sa.select(Tie.evidence_id).where(Tie.cycle_id == cycle.id, Tie.requirement_code == requirement.code)
    asked = (
        sa.select(Evidence)
        .where(Evidence.stands, Evidence.kind.in_(requirement.kinds), Evidence.id.not_in(tied))
        .order_by(Evidence.number.desc())
        .limit(limit)
        .options(defer(Evidence.description), defer(Evidence.search_text))
    )
    return list(work.session.scalars(asked))


# Bundles -------------------------------------------------------------------------------------------------------------

ONGOING = -1  # in place of a last day


def _pieces(cycle: Cycle, definitions: Sequence[Definition], day: date) -> sa.Subquery:
    """Return how many pieces each activity has for each requirement that wants some of each: code, key, number."""
    alike: dict[tuple[tuple[str, ...], bool], list[str]] = defaultdict(list)
    for row in definitions:
        if needs.each(row) is not None:
            alike[tuple(row["evidence"]["kinds"]), row["evidence"]["public_required"]].append(row["code"])
    taken = [
        sa.and_(
            Tie.requirement_code.in_(codes),
            Evidence.kind.in_(kinds),
            may_be_shown(day) if public else sa.true(),
        )
        for (kinds, public), codes in alike.items()
    ]
    rows = (
        sa.select(Tie.requirement_code.label("code"), Evidence.activity_id, sa.func.count().label("pieces"))
        .join(Evidence, Evidence.id == Tie.evidence_id)
        .where(Tie.cycle_id == cycle.id, Evidence.counts, Evidence.activity_id.is_not(None), sa.or_(*taken))
        .where(sa.or_(Evidence.collected_on.is_(None), Evidence.collected_on <= day))
        .where(sa.or_(Evidence.valid_until.is_(None), Evidence.valid_until >= min(day, cycle.ends_on)))
    )
    return rows.group_by(Tie.requirement_code, Evidence.activity_id).subquery()


def _activities(
    work: Work, days: Sequence[date], by: str = "", pieces: sa.Subquery | None = None
) -> dict[str, list[Done]]:
    """Return what the library itself carried out, under the codes of houses, partners or goals, else under ``""``.

    With ``pieces`` it is what has some, under the codes of requirements.
    """
    supporting = GoalMapping.stance == Stance.SUPPORTS.value
    goes_on = sa.and_(Activity.ends_on.is_(None), Activity.status == Status.ONGOING.value)
    names = {"branch": Branch.code, "partner": Partner.code, "goal": GoalMapping.goal}
    name = names.get(by, sa.literal("")) if pieces is None else pieces.c.code
    rows = sa.select(
        name.label("name"),
        Activity.type,
        _mark(Activity.starts_on, days).label("first"),
        sa.case((goes_on, ONGOING), else_=_mark(sa.func.coalesce(Activity.ends_on, Activity.starts_on), days)).label(
            "last"
        ),
        sa.case((Activity.starts_on.is_(None), Activity.year)).label("year"),
        sa.cast(Activity.audiences, sa.Text).label("audiences"),
        Activity.id.in_(sa.select(GoalMapping.activity_id).where(supporting)).label("mapped"),
        Activity.id.in_(sa.select(ActivityPartner.activity_id)).label("with_partner"),
        Activity.id.in_(
            sa.select(Evidence.activity_id).where(Evidence.activity_id.is_not(None), Evidence.counts)
        ).label("with_evidence"),
        (sa.literal(0) if pieces is None else pieces.c.pieces).label("pieces"),
    ).where(
        Activity.withdrawn_at.is_(None),
        Activity.status.in_(CARRIED_OUT),
        Activity.source_library.in_(("", work.library.name)),
        sa.or_(Activity.starts_on.is_not(None), Activity.year.is_not(None)),
    )
    if pieces is not None:
        rows = rows.join(pieces, pieces.c.activity_id == Activity.id)
    if by == "branch":
        rows = rows.join(ActivityBranch, ActivityBranch.activity_id == Activity.id).join(ActivityBranch.branch)
    elif by == "partner":
        rows = rows.join(ActivityPartner, ActivityPartner.activity_id == Activity.id).join(ActivityPartner.partner)
    elif by == "goal":
        rows = rows.join(GoalMapping, GoalMapping.activity_id == Activity.id).where(supporting)
    found: dict[str, list[Done]] = defaultdict(list)
    for row in _bundled(work, rows):
        done = Done(
            type=row.type,
            first=_day(row.first, days),
            last=None if row.last == ONGOING else _day(row.last, days),
            year=row.year,
            audiences=frozenset(json.loads(row.audiences)),
            mapped=bool(row.mapped),
            with_partner=bool(row.with_partner),
            with_evidence=bool(row.with_evidence),
            count=row.count_,
            pieces=row.pieces,
        )
        found[row.name].append(done)
    return dict(found)


@dataclass(frozen=True)
class _Days:
    """Days that matter to evidence: the one that is asked about, the edges of its age, those it must not expire on."""

    asked: date
    ages: Sequence[date]
    ends: Sequence[date]


def _evidence(
    work: Work, cycle: Cycle, days: _Days, in_houses: Sequence[Definition] = ()
) -> dict[tuple[str, str], list[Shown]]:
    """Return the evidence tied in a cycle that counts, under ``""`` and the code of its requirement.

    ``in_houses``: only that of these requirements, under the house of its activity and the code.
    """
    zone = ZoneInfo(work.library.timezone)
    midnights = [datetime.combine(day, time.min, zone) for day in days.ages]
    rows = (
        sa.select(
            (Branch.code if in_houses else sa.literal("")).label("house"),
            Tie.requirement_code.label("code"),
            Evidence.kind,
            may_be_shown(days.asked).label("public"),
            sa.case(
                (Evidence.collected_on.is_not(None), _mark(Evidence.collected_on, days.ages)),
                else_=_mark(Evidence.added_at, midnights),
            ).label("day"),
            _mark(Evidence.valid_until, days.ends).label("until"),
            Evidence.accepted_version.is_not(None).label("accepted"),
        )
        .join(Evidence, Evidence.id == Tie.evidence_id)
        .where(Tie.cycle_id == cycle.id, Evidence.counts)
    )
    if in_houses:
        rows = rows.join(ActivityBranch, ActivityBranch.activity_id == Evidence.activity_id).join(ActivityBranch.branch)
        rows = rows.where(Tie.requirement_code.in_([row["code"] for row in in_houses]))
    found: dict[tuple[str, str], list[Shown]] = defaultdict(list)
    for row in _bundled(work, rows):
        shown = Shown(
            kind=row.kind,
            day=_day(row.day, days.ages) or date.min,
            public=bool(row.public),
            count=row.count_,
            valid_until=_day(row.until, days.ends),
            accepted=bool(row.accepted),
        )
        found[row.house, row.code].append(shown)
    return dict(found)


def _bundled(work: Work, rows: sa.Select[*tuple[Any, ...]]) -> Sequence[Any]:
    """Return equal rows once, with how many they are."""
    inner = rows.subquery()
    return work.session.execute(sa.select(*inner.c, sa.func.count().label("count_")).group_by(*inner.c)).all()


def _mark(column: sa.SQLColumnExpression[Any], marks: Sequence[date]) -> sa.ColumnElement[int]:
    """Return the number of the last mark that is not after the column, counted from 1; 0 before the first."""
    later = [(column >= mark, number) for number, mark in reversed(list(enumerate(marks, 1)))]
    return sa.case((column.is_(None), sa.null()), *later, else_=0)


def _day(number: int | None, days: Sequence[date]) -> date | None:
    if number is None:
        return None
    return days[number - 1] if number else date.min
