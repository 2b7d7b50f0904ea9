"""Finding activities, counting them, and the words that they are described with."""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import defer, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from sdg_tracker import trail
from sdg_tracker.accounts.models import Branch, Membership
from sdg_tracker.activities.models import (
    Activity,
    ActivityBranch,
    ActivityCampaign,
    ActivityPartner,
    Campaign,
    Mapping,
    Partner,
    StrategyAction,
)
from sdg_tracker.activities.rules import Figure
from sdg_tracker.activities.states import Qualifier, Stance, Status
from sdg_tracker.foundation.errors import NotFound, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.foundation.text import search_text, sort_key
from sdg_tracker.goals import queries as goals
from sdg_tracker.goals.rules import Names, goal_of
from sdg_tracker.schemes.models import Term
from sdg_tracker.work import Work

ORDERS = ("title", "date", "number")
NOT_CANCELLED, CARRIED_OUT = "not-cancelled", "carried-out"  # choices of the filter beside the four statuses
BATCH = 500  # rows fetched at a time when all activities are walked

words({"activity-not-found": lazy("There is no activity %(number)s in this library.")})


@dataclass(frozen=True)
class Filters:
    """What a list of activities is narrowed to. Everything asked for must hold; withdrawn ones are hidden."""

    q: str = ""  # parts of words in title and description
    goal: str = ""  # code of a goal, with its targets, or of one target
    main: bool = False  # the goal is the main mapping
    year: int | None = None
    branch: str = ""  # code
    type: str = ""
    status: str = ""  # a Status, NOT_CANCELLED or CARRIED_OUT
    owner: int | None = None  # number of a user
    action: str = ""  # code of an action of the strategy
    without_mapping: bool = False
    without_evidence: bool = False
    unconfirmed: bool = False  # has a mapping without a reason
    withdrawn: bool = False  # only those that are withdrawn


@dataclass(frozen=True)
class GoalCount:
    """How many activities support a goal: as their main goal, and at all."""

    main: int = 0
    all: int = 0


@dataclass(frozen=True)
class Totals:
    """How many activities there are, withdrawn and cancelled ones left out, and how many of them lack something."""

    activities: int
    without_mapping: int
    unconfirmed: int  # have a mapping from an import without a reason
    held_without_evidence: int


@dataclass(frozen=True)
class Vocabulary:
    """Everything that an activity can be described with in one library, by code and in order."""

    types: dict[str, Term]
    audiences: dict[str, Term]
    branches: dict[str, Branch]
    campaigns: dict[str, Campaign]
    partners: dict[str, Partner]
    strategy_actions: dict[str, StrategyAction]
    codes: frozenset[str]  # of all goals and targets
    goal_names: Names
    owners: frozenset[int]  # numbers of users of the library


def get(work: Work, number: int) -> Activity:
    """Return an activity with all that its page shows, a withdrawn one too.

    Raises NotFound for a number that the library has not given.
    """
    wanted = sa.select(Activity).where(Activity.number == number).options(*_whole(), selectinload(Activity.evidence))
    found = work.session.scalars(wanted).one_or_none()
    if found is None:
        raise NotFound("activity-not-found", number=number)
    return found


def vocabulary(work: Work) -> Vocabulary:
    """Return the library's vocabulary; disabled branches and partners are in it, for what already names them."""
    session = work.session
    terms = list(session.scalars(sa.select(Term).order_by(Term.position, Term.code)))
    members = sa.select(Membership.user_number).where(Membership.library_id == work.library.id)
    return Vocabulary(
        types={term.code: term for term in terms if term.vocabulary == "activity-type"},
        audiences={term.code: term for term in terms if term.vocabulary == "audience"},
        branches={b.code: b for b in session.scalars(sa.select(Branch).order_by(Branch.position, Branch.code))},
        campaigns={c.code: c for c in sorted(session.scalars(sa.select(Campaign)), key=lambda c: sort_key(c.name))},
        partners={p.code: p for p in sorted(session.scalars(sa.select(Partner)), key=lambda p: sort_key(p.name))},
        strategy_actions=strategy_actions(work),
        codes=goals.known_codes(work),
        goal_names=goals.names(work),
        owners=frozenset(session.scalars(members)),
    )


def strategy_actions(work: Work) -> dict[str, StrategyAction]:
    """Return the actions of the library's strategy by code; none when it has chosen no strategy."""
    if work.library.strategy is None:
        return {}
    chosen = sa.select(StrategyAction).where(StrategyAction.strategy == work.library.strategy)
    return {action.code: action for action in work.session.scalars(chosen.order_by(StrategyAction.code))}


def types(work: Work) -> list[Term]:
    """Return the types of activities in order."""
    return list(work.session.scalars(sa.select(Term).where(Term.vocabulary == "activity-type").order_by(Term.position)))


def years(work: Work) -> list[int]:
    """Return the years that activities have, the latest first."""
    found = sa.select(Activity.year).where(Activity.withdrawn_at.is_(None), Activity.year.is_not(None)).distinct()
    return sorted((year for year in work.session.scalars(found) if year is not None), reverse=True)


def one_page(work: Work, filters: Filters, order: str, size: int, offset: int) -> tuple[list[Activity], int]:
    """Return some of the activities that the filters leave, and how many these are in all.

    ``order`` is one of ORDERS, with "-" before it for the other way round. Mappings and houses are loaded.
    """
    total = count(work, filters)
    rows = (
        sa.select(Activity)
        .where(*_conditions(filters))
        .order_by(*_ordering(order))
        .limit(size)
        .offset(offset)
        .options(
            defer(Activity.description),
            defer(Activity.search_text),
            selectinload(Activity.mappings),
            selectinload(Activity.branch_links).selectinload(ActivityBranch.branch),
        )
    )
    return list(work.session.scalars(rows)), total


def count(work: Work, filters: Filters) -> int:
    """Return how many activities the filters leave."""
    return work.session.scalar(sa.select(sa.func.count()).select_from(Activity).where(*_conditions(filters))) or 0


def walk(work: Work, filters: Filters | None = None) -> Iterator[Activity]:
    """Yield all activities that the filters leave, whole and by number, a batch in memory at a time."""
    rows = sa.select(Activity).where(*_conditions(filters or Filters())).order_by(Activity.number).options(*_whole())
    for batch in work.session.scalars(rows.execution_options(yield_per=BATCH)).partitions():
        yield from batch
        for activity in batch:
            work.session.expunge(activity)


def evidence_counts(work: Work, activities: Collection[Activity]) -> dict[int, int]:
    """Return how many pieces of evidence count for each of the activities, by key; those with none are absent."""
    keys = [activity.id for activity in activities]
    if not keys:
        return {}
    evidence = _evidence()
    counted = (
        sa.select(evidence.activity_id, sa.func.count())
        .where(evidence.counts, evidence.activity_id.in_(keys))
        .group_by(evidence.activity_id)
    )
    return dict(work.session.execute(counted).all())


def counts_by_goal(work: Work, year: int | None = None) -> dict[str, GoalCount]:
    """Return how many activities support each goal, withdrawn and cancelled ones left out; goals with none are absent.

    An activity counts once for a goal, however many of its targets it serves.
    """
    if year is not None:
        return _by_goal(work, Mapping.activity_id.in_(_keys(*_counted(), Activity.year == year)))
    # Nearly all activities count, so it takes less to look for those that do not and to take them away.
    left_out = sa.select(Activity.id).where(sa.not_(sa.and_(*_counted())))
    every, none = _by_goal(work), GoalCount()
    for goal, less in _by_goal(work, Mapping.activity_id.in_(left_out)).items():
        every[goal] = GoalCount(every[goal].main - less.main, every[goal].all - less.all)
    return {goal: count for goal, count in every.items() if count != none}


def _by_goal(work: Work, *where: sa.ColumnElement[bool]) -> dict[str, GoalCount]:
    main = sa.func.sum(sa.case((Mapping.main, 1), else_=0))  # an activity has one at most
    counted = sa.select(Mapping.goal, main, sa.func.count(Mapping.activity_id.distinct()))
    rows = work.session.execute(counted.where(Mapping.stance == Stance.SUPPORTS.value, *where).group_by(Mapping.goal))
    return {goal: GoalCount(int(first), every) for goal, first, every in rows}


def totals(work: Work, *, owner: int | None = None) -> Totals:
    """Return how many activities there are and what they lack, in one statement; ``owner``: only those of this user."""
    mine = [] if owner is None else [Activity.owner_number == owner]
    asked, held = sa.and_(*_counted(), *mine), Activity.status == Status.HELD.value
    evidence = _evidence()

    def some(key: Any, those: sa.ColumnElement[bool], *where: sa.ColumnElement[bool]) -> Any:
        """Return how many of those activities have such a row."""
        different = sa.select(sa.func.count(key.distinct())).where(*where)
        if owner is not None:
            return different.where(key.in_(_keys(those))).scalar_subquery()
        return different.scalar_subquery() - different.where(key.in_(_keys(sa.not_(those)))).scalar_subquery()

    every, every_held, mapped, unconfirmed, proven = work.session.execute(
        sa.select(
            sa.func.count(),
            sa.func.coalesce(sa.func.sum(sa.case((held, 1), else_=0)), 0),
            some(Mapping.activity_id, asked),
            some(Mapping.activity_id, asked, Mapping.confirmed.is_(False)),
            some(evidence.activity_id, sa.and_(asked, held), evidence.stands),
        )
        .select_from(Activity)
        .where(asked)
    ).one()
    return Totals(every, every - mapped, unconfirmed, int(every_held) - proven)


def _keys(*where: sa.ColumnElement[bool]) -> sa.Select[int]:
    return sa.select(Activity.id).where(*where)


def as_figure(value: int | None, qualifier: str | None) -> Figure | None:
    """Return a figure from the two columns that keep it."""
    return None if value is None else Figure(value, Qualifier(qualifier or Qualifier.EXACT))


def twins(work: Work, keys: Collection[tuple[str, str]]) -> dict[tuple[str, str], list[Activity]]:
    """Return the activities that have the same ``sort_key`` and source organisation as one of the keys.

    Withdrawn ones are left out, so that what was imported wrongly can be withdrawn and imported again.
    """
    found: dict[tuple[str, str], list[Activity]] = {}
    names = sorted({name for name, _source in keys})
    for first in range(0, len(names), BATCH):
        rows = sa.select(Activity).where(
            Activity.sort_key.in_(names[first : first + BATCH]), Activity.withdrawn_at.is_(None)
        )
        for activity in work.session.scalars(rows):
            found.setdefault((activity.sort_key, activity.source_library), []).append(activity)
    return {key: rows for key, rows in found.items() if key in keys}


def changes_since(work: Work, activity: Activity, revision: int) -> list[trail.Event]:
    """Return what was done to an activity after a revision of it was shown, the oldest first."""
    return [
        event
        for event in trail.of(work, Activity.__tablename__, activity.number)
        if int(event.facts.get("revision", 0)) > revision
    ]


def _whole() -> tuple[ORMOption, ...]:
    return (
        selectinload(Activity.mappings),
        selectinload(Activity.branch_links).selectinload(ActivityBranch.branch),
        selectinload(Activity.campaign_links).selectinload(ActivityCampaign.campaign),
        selectinload(Activity.partner_links).selectinload(ActivityPartner.partner),
    )


def _counted() -> list[sa.ColumnElement[bool]]:
    return [Activity.withdrawn_at.is_(None), Activity.status != Status.CANCELLED.value]


def _conditions(filters: Filters) -> list[sa.ColumnElement[bool]]:
    where: list[sa.ColumnElement[bool]] = [
        Activity.withdrawn_at.is_not(None) if filters.withdrawn else Activity.withdrawn_at.is_(None)
    ]
    where += [Activity.search_text.contains(part, autoescape=True) for part in search_text(filters.q).split()]
    for column, value in (
        (Activity.year, filters.year),
        (Activity.type, filters.type or None),
        (Activity.owner_number, filters.owner),
    ):
        if value is not None:
            where.append(column == value)
    if filters.status == NOT_CANCELLED:
        where.append(Activity.status != Status.CANCELLED.value)
    elif filters.status == CARRIED_OUT:
        where.append(Activity.status.in_((Status.HELD.value, Status.ONGOING.value)))
    elif filters.status:
        where.append(Activity.status == filters.status)
    if filters.action:
        listed = sa.cast(Activity.strategy_actions, sa.Text)
        where.append(listed.contains(json.dumps(filters.action), autoescape=True))
    if filters.branch:
        houses = sa.select(Branch.id).where(Branch.code == filters.branch)
        where.append(Activity.id.in_(sa.select(ActivityBranch.activity_id).where(ActivityBranch.branch_id.in_(houses))))
    return where + _about_mappings(filters)


def _about_mappings(filters: Filters) -> list[sa.ColumnElement[bool]]:
    where: list[sa.ColumnElement[bool]] = []
    if filters.goal:
        column = Mapping.goal if goal_of(filters.goal) == filters.goal else Mapping.code
        main = Mapping.main.is_(True) if filters.main else sa.true()
        where.append(Activity.id.in_(_mapped(column == filters.goal, main)))
    if filters.without_mapping:
        where.append(Activity.id.not_in(_mapped()))
    if filters.unconfirmed:
        where.append(Activity.id.in_(_mapped(Mapping.confirmed.is_(False))))
    if filters.without_evidence:
        where.append(Activity.id.not_in(_with_evidence()))
    return where


# Sets of keys, not EXISTS: each is made once, where an EXISTS was looked up by an unfit index for every activity.


def _mapped(*where: sa.ColumnElement[bool]) -> sa.Select[int]:
    return sa.select(Mapping.activity_id).where(*where)


def _with_evidence() -> Any:
    evidence = _evidence()
    return sa.select(evidence.activity_id).where(evidence.counts, evidence.activity_id.is_not(None))


def _evidence() -> Any:
    """Return the class of the part above, which this one knows by the name in its relationship only."""
    return Activity.evidence.property.mapper.class_


def _ordering(order: str) -> list[sa.ColumnElement[object]]:
    name = order.removeprefix("-")
    columns: tuple[sa.ColumnElement[object], ...] = {  # type: ignore[assignment] # columns of several types
        "title": (Activity.sort_key, Activity.number),
        "date": (Activity.year, Activity.starts_on, Activity.number),
        "number": (Activity.number,),
    }[name]
    directed = [column.desc() if order.startswith("-") else column.asc() for column in columns]
    return [column.nulls_last() for column in directed] if name == "date" else list(directed)
