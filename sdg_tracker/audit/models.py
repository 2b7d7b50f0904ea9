"""Who outside the library may see one edition, and until when."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sdg_tracker.editions.models import Edition
from sdg_tracker.foundation.db import Base
from sdg_tracker.work import LibraryOwned, owned_by, owned_key


class AuditorAccess(LibraryOwned, Base):
    """An auditor's access. The link's token is made from key and nonce, so it can be printed again and revoked."""

    __tablename__ = "auditor_access"
    __table_args__ = (
        sa.UniqueConstraint("library_id", "number"),
        owned_by("edition_id", "edition"),
        owned_key(),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
    edition_id: Mapped[int]
    email: Mapped[str] = mapped_column(sa.String(254))  # whom the link was made for; never in the trail
    nonce: Mapped[str] = mapped_column(sa.String(32))
    until: Mapped[date]  # the last day, in the library's time zone
    added_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.number"))
    added_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    edition: Mapped[Edition] = relationship(foreign_keys="AuditorAccess.edition_id")
