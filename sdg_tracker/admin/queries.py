"""What the pages on the whole library show."""

from dataclasses import dataclass

import sqlalchemy as sa

from sdg_tracker.accounts.models import Branch, Membership
from sdg_tracker.activities.models import Activity, Strategy
from sdg_tracker.evidence.models import Evidence, Version
from sdg_tracker.trail import Event
from sdg_tracker.work import Work


@dataclass(frozen=True)
class Counts:
    """How much there is in one library."""

    users: int
    branches: int
    activities: int
    evidence: int
    versions: int
    events: int


def counts(work: Work) -> Counts:
    """Return how much there is; disabled people and branches do not count, withdrawn things do."""
    people = sa.select(sa.func.count(Membership.user_number)).where(
        Membership.library_id == work.library.id, Membership.disabled_at.is_(None)
    )
    used = sa.select(sa.func.count(Branch.id)).where(Branch.disabled_at.is_(None))
    parts = [people, used, *(sa.select(sa.func.count(model.id)) for model in (Activity, Evidence, Version))]
    users, branches, activities, evidence, versions = (work.session.scalar(part) or 0 for part in parts)
    return Counts(users, branches, activities, evidence, versions, work.library.trail_length)


def strategies(work: Work) -> list[Strategy]:
    """Return every strategy that a library can follow."""
    return list(work.session.scalars(sa.select(Strategy).order_by(Strategy.slug)))


def events(work: Work, *, action: str, subject: str, offset: int, size: int) -> tuple[list[Event], int]:
    """Return some of the trail's events, the newest first, and how many fit in all; empty filters ask nothing."""
    rows = sa.select(Event)
    if action:
        rows = rows.where(Event.action == action)
    if subject:
        rows = rows.where(Event.subject == subject)
    total = work.library.trail_length
    if action or subject:
        total = work.session.scalar(rows.with_only_columns(sa.func.count(Event.id))) or 0
    found = work.session.scalars(rows.order_by(Event.number.desc()).limit(size).offset(offset))
    return list(found), total


def subjects(work: Work) -> list[str]:
    """Return the kinds of things that the library's trail is about."""
    return list(work.session.scalars(sa.select(Event.subject).distinct().order_by(Event.subject)))


def actions(work: Work) -> list[str]:
    """Return the actions that stand in the library's trail."""
    return list(work.session.scalars(sa.select(Event.action).distinct().order_by(Event.action)))
