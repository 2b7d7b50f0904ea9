"""Plans, their parts and their proof as pages and other parts ask for them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from sdg_tracker.activities.models import Activity
from sdg_tracker.activities.states import Status as ActivityStatus
from sdg_tracker.evidence.models import Evidence
from sdg_tracker.foundation.errors import NotFound, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.foundation.text import search_text
from sdg_tracker.measures.models import Measure
from sdg_tracker.plans import document
from sdg_tracker.plans.document import Row
from sdg_tracker.plans.models import (
    FocusGoal,
    Initiative,
    InitiativeActivity,
    Occurrence,
    Plan,
    PlanVersion,
    Pledge,
    PledgeActivity,
    SelfCheck,
    StatusOverrule,
)
from sdg_tracker.plans.rules import Work as Done
from sdg_tracker.work import Work

CARRIED_OUT = (ActivityStatus.HELD.value, ActivityStatus.ONGOING.value)
Part = TypeVar("Part", FocusGoal, Pledge, Initiative)

words(
    {
        "plan-unknown": lazy("There is no plan %(number)s in this library."),
        "plan-version-unknown": lazy("The plan has no version %(version)s."),
        "focus-goal-unknown": lazy("There is no focus goal %(number)s in this library."),
        "pledge-unknown": lazy("There is no pledge %(number)s in this library."),
        "initiative-unknown": lazy("There is no initiative %(number)s in this library."),
    }
)


@dataclass(frozen=True)
class Proof:
    """What there is about the pledges and initiatives of a plan on a day, by their numbers."""

    of_pledge: Mapping[int, Sequence[Done]]
    of_initiative: Mapping[int, Sequence[Done]]
    evidence: Mapping[int, Sequence[int]]  # numbers, by the number of the activity
    noted: Mapping[int, Sequence[tuple[Occurrence, int | None]]]  # with the number of the evidence
    checks: Mapping[int, Sequence[SelfCheck]]
    overrules: Mapping[int, Sequence[StatusOverrule]]  # the newest last


def plans(work: Work) -> list[Plan]:
    """Return the library's plans that are not withdrawn, the earliest first."""
    return list(work.session.scalars(sa.select(Plan).where(Plan.withdrawn_at.is_(None)).order_by(Plan.starts_on)))


def plan(work: Work, number: int) -> Plan:
    """Return a plan. Raises NotFound."""
    found = work.session.scalar(sa.select(Plan).where(Plan.number == number))
    if found is None:
        raise NotFound("plan-unknown", number=number)
    return found


def of_day(work: Work, day: date) -> Plan | None:
    """Return the plan whose time holds the day, else the last one before it, else the first one after it."""
    found = plans(work)
    begun = [row for row in found if row.starts_on <= day]
    return begun[-1] if begun else next(iter(found), None)


def versions(work: Work, plan: Plan) -> list[PlanVersion]:
    """Return what was approved of a plan, the first version first."""
    rows = sa.select(PlanVersion).where(PlanVersion.plan_id == plan.id).order_by(PlanVersion.version)
    return list(work.session.scalars(rows))


def version(work: Work, plan: Plan, number: int) -> PlanVersion:
    """Return one version of a plan. Raises NotFound."""
    found = next((row for row in versions(work, plan) if row.version == number), None)
    if found is None:
        raise NotFound("plan-version-unknown", version=number)
    return found


def focus_goals(work: Work, plan: Plan) -> list[FocusGoal]:
    """Return the focus goals of the draft, by their first goal."""
    return sorted(_parts(work, FocusGoal, plan), key=lambda row: (int(row.goals[0]), row.number))


def pledges(work: Work, plan: Plan) -> list[Pledge]:
    """Return the pledges of the draft, by code."""
    return sorted(_parts(work, Pledge, plan), key=lambda row: natural(row.code))


def initiatives(work: Work, plan: Plan) -> list[Initiative]:
    """Return the initiatives of the draft, by code."""
    return sorted(_parts(work, Initiative, plan), key=lambda row: natural(row.code))


def natural(code: str) -> tuple[str, int, str]:
    """Return what to order codes by: ``D2`` before ``D10``."""
    letters = code.rstrip("0123456789")
    return letters, int(code[len(letters) :] or 0), code


def _parts(work: Work, model: type[Part], plan: Plan) -> list[Part]:
    rows = sa.select(model).where(model.plan_id == plan.id, model.withdrawn_at.is_(None))
    return list(work.session.scalars(rows.order_by(model.number)))


def draft(work: Work, plan: Plan) -> Row:
    """Return the plan as it is worked on; three statements."""
    return document.whole(plan, focus_goals(work, plan), pledges(work, plan), initiatives(work, plan))


def focus_goal(work: Work, number: int) -> FocusGoal:
    """Return a focus goal. Raises NotFound."""
    found = work.session.scalar(sa.select(FocusGoal).where(FocusGoal.number == number))
    if found is None:
        raise NotFound("focus-goal-unknown", number=number)
    return found


def pledge(work: Work, number: int) -> Pledge:
    """Return a pledge, a withdrawn one too. Raises NotFound."""
    found = work.session.scalar(sa.select(Pledge).where(Pledge.number == number))
    if found is None:
        raise NotFound("pledge-unknown", number=number)
    return found


def initiative(work: Work, number: int) -> Initiative:
    """Return an initiative, a withdrawn one too. Raises NotFound."""
    found = work.session.scalar(sa.select(Initiative).where(Initiative.number == number))
    if found is None:
        raise NotFound("initiative-unknown", number=number)
    return found


def plan_of(work: Work, part: FocusGoal | Pledge | Initiative) -> Plan:
    """Return the plan that a part belongs to."""
    return work.session.scalars(sa.select(Plan).where(Plan.id == part.plan_id)).one()


def proof(work: Work, plan: Plan, day: date) -> Proof:
    """Return what there was about a plan's pledges and initiatives on a day; six statements."""
    of_pledge = list(work.session.execute(_tied(Pledge, PledgeActivity, PledgeActivity.pledge_id, plan)))
    of_initiative = list(
        work.session.execute(_tied(Initiative, InitiativeActivity, InitiativeActivity.initiative_id, plan))
    )
    evidence = _evidence(work, {row.id for row in (*of_pledge, *of_initiative)}, day)
    noted: dict[int, list[tuple[Occurrence, int | None]]] = defaultdict(list)
    shown = sa.and_(Evidence.id == Occurrence.evidence_id, Evidence.counts)
    rows = sa.select(Pledge.number, Occurrence, Evidence.number).join(Pledge, Pledge.id == Occurrence.pledge_id)
    there = rows.outerjoin(Evidence, shown).where(
        Pledge.plan_id == plan.id, Occurrence.withdrawn_at.is_(None), Occurrence.day <= day
    )
    for number, row, piece in work.session.execute(there.order_by(Occurrence.day, Occurrence.number)):
        noted[number].append((row, piece))
    return Proof(
        of_pledge=_done(of_pledge, evidence),
        of_initiative=_done(of_initiative, evidence),
        evidence={row.number: evidence.get(row.id, []) for row in (*of_pledge, *of_initiative)},
        noted=noted,
        checks=_of_pledges(work, SelfCheck, plan, day, SelfCheck.withdrawn_at.is_(None)),
        overrules=_of_pledges(work, StatusOverrule, plan, day),
    )


def _tied(part: Any, link: Any, key: Any, plan: Plan) -> sa.Select[Any]:
    """Ask for the activities of a plan's pledges or initiatives, by the number of those, without withdrawn ones."""
    columns = (Activity.id, Activity.number, Activity.status, Activity.starts_on, Activity.ends_on, Activity.year)
    return (
        sa.select(part.number.label("part"), *columns)
        .join(link, key == part.id)
        .join(Activity, Activity.id == link.activity_id)
        .where(part.plan_id == plan.id, Activity.withdrawn_at.is_(None))
        .order_by(Activity.number)
    )


def _done(rows: Iterable[Any], evidence: Mapping[int, Sequence[int]]) -> dict[int, list[Done]]:
    found: dict[int, list[Done]] = defaultdict(list)
    for row in rows:
        first = row.starts_on or (date(row.year, 1, 1) if row.year else None)
        if first is not None:
            ongoing = row.status == ActivityStatus.ONGOING.value
            last = row.ends_on or (None if ongoing else row.starts_on or date(row.year, 12, 31))
            found[row.part].append(
                Done(row.number, first, last, row.status in CARRIED_OUT, proved=bool(evidence.get(row.id)))
            )
    return found


def _evidence(work: Work, activities: Collection[int], day: date) -> dict[int, list[int]]:
    """Return the numbers of the evidence that counts and was made by a day, by the key of its activity."""
    found: dict[int, list[int]] = defaultdict(list)
    rows = sa.select(Evidence.activity_id, Evidence.number, Evidence.collected_on, Evidence.added_at).where(
        Evidence.counts, Evidence.activity_id.in_(activities)
    )
    for key, number, collected_on, added_at in work.session.execute(rows.order_by(Evidence.number)):
        if key is not None and (collected_on or work.day_of(added_at)) <= day:
            found[key].append(number)
    return found


def _of_pledges(work: Work, model: Any, plan: Plan, day: date, *where: Any) -> dict[int, list[Any]]:
    """Return rows about a plan's pledges by a day, by the number of the pledge, the newest last."""
    found: dict[int, list[Any]] = defaultdict(list)
    rows = sa.select(Pledge.number, model).join(Pledge, Pledge.id == model.pledge_id)
    asked = rows.where(Pledge.plan_id == plan.id, model.day <= day, *where).order_by(model.day, model.id)
    for number, row in work.session.execute(asked):
        found[number].append(row)
    return found


def ties(work: Work, activity: Activity) -> tuple[list[Pledge], list[Initiative]]:
    """Return the pledges and initiatives that an activity belongs to, withdrawn ones left out; two statements."""
    of_pledge = sa.select(PledgeActivity.pledge_id).where(PledgeActivity.activity_id == activity.id)
    of_initiative = sa.select(InitiativeActivity.initiative_id).where(InitiativeActivity.activity_id == activity.id)
    pledges = sa.select(Pledge).where(Pledge.id.in_(of_pledge), Pledge.withdrawn_at.is_(None))
    initiatives = sa.select(Initiative).where(Initiative.id.in_(of_initiative), Initiative.withdrawn_at.is_(None))
    return (
        sorted(work.session.scalars(pledges), key=lambda row: natural(row.code)),
        sorted(work.session.scalars(initiatives), key=lambda row: natural(row.code)),
    )


@dataclass(frozen=True)
class Choice:
    """Activities that can be tied to a part: those that are, and those of its time that are found, of so many."""

    tied: Sequence[Activity]
    found: Sequence[Activity]
    total: int


def to_tie(work: Work, part: Pledge | Initiative, plan: Plan, q: str, *, owner: int | None, most: int) -> Choice:
    """Return what can be tied to a part or untied from it, the newest first; only what ``owner`` answers for.

    Found are activities that lie in the part's time, at least in part, and have ``q`` in title or description, at most
    ``most`` of them. Five statements.
    """
    link: Any = PledgeActivity if isinstance(part, Pledge) else InitiativeActivity
    key = link.pledge_id if isinstance(part, Pledge) else link.initiative_id
    tied = Activity.id.in_(sa.select(link.activity_id).where(key == part.id))
    first = getattr(part, "starts_on", None) or plan.starts_on
    last = getattr(part, "ends_on", None) or plan.ends_on
    goes_on = Activity.status == ActivityStatus.ONGOING.value
    within = sa.or_(
        sa.and_(
            Activity.starts_on <= last,
            sa.or_(goes_on, sa.func.coalesce(Activity.ends_on, Activity.starts_on) >= first),
        ),
        sa.and_(Activity.starts_on.is_(None), Activity.year.between(first.year, last.year)),
    )
    mine = sa.true() if owner is None else sa.or_(Activity.owner_number == owner, Activity.added_by == owner)
    kept = (Activity.withdrawn_at.is_(None), mine)
    parts = [Activity.search_text.contains(word, autoescape=True) for word in search_text(q).split()]
    found = (*kept, sa.not_(tied), Activity.status != ActivityStatus.CANCELLED.value, within, *parts)
    rows = sa.select(Activity).options(selectinload(Activity.mappings))
    newest = (sa.func.coalesce(Activity.ends_on, Activity.starts_on).desc(), Activity.number.desc())
    return Choice(
        tied=list(work.session.scalars(rows.where(*kept, tied).order_by(*newest))),
        found=list(work.session.scalars(rows.where(*found).order_by(*newest).limit(most))),
        total=work.session.scalar(sa.select(sa.func.count()).select_from(Activity).where(*found)) or 0,
    )


def overrules(work: Work, pledge: Pledge) -> list[StatusOverrule]:
    """Return how the status of a pledge was overruled, the newest last."""
    rows = sa.select(StatusOverrule).where(StatusOverrule.pledge_id == pledge.id)
    return list(work.session.scalars(rows.order_by(StatusOverrule.day, StatusOverrule.id)))


def activity_titles(work: Work, numbers: Collection[int]) -> dict[int, str]:
    """Return the titles of activities by number, in one statement."""
    asked = sa.select(Activity.number, Activity.title).where(Activity.number.in_(numbers)).order_by(Activity.number)
    return dict(work.session.execute(asked).all())


def evidence_titles(work: Work, numbers: Collection[int]) -> dict[int, str]:
    """Return the titles of evidence by number, in one statement."""
    asked = sa.select(Evidence.number, Evidence.title).where(Evidence.number.in_(numbers)).order_by(Evidence.number)
    return dict(work.session.execute(asked).all())


def known_measures(work: Work) -> list[tuple[str, str]]:
    """Return code and name of the measures that can be chosen."""
    rows = sa.select(Measure).where(Measure.withdrawn_at.is_(None)).order_by(Measure.number)
    return [(row.code, row.title) for row in work.session.scalars(rows)]
