"""Measures, what each counts in versions, their readings, what was corrected in those, and what is never known."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sdg_tracker.foundation.db import Base, Editable
from sdg_tracker.foundation.i18n import in_locale
from sdg_tracker.measures.states import Qualifier
from sdg_tracker.work import LibraryOwned, owned_by, owned_key

PLACES = 4  # decimals that a value can have
LARGEST = Decimal(10) ** 13


class Exact(sa.types.TypeDecorator[Decimal]):
    """A decimal number kept to the last digit on both engines: as a whole number of ten-thousandths."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: sa.Dialect) -> int | None:  # noqa: ARG002
        """Give the database ten-thousandths. Raises ValueError for a value with more decimals than are kept."""
        if value is None:
            return None
        scaled = value.scaleb(PLACES)
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{value} has more than {PLACES} decimals")
        return int(scaled)

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> Decimal | None:  # noqa: ARG002
        """Give the program the number."""
        return None if value is None else Decimal(value).scaleb(-PLACES)


class Measure(LibraryOwned, Editable, Base):
    """A figure that the library follows. What it counts stands in its versions."""

    __tablename__ = "measure"
    __table_args__ = (
        sa.UniqueConstraint("library_id", "number"),
        sa.UniqueConstraint("library_id", "code"),
        sa.CheckConstraint("name <> ''", name="name_not_empty"),
        sa.CheckConstraint(f"decimals BETWEEN 0 AND {PLACES}", name="decimals_kept"),
        owned_key(),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
    code: Mapped[str] = mapped_column(sa.String(60))  # how plans, files and reports name it; never changed
    name: Mapped[str] = mapped_column(sa.String(200))
    name_en: Mapped[str] = mapped_column(sa.String(200), default="")
    unit: Mapped[str] = mapped_column(sa.String(60))
    unit_en: Mapped[str] = mapped_column(sa.String(60), default="")
    aggregation: Mapped[str] = mapped_column(sa.String(10))
    numerator: Mapped[str] = mapped_column(sa.String(60), default="")  # codes of the measures that a rate is made of
    denominator: Mapped[str] = mapped_column(sa.String(60), default="")
    factor: Mapped[Decimal | None] = mapped_column(Exact)  # what the rate is multiplied by, such as 100
    direction: Mapped[str] = mapped_column(sa.String(10))
    frequency: Mapped[str] = mapped_column(sa.String(10))
    by_branch: Mapped[bool]
    decimals: Mapped[int] = mapped_column(default=0)
    goals: Mapped[list[str]] = mapped_column(default=list)
    targets: Mapped[list[str]] = mapped_column(default=list)
    indicator: Mapped[str] = mapped_column(sa.String(10), default="")
    source: Mapped[str] = mapped_column(sa.String(300), default="")  # where its readings come from as a rule
    counted: Mapped[str] = mapped_column(sa.String(12), default="")  # of Counted; empty: its readings are entered
    counted_types: Mapped[list[str]] = mapped_column(default=list)  # types of activities that count; none: all
    baseline_period: Mapped[str | None] = mapped_column(sa.String(10))
    baseline_value: Mapped[Decimal | None] = mapped_column(Exact)
    target_period: Mapped[str | None] = mapped_column(sa.String(10))
    target_value: Mapped[Decimal | None] = mapped_column(Exact)
    added_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.number"))
    added_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.number"))
    withdrawn_reason: Mapped[str] = mapped_column(sa.String(500), default="")

    versions: Mapped[list["MeasureVersion"]] = relationship(
        foreign_keys="MeasureVersion.measure_id", order_by="MeasureVersion.ordinal", back_populates="measure"
    )

    @property
    def title(self) -> str:
        """Return the name in the current language."""
        return in_locale(self.name, self.name_en or self.name)

    @property
    def unit_title(self) -> str:
        """Return the unit in the current language."""
        return in_locale(self.unit, self.unit_en or self.unit)

    @property
    def entered(self) -> bool:
        """Return whether people enter its readings; else they are counted or come of two others."""
        return not self.counted and not self.numerator


class MeasureVersion(LibraryOwned, Base):
    """What a measure counts, from a period on. A line that crosses a version that breaks it compares two things."""

    __tablename__ = "measure_version"
    __table_args__ = (sa.UniqueConstraint("measure_id", "ordinal"), owned_by("measure_id", "measure"))

    id: Mapped[int] = mapped_column(primary_key=True)
    measure_id: Mapped[int]
    ordinal: Mapped[int]  # counted from 1
    definition: Mapped[str] = mapped_column(sa.Text, default="")
    definition_en: Mapped[str] = mapped_column(sa.Text, default="")
    includes: Mapped[str] = mapped_column(sa.Text, default="")
    includes_en: Mapped[str] = mapped_column(sa.Text, default="")
    excludes: Mapped[str] = mapped_column(sa.Text, default="")
    excludes_en: Mapped[str] = mapped_column(sa.Text, default="")
    period: Mapped[str | None] = mapped_column(sa.String(10))  # the first that it holds for; None: it breaks nothing
    starts_on: Mapped[date | None]  # first day of the period
    reason: Mapped[str] = mapped_column(sa.String(500), default="")
    made_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.number"))
    made_role: Mapped[str] = mapped_column(sa.String(20))
    made_at: Mapped[datetime]

    measure: Mapped[Measure] = relationship(foreign_keys="MeasureVersion.measure_id", back_populates="versions")

    @property
    def said(self) -> tuple[str, str, str]:
        """Return definition, what is included and what is not, in the current language."""
        pairs = (
            (self.definition, self.definition_en),
            (self.includes, self.includes_en),
            (self.excludes, self.excludes_en),
        )
        definition, includes, excludes = (in_locale(da, en or da) for da, en in pairs)
        return definition, includes, excludes


class Reading(LibraryOwned, Editable, Base):
    """The value of a measure in a period, in a branch or the whole library. There is one that stands at most."""

    __tablename__ = "reading"
    __table_args__ = (
        sa.UniqueConstraint("library_id", "number"),
        sa.Index(
            "uq_reading_of_branch",
            "measure_id",
            "period",
            "branch",
            unique=True,
            sqlite_where=sa.text("withdrawn_at IS NULL AND branch IS NOT NULL"),
            postgresql_where=sa.text("withdrawn_at IS NULL AND branch IS NOT NULL"),
        ),
        sa.Index(
            "uq_reading_of_whole",
            "measure_id",
            "period",
            unique=True,
            sqlite_where=sa.text("withdrawn_at IS NULL AND branch IS NULL"),
            postgresql_where=sa.text("withdrawn_at IS NULL AND branch IS NULL"),
        ),
        sa.Index("ix_reading_listed", "library_id", "withdrawn_at", "measure_id", "starts_on"),
        sa.CheckConstraint("value >= 0", name="value_not_negative"),
        sa.CheckConstraint("starts_on <= ends_on", name="days_in_order"),
        owned_by("measure_id", "measure"),
        sa.ForeignKeyConstraint(["library_id", "branch"], ["branch.library_id", "branch.code"]),
        sa.ForeignKeyConstraint(["library_id", "evidence_number"], ["evidence.library_id", "evidence.number"]),
        owned_key(),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
    measure_id: Mapped[int]
    period: Mapped[str] = mapped_column(sa.String(10))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    branch: Mapped[str | None] = mapped_column(sa.String(60))  # code; None: the whole library
    value: Mapped[Decimal] = mapped_column(Exact)
    qualifier: Mapped[str] = mapped_column(sa.String(12), default=Qualifier.EXACT.value)
    read_on: Mapped[date | None]
    source: Mapped[str] = mapped_column(sa.String(300), default="")
    note: Mapped[str] = mapped_column(sa.String(500), default="")
    evidence_number: Mapped[int | None]  # the piece that shows it
    added_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.number"))
    added_role: Mapped[str] = mapped_column(sa.String(20))
    added_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.number"))
    withdrawn_reason: Mapped[str] = mapped_column(sa.String(500), default="")

    measure: Mapped[Measure] = relationship(foreign_keys="Reading.measure_id")
    corrections: Mapped[list["ReadingCorrection"]] = relationship(
        foreign_keys="ReadingCorrection.reading_id", order_by="ReadingCorrection.ordinal", back_populates="reading"
    )


class ReadingCorrection(LibraryOwned, Base):
    """A value that a reading had before, and why it has it no longer."""

    __tablename__ = "reading_correction"
    __table_args__ = (sa.UniqueConstraint("reading_id", "ordinal"), owned_by("reading_id", "reading"))

    id: Mapped[int] = mapped_column(primary_key=True)
    reading_id: Mapped[int]
    ordinal: Mapped[int]  # counted from 1
    old_value: Mapped[Decimal] = mapped_column(Exact)
    old_qualifier: Mapped[str] = mapped_column(sa.String(12))
    reason: Mapped[str] = mapped_column(sa.String(500))
    made_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.number"))
    made_role: Mapped[str] = mapped_column(sa.String(20))
    made_at: Mapped[datetime]

    reading: Mapped[Reading] = relationship(foreign_keys="ReadingCorrection.reading_id", back_populates="corrections")


def _once(name: str, *columns: str, where: str) -> sa.Index:
    standing = sa.text(f"withdrawn_at IS NULL AND {where}")
    return sa.Index(name, *columns, unique=True, sqlite_where=standing, postgresql_where=standing)


class UnknownReading(LibraryOwned, Editable, Base):
    """A reading that there will never be, and why. Its period stays a gap, but nobody is asked for it any more."""

    __tablename__ = "unknown_reading"
    __table_args__ = (
        sa.UniqueConstraint("library_id", "number"),
        _once("uq_unknown_reading_of_branch", "measure_id", "period", "branch", where="branch IS NOT NULL"),
        _once("uq_unknown_reading_of_whole", "measure_id", "period", where="branch IS NULL"),
        sa.CheckConstraint("reason <> ''", name="reason_given"),
        sa.CheckConstraint("starts_on <= ends_on", name="days_in_order"),
        owned_by("measure_id", "measure"),
        sa.ForeignKeyConstraint(["library_id", "branch"], ["branch.library_id", "branch.code"]),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
    measure_id: Mapped[int]
    period: Mapped[str] = mapped_column(sa.String(10))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    branch: Mapped[str | None] = mapped_column(sa.String(60))  # code; None: the whole library
    reason: Mapped[str] = mapped_column(sa.String(500))
    added_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.number"))
    added_role: Mapped[str] = mapped_column(sa.String(20))
    added_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.number"))
    withdrawn_reason: Mapped[str] = mapped_column(sa.String(500), default="")

    measure: Mapped[Measure] = relationship(foreign_keys="UnknownReading.measure_id")
