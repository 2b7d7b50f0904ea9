"""Who outside the library may see one edition and until when; the audit of an edition with all that is said in it."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sdg_tracker.audit.states import AuditState, FindingState
from sdg_tracker.editions.models import Edition
from sdg_tracker.foundation.db import Base, Editable
from sdg_tracker.work import LibraryOwned, owned_by, owned_key


class AuditorAccess(LibraryOwned, Base):
    """An auditor's access. The link's token is made from key and nonce, so it can be printed again and revoked."""

    __tablename__ = "auditor_access"
    __table_args__ = (
        sa.UniqueConstraint("library_id", "number"),
        owned_by("edition_id", "edition"),
        owned_key(),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
    edition_id: Mapped[int]
    email: Mapped[str] = mapped_column(sa.String(254))  # whom the link was made for; never in the trail
    nonce: Mapped[str] = mapped_column(sa.String(32))  # a new one for each link
    until: Mapped[date]  # the last day, in the library's time zone
    with_code: Mapped[bool] = mapped_column(default=False)  # a code is asked for beside the link
    epoch: Mapped[int] = mapped_column(default=1)  # rises with each new link, which ends what the old one opened
    bound: Mapped[str] = mapped_column(
        sa.String(64), default=""
    )  # SHA-256 of what the browser holds that used the link
    bound_at: Mapped[datetime | None]  # when the link was used
    sent_at: Mapped[datetime | None]  # when the link was last mailed
    added_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.number"))
    added_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    edition: Mapped[Edition] = relationship(foreign_keys="AuditorAccess.edition_id")


class Audit(LibraryOwned, Editable, Base):
    """The audit of one edition, by all who were invited to it."""

    __tablename__ = "audit"
    __table_args__ = (
        sa.UniqueConstraint("library_id", "number"),
        sa.UniqueConstraint("edition_id"),
        owned_by("edition_id", "edition"),
        owned_key(),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
    edition_id: Mapped[int]
    state: Mapped[str] = mapped_column(sa.String(10), default=AuditState.OPEN.value)
    decision: Mapped[str | None] = mapped_column(sa.String(20))
    conditions: Mapped[str] = mapped_column(sa.Text, default="")
    text: Mapped[str] = mapped_column(sa.Text, default="")
    begun_at: Mapped[datetime]
    concluded_at: Mapped[datetime | None]
    concluded_by: Mapped[int | None]  # number of an access; None where the library read the auditor's file in

    edition: Mapped[Edition] = relationship(foreign_keys="Audit.edition_id")
    marks: Mapped[list["Mark"]] = relationship(
        foreign_keys="Mark.audit_id", order_by="Mark.exhibit", cascade="all, delete-orphan"
    )
    samples: Mapped[list["Sample"]] = relationship(foreign_keys="Sample.audit_id", order_by="Sample.number")
    findings: Mapped[list["Finding"]] = relationship(
        foreign_keys="Finding.audit_id", order_by="Finding.number", back_populates="audit"
    )
    questions: Mapped[list["Question"]] = relationship(
        foreign_keys="Question.audit_id", order_by="Question.number", back_populates="audit"
    )

    @property
    def concluded(self) -> bool:
        """Return whether nothing is written any more."""
        return self.state == AuditState.CONCLUDED.value

    @property
    def sample(self) -> "Sample | None":
        """Return the sample drawn last: the one that holds."""
        return self.samples[-1] if self.samples else None


class Mark(LibraryOwned, Editable, Base):
    """What the auditor says of one exhibit."""

    __tablename__ = "audit_mark"
    __table_args__ = (sa.UniqueConstraint("audit_id", "exhibit"), owned_by("audit_id", "audit"))

    id: Mapped[int] = mapped_column(primary_key=True)
    audit_id: Mapped[int]
    exhibit: Mapped[int]
    mark: Mapped[str] = mapped_column(sa.String(12))
    note: Mapped[str] = mapped_column(sa.Text, default="")
    marked_by: Mapped[int | None]  # number of an access
    marked_at: Mapped[datetime]


class Sample(LibraryOwned, Base):
    """A sample as it was drawn; with seed, method and size anybody can draw it again."""

    __tablename__ = "audit_sample"
    __table_args__ = (sa.UniqueConstraint("audit_id", "number"), owned_by("audit_id", "audit"))

    id: Mapped[int] = mapped_column(primary_key=True)
    audit_id: Mapped[int]
    number: Mapped[int]  # in the audit
    seed: Mapped[str] = mapped_column(sa.String(100))
    method: Mapped[str] = mapped_column(sa.String(10))
    size: Mapped[int]
    drawn: Mapped[dict[str, Any]]  # exhibits in the order drawn, and the codes of the requirements that they are for
    drawn_by: Mapped[int | None]  # number of an access
    drawn_at: Mapped[datetime]

    @property
    def exhibits(self) -> list[int]:
        """Return the exhibits in the order drawn."""
        return list(self.drawn["exhibits"])

    @property
    def requirements(self) -> list[str]:
        """Return the codes of the requirements that the exhibits are for."""
        return list(self.drawn["requirements"])


class Finding(LibraryOwned, Editable, Base):
    """What the auditor finds, what the library answers, and that it is closed."""

    __tablename__ = "finding"
    __table_args__ = (
        sa.UniqueConstraint("audit_id", "number"),
        owned_by("audit_id", "audit"),
        sa.Index("ix_finding_requirement", "library_id", "requirement", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    audit_id: Mapped[int]
    number: Mapped[int]  # in the audit
    key: Mapped[str] = mapped_column(sa.String(64), default="")  # of the auditor's own desk, empty when written here
    kind: Mapped[str] = mapped_column(sa.String(20))
    requirement: Mapped[str] = mapped_column(sa.String(20), default="")  # code; empty: about the whole
    exhibits: Mapped[list[int]] = mapped_column(sa.JSON)
    text: Mapped[str] = mapped_column(sa.Text)
    state: Mapped[str] = mapped_column(sa.String(10), default=FindingState.OPEN.value)
    raised_by: Mapped[int | None]  # number of an access
    raised_at: Mapped[datetime]
    cause: Mapped[str] = mapped_column(sa.Text, default="")
    correction: Mapped[str] = mapped_column(sa.Text, default="")
    deadline: Mapped[date | None]
    answered_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.number"))
    answered_at: Mapped[datetime | None]
    reply: Mapped[str] = mapped_column(sa.Text, default="")  # of the auditor, when it was closed or sent back
    closed_at: Mapped[datetime | None]

    audit: Mapped[Audit] = relationship(foreign_keys="Finding.audit_id", back_populates="findings")


class Question(LibraryOwned, Editable, Base):
    """What the auditor asks the library for, and the answer; new material comes as a supplement."""

    __tablename__ = "audit_question"
    __table_args__ = (sa.UniqueConstraint("audit_id", "number"), owned_by("audit_id", "audit"))

    id: Mapped[int] = mapped_column(primary_key=True)
    audit_id: Mapped[int]
    number: Mapped[int]  # in the audit
    requirement: Mapped[str] = mapped_column(sa.String(20), default="")
    text: Mapped[str] = mapped_column(sa.Text)
    asked_by: Mapped[int | None]  # number of an access
    asked_at: Mapped[datetime]
    answer: Mapped[str] = mapped_column(sa.Text, default="")
    answered_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.number"))
    answered_at: Mapped[datetime | None]
    supplement: Mapped[int | None]  # number of the edition with the new material

    audit: Mapped[Audit] = relationship(foreign_keys="Question.audit_id", back_populates="questions")
