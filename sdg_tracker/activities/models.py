"""Activities and what they are tied to: goals and targets, branches, campaigns, partners, the strategy."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.ext.associationproxy import AssociationProxy, association_proxy
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sdg_tracker.accounts.models import Branch
from sdg_tracker.activities.states import Stance
from sdg_tracker.foundation.db import Base, Editable
from sdg_tracker.foundation.i18n import in_locale
from sdg_tracker.work import LibraryOwned, owned_by, owned_key

if TYPE_CHECKING:
    from sdg_tracker.evidence.models import Evidence


class Strategy(Base):
    """A library strategy, shared reference data like a scheme."""

    __tablename__ = "strategy"

    slug: Mapped[str] = mapped_column(sa.String(60), primary_key=True)
    organisation: Mapped[str] = mapped_column(sa.String(200))
    digest: Mapped[str] = mapped_column(sa.String(64))
    document: Mapped[dict[str, Any]]
    actions: Mapped[list["StrategyAction"]] = relationship(order_by="StrategyAction.code")

    @property
    def title(self) -> str:
        """Return the title in the current language."""
        return in_locale(self.document["title"]["da"], self.document["title"]["en"])


class StrategyAction(Base):
    """An action of a strategy, such as 5.3."""

    __tablename__ = "strategy_action"

    strategy: Mapped[str] = mapped_column(sa.ForeignKey("strategy.slug"), primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(10), primary_key=True)
    objective: Mapped[str] = mapped_column(sa.String(10))
    objective_da: Mapped[str] = mapped_column(sa.String(200))
    objective_en: Mapped[str] = mapped_column(sa.String(200))
    da: Mapped[str] = mapped_column(sa.String(200))
    en: Mapped[str] = mapped_column(sa.String(200))

    @property
    def title(self) -> str:
        """Return the title in the current language."""
        return in_locale(self.da, self.en)


class Campaign(LibraryOwned, Editable, Base):
    """A week or theme that activities belong to, such as UGE17."""

    __tablename__ = "campaign"
    __table_args__ = (sa.UniqueConstraint("library_id", "code"), owned_key())

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(60))
    name: Mapped[str] = mapped_column(sa.String(200))
    name_en: Mapped[str] = mapped_column(sa.String(200), default="")
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]

    @property
    def title(self) -> str:
        """Return the name in the current language."""
        return in_locale(self.name, self.name_en or self.name)


class Partner(LibraryOwned, Editable, Base):
    """Somebody the library works with; disabled, never deleted."""

    __tablename__ = "partner"
    __table_args__ = (sa.UniqueConstraint("library_id", "code"), owned_key())

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(60))
    name: Mapped[str] = mapped_column(sa.String(200))
    name_en: Mapped[str] = mapped_column(sa.String(200), default="")
    kind: Mapped[str] = mapped_column(sa.String(20), default="")
    disabled_at: Mapped[datetime | None]

    @property
    def title(self) -> str:
        """Return the name in the current language."""
        return in_locale(self.name, self.name_en or self.name)


class ActivityBranch(LibraryOwned, Base):
    """An activity took place in a house."""

    __tablename__ = "activity_branch"
    __table_args__ = (owned_by("activity_id", "activity"), owned_by("branch_id", "branch"))

    activity_id: Mapped[int] = mapped_column(primary_key=True)
    branch_id: Mapped[int] = mapped_column(primary_key=True, index=True)
    branch: Mapped[Branch] = relationship(foreign_keys=[branch_id])


class ActivityCampaign(LibraryOwned, Base):
    """An activity belongs to a campaign."""

    __tablename__ = "activity_campaign"
    __table_args__ = (owned_by("activity_id", "activity"), owned_by("campaign_id", "campaign"))

    activity_id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(primary_key=True, index=True)
    campaign: Mapped[Campaign] = relationship(foreign_keys=[campaign_id])


class ActivityPartner(LibraryOwned, Base):
    """An activity was made with a partner."""

    __tablename__ = "activity_partner"
    __table_args__ = (owned_by("activity_id", "activity"), owned_by("partner_id", "partner"))

    activity_id: Mapped[int] = mapped_column(primary_key=True)
    partner_id: Mapped[int] = mapped_column(primary_key=True, index=True)
    partner: Mapped[Partner] = relationship(foreign_keys=[partner_id])


class Activity(LibraryOwned, Editable, Base):
    """What the library did, does or will do."""

    __tablename__ = "activity"
    __table_args__ = (
        sa.UniqueConstraint("library_id", "number"),
        sa.Index("ix_activity_order", "library_id", "withdrawn_at", "sort_key", "number"),
        sa.Index("ix_activity_when", "library_id", "withdrawn_at", "year", "starts_on", "number", "status"),
        sa.CheckConstraint("title <> ''", name="title_not_empty"),
        sa.CheckConstraint("starts_on <= ends_on", name="days_in_order"),
        sa.CheckConstraint("attendance >= 0 AND signups >= 0 AND helped >= 0", name="headcounts_not_negative"),
        owned_key(),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
    title: Mapped[str] = mapped_column(sa.String(300))
    description: Mapped[str] = mapped_column(sa.Text, default="")
    language: Mapped[str] = mapped_column(sa.String(2), default="da")  # of the user's own text
    type: Mapped[str] = mapped_column(sa.String(40))  # a Term of "activity-type"
    status: Mapped[str] = mapped_column(sa.String(20))
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    year: Mapped[int | None]  # of starts_on; entered by itself where only the year is known
    audiences: Mapped[list[str]] = mapped_column(default=list)  # Terms of "audience"
    strategy_actions: Mapped[list[str]] = mapped_column(default=list)  # codes in the library's strategy
    owner_number: Mapped[int | None] = mapped_column(sa.ForeignKey("user.number"))
    source_library: Mapped[str] = mapped_column(sa.String(200), default="")  # another organisation that did it
    source_url: Mapped[str] = mapped_column(sa.String(500), default="")
    attendance: Mapped[int | None]  # people who came
    attendance_qualifier: Mapped[str | None] = mapped_column(sa.String(20))
    signups: Mapped[int | None]  # people who signed up
    helped: Mapped[int | None]  # people who got help
    added_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.number"))
    added_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.number"))
    withdrawn_reason: Mapped[str] = mapped_column(sa.String(500), default="")
    sort_key: Mapped[str] = mapped_column(sa.String(300))
    search_text: Mapped[str] = mapped_column(sa.Text)

    mappings: Mapped[list["Mapping"]] = relationship(
        foreign_keys="Mapping.activity_id", order_by="Mapping.position", cascade="all, delete-orphan"
    )
    branch_links: Mapped[list[ActivityBranch]] = relationship(
        foreign_keys=[ActivityBranch.activity_id], cascade="all, delete-orphan"
    )
    campaign_links: Mapped[list[ActivityCampaign]] = relationship(
        foreign_keys=[ActivityCampaign.activity_id], cascade="all, delete-orphan"
    )
    partner_links: Mapped[list[ActivityPartner]] = relationship(
        foreign_keys=[ActivityPartner.activity_id], cascade="all, delete-orphan"
    )
    branches: AssociationProxy[list[Branch]] = association_proxy(
        "branch_links", "branch", creator=lambda branch: ActivityBranch(branch=branch)
    )
    campaigns: AssociationProxy[list[Campaign]] = association_proxy(
        "campaign_links", "campaign", creator=lambda campaign: ActivityCampaign(campaign=campaign)
    )
    partners: AssociationProxy[list[Partner]] = association_proxy(
        "partner_links", "partner", creator=lambda partner: ActivityPartner(partner=partner)
    )
    evidence: Mapped[list["Evidence"]] = relationship(
        "Evidence",
        primaryjoin="and_(Activity.id == foreign(Evidence.activity_id), "
        "Activity.library_id == foreign(Evidence.library_id), "
        "Evidence.withdrawn_at.is_(None), Evidence.quarantined_at.is_(None))",
        order_by="Evidence.number",
        viewonly=True,
    )  # what stands; evidence that is withdrawn or in quarantine shows nothing


class Mapping(LibraryOwned, Base):
    """An activity and a goal or target; framework and code are text, so a mapping outlives the reference data."""

    __tablename__ = "mapping"
    __table_args__ = (
        sa.UniqueConstraint("activity_id", "framework", "code"),
        sa.Index(
            "uq_mapping_one_main",
            "activity_id",
            unique=True,
            sqlite_where=sa.text("main"),
            postgresql_where=sa.text("main"),
        ),
        sa.Index("ix_mapping_goal", "library_id", "goal", "activity_id", "main", "stance"),
        sa.Index("ix_mapping_activity", "library_id", "activity_id", "position"),
        sa.Index("ix_mapping_confirmed", "library_id", "confirmed", "activity_id"),
        sa.CheckConstraint("NOT main OR stance = 'supports'", name="main_supports"),
        owned_by("activity_id", "activity"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int]
    position: Mapped[int]
    framework: Mapped[str] = mapped_column(sa.String(10))
    code: Mapped[str] = mapped_column(sa.String(6))  # of a goal or a target
    goal: Mapped[str] = mapped_column(sa.String(2))  # the goal that the code belongs to
    main: Mapped[bool]
    stance: Mapped[str] = mapped_column(sa.String(20), default=Stance.SUPPORTS.value)
    contribution: Mapped[str | None] = mapped_column(sa.String(20))  # None where nobody has said
    reason: Mapped[str] = mapped_column(sa.String(500), default="")
    origin: Mapped[str] = mapped_column(sa.String(10))  # person or import
    confirmed: Mapped[bool]  # False: from an import without a reason
