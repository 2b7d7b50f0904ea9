"""Letters that are to be sent."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from sdg_tracker.attempts import Attempted
from sdg_tracker.foundation.db import Base
from sdg_tracker.work import LibraryOwned


class LetterState(StrEnum):
    """How far a letter is. The row is the truth, the queue only brings the job."""

    OWED = "owed"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


class Letter(LibraryOwned, Attempted, Base):
    """A letter to one of the library's people, or to somebody outside. When it was sent its text is taken away."""

    __tablename__ = "letter"
    __table_args__ = (sa.Index("ix_letter_state", "state", "library_id"),)

    to_number: Mapped[int | None] = mapped_column(sa.ForeignKey("user.number"))
    to_email: Mapped[str] = mapped_column(sa.String(254), default="")  # of somebody who is no user; goes with the text
    about: Mapped[str] = mapped_column(sa.String(40), default="")  # the thing that such a letter is about
    about_number: Mapped[int | None]
    kind: Mapped[str] = mapped_column(sa.String(20))  # such as "request"
    language: Mapped[str] = mapped_column(sa.String(2))
    subject: Mapped[str] = mapped_column(sa.String(200))
    body: Mapped[str] = mapped_column(sa.Text)
    failure: Mapped[str] = mapped_column(sa.String(300), default="")  # what the server said last
    added_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
