"""Evidence as pages, checks and other parts ask for it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import defer, joinedload, selectinload

from sdg_tracker.access import Permission
from sdg_tracker.accounts.models import Branch
from sdg_tracker.activities.models import Activity, ActivityBranch, Mapping
from sdg_tracker.activities.states import Stance
from sdg_tracker.evidence import searching
from sdg_tracker.evidence.models import Consent, Disposal, Evidence, Tie, Version
from sdg_tracker.evidence.states import State, ThumbnailState
from sdg_tracker.evidence.validity import SOON, Validity
from sdg_tracker.foundation.errors import Invalid, NotFound, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.keeping.names import Named
from sdg_tracker.schemes.models import Area, Criterion, Cycle, Requirement, Scheme, Term
from sdg_tracker.trail import Event
from sdg_tracker.work import Work

PAUSED = "paused"  # in place of an answer: a consent is withdrawn
ORDERS = ("number", "title", "date")
ARRIVALS = ("evidence.added", "evidence.version_added", "evidence.blurred")  # actions that bring bytes
BATCH = 1000  # rows fetched at a time when everything is walked

words(
    {
        "evidence-not-found": lazy("There is no evidence %(number)s in this library."),
        "evidence-disposed": lazy(
            "Evidence %(number)s was withdrawn, and disposed of on %(day)s by the library's rule."
        ),
        "version-not-found": lazy("Evidence %(number)s has no version %(ordinal)s."),
        "cycle-not-found": lazy("There is no certification cycle %(number)s in this library."),
        "requirement-not-found": lazy("There is no requirement %(requirement)s in %(cycle)s."),
    }
)


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


@dataclass(frozen=True)
class Counts:
    """How much evidence stands, and how much of it shows no requirement."""

    evidence: int
    without_requirement: int


@dataclass(frozen=True)
class Waiting:
    """Evidence that waits for somebody: to be reviewed, to be put right, or to be renewed."""

    submitted: int = 0
    returned: int = 0
    drafts: int = 0
    soon: int = 0
    expired: int = 0
    unfinished: int = 0


@dataclass(frozen=True)
class Digest:
    """What a row says of bytes in the store."""

    number: int
    ordinal: int
    role: str  # original, rendition or thumbnail
    sha256: str
    size: int  # bytes


def get(work: Work, number: int, *, lock: bool = False) -> Evidence:
    """Return a piece of evidence with versions, ties and activity, a withdrawn one too. Raises NotFound.

    ``lock``: hold its row until the end of the step.
    """
    wanted = sa.select(Evidence).where(Evidence.number == number)
    if lock:
        wanted = wanted.with_for_update()
    found = work.session.scalars(
        wanted.options(
            selectinload(Evidence.versions),
            selectinload(Evidence.ties).selectinload(Tie.cycle).selectinload(Cycle.scheme),
            selectinload(Evidence.activity),
            selectinload(Evidence.reviews),
            selectinload(Evidence.consents).selectinload(Consent.form),
            selectinload(Evidence.link),
        )
    ).one_or_none()
    if found is None:
        gone = work.session.scalars(sa.select(Disposal).where(Disposal.number == number)).one_or_none()
        if gone is not None:
            raise NotFound("evidence-disposed", number=number, day=gone.disposed_at.date())
        raise NotFound("evidence-not-found", number=number)
    return found


def version(evidence: Evidence, ordinal: int) -> Version:
    """Return one of the versions. Raises NotFound."""
    for found in evidence.versions:
        if found.ordinal == ordinal:
            return found
    raise NotFound("version-not-found", number=evidence.number, ordinal=ordinal)


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


def of_activity(work: Work, activity: Activity) -> list[Evidence]:
    """Return the evidence that stands for an activity, by number; versions and ties are loaded."""
    rows = sa.select(Evidence).where(Evidence.activity_id == activity.id, Evidence.stands)
    loaded = rows.options(selectinload(Evidence.versions), selectinload(Evidence.ties), selectinload(Evidence.link))
    return list(work.session.scalars(loaded.order_by(Evidence.number)))


def holding(work: Work, sha256: str) -> tuple[int, ...]:
    """Return the numbers of the evidence that already has these bytes, as received or cleaned."""
    same = sa.or_(Version.original_sha256 == sha256, Version.rendition_sha256 == sha256)
    rows = sa.select(Evidence.number).join(Version, Version.evidence_id == Evidence.id).where(same).distinct()
    return tuple(work.session.scalars(rows.order_by(Evidence.number)))


def closed(work: Work, sha256: str) -> tuple[int, ...]:
    """Return the numbers of the evidence where these bytes, as received or cleaned, are for few only."""
    same = sa.or_(Version.original_sha256 == sha256, Version.rendition_sha256 == sha256)
    rows = sa.select(Evidence.number).join(Version, Version.evidence_id == Evidence.id)
    return tuple(work.session.scalars(rows.where(same, Version.closed_at.is_not(None)).order_by(Evidence.number)))


def counts(work: Work) -> Counts:
    """Return how much evidence stands and how much of it lacks a requirement, in one statement."""
    tied = sa.select(sa.func.count(Tie.evidence_id.distinct()))
    fallen = sa.select(Evidence.id).where(~Evidence.stands)  # few, so these are looked for and taken away
    every, shown, too_many = work.session.execute(
        sa.select(
            sa.select(sa.func.count()).select_from(Evidence).where(Evidence.stands).scalar_subquery(),
            tied.scalar_subquery(),
            tied.where(Tie.evidence_id.in_(fallen)).scalar_subquery(),
        )
    ).one()
    return Counts(every, every - shown + too_many)


def waiting(work: Work, added_by: int | None = None) -> Waiting:
    """Return how much evidence waits for somebody, in one statement; ``added_by``: only what this person added."""
    mine = (Evidence.added_by == added_by,) if added_by is not None else ()

    def many(condition: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:  # each by an index of its own
        rows = sa.select(sa.func.count()).select_from(Evidence)
        return rows.where(condition, Evidence.stands, *mine).scalar_subquery()

    states = [many(Evidence.state == state.value) for state in (State.SUBMITTED, State.RETURNED, State.DRAFT)]
    ends = [many(_stands(validity, work.today)) for validity in (Validity.SOON, Validity.EXPIRED)]
    return Waiting(
        *map(int, work.session.execute(sa.select(*states, *ends, many(Evidence.unfinished == sa.true()))).one())
    )


def expiring(work: Work) -> list[Evidence]:
    """Return the standing evidence that has expired or will within 60 days, the oldest first."""
    where = (Evidence.stands, Evidence.valid_until <= work.today + SOON)
    rows = sa.select(Evidence).where(*where).order_by(Evidence.valid_until, Evidence.number)
    return list(work.session.scalars(rows.options(defer(Evidence.description), defer(Evidence.search_text))))


def waiting_thumbnails(work: Work) -> int:
    """Return how many small pictures are not made yet."""
    waits = Version.thumbnail_state.in_((ThumbnailState.OWED.value, ThumbnailState.MAKING.value))
    return work.session.scalar(sa.select(sa.func.count()).select_from(Version).where(waits)) or 0


def quarantined(work: Work) -> list[Evidence]:
    """Return what waits in quarantine, the oldest first; versions and activity are loaded."""
    work.require(Permission.EVIDENCE_QUARANTINE)
    rows = sa.select(Evidence).where(Evidence.withdrawn_at.is_(None), Evidence.quarantined_at.is_not(None))
    loaded = rows.options(
        defer(Evidence.description),
        defer(Evidence.search_text),
        selectinload(Evidence.versions),
        selectinload(Evidence.activity).load_only(Activity.number, Activity.title),
    )
    return list(work.session.scalars(loaded.order_by(Evidence.number)))


def count_quarantined(work: Work) -> int:
    """Return how much waits in quarantine."""
    waits = (Evidence.withdrawn_at.is_(None), Evidence.quarantined_at.is_not(None))
    return work.session.scalar(sa.select(sa.func.count()).select_from(Evidence).where(*waits)) or 0


def counts_by_requirement(work: Work, cycle: Cycle) -> dict[str, int]:
    """Return how much evidence that counts each requirement of the cycle has; those with none are absent."""
    grouped = (
        sa.select(Tie.requirement_code, sa.func.count())
        .join(Evidence, Evidence.id == Tie.evidence_id)
        .where(Tie.cycle_id == cycle.id, Evidence.counts)
        .group_by(Tie.requirement_code)
    )
    return dict(work.session.execute(grouped).all())


def titles(work: Work) -> set[str]:
    """Return the title of every piece of evidence, withdrawn ones too."""
    return set(work.session.scalars(sa.select(Evidence.title)))


def activity(work: Work, number: int) -> Activity | None:
    """Return an activity by itself, None when there is none of that number."""
    return work.session.scalars(sa.select(Activity).where(Activity.number == number)).one_or_none()


def years(work: Work) -> list[int]:
    """Return the years from the first to the last in which evidence was made, the latest first."""
    earliest = sa.select(sa.func.min(Evidence.collected_on)).scalar_subquery()
    latest = sa.select(sa.func.max(Evidence.collected_on)).scalar_subquery()
    first, last = work.session.execute(sa.select(earliest, latest)).one()
    return list(range(last.year, first.year - 1, -1)) if first and last else []


def kinds(work: Work) -> dict[str, Term]:
    """Return the kinds of evidence by code, in order."""
    rows = sa.select(Term).where(Term.vocabulary == "evidence-kind").order_by(Term.position, Term.code)
    return {term.code: term for term in work.session.scalars(rows)}


def cycles(work: Work) -> list[Cycle]:
    """Return the library's cycles with all that their schemes ask, in five statements; the latest cycle first."""
    whole = (
        selectinload(Cycle.scheme)
        .selectinload(Scheme.areas)
        .selectinload(Area.criteria)
        .selectinload(Criterion.requirements)
    )
    return list(work.session.scalars(sa.select(Cycle).order_by(Cycle.number.desc()).options(whole)))


def requirement(work: Work, cycle_number: int, code: str) -> tuple[Cycle, Requirement]:
    """Return a requirement in a cycle. Raises NotFound for the cycle, Invalid for the code."""
    cycle = work.session.scalars(
        sa.select(Cycle).where(Cycle.number == cycle_number).options(joinedload(Cycle.scheme))
    ).one_or_none()
    if cycle is None:
        raise NotFound("cycle-not-found", number=cycle_number)
    found = work.session.scalars(
        sa.select(Requirement).where(Requirement.scheme_id == cycle.scheme_id, Requirement.code == code)
    ).one_or_none()
    if found is None:
        raise Invalid("requirement-not-found", field="requirements", requirement=code, cycle=cycle.title)
    return cycle, found


def requirements_of(work: Work, ties: Sequence[Tie]) -> dict[tuple[int, str], Requirement]:
    """Return the requirements that ties name, by key of the cycle and code, in one statement."""
    schemes = {tie.cycle.scheme_id for tie in ties}
    codes = {tie.requirement_code for tie in ties}
    rows = sa.select(Requirement).where(Requirement.scheme_id.in_(schemes), Requirement.code.in_(codes))
    found = {(row.scheme_id, row.code): row for row in work.session.scalars(rows)} if ties else {}
    wanted = ((tie, (tie.cycle.scheme_id, tie.requirement_code)) for tie in ties)
    return {(tie.cycle_id, tie.requirement_code): found[key] for tie, key in wanted if key in found}


def recent_activities(work: Work, limit: int = 200) -> list[Activity]:
    """Return the activities to choose among, the latest first; others are chosen by number."""
    rows = sa.select(Activity).where(Activity.withdrawn_at.is_(None)).order_by(Activity.number.desc()).limit(limit)
    return list(work.session.scalars(rows.options(defer(Activity.description), defer(Activity.search_text))))


def digests(work: Work) -> Iterator[Digest]:
    """Yield what every version says of its bytes, in order; a rendition that is the original comes once."""
    rows = (
        sa.select(Evidence.number, Version)
        .join(Version, Version.evidence_id == Evidence.id)
        .order_by(Evidence.number, Version.ordinal)
        .execution_options(yield_per=BATCH)
    )
    for number, row in work.session.execute(rows):
        yield Digest(number, row.ordinal, "original", row.original_sha256, row.original_size)
        if row.rendition_sha256 != row.original_sha256:
            yield Digest(number, row.ordinal, "rendition", row.rendition_sha256, row.rendition_size)
        if row.thumbnail_sha256 is not None:
            yield Digest(number, row.ordinal, "thumbnail", row.thumbnail_sha256, row.thumbnail_size or 0)


def naming(work: Work, sha256: str) -> list[Named]:
    """Return which files of which evidence are the blob."""
    roles = {
        "original": Version.original_sha256,
        "rendition": Version.rendition_sha256,
        "thumbnail": Version.thumbnail_sha256,
    }
    rows = (
        sa.select(Evidence.number, Version)
        .join(Version, Version.evidence_id == Evidence.id)
        .where(sa.or_(*(column == sha256 for column in roles.values())))
        .order_by(Evidence.number, Version.ordinal)
    )
    found = [
        Named(Evidence.__tablename__, number, f"version {row.ordinal} {role}")
        for number, row in work.session.execute(rows)
        for role, column in roles.items()
        if getattr(row, column.key) == sha256 and (role != "rendition" or row.original_sha256 != sha256)
    ]
    marked = sa.select(Evidence.number, Tie.requirement_code).join(Tie, Tie.evidence_id == Evidence.id)
    proofs = work.session.execute(marked.where(Tie.proof_sha256 == sha256).order_by(Evidence.number))
    return found + [Named(Evidence.__tablename__, number, f"page shown for {code}") for number, code in proofs]


def arrivals(work: Work) -> Iterator[tuple[int | None, dict[str, Any]]]:
    """Yield what the trail tells of every file that came: the number of its evidence, and the facts."""
    rows = sa.select(Event.subject_number, Event.facts).where(
        Event.subject == Evidence.__tablename__, Event.action.in_(ARRIVALS)
    )
    yield from work.session.execute(rows.execution_options(yield_per=BATCH))


_UNTIED = ~Evidence.ties.any()


def _stands(validity: Validity, today: date) -> sa.ColumnElement[bool]:
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
        where.append(_stands(Validity(filters.validity), work.today))
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
