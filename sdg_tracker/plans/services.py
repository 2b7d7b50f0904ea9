"""Steps of the work with a plan: write it, have it approved, write it anew.

Rows are the draft. An approved version is kept beside them as its canonical JSON, and is what counts until another is
approved.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm.exc import StaleDataError

from sdg_tracker import trail
from sdg_tracker.access import Permission
from sdg_tracker.activities import queries as activities
from sdg_tracker.foundation.documents import digest
from sdg_tracker.foundation.errors import Conflict, Invalid, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.goals import queries as goals
from sdg_tracker.goals.rules import goal_of
from sdg_tracker.measures.models import Measure
from sdg_tracker.plans import details as details_of
from sdg_tracker.plans import queries
from sdg_tracker.plans.details import Details, FocusDetails, InitiativeDetails, PlanDetails, PledgeDetails, tidied
from sdg_tracker.plans.models import FocusGoal, Initiative, Plan, PlanVersion, Pledge
from sdg_tracker.work import Work, check_revision

Part = FocusGoal | Pledge | Initiative
One = TypeVar("One", FocusGoal, Pledge, Initiative)

words(
    {
        "plan-withdrawn": lazy("The plan is withdrawn and can't be changed."),
        "plan-part-withdrawn": lazy("%(name)s is taken out of the plan and can't be changed."),
        "plan-reason-missing": lazy("Say why."),
        "plan-code-used": lazy("The plan has %(name)s already, or had it once. Choose another code."),
        "plan-code-kept": lazy("A code stays as it is. Take this one out and add another."),
        "plan-overlaps": lazy("The plan %(title)s holds in that time too."),
        "focus-goal-used": lazy("The plan has the focus goal %(name)s already."),
        "plan-measure-unknown": lazy("The library has no measure %(value)s."),
        "plan-empty": lazy("The plan is empty. Add a pledge or an initiative first."),
        "plan-unchanged": lazy("Nothing has changed since version %(version)s, so there is nothing to approve."),
        "plan-approver-missing": lazy("Say who approved it, such as the management or a committee."),
        "plan-approved-late": lazy("The day of the approval can't be later than today."),
        "plan-approved-early": lazy("Version %(version)s was approved on %(day)s. This one can't be earlier."),
        "plan-approval-reason": lazy("Say why the plan is changed."),
    }
)
_CHANGED = frozenset({"code", "revision", "fields"})
trail.declare(
    {
        "plan.added": (lazy("Action plan added"), {"revision", "starts_on", "ends_on"}),
        "plan.revised": (lazy("Action plan changed"), {"revision", "fields"}),
        "plan.withdrawn": (lazy("Action plan withdrawn"), {"revision", "reason"}),
        "plan.approved": (lazy("Action plan approved"), {"version", "sha256", "by", "reason"}),
        "focus_goal.added": (lazy("Focus goal added"), {"code"}),
        "focus_goal.revised": (lazy("Focus goal changed"), _CHANGED),
        "focus_goal.withdrawn": (lazy("Focus goal taken out"), {"code", "reason"}),
        "pledge.added": (lazy("Pledge added"), {"code"}),
        "pledge.revised": (lazy("Pledge changed"), _CHANGED),
        "pledge.withdrawn": (lazy("Pledge taken out"), {"code", "reason"}),
        "initiative.added": (lazy("Initiative added"), {"code"}),
        "initiative.revised": (lazy("Initiative changed"), _CHANGED),
        "initiative.withdrawn": (lazy("Initiative taken out"), {"code", "reason"}),
    }
)


@dataclass(frozen=True)
class Approval:
    """Who approved a plan, when, under which case, and why it was changed."""

    approved_by: str
    approved_on: date
    case_number: str = ""
    reason: str = ""


def add(work: Work, details: PlanDetails) -> Plan:
    """Begin a plan. Raises Invalid for a time in which another plan holds."""
    work.require(Permission.PLAN_WRITE)
    details = details.checked()
    work.lock_library()
    check_time(work, details)
    plan = Plan(number=work.next_number("plan"), added_by=work.actor.number, added_at=work.at)
    _put(plan, details)
    work.session.add(plan)
    work.session.flush()
    told = {"starts_on": details.starts_on.isoformat(), "ends_on": details.ends_on.isoformat()}
    trail.record(work, "plan.added", plan, revision=plan.revision, **told)
    return plan


def revise(work: Work, number: int, details: PlanDetails, revision: int | None = None) -> Plan:
    """Change title or time of a plan's draft. Raises Invalid, Conflict when somebody else changed it meanwhile."""
    plan = open_plan(work, number)
    check_revision(plan, revision)
    details = details.checked()
    check_time(work, details, plan)
    if changed := _put(plan, details):
        flush(work)
        trail.record(work, "plan.revised", plan, revision=plan.revision, fields=changed)
    return plan


def withdraw(work: Work, number: int, reason: str, revision: int | None = None) -> Plan:
    """Take a plan away, with all that belongs to it. It stays, with the reason."""
    plan = open_plan(work, number)
    check_revision(plan, revision)
    _take_out(work, plan, reason)
    trail.record(work, "plan.withdrawn", plan, revision=plan.revision, reason=plan.withdrawn_reason)
    return plan


def add_focus_goal(work: Work, plan_number: int, details: FocusDetails) -> FocusGoal:
    """Add a focus goal to a plan's draft. Raises Invalid."""
    plan = open_plan(work, plan_number)
    details = details.checked()
    row = FocusGoal(number=work.next_number("focus_goal"), plan_id=plan.id)
    _check_focus(work, plan, details)
    return _added(work, row, details)


def add_pledge(work: Work, plan_number: int, details: PledgeDetails) -> Pledge:
    """Add a pledge to a plan's draft. Raises Invalid."""
    plan = open_plan(work, plan_number)
    details = details.checked()
    _check_code(work, Pledge, plan, details.code)
    _check_pledge(work, details)
    return _added(work, Pledge(number=work.next_number("pledge"), plan_id=plan.id), details)


def add_initiative(work: Work, plan_number: int, details: InitiativeDetails) -> Initiative:
    """Add an initiative to a plan's draft. Raises Invalid."""
    plan = open_plan(work, plan_number)
    details = details.checked()
    _check_code(work, Initiative, plan, details.code)
    _check_initiative(work, plan, details)
    return _added(work, Initiative(number=work.next_number("initiative"), plan_id=plan.id), details)


def revise_focus_goal(work: Work, number: int, details: FocusDetails, revision: int | None = None) -> FocusGoal:
    """Change a focus goal of the draft. Raises Invalid, Conflict."""
    row = queries.focus_goal(work, number)
    plan = _open_part(work, row, revision)
    details = details.checked()
    _check_focus(work, plan, details, row)
    return _revised(work, row, details)


def revise_pledge(work: Work, number: int, details: PledgeDetails, revision: int | None = None) -> Pledge:
    """Change a pledge of the draft; its code stays. Raises Invalid, Conflict."""
    row = queries.pledge(work, number)
    _open_part(work, row, revision)
    details = details.checked()
    if details.code != row.code:
        raise Invalid("plan-code-kept", field="code")
    _check_pledge(work, details, row)
    return _revised(work, row, details)


def revise_initiative(work: Work, number: int, details: InitiativeDetails, revision: int | None = None) -> Initiative:
    """Change an initiative of the draft; its code stays. Raises Invalid, Conflict."""
    row = queries.initiative(work, number)
    plan = _open_part(work, row, revision)
    details = details.checked()
    if details.code != row.code:
        raise Invalid("plan-code-kept", field="code")
    _check_initiative(work, plan, details, row)
    return _revised(work, row, details)


def withdraw_part(work: Work, row: Part, reason: str, revision: int | None = None) -> None:
    """Take a focus goal, pledge or initiative out of the draft. Raises Invalid without a reason, Conflict."""
    plan = _open_part(work, row, revision)
    _take_out(work, row, reason)
    trail.record(work, f"{row.__tablename__}.withdrawn", row, code=row.code, reason=row.withdrawn_reason)
    if isinstance(row, Pledge):
        for initiative in queries.initiatives(work, plan):
            if row.code in initiative.pledges:
                initiative.pledges = [code for code in initiative.pledges if code != row.code]
        flush(work)


def approve(work: Work, number: int, approval: Approval, seen: str | None = None) -> PlanVersion:
    """Note that the draft is approved: from that day on it is the plan.

    ``seen`` is the digest of what was shown. Raises Conflict when the draft was changed meanwhile or says what the
    last version says, Invalid for an approval that does not hold.
    """
    work.lock_library()
    plan = open_plan(work, number, Permission.PLAN_APPROVE)
    text = queries.draft(work, plan)
    sha256 = digest(text)
    if seen is not None and seen != sha256:
        raise Conflict("changed-meanwhile")
    if not text["pledges"] and not text["initiatives"]:
        raise Conflict("plan-empty")
    before = next(reversed(queries.versions(work, plan)), None)
    approval = _checked(work, approval, before)
    if before is not None and before.sha256 == sha256:
        raise Conflict("plan-unchanged", version=before.version)
    version = PlanVersion(
        plan_id=plan.id,
        version=before.version + 1 if before else 1,
        document=text,
        sha256=sha256,
        approved_by=approval.approved_by,
        approved_on=approval.approved_on,
        case_number=approval.case_number,
        reason=approval.reason,
        added_by=work.actor.number,
        added_role=work.actor.role.value,
        added_at=work.at,
    )
    work.session.add(version)
    work.session.flush()
    told = {"version": version.version, "sha256": sha256, "by": approval.approved_by, "reason": approval.reason}
    trail.record(work, "plan.approved", plan, **told)
    return version


def _checked(work: Work, approval: Approval, before: PlanVersion | None) -> Approval:
    approval = Approval(
        tidied(approval.approved_by, "approved_by"),
        approval.approved_on,
        tidied(approval.case_number, "case_number"),
        tidied(approval.reason, "reason"),
    )
    if not approval.approved_by:
        raise Invalid("plan-approver-missing", field="approved_by")
    if approval.approved_on > work.today:
        raise Invalid("plan-approved-late", field="approved_on")
    if before is not None and approval.approved_on < before.approved_on:
        facts = {"version": before.version, "day": before.approved_on.isoformat()}
        raise Invalid("plan-approved-early", field="approved_on", **facts)
    if before is not None and not approval.reason:
        raise Invalid("plan-approval-reason", field="reason")
    return approval


def open_plan(work: Work, number: int, permission: Permission = Permission.PLAN_WRITE) -> Plan:
    """Return a plan that is about to be changed. Raises Forbidden, NotFound, Conflict for a withdrawn one."""
    plan = queries.plan(work, number)
    work.require(permission, plan)
    if plan.withdrawn_at is not None:
        raise Conflict("plan-withdrawn")
    return plan


def _open_part(work: Work, row: Part, revision: int | None) -> Plan:
    work.require(Permission.PLAN_WRITE, row)
    plan = queries.plan_of(work, row)
    if plan.withdrawn_at is not None:
        raise Conflict("plan-withdrawn")
    if row.withdrawn_at is not None:
        raise Conflict("plan-part-withdrawn", name=row.code)
    check_revision(row, revision)
    return plan


def _put(row: Any, details: PlanDetails | Details) -> list[str]:
    """Let a row say what the details say; return the names of what changed."""
    wanted = details_of.values(details)
    changed = [name for name, value in wanted.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, wanted[name])
    return changed


def _added(work: Work, row: One, details: Details) -> One:
    _put(row, details)
    work.session.add(row)
    work.session.flush()
    trail.record(work, f"{row.__tablename__}.added", row, code=row.code)
    return row


def _revised(work: Work, row: One, details: Details) -> One:
    if changed := _put(row, details):
        flush(work)
        trail.record(work, f"{row.__tablename__}.revised", row, code=row.code, revision=row.revision, fields=changed)
    return row


def _take_out(work: Work, row: Plan | Part, reason: str) -> None:
    reason = tidied(reason, "reason")
    if not reason:
        raise Invalid("plan-reason-missing", field="reason")
    row.withdrawn_at, row.withdrawn_by, row.withdrawn_reason = work.at, work.actor.number, reason
    flush(work)


def flush(work: Work) -> None:
    """Write what was changed. Raises Conflict when somebody else was first."""
    try:
        work.session.flush()
    except StaleDataError as error:
        raise Conflict("changed-meanwhile") from error


def check_time(work: Work, details: PlanDetails, plan: Plan | None = None) -> None:
    """Raise Invalid when another plan holds in that time."""
    for other in queries.plans(work):
        if other is not plan and other.starts_on <= details.ends_on and details.starts_on <= other.ends_on:
            raise Invalid("plan-overlaps", field="starts_on", title=other.title)


def _check_focus(work: Work, plan: Plan, details: FocusDetails, row: FocusGoal | None = None) -> None:
    _check_known("goals", details.goals, [code for code in goals.known_codes(work) if goal_of(code) == code])
    for other in queries.focus_goals(work, plan):
        if other is not row and other.goals == list(details.goals):
            raise Invalid("focus-goal-used", field="goals", name=other.code)


def _check_code(work: Work, model: type[Pledge] | type[Initiative], plan: Plan, code: str) -> None:
    if work.session.scalar(sa.select(model.id).where(model.plan_id == plan.id, model.code == code)) is not None:
        raise Invalid("plan-code-used", field="code", name=code)


def _check_pledge(work: Work, details: PledgeDetails, row: Pledge | None = None) -> None:
    known = goals.known_codes(work)
    _check_known("goals", details.goals, known, row.goals if row else ())
    _check_known("targets", details.targets, known, row.targets if row else ())
    if details.measure and (row is None or details.measure != row.measure):
        there = sa.select(Measure.id).where(Measure.code == details.measure, Measure.withdrawn_at.is_(None))
        if work.session.scalar(there) is None:
            raise Invalid("plan-measure-unknown", field="measure", value=details.measure)


def _check_initiative(work: Work, plan: Plan, details: InitiativeDetails, row: Initiative | None = None) -> None:
    known = activities.vocabulary(work)
    for name, choices in (
        ("goals", known.codes),
        ("targets", known.codes),
        ("strategy_actions", known.strategy_actions),
        ("partners", known.partners),
        ("pledges", [pledge.code for pledge in queries.pledges(work, plan)]),
    ):
        _check_known(name, getattr(details, name), choices, getattr(row, name) if row else ())


def _check_known(field: str, chosen: Sequence[str], known: Iterable[str], kept: Sequence[str] = ()) -> None:
    """Raise Invalid for what is not known; what stood there already may stay."""
    for value in chosen:
        if value not in known and value not in kept:
            raise Invalid("plan-choice-unknown", field=field, value=value)
