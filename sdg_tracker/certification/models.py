"""Assessments: the library's own judgement of a requirement in a cycle."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sdg_tracker.certification.states import AssessmentState
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
        sa.CheckConstraint("state NOT IN ('not_applicable', 'not_pursuing') OR reason <> ''", name="reason_given"),
        owned_by("cycle_id", "cycle"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int]
    requirement_code: Mapped[str] = mapped_column(sa.String(20))
    state: Mapped[str] = mapped_column(sa.String(20))  # an AssessmentState
    narrative: Mapped[str] = mapped_column(sa.Text, default="")
    reason: Mapped[str] = mapped_column(sa.String(500), default="")  # why it does not apply or is not pursued
    assessed_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.number"))
    assessed_at: Mapped[datetime]
    cycle: Mapped[Cycle] = relationship(foreign_keys="Assessment.cycle_id")


following.register(Assessment, lazy("assessments"))
