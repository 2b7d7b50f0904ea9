"""What a library keeps of a requirement in a cycle: its own judgement, who works on it, what was approved, comments."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sdg_tracker.certification.states import AssessmentState, TaskState
from sdg_tracker.foundation.db import Base, Editable
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.schemes import following
from sdg_tracker.schemes.models import Cycle
from sdg_tracker.work import LibraryOwned, owned_by

REASONED = (AssessmentState.NOT_PURSUING, AssessmentState.NOT_APPLICABLE)  # states that have to say why


class Assessment(LibraryOwned, Editable, Base):
    """One requirement of a cycle as the library judges it. The code is text, so it outlives a version of the scheme."""

    __tablename__ = "assessment"
    __table_args__ = (
        sa.UniqueConstraint("cycle_id", "requirement_code"),
        sa.CheckConstraint(
            "state IN ('met', 'under_way', 'missing', 'not_pursuing', 'not_applicable')", name="state_known"
        ),
        sa.CheckConstraint(
            "state NOT IN ('not_applicable', 'not_pursuing') OR reason <> '' OR omission <> ''", name="reason_given"
        ),
        owned_by("cycle_id", "cycle"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int]
    requirement_code: Mapped[str] = mapped_column(sa.String(20))
    state: Mapped[str] = mapped_column(sa.String(20))  # an AssessmentState
    narrative: Mapped[str] = mapped_column(sa.Text, default="")
    reason: Mapped[str] = mapped_column(sa.String(500), default="")  # why it does not apply or is not pursued
    omission: Mapped[str] = mapped_column(sa.Text, default="")  # code of the scheme's ready-made reason
    answers: Mapped[dict[str, str]] = mapped_column(sa.JSON, default=dict)  # to the scheme's answer fields, by key
    assessed_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.number"))
    assessed_at: Mapped[datetime]
    unconfirmed: Mapped[bool] = mapped_column(default=False)  # taken over from the cycle before, counts for nothing yet
    cycle: Mapped[Cycle] = relationship(foreign_keys="Assessment.cycle_id")


class Task(LibraryOwned, Editable, Base):
    """The work on one requirement of a cycle: whose it is, until when, how far. Without a row nobody has begun it."""

    __tablename__ = "task"
    __table_args__ = (
        sa.UniqueConstraint("cycle_id", "requirement_code"),
        sa.Index("ix_task_owner", "library_id", "owner_number", "state"),
        sa.CheckConstraint("state IN ('open', 'assigned', 'ready', 'approved')", name="state_known"),
        owned_by("cycle_id", "cycle"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int]
    requirement_code: Mapped[str] = mapped_column(sa.String(20))
    owner_number: Mapped[int | None] = mapped_column(sa.ForeignKey("user.number"))
    due_on: Mapped[date | None]
    state: Mapped[str] = mapped_column(sa.String(10), default=TaskState.OPEN.value)
    cycle: Mapped[Cycle] = relationship(foreign_keys="Task.cycle_id")


class Approval(LibraryOwned, Base):
    """What was approved of a requirement, word for word. All are kept for ever; the latest is in force."""

    __tablename__ = "approval"
    __table_args__ = (
        sa.UniqueConstraint("cycle_id", "requirement_code", "ordinal"),
        sa.CheckConstraint("length(digest) = 64", name="digest_length"),
        owned_by("cycle_id", "cycle"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int]
    requirement_code: Mapped[str] = mapped_column(sa.String(20))
    ordinal: Mapped[int]  # counted from 1 in the requirement
    content: Mapped[str] = mapped_column(sa.Text)  # canonical JSON, see approved.content
    digest: Mapped[str] = mapped_column(sa.String(64))  # SHA-256 of the content
    approved_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.number"))
    approved_role: Mapped[str] = mapped_column(sa.String(20))
    approved_at: Mapped[datetime]


class Comment(LibraryOwned, Base):
    """Something said about a requirement, to colleagues or also to the auditor. It is never changed, only resolved."""

    __tablename__ = "requirement_comment"
    __table_args__ = (
        sa.UniqueConstraint("cycle_id", "requirement_code", "ordinal"),
        sa.CheckConstraint("text <> ''", name="text_not_empty"),
        owned_by("cycle_id", "cycle"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int]
    requirement_code: Mapped[str] = mapped_column(sa.String(20))
    ordinal: Mapped[int]  # counted from 1 in the requirement
    text: Mapped[str] = mapped_column(sa.Text)
    shown: Mapped[bool] = mapped_column(default=False)  # to the auditor, in the dossier
    added_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.number"))
    added_role: Mapped[str] = mapped_column(sa.String(20))
    added_at: Mapped[datetime]
    resolved_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.number"))
    resolved_at: Mapped[datetime | None]


following.register(Assessment, lazy("assessments"))
following.register(Task, lazy("tasks"))
following.register(Approval, lazy("approvals"))
following.register(Comment, lazy("comments"))
