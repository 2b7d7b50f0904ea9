"""The steps of the work on requirements: assigned, ready, approved, sent back; comments."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sdg_tracker import trail
from sdg_tracker.access import Permission
from sdg_tracker.certification import queries, steps, task_queries
from sdg_tracker.certification.models import Approval, Comment, Task
from sdg_tracker.certification.states import Step, TaskState
from sdg_tracker.foundation.documents import digest
from sdg_tracker.foundation.errors import Conflict, Invalid, NotFound, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.schemes import queries as schemes
from sdg_tracker.schemes.models import Cycle
from sdg_tracker.work import Work

COMMENT_LIMIT = 5_000  # characters
NEVER_SEEN = 0  # the revision of work that nobody has begun

words(
    {
        "task-owner-unable": lazy("Choose somebody from the list: an owner has to be able to work on requirements."),
        "task-none-ticked": lazy("Tick the requirements that are to be assigned."),
        "task-nothing-said": lazy("Choose an owner or a day: nothing was chosen, so nothing is changed."),
        "task-not-assessed": lazy("Assess the requirement first: without an assessment there is nothing to approve."),
        "task-step-impossible": lazy("This can't be done with requirement %(requirement)s as it stands now."),
        "task-comment-missing": lazy("Write what is to be done: the one who works on it sees it."),
        "comment-missing": lazy("Write a comment."),
        "comment-long": lazy("The comment is longer than %(limit)s characters."),
        "comment-unknown": lazy("There is no such comment."),
    }
)
trail.declare(
    {
        "task.assigned": (lazy("Requirement assigned"), {"code", "owner", "due_on"}),
        "task.ready": (lazy("Requirement ready for review"), {"code"}),
        "task.approved": (lazy("Requirement approved"), {"code", "content"}),
        "task.sent_back": (lazy("Requirement sent back"), {"code", "comment"}),
        "comment.added": (lazy("Comment on a requirement"), {"code", "comment", "shown"}),
        "comment.resolved": (lazy("Comment resolved"), {"code", "comment"}),
    }
)


@dataclass(frozen=True)
class Assignment:
    """Who works on a requirement, and until when."""

    owner: int | None  # number of a user
    due_on: date | None


def assign(work: Work, cycle_number: int, code: str, assignment: Assignment, revision: int | None = None) -> Task:
    """Say who works on a requirement, and until when. ``revision``: the one that was shown; None asks nothing.

    Raises NotFound, Conflict when somebody else did meanwhile, Invalid for somebody who can't own it.
    """
    cycle, found = _found(work, cycle_number, code, Permission.TASK_ASSIGN)
    if found is None or assignment.owner != found.owner_number:  # who can own nothing any more may stay until changed
        _check_owner(work, assignment.owner)
    _check_revision(found, revision)
    return _assign(work, cycle, code, found, assignment)


def assign_all(
    work: Work, cycle_number: int, codes: Collection[str], owner: int | None, due_on: date | None
) -> list[Task]:
    """Say the same of several requirements. What is None stays as it is. Raises NotFound for a code, Invalid."""
    cycle = schemes.cycle(work, cycle_number)
    work.require(Permission.TASK_ASSIGN, cycle)
    if not codes:
        raise Invalid("task-none-ticked", field="codes")
    if owner is None and due_on is None:
        raise Invalid("task-nothing-said", field="owner")
    _check_owner(work, owner)
    known = schemes.requirements(work, cycle.scheme)
    work.lock_library()
    made = []
    for code in codes:
        if code not in known:
            raise NotFound("requirement-unknown", requirement=code)
        found = task_queries.task(work, cycle, code)
        kept = Assignment(found.owner_number, found.due_on) if found else Assignment(None, None)
        wanted = Assignment(owner if owner is not None else kept.owner, due_on or kept.due_on)
        made.append(_assign(work, cycle, code, found, wanted))
    return made


def say_ready(work: Work, cycle_number: int, code: str, revision: int | None = None) -> Task:
    """Say that a requirement is ready to be reviewed. Raises Conflict when it is not assigned or not assessed."""
    cycle, found = _found(work, cycle_number, code, Permission.TASK_READY)
    _check_revision(found, revision)
    _check_step(Step.READY, code, found)
    _check_assessed(work, cycle, code)
    made = _moved(work, cycle, code, found, Step.READY)
    trail.record(work, "task.ready", cycle, code=code)
    return made


def approve(work: Work, cycle_number: int, code: str, revision: int | None = None) -> Approval:
    """Approve a requirement and keep a copy of what was approved. Raises Conflict.

    What is approved already can be approved again only when something has changed since.
    """
    cycle, found = _found(work, cycle_number, code, Permission.TASK_APPROVE)
    _check_revision(found, revision)
    readiness = queries.readiness(work, cycle)
    standing = task_queries.standing(work, readiness, code)
    _check_step(Step.APPROVE, code, found, changed=standing.changed)
    _check_assessed(work, cycle, code)
    content = task_queries.current(work, readiness, code)
    approval = Approval(
        cycle_id=cycle.id,
        requirement_code=code,
        ordinal=standing.approval.ordinal + 1 if standing.approval else 1,
        content=task_queries.canonical_text(content),
        digest=digest(content),
        approved_by=work.actor.number,
        approved_role=work.actor.role.value,
        approved_at=work.at,
    )
    work.session.add(approval)
    _moved(work, cycle, code, found, Step.APPROVE)
    trail.record(work, "task.approved", cycle, code=code, content=approval.digest)
    return approval


def send_back(work: Work, cycle_number: int, code: str, text: str, revision: int | None = None) -> Task:
    """Send a requirement back with a comment on what is to be done. Raises Conflict, Invalid without a comment."""
    cycle, found = _found(work, cycle_number, code, Permission.TASK_APPROVE)
    _check_revision(found, revision)
    _check_step(Step.SEND_BACK, code, found)
    if not text.strip():
        raise Invalid("task-comment-missing", field="todo")
    said = _comment(work, cycle, code, text, shown=False)
    made = _moved(work, cycle, code, found, Step.SEND_BACK)
    trail.record(work, "task.sent_back", cycle, code=code, comment=said.ordinal)
    return made


def comment(work: Work, cycle_number: int, code: str, text: str, *, shown: bool = False) -> Comment:
    """Say something about a requirement, to colleagues or also to the auditor. Raises Invalid."""
    cycle, _found_task = _found(work, cycle_number, code, Permission.COMMENT_WRITE)
    if shown:
        work.require(Permission.COMMENT_SHOW, cycle)
    made = _comment(work, cycle, code, text, shown=shown)
    trail.record(work, "comment.added", cycle, code=code, comment=made.ordinal, shown=shown)
    return made


def resolve(work: Work, cycle_number: int, code: str, ordinal: int) -> Comment:
    """Say that a comment is dealt with; twice is harmless. Raises NotFound."""
    cycle, _found_task = _found(work, cycle_number, code, Permission.COMMENT_WRITE)
    known = {row.ordinal: row for row in task_queries.comments(work, cycle, code)}
    if ordinal not in known:
        raise NotFound("comment-unknown")
    found = known[ordinal]
    if found.resolved_at is None:
        found.resolved_by, found.resolved_at = work.actor.number, work.at
        work.session.flush()
        trail.record(work, "comment.resolved", cycle, code=code, comment=ordinal)
    return found


def _found(work: Work, cycle_number: int, code: str, permission: Permission) -> tuple[Cycle, Task | None]:
    """Return the cycle and the work on the requirement, held until the end of the step."""
    cycle = schemes.cycle(work, cycle_number)
    schemes.requirement(work, cycle.scheme, code)
    work.lock_library()  # one after the other, also where there is no row yet
    found = task_queries.task(work, cycle, code)
    work.require(permission, found)
    return cycle, found


def _assign(work: Work, cycle: Cycle, code: str, found: Task | None, wanted: Assignment) -> Task:
    if found is None:
        found = Task(cycle_id=cycle.id, requirement_code=code, state=TaskState.OPEN.value)
        work.session.add(found)
    elif (found.owner_number, found.due_on) == (wanted.owner, wanted.due_on):
        return found
    found.owner_number, found.due_on = wanted.owner, wanted.due_on
    found.state = steps.assigned(TaskState(found.state), owned=wanted.owner is not None).value
    work.session.flush()
    day = wanted.due_on.isoformat() if wanted.due_on else None
    trail.record(work, "task.assigned", cycle, code=code, owner=wanted.owner, due_on=day)
    return found


def _moved(work: Work, cycle: Cycle, code: str, found: Task | None, step: Step) -> Task:
    if found is None:
        found = Task(cycle_id=cycle.id, requirement_code=code)
        work.session.add(found)
    found.state = steps.after(step, owned=found.owner_number is not None).value
    work.session.flush()
    return found


def _comment(work: Work, cycle: Cycle, code: str, text: str, *, shown: bool) -> Comment:
    said = text.replace("\r\n", "\n").strip()
    if not said:
        raise Invalid("comment-missing", field="text")
    if len(said) > COMMENT_LIMIT:
        raise Invalid("comment-long", field="text", limit=COMMENT_LIMIT)
    before = task_queries.comments(work, cycle, code)
    made = Comment(
        cycle_id=cycle.id,
        requirement_code=code,
        ordinal=before[-1].ordinal + 1 if before else 1,
        text=said,
        shown=shown,
        added_by=work.actor.number,
        added_role=work.actor.role.value,
        added_at=work.at,
    )
    work.session.add(made)
    work.session.flush()
    return made


def _check_owner(work: Work, number: int | None) -> None:
    if number is not None and number not in {row.user_number for row in task_queries.owners(work)}:
        raise Invalid("task-owner-unable", field="owner")


def _check_revision(found: Task | None, seen: int | None) -> None:
    now = found.revision if found else NEVER_SEEN
    if seen is not None and seen != now:
        raise Conflict("changed-meanwhile", revision=now)


def _check_step(step: Step, code: str, found: Task | None, *, changed: bool = False) -> None:
    state = TaskState(found.state) if found else TaskState.OPEN
    if not steps.possible(step, state, changed=changed):
        raise Conflict("task-step-impossible", requirement=code)


def _check_assessed(work: Work, cycle: Cycle, code: str) -> None:
    made = queries.assessment(work, cycle, code)
    if made is None or made.unconfirmed:
        raise Conflict("task-not-assessed")
