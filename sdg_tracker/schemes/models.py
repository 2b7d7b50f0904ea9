"""Schemes with their areas, criteria and requirements; the words they share with activities and evidence; cycles."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sdg_tracker.foundation.db import Base, Editable
from sdg_tracker.foundation.i18n import in_locale
from sdg_tracker.work import LibraryOwned, LibraryShared, owned_by, owned_key


class Scheme(LibraryShared, Base):
    """One version of a scheme, shared or a library's own. It is never changed; a new version stands beside it."""

    __tablename__ = "scheme"
    __table_args__ = (
        sa.UniqueConstraint("library_id", "slug", "version"),
        sa.Index(
            "ix_scheme_shared",
            "slug",
            "version",
            unique=True,
            sqlite_where=sa.text("library_id IS NULL"),
            postgresql_where=sa.text("library_id IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(60))
    version: Mapped[str] = mapped_column(sa.String(20))
    status: Mapped[str] = mapped_column(sa.String(20))  # draft or published
    digest: Mapped[str] = mapped_column(sa.String(64))  # of the document as canonical JSON
    document: Mapped[dict[str, Any]]  # the whole file
    loaded_at: Mapped[datetime]
    areas: Mapped[list["Area"]] = relationship(back_populates="scheme", order_by="Area.position")

    @property
    def name(self) -> str:
        """Return the name in the current language."""
        return _text(self.document["name"])

    @property
    def summary(self) -> str:
        """Return the summary in the current language."""
        return _text(self.document["summary"])

    @property
    def label(self) -> str:
        """Return the words that must stand wherever the scheme is shown; empty for a published one without."""
        return _text(self.document["label"]) if "label" in self.document else ""

    def requirements(self) -> list["Requirement"]:
        """Return every requirement in the scheme's order."""
        return [r for area in self.areas for criterion in area.criteria for r in criterion.requirements]


class Area(Base):
    """A part of a scheme."""

    __tablename__ = "area"
    __table_args__ = (sa.UniqueConstraint("scheme_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    scheme_id: Mapped[int] = mapped_column(sa.ForeignKey("scheme.id"))
    position: Mapped[int]
    code: Mapped[str] = mapped_column(sa.String(20))
    text: Mapped[dict[str, Any]]  # da, en
    scheme: Mapped[Scheme] = relationship(back_populates="areas")
    criteria: Mapped[list["Criterion"]] = relationship(back_populates="area", order_by="Criterion.position")

    @property
    def title(self) -> str:
        """Return the text in the current language."""
        return _text(self.text)


class Criterion(Base):
    """A group of requirements inside an area."""

    __tablename__ = "criterion"
    __table_args__ = (sa.UniqueConstraint("area_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(sa.ForeignKey("area.id"))
    position: Mapped[int]
    code: Mapped[str] = mapped_column(sa.String(20))
    text: Mapped[dict[str, Any]]
    area: Mapped[Area] = relationship(back_populates="criteria")
    requirements: Mapped[list["Requirement"]] = relationship(
        back_populates="criterion", order_by="Requirement.position"
    )

    @property
    def title(self) -> str:
        """Return the text in the current language."""
        return _text(self.text)


class Requirement(Base):
    """What evidence is shown for. ``definition`` is the requirement as the scheme file has it."""

    __tablename__ = "requirement"
    __table_args__ = (sa.UniqueConstraint("scheme_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    scheme_id: Mapped[int] = mapped_column(sa.ForeignKey("scheme.id"))
    criterion_id: Mapped[int] = mapped_column(sa.ForeignKey("criterion.id"))
    position: Mapped[int]
    code: Mapped[str] = mapped_column(sa.String(20))
    kind: Mapped[str] = mapped_column(sa.String(20))
    scope: Mapped[str] = mapped_column(sa.String(20))
    mandatory: Mapped[bool]
    definition: Mapped[dict[str, Any]]
    criterion: Mapped[Criterion] = relationship(back_populates="requirements")

    @property
    def title(self) -> str:
        """Return what is asked, in the current language."""
        return _text(self.definition["text"])

    @property
    def guidance(self) -> str:
        """Return how to show it, empty when the scheme does not say."""
        return _text(self.definition["guidance"]) if "guidance" in self.definition else ""

    @property
    def kinds(self) -> list[str]:
        """Return the kinds of evidence that it accepts."""
        return list(self.definition["evidence"]["kinds"])


class Term(Base):
    """A word of a shared vocabulary: ``activity-type``, ``audience`` or ``evidence-kind``."""

    __tablename__ = "term"

    vocabulary: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    position: Mapped[int]
    da: Mapped[str] = mapped_column(sa.String(100))
    en: Mapped[str] = mapped_column(sa.String(100))

    @property
    def title(self) -> str:
        """Return the word in the current language."""
        return in_locale(self.da, self.en)


class Cycle(LibraryOwned, Editable, Base):
    """One run of a library at one version of a scheme."""

    __tablename__ = "cycle"
    __table_args__ = (
        sa.UniqueConstraint("library_id", "number"),
        sa.CheckConstraint("starts_on <= ends_on", name="days_in_order"),
        owned_key(),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
    scheme_id: Mapped[int] = mapped_column(sa.ForeignKey("scheme.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    audit_on: Mapped[date | None]  # the day of the audit; None: nobody has said
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)  # only what differs from the scheme's values
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    scheme: Mapped[Scheme] = relationship()

    @property
    def title(self) -> str:
        """Return scheme and years, such as ``… 2025-2027``."""
        return f"{self.scheme.name} {self.starts_on.year}-{self.ends_on.year}"


class Draft(LibraryOwned, Editable, Base):
    """A version of a scheme that a library is writing. What it says is the document of its step ``step``."""

    __tablename__ = "scheme_draft"
    __table_args__ = (
        sa.UniqueConstraint("library_id", "number"),
        sa.CheckConstraint("state IN ('open', 'published', 'discarded')", name="state_known"),
        owned_key(),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
    slug: Mapped[str] = mapped_column(sa.String(60))
    based_on: Mapped[str] = mapped_column(sa.String(20), default="")  # the version it was copied from, empty for none
    state: Mapped[str] = mapped_column(sa.String(20), default="open")
    step: Mapped[int] = mapped_column(default=1)
    added_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.number"))
    added_at: Mapped[datetime]
    published_as: Mapped[str] = mapped_column(sa.String(20), default="")  # the version


class DraftStep(LibraryOwned, Base):
    """The whole of a draft after one change; the steps after the draft's own are those that were undone."""

    __tablename__ = "scheme_step"
    __table_args__ = (sa.UniqueConstraint("draft_id", "ordinal"), owned_by("draft_id", "scheme_draft"))

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int]
    ordinal: Mapped[int]
    what: Mapped[str] = mapped_column(sa.String(40))  # the change that led to it, such as requirement_changed
    code: Mapped[str] = mapped_column(sa.String(60), default="")  # of what was changed
    document: Mapped[dict[str, Any]]
    made_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.number"))
    made_at: Mapped[datetime]


class CycleMove(LibraryOwned, Base):
    """That a cycle was moved to another version of its scheme, with what is needed to move it back."""

    __tablename__ = "cycle_move"
    __table_args__ = (
        sa.Index("ix_cycle_move_cycle", "library_id", "cycle_id"),
        owned_by("cycle_id", "cycle"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int]
    from_scheme_id: Mapped[int] = mapped_column(sa.ForeignKey("scheme.id"))
    to_scheme_id: Mapped[int] = mapped_column(sa.ForeignKey("scheme.id"))
    renamed: Mapped[dict[str, Any]]  # code before -> code after
    settings: Mapped[dict[str, Any]]  # those of the cycle before
    facts: Mapped[dict[str, Any]]
    moved_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.number"))
    moved_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    cycle: Mapped[Cycle] = relationship(foreign_keys="CycleMove.cycle_id")
    before: Mapped[Scheme] = relationship(foreign_keys="CycleMove.from_scheme_id")
    after: Mapped[Scheme] = relationship(foreign_keys="CycleMove.to_scheme_id")


def _text(both: dict[str, Any]) -> str:
    return in_locale(both["da"], both["en"])
