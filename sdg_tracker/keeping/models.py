"""What was found when stored files were last read. Blobs are shared by libraries, so these rows belong to none."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from sdg_tracker.foundation.db import Base


class Result(StrEnum):
    """How a stored file was found."""

    OK = "ok"
    MISSING = "missing"
    CHANGED = "changed"


class Fixity(Base):
    """The last check of one blob. A row without a moment is one whose first check is owed."""

    __tablename__ = "fixity"
    __table_args__ = (
        sa.Index("ix_fixity_checked_at", "checked_at"),
        sa.CheckConstraint("length(sha256) = 64", name="sha256_length"),
    )

    sha256: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    size: Mapped[int] = mapped_column(sa.BigInteger)  # bytes, as the rows say that name it
    checked_at: Mapped[datetime | None]
    result: Mapped[str | None] = mapped_column(sa.String(10))
    found: Mapped[str] = mapped_column(sa.String(64), default="")  # digest of changed bytes, empty when unreadable


class Outcome(StrEnum):
    """How a backup went."""

    RUNNING = "running"
    SOUND = "sound"  # it was restored into a scratch place, and all of it is there
    FAULTY = "faulty"  # it is there, but something in it does not hold
    FAILED = "failed"  # there is none


class Backup(Base):
    """A backup that was made and tried. It is of the whole installation, so it belongs to no library."""

    __tablename__ = "backup"

    id: Mapped[int] = mapped_column(primary_key=True)
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    by_worker: Mapped[bool]  # else by a command
    outcome: Mapped[str] = mapped_column(sa.String(10))
    rows: Mapped[int] = mapped_column(default=0)
    files: Mapped[int] = mapped_column(default=0)
    size: Mapped[int] = mapped_column(sa.BigInteger, default=0)  # bytes of all files
    fault: Mapped[str] = mapped_column(sa.Text, default="")  # what does not hold, a line each
