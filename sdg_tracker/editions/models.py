"""Editions and the files that were made from them."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sdg_tracker.foundation.blobs import StoredBlob
from sdg_tracker.foundation.db import Base
from sdg_tracker.schemes.models import Cycle
from sdg_tracker.work import LibraryOwned, owned_by, owned_key


class State(StrEnum):
    """How far the files of an edition are. The row is the truth, the queue only brings the job."""

    QUEUED = "queued"
    BUILDING = "building"
    READY = "ready"
    FAILED = "failed"


class Edition(LibraryOwned, Base):
    """A frozen dossier or report. Its snapshot is the blob whose digest is the fingerprint; it is never changed."""

    __tablename__ = "edition"
    __table_args__ = (
        sa.UniqueConstraint("library_id", "number"),
        sa.Index("ix_edition_fingerprint", "fingerprint"),
        sa.CheckConstraint("length(fingerprint) = 64", name="fingerprint_length"),
        owned_by("cycle_id", "cycle"),
        owned_key(),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(sa.String(20))
    title: Mapped[str] = mapped_column(sa.String(300))
    language: Mapped[str] = mapped_column(sa.String(2))
    cycle_id: Mapped[int | None]  # a dossier's
    year: Mapped[int | None]  # a report's
    fingerprint: Mapped[str] = mapped_column(sa.String(64))  # SHA-256 of the snapshot as canonical JSON
    snapshot_size: Mapped[int]  # bytes
    frozen_at: Mapped[datetime]
    frozen_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.number"))
    state: Mapped[str] = mapped_column(sa.String(10))
    attempt: Mapped[int] = mapped_column(default=0)  # the fence: what another attempt brings is dropped
    beat: Mapped[datetime | None]  # when the builder last said that it lives
    builder: Mapped[str] = mapped_column(sa.String(300), default="")  # host and process, empty when nobody builds
    done: Mapped[int] = mapped_column(default=0)  # files made
    total: Mapped[int]  # files to make
    fault: Mapped[str] = mapped_column(sa.Text, default="")  # why it failed, empty unless it did
    superseded_by: Mapped[int | None]  # number of the edition that takes its place

    cycle: Mapped[Cycle | None] = relationship(foreign_keys="Edition.cycle_id")
    artefacts: Mapped[list["Artefact"]] = relationship(
        foreign_keys="Artefact.edition_id", order_by="Artefact.position", back_populates="edition"
    )

    @property
    def snapshot(self) -> StoredBlob:
        """Return where its frozen data are kept."""
        return StoredBlob(self.fingerprint, self.snapshot_size)

    @property
    def short_code(self) -> str:
        """Return the first twelve digits of the fingerprint in groups of four, as people type them."""
        return short_code(self.fingerprint)

    def artefact(self, name: str) -> "Artefact | None":
        """Return a file that has been made."""
        return next((artefact for artefact in self.artefacts if artefact.name == name), None)


class Artefact(LibraryOwned, Base):
    """A file made from a snapshot. It is issued once and never made again in its place."""

    __tablename__ = "artefact"
    __table_args__ = (
        sa.UniqueConstraint("edition_id", "name"),
        sa.CheckConstraint("length(sha256) = 64", name="sha256_length"),
        owned_by("edition_id", "edition"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int]
    position: Mapped[int]
    name: Mapped[str] = mapped_column(sa.String(40))  # such as "report.pdf"
    media_type: Mapped[str] = mapped_column(sa.String(100))
    sha256: Mapped[str] = mapped_column(sa.String(64))
    size: Mapped[int]  # bytes
    renderer: Mapped[str] = mapped_column(sa.String(100))  # product version and digest of its locked dependencies
    attempt: Mapped[int]
    made_at: Mapped[datetime]

    edition: Mapped[Edition] = relationship(foreign_keys="Artefact.edition_id", back_populates="artefacts")


def short_code(fingerprint: str) -> str:
    """Return the first twelve digits in groups of four."""
    return "-".join(fingerprint[start : start + 4] for start in (0, 4, 8))
