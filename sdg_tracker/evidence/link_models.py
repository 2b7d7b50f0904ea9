"""Pages of the web that are evidence, or are to become it."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sdg_tracker.attempts import Attempted
from sdg_tracker.evidence.models import Evidence
from sdg_tracker.evidence.states import Standing
from sdg_tracker.foundation.db import Base, Editable
from sdg_tracker.work import LibraryOwned, owned_by


class Link(LibraryOwned, Attempted, Editable, Base):
    """A page of the web that is evidence. It becomes a piece of evidence when there is a copy; until then it waits.

    A dead link stays: its copy shows what was there.
    """

    __tablename__ = "link"
    __table_args__ = (
        sa.UniqueConstraint("library_id", "number"),
        sa.UniqueConstraint("evidence_id"),
        sa.Index("ix_link_state", "state", "library_id"),
        sa.Index("ix_link_checked_at", "library_id", "checked_at"),
        sa.Index("ix_link_standing", "standing", "library_id"),
        owned_by("evidence_id", "evidence"),
    )

    number: Mapped[int]
    evidence_id: Mapped[int | None]  # None while there is no copy
    url: Mapped[str] = mapped_column(sa.String(2000))
    title: Mapped[str] = mapped_column(sa.String(300), default="")  # as asked for; empty: the page's own
    seen_on: Mapped[date]  # the day on which a person saw it
    details: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)  # what is said of the evidence to be
    wanted: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON, default=list)  # ties to be made with it
    own_copy: Mapped[bool] = mapped_column(default=False)  # a person made it, such as by printing the page
    copied_at: Mapped[datetime | None]
    failure: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))  # code and facts of a refusal
    standing: Mapped[str] = mapped_column(sa.String(10), default=Standing.UNSEEN.value)
    checked_at: Mapped[datetime | None]  # when it was last followed; the fence of the check
    failing_since: Mapped[date | None]  # the day of the first failure in a row
    added_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.number"))
    added_at: Mapped[datetime]
    given_up_at: Mapped[datetime | None]

    evidence: Mapped[Evidence | None] = relationship(foreign_keys="Link.evidence_id", back_populates="link")

    @property
    def dead(self) -> bool:
        """Return whether it leads nowhere any more."""
        return self.standing == Standing.DEAD.value
