"""Uploads and their parts. The bytes of each part lie in the store, so any web process can go on with any upload."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sdg_tracker.activities.models import Activity
from sdg_tracker.foundation.db import Base
from sdg_tracker.work import LibraryOwned, owned_by, owned_key


class Upload(LibraryOwned, Base):
    """A file that somebody is giving. Only they see it; once it is saved it tells which evidence it became."""

    __tablename__ = "upload"
    __table_args__ = (
        sa.UniqueConstraint("library_id", "key"),
        sa.Index("ix_upload_added_by", "library_id", "added_by", "ended_at"),
        sa.Index("ix_upload_touched_at", "touched_at", "library_id"),
        sa.CheckConstraint("received >= 0 AND received <= size", name="received_fits"),
        owned_by("activity_id", "activity"),
        owned_key(),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(32))  # random; its device makes it, so beginning twice is beginning once
    file_name: Mapped[str] = mapped_column(sa.String(255))
    size: Mapped[int] = mapped_column(sa.BigInteger)  # bytes, as its device says
    received: Mapped[int] = mapped_column(sa.BigInteger, default=0)  # bytes, from the beginning
    modified: Mapped[int] = mapped_column(sa.BigInteger, default=0)  # milliseconds since 1970: tells the file again
    activity_id: Mapped[int | None]  # what it is for, when that was known at its beginning
    added_by: Mapped[int] = mapped_column(sa.ForeignKey("user.number"))
    added_at: Mapped[datetime]
    touched_at: Mapped[datetime]  # when its last part came
    ended_at: Mapped[datetime | None]  # saved, or given up
    evidence_number: Mapped[int | None]  # what it became

    activity: Mapped[Activity | None] = relationship(foreign_keys="Upload.activity_id")
    parts: Mapped[list["UploadPart"]] = relationship(
        foreign_keys="UploadPart.upload_id", order_by="UploadPart.ordinal", cascade="all, delete-orphan"
    )

    @property
    def complete(self) -> bool:
        """Return whether all of it is here."""
        return self.received == self.size

    @property
    def percent(self) -> int:
        """Return how much of it is here; 100 only when all is."""
        return 100 if self.complete else self.received * 100 // self.size


class UploadPart(LibraryOwned, Base):
    """Some bytes of an upload, in the order of their ordinals."""

    __tablename__ = "upload_part"
    __table_args__ = (
        sa.UniqueConstraint("upload_id", "ordinal"),
        sa.CheckConstraint("length(sha256) = 64", name="sha256_length"),
        owned_by("upload_id", "upload"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    upload_id: Mapped[int]
    ordinal: Mapped[int]  # counted from 1
    sha256: Mapped[str] = mapped_column(sa.String(64), index=True)
    size: Mapped[int]  # bytes
