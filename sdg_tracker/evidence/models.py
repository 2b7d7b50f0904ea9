"""Evidence, its versions, and the ties that say what each piece shows."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sdg_tracker.activities.models import Activity
from sdg_tracker.foundation.db import Base, Editable
from sdg_tracker.schemes.models import Cycle
from sdg_tracker.work import LibraryOwned, owned_by, owned_key


class ThumbnailState(StrEnum):
    """How far the small picture of a version is. The row is the truth, the queue only brings the job."""

    NONE = "none"  # this type gets none
    OWED = "owed"
    MAKING = "making"
    DONE = "done"
    FAILED = "failed"


class ScanState(StrEnum):
    """Whether a version was looked at by the scanner for harmful code."""

    NONE = "none"  # there was no scanner when it came
    OWED = "owed"
    CLEAN = "clean"
    FOUND = "found"  # only of a version that came while the scanner was away; others are refused


class Evidence(LibraryOwned, Editable, Base):
    """A document that shows something. It is withdrawn with a reason, never deleted."""

    __tablename__ = "evidence"
    __table_args__ = (
        sa.UniqueConstraint("library_id", "number"),
        sa.Index("ix_evidence_activity", "library_id", "withdrawn_at", "quarantined_at", "activity_id"),
        sa.Index("ix_evidence_listed", "library_id", "withdrawn_at", "quarantined_at", "number"),
        sa.Index("ix_evidence_made", "library_id", "collected_on"),
        sa.Index("ix_evidence_order", "library_id", "sort_key", "number"),
        sa.CheckConstraint("title <> ''", name="title_not_empty"),
        owned_by("activity_id", "activity"),
        owned_key(),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
    activity_id: Mapped[int | None]
    kind: Mapped[str] = mapped_column(sa.String(40))  # a Term of "evidence-kind"
    title: Mapped[str] = mapped_column(sa.String(300))
    description: Mapped[str] = mapped_column(sa.Text, default="")
    language: Mapped[str] = mapped_column(sa.String(2), default="da")
    collected_on: Mapped[date | None]
    public: Mapped[bool] = mapped_column(default=False)  # may be shown outside the library
    added_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.number"))
    added_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.number"))
    withdrawn_reason: Mapped[str] = mapped_column(sa.String(500), default="")
    quarantined_at: Mapped[datetime | None]  # while its newest version is kept apart; then it stands for nothing
    sort_key: Mapped[str] = mapped_column(sa.String(300))
    search_text: Mapped[str] = mapped_column(sa.Text)

    activity: Mapped[Activity | None] = relationship(foreign_keys="Evidence.activity_id")
    versions: Mapped[list["Version"]] = relationship(
        foreign_keys="Version.evidence_id", order_by="Version.ordinal", back_populates="evidence"
    )
    ties: Mapped[list["Tie"]] = relationship(
        foreign_keys="Tie.evidence_id", order_by="Tie.requirement_code", cascade="all, delete-orphan"
    )

    @property
    def current(self) -> "Version":
        """Return the newest version."""
        return self.versions[-1]

    @hybrid_property
    def stands(self) -> bool:
        """Return whether it shows something: it is neither withdrawn nor in quarantine."""
        return self.withdrawn_at is None and self.quarantined_at is None

    @stands.inplace.expression
    @classmethod
    def _stands(cls) -> sa.ColumnElement[bool]:
        return sa.and_(cls.withdrawn_at.is_(None), cls.quarantined_at.is_(None))


class Version(LibraryOwned, Base):
    """The bytes of a piece of evidence at one time: the original as received, and the rendition that others see."""

    __tablename__ = "version"
    __table_args__ = (
        sa.UniqueConstraint("evidence_id", "ordinal"),
        # The state first: else SQLite finds the versions of a piece by the library alone.
        sa.Index("ix_version_thumbnail", "thumbnail_state", "library_id"),
        sa.Index("ix_version_scan", "scan_state", "library_id"),
        sa.CheckConstraint("length(original_sha256) = 64", name="original_length"),
        sa.CheckConstraint("length(rendition_sha256) = 64", name="rendition_length"),
        owned_by("evidence_id", "evidence"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    evidence_id: Mapped[int]
    ordinal: Mapped[int]  # counted from 1 in the piece of evidence
    file_name: Mapped[str] = mapped_column(sa.String(255))  # of the rendition: as received, made harmless
    media_type: Mapped[str] = mapped_column(sa.String(100))  # of the rendition, from its bytes
    original_type: Mapped[str] = mapped_column(sa.String(100), default="")  # where it is another one
    original_sha256: Mapped[str] = mapped_column(sa.String(64), index=True)
    original_size: Mapped[int]  # bytes
    rendition_sha256: Mapped[str] = mapped_column(
        sa.String(64), index=True
    )  # the original's own where nothing is cleaned
    rendition_size: Mapped[int]  # bytes
    thumbnail_sha256: Mapped[str | None] = mapped_column(sa.String(64))
    thumbnail_size: Mapped[int | None]  # bytes
    thumbnail_state: Mapped[str] = mapped_column(sa.String(10))
    thumbnail_attempt: Mapped[int] = mapped_column(default=0)  # the fence: a result of another attempt is dropped
    thumbnail_beat: Mapped[datetime | None]  # when the attempt began, or ended without a result
    findings: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON, default=list)  # evidence.findings: code and facts
    wanted: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON, default=list)  # ties to be made at the release
    quarantined_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]
    released_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.number"))  # None: by the scanner's verdict
    scan_state: Mapped[str] = mapped_column(sa.String(10), default=ScanState.NONE.value)
    scan_attempt: Mapped[int] = mapped_column(default=0)  # the fence, as for thumbnails
    scan_beat: Mapped[datetime | None]
    added_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.number"))
    added_at: Mapped[datetime]

    evidence: Mapped[Evidence] = relationship(foreign_keys="Version.evidence_id", back_populates="versions")

    @property
    def quarantined(self) -> bool:
        """Return whether it is kept apart; a later version may stand meanwhile."""
        return self.quarantined_at is not None and self.released_at is None


class Tie(LibraryOwned, Base):
    """A piece of evidence shows something for a requirement in a cycle; the code is kept as text."""

    __tablename__ = "tie"
    __table_args__ = (
        sa.UniqueConstraint("evidence_id", "cycle_id", "requirement_code"),
        sa.Index("ix_tie_evidence", "library_id", "evidence_id"),
        sa.Index("ix_tie_cycle", "cycle_id", "requirement_code"),
        owned_by("evidence_id", "evidence"),
        owned_by("cycle_id", "cycle"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    evidence_id: Mapped[int]
    cycle_id: Mapped[int]
    requirement_code: Mapped[str] = mapped_column(sa.String(20))
    pages: Mapped[str] = mapped_column(sa.String(40), default="")  # such as "4-6", empty for the whole
    added_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.number"))
    added_at: Mapped[datetime]
    cycle: Mapped[Cycle] = relationship(foreign_keys="Tie.cycle_id")
