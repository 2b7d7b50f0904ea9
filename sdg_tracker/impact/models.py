"""What was chosen for the report of a year, and the pages as they would be now."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sdg_tracker.drafts import Approvable, Drafted
from sdg_tracker.foundation.db import Base, Editable
from sdg_tracker.impact import sections
from sdg_tracker.impact.sections import Composed
from sdg_tracker.work import LibraryOwned, owned_by, owned_key


class ReportComposition(LibraryOwned, Editable, Approvable, Base):
    """What the next report of a year is to hold; the frozen ones keep what they held."""

    __tablename__ = "report_composition"
    __table_args__ = (
        sa.UniqueConstraint("library_id", "number"),
        sa.UniqueConstraint("library_id", "year"),
        owned_key(),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
    year: Mapped[int]
    language: Mapped[str] = mapped_column(sa.String(2))
    also: Mapped[str] = mapped_column(sa.String(2), default="")
    title: Mapped[str] = mapped_column(sa.String(200), default="")
    title_also: Mapped[str] = mapped_column(sa.String(200), default="")
    foreword_by: Mapped[str] = mapped_column(sa.String(200), default="")  # name and role, as they are printed
    sections: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON)  # in order, see sections.Chosen

    preview: Mapped["ReportPreview | None"] = relationship(
        foreign_keys="ReportPreview.composition_id", back_populates="composition", uselist=False
    )

    @property
    def composed(self) -> Composed:
        """Return what was chosen as a plain value."""
        return Composed(self.also, self.title, self.title_also, self.foreword_by, sections.read(self.sections))


class ReportPreview(LibraryOwned, Drafted, Base):
    """The pages of a report that is not frozen. Newer ones take their place."""

    __tablename__ = "report_preview"
    __table_args__ = (
        sa.UniqueConstraint("composition_id"),
        sa.CheckConstraint("length(snapshot_sha256) = 64", name="snapshot_sha256_length"),
        owned_by("composition_id", "report_composition"),
    )

    composition_id: Mapped[int]

    composition: Mapped[ReportComposition] = relationship(
        foreign_keys="ReportPreview.composition_id", back_populates="preview"
    )
