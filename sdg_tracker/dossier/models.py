"""What was chosen for the next dossier of a cycle, and the pages as they would be now."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sdg_tracker.dossier.rules import Composed, Logo, Variant
from sdg_tracker.drafts import Approvable, Drafted
from sdg_tracker.foundation.db import Base, Editable
from sdg_tracker.schemes.models import Cycle
from sdg_tracker.work import LibraryOwned, owned_by, owned_key


class Composition(LibraryOwned, Editable, Approvable, Base):
    """What the next dossier of a cycle is to hold; the frozen ones keep what they held."""

    __tablename__ = "composition"
    __table_args__ = (
        sa.UniqueConstraint("library_id", "cycle_id"),
        sa.CheckConstraint("length(logo_sha256) = 64", name="logo_sha256_length"),
        owned_by("cycle_id", "cycle"),
        owned_key(),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int]
    language: Mapped[str] = mapped_column(sa.String(2))
    also: Mapped[str] = mapped_column(sa.String(2), default="")
    title: Mapped[str] = mapped_column(sa.String(200), default="")
    foreword: Mapped[str] = mapped_column(sa.Text, default="")
    first_on: Mapped[date | None]
    last_on: Mapped[date | None]
    areas: Mapped[list[str]] = mapped_column(default=list)
    files: Mapped[bool] = mapped_column(default=True)
    trail: Mapped[bool] = mapped_column(default=True)
    variant: Mapped[str] = mapped_column(sa.String(10), default=Variant.WHOLE.value)
    year: Mapped[int | None]
    proposal: Mapped[str] = mapped_column(sa.Text, default="")
    logo_sha256: Mapped[str | None] = mapped_column(sa.String(64))
    logo_size: Mapped[int | None]  # bytes
    logo_media_type: Mapped[str | None] = mapped_column(sa.String(20))

    cycle: Mapped[Cycle] = relationship(foreign_keys="Composition.cycle_id")
    preview: Mapped["Preview | None"] = relationship(
        foreign_keys="Preview.composition_id", back_populates="composition", uselist=False
    )

    @property
    def composed(self) -> Composed:
        """Return what was chosen as a plain value."""
        logo = None
        if self.logo_sha256 is not None:
            logo = Logo(self.logo_sha256, self.logo_size or 0, self.logo_media_type or "")
        return Composed(
            also=self.also,
            title=self.title,
            foreword=self.foreword,
            first=self.first_on,
            last=self.last_on,
            areas=tuple(self.areas),
            files=self.files,
            trail=self.trail,
            variant=Variant(self.variant),
            year=self.year,
            proposal=self.proposal,
            logo=logo,
        )


class Preview(LibraryOwned, Drafted, Base):
    """The pages of a dossier that is not frozen. A newer one takes its place."""

    __tablename__ = "preview"
    __table_args__ = (
        sa.UniqueConstraint("composition_id"),
        sa.CheckConstraint("length(snapshot_sha256) = 64", name="snapshot_sha256_length"),
        owned_by("composition_id", "composition"),
    )

    composition_id: Mapped[int]

    composition: Mapped[Composition] = relationship(foreign_keys="Preview.composition_id", back_populates="preview")
