"""What the coordinator has asked people for."""

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sdg_tracker.activities.models import Activity
from sdg_tracker.evidence.models import Evidence
from sdg_tracker.evidence.states import State
from sdg_tracker.foundation.db import Base, Editable
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.schemes import following
from sdg_tracker.schemes.models import Cycle
from sdg_tracker.work import LibraryOwned, owned_by


class RequestState(StrEnum):
    """How far a request is. It follows from what was given, so it is never out of step with the evidence."""

    OPEN = "open"  # nothing was given, or it was sent back or withdrawn
    GIVEN = "given"  # it waits to be reviewed
    DONE = "done"  # it was accepted
    CANCELLED = "cancelled"


class Request(LibraryOwned, Editable, Base):
    """A named thing that somebody is to give by a day, for an activity or a requirement."""

    __tablename__ = "request"
    __table_args__ = (
        sa.UniqueConstraint("library_id", "number"),
        sa.Index("ix_request_giver", "library_id", "giver_number", "cancelled_at"),
        sa.Index("ix_request_evidence", "evidence_id"),
        owned_by("activity_id", "activity"),
        owned_by("cycle_id", "cycle"),
        owned_by("evidence_id", "evidence"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
    title: Mapped[str] = mapped_column(sa.String(300))
    note: Mapped[str] = mapped_column(sa.Text, default="")
    due_on: Mapped[date]
    giver_number: Mapped[int] = mapped_column(sa.ForeignKey("user.number"))
    activity_id: Mapped[int | None]
    cycle_id: Mapped[int | None]
    requirement_code: Mapped[str] = mapped_column(sa.String(20), default="")
    evidence_id: Mapped[int | None]  # what was given
    reminded_on: Mapped[date | None]
    added_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.number"))
    added_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]
    cancelled_reason: Mapped[str] = mapped_column(sa.String(500), default="")

    activity: Mapped[Activity | None] = relationship(foreign_keys="Request.activity_id")
    cycle: Mapped[Cycle | None] = relationship(foreign_keys="Request.cycle_id")
    evidence: Mapped[Evidence | None] = relationship(foreign_keys="Request.evidence_id")

    @property
    def state(self) -> RequestState:
        """Return how far it is; ``stands_as`` says the same in the database."""
        if self.cancelled_at is not None:
            return RequestState.CANCELLED
        given = self.evidence
        if given is None or given.withdrawn_at is not None:
            return RequestState.OPEN
        if given.accepted_version is not None:
            return RequestState.DONE
        return RequestState.GIVEN if given.state == State.SUBMITTED.value else RequestState.OPEN


following.register(Request, lazy("requests"))


def stands_as(state: RequestState) -> sa.ColumnElement[bool]:
    """Return the condition of the requests that are so far."""
    if state is RequestState.CANCELLED:
        return Request.cancelled_at.is_not(None)
    stays = Evidence.withdrawn_at.is_(None)
    done = Request.evidence.has(sa.and_(stays, Evidence.accepted_version.is_not(None)))
    waits = sa.and_(stays, Evidence.accepted_version.is_(None), Evidence.state == State.SUBMITTED.value)
    given = Request.evidence.has(waits)
    found = {RequestState.DONE: done, RequestState.GIVEN: given, RequestState.OPEN: sa.not_(sa.or_(done, given))}
    return sa.and_(Request.cancelled_at.is_(None), found[state])
