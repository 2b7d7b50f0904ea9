"""Evidence, its versions and reviews, and the ties that say what each piece shows."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sdg_tracker.activities.models import Activity
from sdg_tracker.evidence.states import TICKS, ScanState, State
from sdg_tracker.foundation.db import Base, Editable
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.schemes import following
from sdg_tracker.schemes.models import Cycle
from sdg_tracker.work import LibraryOwned, owned_by, owned_key

if TYPE_CHECKING:
    from sdg_tracker.evidence.link_models import Link
    from sdg_tracker.evidence.people_models import Consent


class Evidence(LibraryOwned, Editable, Base):
    """A document that shows something. It is withdrawn with a reason, never deleted."""

    __tablename__ = "evidence"
    __table_args__ = (
        sa.UniqueConstraint("library_id", "number"),
        sa.Index(
            "ix_evidence_activity",
            "library_id",
            "withdrawn_at",
            "quarantined_at",
            "activity_id",
            "state",
            "accepted_version",
            "paused_at",
        ),
        sa.Index("ix_evidence_listed", "library_id", "withdrawn_at", "quarantined_at", "number"),
        sa.Index("ix_evidence_made", "library_id", "collected_on"),
        sa.Index("ix_evidence_valid_until", "library_id", "withdrawn_at", "valid_until", "added_by"),
        sa.Index("ix_evidence_state", "state", "library_id", "withdrawn_at", "added_by", "quarantined_at", "number"),
        sa.Index("ix_evidence_order", "library_id", "sort_key", "number"),
        sa.Index("ix_evidence_people", "library_id", "people"),
        sa.Index("ix_evidence_unfinished", "unfinished", "library_id", "added_by"),
        sa.CheckConstraint("title <> ''", name="title_not_empty"),
        owned_by("activity_id", "activity"),
        owned_key(),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
    activity_id: Mapped[int | None]
    kind: Mapped[str] = mapped_column(sa.String(40))  # a Term of "evidence-kind"
    title: Mapped[str] = mapped_column(sa.String(300))
    description: Mapped[str] = mapped_column(sa.Text, default="")
    language: Mapped[str] = mapped_column(sa.String(2), default="da")
    collected_on: Mapped[date | None]
    public: Mapped[bool] = mapped_column(default=False)  # may be shown outside the library
    people: Mapped[str] = mapped_column(sa.String(8), default="")  # of evidence.people.People; empty: it is no picture
    children: Mapped[bool] = mapped_column(default=False)  # are among them
    sensitive: Mapped[bool] = mapped_column(default=False)  # it tells of health, faith and the like
    basis: Mapped[str] = mapped_column(sa.String(12), default="")  # of evidence.people.Basis; empty: nobody has said
    basis_reason: Mapped[str] = mapped_column(sa.String(500), default="")
    informed: Mapped[str] = mapped_column(sa.String(500), default="")  # how those in it were told
    paused_at: Mapped[datetime | None]  # while a consent is withdrawn and it still shows them: it counts for nothing
    alt: Mapped[str] = mapped_column(sa.String(500), default="")  # what a picture shows, for those who do not see it
    source: Mapped[str] = mapped_column(sa.String(300), default="")  # who made it
    valid_until: Mapped[date | None]  # the last day on which it shows anything; None: it does not expire
    state: Mapped[str] = mapped_column(sa.String(12), default=State.SUBMITTED.value)
    accepted_version: Mapped[int | None]  # ordinal of the version that was accepted last and counts until another is
    unfinished: Mapped[bool] = mapped_column(default=False)  # its giver may still say more of it
    added_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.number"))
    added_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.number"))
    withdrawn_reason: Mapped[str] = mapped_column(sa.String(500), default="")
    quarantined_at: Mapped[datetime | None]  # while its newest version is kept apart; then it stands for nothing
    sort_key: Mapped[str] = mapped_column(sa.String(300))
    search_text: Mapped[str] = mapped_column(sa.Text)

    activity: Mapped[Activity | None] = relationship(foreign_keys="Evidence.activity_id")
    versions: Mapped[list["Version"]] = relationship(
        foreign_keys="Version.evidence_id", order_by="Version.ordinal", back_populates="evidence"
    )
    ties: Mapped[list["Tie"]] = relationship(
        foreign_keys="Tie.evidence_id", order_by="Tie.requirement_code", cascade="all, delete-orphan"
    )

    reviews: Mapped[list["Review"]] = relationship(foreign_keys="Review.evidence_id", order_by="Review.id")
    consents: Mapped[list["Consent"]] = relationship(foreign_keys="Consent.evidence_id", order_by="Consent.ordinal")
    link: Mapped["Link | None"] = relationship(foreign_keys="Link.evidence_id", back_populates="evidence")

    @property
    def current(self) -> "Version":
        """Return the newest version."""
        return self.versions[-1]

    @hybrid_property
    def stands(self) -> bool:
        """Return whether it shows something: it is neither withdrawn nor in quarantine."""
        return self.withdrawn_at is None and self.quarantined_at is None

    @stands.inplace.expression
    @classmethod
    def _stands(cls) -> sa.ColumnElement[bool]:
        return sa.and_(cls.withdrawn_at.is_(None), cls.quarantined_at.is_(None))

    @property
    def shown(self) -> "Version":
        """Return the version that counts: the one accepted last, else the newest."""
        accepted = [version for version in self.versions if version.ordinal == self.accepted_version]
        return accepted[0] if accepted else self.current

    @hybrid_property
    def counts(self) -> bool:
        """Return whether it shows anything: it stands, and one of its versions is accepted or waits to be reviewed.

        While a consent is withdrawn and the picture still shows those who gave it, it does not.
        """
        reviewed = self.accepted_version is not None or self.state == State.SUBMITTED.value
        return self.stands and self.paused_at is None and reviewed

    @counts.inplace.expression
    @classmethod
    def _counts_in_database(cls) -> sa.ColumnElement[bool]:
        reviewed = sa.or_(cls.accepted_version.is_not(None), cls.state == State.SUBMITTED.value)
        return sa.and_(cls.stands, cls.paused_at.is_(None), reviewed)


class Version(LibraryOwned, Base):
    """The bytes of a piece of evidence at one time: the original as received, and the rendition that others see."""

    __tablename__ = "version"
    __table_args__ = (
        sa.UniqueConstraint("evidence_id", "ordinal"),
        # The state first: else SQLite finds the versions of a piece by the library alone.
        sa.Index("ix_version_thumbnail", "thumbnail_state", "library_id"),
        sa.Index("ix_version_scan", "scan_state", "library_id"),
        sa.CheckConstraint("length(original_sha256) = 64", name="original_length"),
        sa.CheckConstraint("length(rendition_sha256) = 64", name="rendition_length"),
        owned_by("evidence_id", "evidence"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    evidence_id: Mapped[int]
    ordinal: Mapped[int]  # counted from 1 in the piece of evidence
    file_name: Mapped[str] = mapped_column(sa.String(255))  # of the rendition: as received, made harmless
    media_type: Mapped[str] = mapped_column(sa.String(100))  # of the rendition, from its bytes
    original_type: Mapped[str] = mapped_column(sa.String(100), default="")  # where it is another one
    original_sha256: Mapped[str] = mapped_column(sa.String(64), index=True)
    original_size: Mapped[int]  # bytes
    rendition_sha256: Mapped[str] = mapped_column(
        sa.String(64), index=True
    )  # the original's own where nothing is cleaned
    rendition_size: Mapped[int]  # bytes
    thumbnail_sha256: Mapped[str | None] = mapped_column(sa.String(64))
    thumbnail_size: Mapped[int | None]  # bytes
    thumbnail_state: Mapped[str] = mapped_column(sa.String(10))
    thumbnail_attempt: Mapped[int] = mapped_column(default=0)  # the fence: a result of another attempt is dropped
    thumbnail_beat: Mapped[datetime | None]  # when the attempt began, or ended without a result
    findings: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON, default=list)  # evidence.findings: code and facts
    wanted: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON, default=list)  # ties to be made at the release
    quarantined_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]
    released_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.number"))  # None: by the scanner's verdict
    scan_state: Mapped[str] = mapped_column(sa.String(10), default=ScanState.NONE.value)
    scan_attempt: Mapped[int] = mapped_column(default=0)  # the fence, as for thumbnails
    scan_beat: Mapped[datetime | None]
    boxes: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON, default=list)  # blurred in the rendition before it
    closed_at: Mapped[datetime | None]  # since it shows somebody who is blurred now or objected: for few only
    added_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.number"))
    added_at: Mapped[datetime]

    evidence: Mapped[Evidence] = relationship(foreign_keys="Version.evidence_id", back_populates="versions")

    @property
    def quarantined(self) -> bool:
        """Return whether it is kept apart; a later version may stand meanwhile."""
        return self.quarantined_at is not None and self.released_at is None


class Tie(LibraryOwned, Base):
    """A piece of evidence shows something for a requirement in a cycle; the code is kept as text."""

    __tablename__ = "tie"
    __table_args__ = (
        sa.UniqueConstraint("evidence_id", "cycle_id", "requirement_code"),
        sa.Index("ix_tie_evidence", "library_id", "evidence_id"),
        sa.Index("ix_tie_cycle", "cycle_id", "requirement_code"),
        owned_by("evidence_id", "evidence"),
        owned_by("cycle_id", "cycle"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    evidence_id: Mapped[int]
    cycle_id: Mapped[int]
    requirement_code: Mapped[str] = mapped_column(sa.String(20))
    pages: Mapped[str] = mapped_column(sa.String(40), default="")  # such as "4-6", empty for the whole
    strength: Mapped[str] = mapped_column(sa.String(10), default="")  # empty: nobody has judged it
    relevant: Mapped[bool] = mapped_column(default=False)
    credible: Mapped[bool] = mapped_column(default=False)
    current: Mapped[bool] = mapped_column(default=False)
    public: Mapped[bool] = mapped_column(default=False)
    proof: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))  # see evidence.proofs
    proof_sha256: Mapped[str | None] = mapped_column(sa.String(64))  # its picture
    proof_size: Mapped[int | None]  # bytes
    added_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.number"))
    added_at: Mapped[datetime]
    cycle: Mapped[Cycle] = relationship(foreign_keys="Tie.cycle_id")

    @property
    def ticks(self) -> tuple[str, ...]:
        """Return what it is ticked for, of TICKS."""
        return tuple(tick for tick in TICKS if getattr(self, tick))


class Review(LibraryOwned, Base):
    """What somebody decided of a version. Reviews are kept for ever."""

    __tablename__ = "review"
    __table_args__ = (
        sa.Index("ix_review_evidence", "evidence_id"),
        sa.CheckConstraint("decision IN ('accepted', 'returned')", name="decision_known"),
        owned_by("evidence_id", "evidence"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    evidence_id: Mapped[int]
    version: Mapped[int]  # ordinal
    decision: Mapped[str] = mapped_column(sa.String(12))
    comment: Mapped[str] = mapped_column(sa.Text, default="")
    decided_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.number"))
    decided_at: Mapped[datetime]


class Disposal(LibraryOwned, Base):
    """That a piece of evidence existed and was disposed of. Nothing of its text and nothing of its bytes is kept."""

    __tablename__ = "disposal"
    __table_args__ = (sa.UniqueConstraint("library_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]  # of the evidence; it is not given again
    kind: Mapped[str] = mapped_column(sa.String(40))
    added_at: Mapped[datetime]
    added_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.number"))
    withdrawn_at: Mapped[datetime]
    withdrawn_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.number"))
    disposed_at: Mapped[datetime]
    disposed_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.number"))
    months: Mapped[int]  # the rule: how long it had to be withdrawn
    versions: Mapped[list[dict[str, str]]] = mapped_column(sa.JSON)  # digests of original and rendition, by version


following.register(Tie, lazy("pieces of evidence"))
