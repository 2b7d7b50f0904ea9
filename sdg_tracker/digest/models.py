"""Which digests were written."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from sdg_tracker.foundation.db import Base
from sdg_tracker.work import LibraryOwned


class Digest(LibraryOwned, Base):
    """The digest of a week for a person. Its row is the fence: of two workers only one writes it."""

    __tablename__ = "digest"
    __table_args__ = (sa.UniqueConstraint("library_id", "user_number", "week_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_number: Mapped[int] = mapped_column(sa.ForeignKey("user.number"))
    week_on: Mapped[date]  # its Monday
    sent: Mapped[bool]  # False: there was nothing to say
    added_at: Mapped[datetime]
