"""Branches, users, memberships and attempts to sign in. The library itself is in ``work``."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sdg_tracker.foundation.db import Base, Editable
from sdg_tracker.foundation.i18n import in_locale
from sdg_tracker.work import Library, LibraryOwned, owned_key


class Branch(LibraryOwned, Editable, Base):
    """A house of the library. It is disabled, never deleted."""

    __tablename__ = "branch"
    __table_args__ = (sa.UniqueConstraint("library_id", "code"), owned_key())

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(60))
    name: Mapped[str] = mapped_column(sa.String(200))
    name_en: Mapped[str] = mapped_column(sa.String(200), default="")
    position: Mapped[int] = mapped_column(default=0)
    disabled_at: Mapped[datetime | None]

    @property
    def title(self) -> str:
        """Return the name in the current language."""
        return in_locale(self.name, self.name_en or self.name)


class User(Editable, Base):
    """A person who signs in; the same in every library. Rows and trail hold the number, never name or e-mail."""

    __tablename__ = "user"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - a number is never used again

    number: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(sa.String(254), unique=True)  # lower case
    name: Mapped[str] = mapped_column(sa.String(200), default="")
    password_hash: Mapped[str | None] = mapped_column(sa.String(200))  # argon2; None until the first link is used
    session_epoch: Mapped[int] = mapped_column(default=1)  # rises to end all sessions and links
    language: Mapped[str | None] = mapped_column(sa.String(2))
    added_at: Mapped[datetime]

    memberships: Mapped[list["Membership"]] = relationship(back_populates="user", order_by="Membership.library_id")


class Membership(Editable, Base):
    """What a user is in a library; read before a library is chosen, so not filtered by one. Disabled, never deleted."""

    __tablename__ = "membership"

    user_number: Mapped[int] = mapped_column(sa.ForeignKey("user.number"), primary_key=True)
    library_id: Mapped[int] = mapped_column(sa.ForeignKey("library.id"), primary_key=True)
    role: Mapped[str] = mapped_column(sa.String(20))
    disabled_at: Mapped[datetime | None]
    user: Mapped[User] = relationship(back_populates="memberships")
    library: Mapped[Library] = relationship()


class Attempt(Base):
    """A sign-in that failed; counted by account and by address for the throttle."""

    __tablename__ = "attempt"
    __table_args__ = (sa.Index("ix_attempt_key_at", "key", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(64))  # keyed digest of an account or an address: neither is kept
    at: Mapped[datetime]
