"""The list of evidence: what it is searched by, in which order it stands."""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import defer, selectinload

from sdg_tracker.accounts.models import Branch
from sdg_tracker.activities.models import Activity, ActivityBranch, Mapping
from sdg_tracker.activities.states import Stance
from sdg_tracker.evidence import searching
from sdg_tracker.evidence.models import Evidence, Tie
from sdg_tracker.evidence.validity import SOON, Validity
from sdg_tracker.schemes.models import Cycle
from sdg_tracker.work import Work

PAUSED = "paused"  # in place of an answer: a consent is withdrawn
ORDERS = ("number", "title", "date")


@dataclass(frozen=True)
class Filters:
    """What a list of evidence is narrowed to. Everything asked for must hold."""

    q: str = ""  # words in what is said of it and in its file, also parts of words and with one letter wrong
    kind: str = ""
    activity: int | None = None  # number
    cycle: int | None = None  # number, together with ``requirement``
    requirement: str = ""  # code
    goal: str = ""  # code of a goal that the activity supports
    year: int | None = None  # in which it was made; else the activity's
    without_requirement: bool = False
    without_activity: bool = False
    unfinished: bool = False
    withdrawn: bool = False  # only those that are withdrawn
    state: str = ""
    validity: str = ""  # soon or expired
    branch: str = ""  # code of a house of the activity
    added_by: int | None = None  # number of a user
    people: str = ""  # no, yes or unknown; or paused


def one_page(work: Work, filters: Filters, order: str, size: int, offset: int) -> tuple[list[Evidence], int]:
    """Return some of the evidence that the filters leave, and how much this is in all.

    ``order`` is one of ORDERS, with "-" before it for the other way round. Versions, ties and activity are loaded.
    """
    where = _conditions(work, filters)
    total = work.session.scalar(sa.select(sa.func.count()).select_from(Evidence).where(*where)) or 0
    rows = (
        sa.select(Evidence)
        .where(*where)
        .order_by(*_ordering(order))
        .limit(size)
        .offset(offset)
        .options(
            defer(Evidence.description),
            defer(Evidence.search_text),
            selectinload(Evidence.versions),
            selectinload(Evidence.ties),
            selectinload(Evidence.link),
            selectinload(Evidence.activity).load_only(Activity.number, Activity.title),
        )
    )
    return list(work.session.scalars(rows)), total


def years(work: Work) -> list[int]:
    """Return the years from the first to the last in which evidence was made, the latest first."""
    earliest = sa.select(sa.func.min(Evidence.collected_on)).scalar_subquery()
    latest = sa.select(sa.func.max(Evidence.collected_on)).scalar_subquery()
    first, last = work.session.execute(sa.select(earliest, latest)).one()
    return list(range(last.year, first.year - 1, -1)) if first and last else []


_UNTIED = ~Evidence.ties.any()


def validity_is(validity: Validity, today: date) -> sa.ColumnElement[bool]:
    """Return the condition of what expires soon, or has expired."""
    if validity is Validity.EXPIRED:
        return Evidence.valid_until < today
    return Evidence.valid_until.between(today, today + SOON)


def _conditions(work: Work, filters: Filters) -> list[sa.ColumnElement[bool]]:
    withdrawn = Evidence.withdrawn_at.is_not(None) if filters.withdrawn else Evidence.withdrawn_at.is_(None)
    where: list[sa.ColumnElement[bool]] = [withdrawn, Evidence.quarantined_at.is_(None)]
    if filters.q.strip():
        found = searching.matching(work, filters.q)
        where.append(sa.false() if found is None else found)
    if filters.kind:
        where.append(Evidence.kind == filters.kind)
    if filters.without_requirement:
        where.append(_UNTIED)
    if filters.without_activity:
        where.append(Evidence.activity_id.is_(None))
    return [
        *where,
        *_about_state(work, filters),
        *_about_activity(filters),
        *_about_requirement(filters),
        *_about_year(filters),
    ]


def _about_state(work: Work, filters: Filters) -> list[sa.ColumnElement[bool]]:
    where: list[sa.ColumnElement[bool]] = []
    if filters.state:
        where.append(Evidence.state == filters.state)
    if filters.validity in (Validity.SOON, Validity.EXPIRED):
        where.append(validity_is(Validity(filters.validity), work.today))
    if filters.unfinished:
        where.append(Evidence.unfinished == sa.true())
    if filters.added_by is not None:
        where.append(Evidence.added_by == filters.added_by)
    if filters.people == PAUSED:
        where.append(Evidence.paused_at.is_not(None))
    elif filters.people:
        where.append(Evidence.people == filters.people)
    return where


def _about_activity(filters: Filters) -> list[sa.ColumnElement[bool]]:
    where: list[sa.ColumnElement[bool]] = []
    if filters.activity is not None:
        where.append(Evidence.activity_id.in_(sa.select(Activity.id).where(Activity.number == filters.activity)))
    if filters.branch:
        houses = sa.select(Branch.id).where(Branch.code == filters.branch)
        there = sa.select(ActivityBranch.activity_id).where(ActivityBranch.branch_id.in_(houses))
        where.append(Evidence.activity_id.in_(there))
    if filters.goal:
        supports = sa.and_(Mapping.goal == filters.goal, Mapping.stance == Stance.SUPPORTS.value)
        where.append(Evidence.activity_id.in_(sa.select(Mapping.activity_id).where(supports)))
    return where


def _about_requirement(filters: Filters) -> list[sa.ColumnElement[bool]]:
    if not filters.requirement:
        return []
    tied = sa.select(Tie.evidence_id).where(Tie.requirement_code == filters.requirement)
    if filters.cycle is not None:
        tied = tied.where(Tie.cycle_id.in_(sa.select(Cycle.id).where(Cycle.number == filters.cycle)))
    return [Evidence.id.in_(tied)]


def _about_year(filters: Filters) -> list[sa.ColumnElement[bool]]:
    if filters.year is None or not 1 <= filters.year <= 9999:
        return []
    made = Evidence.collected_on.between(date(filters.year, 1, 1), date(filters.year, 12, 31))
    of_activity_then = Evidence.activity_id.in_(sa.select(Activity.id).where(Activity.year == filters.year))
    return [sa.or_(made, sa.and_(Evidence.collected_on.is_(None), of_activity_then))]


def _ordering(order: str) -> list[sa.ColumnElement[object]]:
    name = order.removeprefix("-")
    columns: tuple[sa.ColumnElement[object], ...] = {  # type: ignore[assignment] # columns of several types
        "number": (Evidence.number,),
        "title": (Evidence.sort_key, Evidence.number),
        "date": (Evidence.collected_on, Evidence.number),
    }[name]
    directed = [column.desc() if order.startswith("-") else column.asc() for column in columns]
    return [column.nulls_last() for column in directed] if name == "date" else list(directed)
