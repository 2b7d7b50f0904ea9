"""How much evidence there is, and how much of it waits for somebody."""

from dataclasses import dataclass

import sqlalchemy as sa

from sdg_tracker.evidence.listing import validity_is
from sdg_tracker.evidence.models import Evidence, Tie, Version
from sdg_tracker.evidence.states import State, ThumbnailState
from sdg_tracker.evidence.validity import Validity
from sdg_tracker.work import Work


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
    ends = [many(validity_is(validity, work.today)) for validity in (Validity.SOON, Validity.EXPIRED)]
    return Waiting(
        *map(int, work.session.execute(sa.select(*states, *ends, many(Evidence.unfinished == sa.true()))).one())
    )


def waiting_thumbnails(work: Work) -> int:
    """Return how many small pictures are not made yet."""
    waits = Version.thumbnail_state.in_((ThumbnailState.OWED.value, ThumbnailState.MAKING.value))
    return work.session.scalar(sa.select(sa.func.count()).select_from(Version).where(waits)) or 0


def count_quarantined(work: Work) -> int:
    """Return how much waits in quarantine."""
    waits = (Evidence.withdrawn_at.is_(None), Evidence.quarantined_at.is_not(None))
    return work.session.scalar(sa.select(sa.func.count()).select_from(Evidence).where(*waits)) or 0
