"""That a report's page was published, with which choices and which pictures; and that it was withdrawn."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sdg_tracker.editions.models import Edition
from sdg_tracker.foundation.db import Base, Editable
from sdg_tracker.publishing.rules import Settings
from sdg_tracker.work import LibraryOwned, owned_by, owned_key


class Publication(LibraryOwned, Editable, Base):
    """One time that a page was published. Of a year the last one holds; the address is the same for all."""

    __tablename__ = "publication"
    __table_args__ = (
        sa.UniqueConstraint("library_id", "number"),
        sa.Index("ix_publication_year", "library_id", "year", "number"),
        sa.CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_reason = '')", name="withdrawn_whole"),
        owned_by("edition_id", "edition"),
        owned_key(),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
    year: Mapped[int]
    edition_id: Mapped[int]
    chosen: Mapped[dict[str, Any]]  # rules.Settings as plain data
    open: Mapped[dict[str, Any]]  # still.candidates: numbers of what was frozen as open to everybody
    published_at: Mapped[datetime]
    published_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.number"))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.number"))
    withdrawn_reason: Mapped[str] = mapped_column(sa.String(500), default="")

    edition: Mapped[Edition] = relationship(foreign_keys="Publication.edition_id")
    pictures: Mapped[list["PublicPicture"]] = relationship(
        foreign_keys="PublicPicture.publication_id", order_by="PublicPicture.name", back_populates="publication"
    )

    @property
    def settings(self) -> Settings:
        """Return what was chosen."""
        return Settings.read(self.chosen)


class PublicPicture(LibraryOwned, Base):
    """A picture that was drawn for a public page: a photo at one width, or what social media show."""

    __tablename__ = "public_picture"
    __table_args__ = (
        sa.UniqueConstraint("publication_id", "name"),
        sa.CheckConstraint("length(sha256) = 64", name="sha256_length"),
        owned_by("publication_id", "publication"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    publication_id: Mapped[int]
    name: Mapped[str] = mapped_column(sa.String(40))  # as in its address: "12-320.jpg", "card-da.png"
    exhibit: Mapped[int | None]  # None: it shows no evidence
    sha256: Mapped[str] = mapped_column(sa.String(64))
    size: Mapped[int]  # bytes

    publication: Mapped[Publication] = relationship(
        foreign_keys="PublicPicture.publication_id", back_populates="pictures"
    )
