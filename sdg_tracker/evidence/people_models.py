"""What people in a picture agreed to, and what they said no to."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sdg_tracker.evidence.models import Evidence
from sdg_tracker.foundation.db import Base
from sdg_tracker.work import LibraryOwned, owned_by


class Consent(LibraryOwned, Base):
    """People in a picture agreed to some uses of it. Their names stand on the signed form, never here."""

    __tablename__ = "consent"
    __table_args__ = (
        sa.UniqueConstraint("evidence_id", "ordinal"),
        sa.CheckConstraint("(withdrawn_on IS NULL) = (withdrawn_at IS NULL)", name="withdrawn_whole"),
        owned_by("evidence_id", "evidence"),
        owned_by("form_id", "evidence"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    evidence_id: Mapped[int]
    ordinal: Mapped[int]  # counted from 1 in the piece of evidence
    internal_report: Mapped[bool] = mapped_column(default=False)  # this and the next three: evidence.people.Scope
    website: Mapped[bool] = mapped_column(default=False)
    print: Mapped[bool] = mapped_column(default=False)
    social_media: Mapped[bool] = mapped_column(default=False)
    given_on: Mapped[date]
    expires_on: Mapped[date | None]  # the last day on which it holds
    persons: Mapped[int | None]  # how many gave it together
    reference: Mapped[str] = mapped_column(sa.String(100), default="")  # where the signed form is found
    form_id: Mapped[int | None]  # the piece of evidence that is the signed form
    added_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.number"))
    added_at: Mapped[datetime]
    withdrawn_on: Mapped[date | None]
    withdrawn_at: Mapped[datetime | None]  # when it was written down
    withdrawn_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.number"))

    form: Mapped[Evidence | None] = relationship(foreign_keys="Consent.form_id")


class Objection(LibraryOwned, Base):
    """Somebody in a picture said no, and what was done about it in every copy. It is never changed."""

    __tablename__ = "objection"
    __table_args__ = (
        sa.UniqueConstraint("library_id", "number"),
        sa.Index("ix_objection_evidence", "evidence_id"),
        sa.CheckConstraint("measure IN ('withdrawn', 'blurred')", name="measure_known"),
        owned_by("evidence_id", "evidence"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
    evidence_id: Mapped[int]  # where it was written down
    received_on: Mapped[date]
    reference: Mapped[str] = mapped_column(sa.String(200), default="")  # of the case, without a name
    measure: Mapped[str] = mapped_column(sa.String(10))
    pieces: Mapped[list[int]] = mapped_column(sa.JSON)  # numbers of all evidence with the picture
    editions: Mapped[list[int]] = mapped_column(sa.JSON)  # numbers of the frozen editions that hold it
    recorded_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.number"))
    recorded_at: Mapped[datetime]
