"""Editions and the files that were made from them."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sdg_tracker.attempts import Attempted
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
    also: Mapped[str] = mapped_column(sa.String(2), default="")  # a second language, empty for none
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
    supersede_reason: Mapped[str] = mapped_column(sa.Text, default="", server_default="")  # alone: the next one is to
    superseded_at: Mapped[datetime | None]

    cycle: Mapped[Cycle | None] = relationship(foreign_keys="Edition.cycle_id")
    artefacts: Mapped[list["Artefact"]] = relationship(
        foreign_keys="Artefact.edition_id", order_by="Artefact.position", back_populates="edition"
    )

    seals: Mapped[list["Seal"]] = relationship(
        foreign_keys="Seal.edition_id", order_by="Seal.ordinal", back_populates="edition"
    )

    corrections: Mapped[list["Correction"]] = relationship(
        foreign_keys="Correction.edition_id", order_by="Correction.ordinal", back_populates="edition"
    )

    @property
    def seal(self) -> "Seal | None":
        """Return the newest seal that is made."""
        return next((seal for seal in reversed(self.seals) if seal.sealed_at is not None), None)

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


class Chapter(LibraryOwned, Base):
    """A chapter of a printed file, by the digest of all that its layout depends on; awaited, or kept for a while.

    It belongs to no edition: the next one finds in it what has not changed.
    """

    __tablename__ = "chapter"
    __table_args__ = (
        sa.UniqueConstraint("library_id", "request_sha256", "renderer"),
        sa.CheckConstraint("length(request_sha256) = 64", name="request_length"),
        sa.CheckConstraint("sha256 IS NULL OR length(sha256) = 64", name="sha256_length"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    request_sha256: Mapped[str] = mapped_column(sa.String(64))
    request_size: Mapped[int]  # bytes
    renderer: Mapped[str] = mapped_column(sa.String(100))  # product version and digest of its locked dependencies
    sha256: Mapped[str | None] = mapped_column(sa.String(64))  # of the laid out chapter, when there is one
    size: Mapped[int | None]  # bytes
    used_at: Mapped[datetime]  # when an edition last asked for it


class Seal(LibraryOwned, Attempted, Base):
    """A seal on an edition's files: the signed report and the signature on the bag's tag manifest lie beside the bag.

    An edition can be sealed again, as when no server of time stamps answered; earlier seals stay.
    """

    __tablename__ = "seal"
    __table_args__ = (
        sa.UniqueConstraint("edition_id", "ordinal"),
        sa.CheckConstraint("length(report_sha256) = 64", name="report_sha256_length"),
        sa.CheckConstraint("length(tags_sha256) = 64", name="tags_sha256_length"),
        owned_by("edition_id", "edition"),
    )

    edition_id: Mapped[int]
    ordinal: Mapped[int]  # counted from 1 in the edition
    asked_at: Mapped[datetime]
    asked_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.number"))  # None: it comes with the files
    fault: Mapped[str] = mapped_column(sa.Text, default="")  # why it failed, empty unless it did
    sealed_at: Mapped[datetime | None]  # by the clock here; what a time stamp says is in the files
    level: Mapped[str] = mapped_column(sa.String(10), default="")  # of PAdES: B-B, B-LTA
    time_fault: Mapped[str] = mapped_column(sa.Text, default="")  # why there is no time stamp though one was asked for
    certificate: Mapped[str] = mapped_column(sa.Text, default="")  # as PEM
    certificate_digest: Mapped[str] = mapped_column(sa.String(64), default="")  # SHA-256 of its DER
    subject: Mapped[str] = mapped_column(sa.Text, default="")
    own: Mapped[bool] = mapped_column(default=True)  # the installation's own key: it proves what, not who
    report_sha256: Mapped[str | None] = mapped_column(sa.String(64))  # the signed report
    report_size: Mapped[int | None]
    tags_sha256: Mapped[str | None] = mapped_column(sa.String(64))  # the signature on the tag manifest
    tags_size: Mapped[int | None]

    edition: Mapped[Edition] = relationship(foreign_keys="Seal.edition_id", back_populates="seals")


class Correction(LibraryOwned, Base):
    """What stands wrong in an issued edition and what is right. It is never changed; the next edition prints it."""

    __tablename__ = "correction"
    __table_args__ = (sa.UniqueConstraint("edition_id", "ordinal"), owned_by("edition_id", "edition"))

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int]
    ordinal: Mapped[int]  # counted from 1 in the edition
    about: Mapped[str] = mapped_column(sa.String(20))  # a corrections.About
    key: Mapped[str] = mapped_column(sa.Text)  # code of a requirement, number of an exhibit, name of a figure
    old: Mapped[str] = mapped_column(sa.Text)
    new: Mapped[str] = mapped_column(sa.Text)
    reason: Mapped[str] = mapped_column(sa.Text)
    noted_at: Mapped[datetime]
    noted_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.number"))

    edition: Mapped[Edition] = relationship(foreign_keys="Correction.edition_id", back_populates="corrections")


def short_code(fingerprint: str) -> str:
    """Return the first twelve digits in groups of four."""
    return "-".join(fingerprint[start : start + 4] for start in (0, 4, 8))
