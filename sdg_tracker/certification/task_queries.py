"""The work on requirements as pages and other parts ask for it: whose it is, how far, approved, changed since."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from sdg_tracker.access import Actor, Permission, Role, allowed
from sdg_tracker.accounts import queries as accounts
from sdg_tracker.accounts.models import Membership
from sdg_tracker.certification import approved
from sdg_tracker.certification.approved import Changes, Piece
from sdg_tracker.certification.models import Approval, Comment, Task
from sdg_tracker.certification.queries import Readiness, judged
from sdg_tracker.certification.states import TaskState
from sdg_tracker.evidence.models import Evidence, Tie, Version
from sdg_tracker.foundation.documents import canonical, digest
from sdg_tracker.schemes.models import Cycle
from sdg_tracker.work import Work

WAITING = (TaskState.OPEN, TaskState.ASSIGNED)  # of which its owner has not said that it is ready
SOON = timedelta(days=14)  # how long before its day a requirement waits for its owner


@dataclass(frozen=True)
class Standing:
    """The work on one requirement. ``approval``: the latest one, whatever the state is now."""

    task: Task | None = None
    approval: Approval | None = None
    digest: str = ""  # of what would be approved now; empty where nothing was ever approved
    comments: Sequence[Comment] = field(default_factory=tuple)

    @property
    def state(self) -> TaskState:
        """Return how far it is; what nobody has begun is open."""
        return TaskState(self.task.state) if self.task else TaskState.OPEN

    @property
    def approved(self) -> Approval | None:
        """Return the approval in force, None while it is not approved."""
        return self.approval if self.state is TaskState.APPROVED else None

    @property
    def changed(self) -> bool:
        """Return whether something is another than at the approval in force."""
        return self.approved is not None and self.approved.digest != self.digest

    @property
    def owner(self) -> int | None:
        """Return the number of the one who works on it."""
        return self.task.owner_number if self.task else None

    @property
    def due_on(self) -> date | None:
        """Return the day by which it is to be ready."""
        return self.task.due_on if self.task else None

    def late(self, today: date) -> bool:
        """Return whether its day is over, and it is neither ready nor approved."""
        return self.state in WAITING and self.due_on is not None and self.due_on < today

    @cached_property
    def open_comments(self) -> Sequence[Comment]:
        """Return the comments that nobody has resolved."""
        return [comment for comment in self.comments if comment.resolved_at is None]


NOTHING = Standing()
CHANGED = "changed"  # beside the states: approved, and another since


@dataclass(frozen=True)
class Filters:
    """Which requirements are listed, by the work on them; empty asks nothing."""

    owner: str = ""  # me, none, or the number of a user
    state: str = ""  # a TaskState, or CHANGED
    due: str = ""  # overdue, soon, none

    @property
    def used(self) -> bool:
        """Return whether anything is asked."""
        return bool(self.owner or self.state or self.due)

    def matches(self, standing: Standing, me: int | None, today: date) -> bool:
        """Return whether the work on a requirement is what is asked for."""
        wanted = {"": standing.owner, "me": me, "none": None}
        owner = wanted[self.owner] if self.owner in wanted else int(self.owner)
        waits = standing.due_on is not None and today <= standing.due_on <= today + SOON
        days = {
            "": True,
            "overdue": standing.late(today),
            "soon": waits and standing.state in WAITING,
            "none": standing.due_on is None,
        }
        state = standing.changed if self.state == CHANGED else self.state in ("", standing.state.value)
        return standing.owner == owner and state and days[self.due]

    def count(self, found: Iterable[Standing], me: int | None, today: date) -> int:
        """Return how many match."""
        return sum(self.matches(standing, me, today) for standing in found)


def standings(work: Work, found: Readiness) -> dict[str, Standing]:
    """Return the work on a cycle's requirements, in four statements; of those that nobody has touched it is absent."""
    cycle = found.cycle
    begun = works(work, cycle)
    latest = approvals(work, cycle)
    pieces = tied(work, cycle, latest) if latest else {}
    comments: dict[str, list[Comment]] = defaultdict(list)
    for comment in work.session.scalars(sa.select(Comment).where(_of(Comment, cycle)).order_by(Comment.ordinal)):
        comments[comment.requirement_code].append(comment)
    return {
        code: Standing(
            begun.get(code),
            latest.get(code),
            digest(content(found, code, pieces.get(code, ()))) if code in latest else "",
            comments.get(code, ()),
        )
        for code in {**begun, **latest, **comments}
        if code in found.requirements
    }


def standing(work: Work, found: Readiness, code: str) -> Standing:
    """Return the work on one requirement."""
    approval = latest_approval(work, found.cycle, code)
    kept = digest(current(work, found, code)) if approval else ""
    return Standing(task(work, found.cycle, code), approval, kept, comments(work, found.cycle, code))


def works(work: Work, cycle: Cycle) -> dict[str, Task]:
    """Return the work on a cycle's requirements by code; what nobody has begun is absent."""
    return {row.requirement_code: row for row in work.session.scalars(sa.select(Task).where(_of(Task, cycle)))}


def task(work: Work, cycle: Cycle, code: str) -> Task | None:
    """Return the work on a requirement, None when nobody has begun it."""
    return work.session.scalars(sa.select(Task).where(_of(Task, cycle, code))).one_or_none()


def approvals(work: Work, cycle: Cycle) -> dict[str, Approval]:
    """Return the latest approval of each requirement of a cycle that was ever approved."""
    newer = sa.orm.aliased(Approval)
    later = sa.exists().where(
        newer.cycle_id == Approval.cycle_id,
        newer.requirement_code == Approval.requirement_code,
        newer.ordinal > Approval.ordinal,
    )
    rows = sa.select(Approval).where(_of(Approval, cycle), ~later)
    return {row.requirement_code: row for row in work.session.scalars(rows)}


def latest_approval(work: Work, cycle: Cycle, code: str) -> Approval | None:
    """Return the latest approval of a requirement."""
    rows = sa.select(Approval).where(_of(Approval, cycle, code)).order_by(Approval.ordinal.desc()).limit(1)
    return work.session.scalars(rows).one_or_none()


def comments(work: Work, cycle: Cycle, code: str) -> list[Comment]:
    """Return the comments on a requirement, the oldest first."""
    rows = sa.select(Comment).where(_of(Comment, cycle, code)).order_by(Comment.ordinal)
    return list(work.session.scalars(rows))


def content(found: Readiness, code: str, pieces: Collection[Piece]) -> dict[str, object]:
    """Return what would be approved of a requirement now."""
    made = judged({code: found.assessments[code]}) if code in found.assessments else {}
    return approved.content(made.get(code), found.points.get(code), pieces)


def current(work: Work, found: Readiness, code: str) -> dict[str, object]:
    """Return what would be approved of a requirement now, with the evidence read from the database."""
    return content(found, code, tied(work, found.cycle, [code]).get(code, ()))


def changes(work: Work, found: Readiness, code: str, approval: Approval) -> Changes:
    """Return what is another than at an approval."""
    return approved.changes(json.loads(approval.content), current(work, found, code))


def tied(work: Work, cycle: Cycle, codes: Collection[str]) -> dict[str, list[Piece]]:
    """Return the evidence that counts and is tied to requirements, each piece with the version that editions show."""
    newest = (
        sa.select(sa.func.max(Version.ordinal))
        .where(Version.evidence_id == Evidence.id, Version.library_id == Evidence.library_id)
        .correlate(Evidence)
        .scalar_subquery()
    )
    rows = (
        sa.select(Tie.requirement_code, Evidence.number, Version.rendition_sha256, Tie.pages)
        .join(Evidence, Evidence.id == Tie.evidence_id)
        .join(Version, sa.and_(Version.evidence_id == Evidence.id, Version.library_id == Evidence.library_id))
        .where(
            Tie.cycle_id == cycle.id,
            Tie.requirement_code.in_(sorted(codes)),
            Evidence.counts,
            Version.ordinal == sa.func.coalesce(Evidence.accepted_version, newest),
        )
    )
    found: dict[str, list[Piece]] = defaultdict(list)
    for code, number, sha256, pages in work.session.execute(rows):
        found[code].append(Piece(number, sha256, pages))
    return dict(found)


def owners(work: Work) -> list[Membership]:
    """Return the people who can own a requirement: the active ones who may say that one of theirs is ready."""
    return [
        row
        for row in accounts.members(work)
        if row.disabled_at is None
        and allowed(Actor(row.user_number, Role(row.role)), Permission.TASK_READY, Task(owner_number=row.user_number))
    ]


def due(work: Work, owner: int | None, by: date) -> list[Task]:
    """Return what somebody owns, has not said to be ready, and has to be by a day; the most urgent first."""
    waiting = [state.value for state in WAITING]
    rows = (
        sa.select(Task)
        .where(Task.owner_number == owner, Task.state.in_(waiting), Task.due_on <= by)
        .order_by(Task.due_on, Task.requirement_code)
        .options(joinedload(Task.cycle).joinedload(Cycle.scheme))
    )
    return list(work.session.scalars(rows))


def ready(work: Work) -> list[Task]:
    """Return what waits to be approved."""
    rows = (
        sa.select(Task)
        .where(Task.state == TaskState.READY.value)
        .order_by(Task.due_on.is_(None), Task.due_on, Task.requirement_code)
        .options(joinedload(Task.cycle).joinedload(Cycle.scheme))
    )
    return list(work.session.scalars(rows))


def due_by_cycle(work: Work, owner: int | None, by: date) -> list[tuple[int, int]]:
    """Return the number of each cycle in which somebody owns what is due by a day, and how many those are."""
    waits = (Task.owner_number == owner, Task.state.in_([state.value for state in WAITING]), Task.due_on <= by)
    return _by_cycle(work, *waits)


def ready_by_cycle(work: Work) -> list[tuple[int, int]]:
    """Return the number of each cycle in which something waits to be approved, and how many those are."""
    return _by_cycle(work, Task.state == TaskState.READY.value)


def _by_cycle(work: Work, *conditions: sa.ColumnElement[bool]) -> list[tuple[int, int]]:
    rows = sa.select(Cycle.number, sa.func.count()).join(Task, Task.cycle_id == Cycle.id).where(*conditions)
    grouped = rows.group_by(Cycle.number).order_by(Cycle.number)
    return [(number, count) for number, count in work.session.execute(grouped)]


def canonical_text(data: dict[str, object]) -> str:
    """Return the canonical JSON as text, as approvals keep it."""
    return canonical(data).decode()


def _of(
    row: type[Task] | type[Approval] | type[Comment], cycle: Cycle, code: str | None = None
) -> sa.ColumnElement[bool]:
    here = row.cycle_id == cycle.id
    return here if code is None else sa.and_(here, row.requirement_code == code)
