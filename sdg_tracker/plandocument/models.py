"""What was chosen and written for a printed plan, and the pages as they would be now."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sdg_tracker.drafts import Approvable, Drafted
from sdg_tracker.foundation.db import Base, Editable
from sdg_tracker.plandocument.rules import Choices, Variant
from sdg_tracker.work import LibraryOwned, owned_by, owned_key


class PlanComposition(LibraryOwned, Editable, Approvable, Base):
    """What the next print of the plan, or of a year's status or evaluation, is to hold; frozen ones keep theirs."""

    __tablename__ = "plan_composition"
    __table_args__ = (
        sa.UniqueConstraint("library_id", "number"),
        sa.UniqueConstraint("library_id", "variant", "year"),
        sa.CheckConstraint("(variant = 'plan') = (year = 0)", name="year_of_variant"),
        owned_key(),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
    variant: Mapped[str] = mapped_column(sa.String(10))
    year: Mapped[int]  # 0 for the plan itself
    language: Mapped[str] = mapped_column(sa.String(2))
    also: Mapped[str] = mapped_column(sa.String(2), default="")
    foreword: Mapped[str] = mapped_column(sa.Text, default="")
    reached: Mapped[str] = mapped_column(sa.Text, default="")
    not_reached: Mapped[str] = mapped_column(sa.Text, default="")
    learned: Mapped[str] = mapped_column(sa.Text, default="")
    proposal: Mapped[str] = mapped_column(sa.Text, default="")

    preview: Mapped["PlanPreview | None"] = relationship(
        foreign_keys="PlanPreview.composition_id", back_populates="composition", uselist=False
    )

    @property
    def choices(self) -> Choices:
        """Return what was chosen as a plain value."""
        return Choices(
            Variant(self.variant),
            self.year or None,
            self.language,
            self.also,
            self.foreword,
            self.reached,
            self.not_reached,
            self.learned,
            self.proposal,
        )


class PlanPreview(LibraryOwned, Drafted, Base):
    """The pages of a printed plan that is not frozen. Newer ones take their place."""

    __tablename__ = "plan_preview"
    __table_args__ = (
        sa.UniqueConstraint("composition_id"),
        sa.CheckConstraint("length(snapshot_sha256) = 64", name="snapshot_sha256_length"),
        owned_by("composition_id", "plan_composition"),
    )

    composition_id: Mapped[int]

    composition: Mapped[PlanComposition] = relationship(
        foreign_keys="PlanPreview.composition_id", back_populates="preview"
    )
