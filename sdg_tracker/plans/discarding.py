"""Throwing a draft away: the rows say again what the version says that was approved last."""

from typing import Any

import sqlalchemy as sa

from sdg_tracker import trail
from sdg_tracker.foundation.documents import digest
from sdg_tracker.foundation.errors import Conflict, Invalid, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.plans import document, queries, services
from sdg_tracker.plans.details import PlanDetails, tidied
from sdg_tracker.plans.models import FocusGoal, Initiative, Pledge
from sdg_tracker.work import Work

PARTS: tuple[tuple[str, type[FocusGoal | Pledge | Initiative]], ...] = (
    ("focus_goals", FocusGoal),
    ("pledges", Pledge),
    ("initiatives", Initiative),
)

words(
    {
        "plan-never-approved": lazy(
            "No version of the plan is approved, so there is none to go back to. Withdraw the plan instead."
        ),
        "plan-draft-same": lazy("The draft says what version %(version)s says. There is nothing to throw away."),
    }
)
trail.declare({"plan.discarded": (lazy("Draft of the action plan thrown away"), {"version", "changes", "reason"})})


def discard(work: Work, number: int, reason: str, seen: str | None = None) -> int:
    """Throw a plan's draft away and return how many changes that were.

    What was added since the last approval is taken out, what was taken out is back, with its ties and notes. ``seen``
    is the digest of the draft that was shown. Raises Conflict when it was changed meanwhile, or says what the version
    says; Invalid without a reason.
    """
    work.lock_library()
    plan = services.open_plan(work, number)
    text, approved = queries.draft(work, plan), queries.versions(work, plan)
    if not approved:
        raise Conflict("plan-never-approved")
    version = approved[-1]
    if seen is not None and seen != digest(text):
        raise Conflict("changed-meanwhile")
    changes = document.difference(version.document, text)
    if not changes:
        raise Conflict("plan-draft-same", version=version.version)
    reason = tidied(reason, "reason")
    if not reason:
        raise Invalid("plan-reason-missing", field="reason")
    before = document.columns("plan", version.document)
    services.check_time(work, PlanDetails(**before), plan)
    _put(plan, before)
    for key, model in PARTS:
        kept = {row["number"]: row for row in version.document[key]}
        now = {row["number"]: row for row in text[key]}
        rows: Any = work.session.scalars(sa.select(model).where(model.plan_id == plan.id))
        for row in rows:
            if row.number not in kept and row.withdrawn_at is None:
                _put(row, {"withdrawn_at": work.at, "withdrawn_by": work.actor.number, "withdrawn_reason": reason})
            elif row.number in kept and kept[row.number] != now.get(row.number):
                back = {"withdrawn_at": None, "withdrawn_by": None, "withdrawn_reason": ""}
                _put(row, {**document.columns(row.__tablename__, kept[row.number]), **back})
    services.flush(work)
    facts = {"version": version.version, "changes": len(changes), "reason": reason}
    trail.record(work, "plan.discarded", plan, **facts)
    return len(changes)


def _put(row: Any, values: dict[str, Any]) -> None:
    for name, value in values.items():
        if getattr(row, name) != value:
            setattr(row, name, value)
