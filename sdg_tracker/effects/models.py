"""Effects of activities, what people said of them, and stories; each with what those in it agreed to."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.associationproxy import AssociationProxy, association_proxy
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sdg_tracker.activities.models import Activity, Campaign, Partner
from sdg_tracker.effects.rules import HIGHEST, LOWEST, Dimension, Scores, StoryState
from sdg_tracker.evidence.models import Evidence
from sdg_tracker.evidence.people import Basis as Right
from sdg_tracker.evidence.people import People
from sdg_tracker.foundation.db import Base, Editable
from sdg_tracker.work import LibraryOwned, owned_by, owned_key


def _in_range(when: str) -> sa.CheckConstraint:
    columns = [f"{when}_{dimension.value}" for dimension in Dimension]
    within = " AND ".join(f"({name} IS NULL OR {name} BETWEEN {LOWEST} AND {HIGHEST})" for name in columns)
    return sa.CheckConstraint(within, name=f"{when}_in_range")


class Effect(LibraryOwned, Editable, Base):
    """What an activity was meant to do for people, and what was seen. An activity has one at most."""

    __tablename__ = "effect"
    __table_args__ = (
        sa.UniqueConstraint("library_id", "number"),
        sa.UniqueConstraint("library_id", "activity_id"),
        sa.Index("ix_effect_unseen", "library_id", "intended_at", "seen_at", "activity_id"),
        _in_range("intended"),
        _in_range("seen"),
        sa.CheckConstraint("answers IS NULL OR answers > 0", name="answers_positive"),
        owned_by("activity_id", "activity"),
        owned_by("source_id", "evidence"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
    activity_id: Mapped[int]
    intended_frirum: Mapped[int | None]  # this and the next seven: 1 to 5, see effects.rules
    intended_perspektiv: Mapped[int | None]
    intended_kreativitet: Mapped[int | None]
    intended_faellesskab: Mapped[int | None]
    intended_at: Mapped[datetime | None]  # when it was said first
    intended_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.number"))
    seen_frirum: Mapped[int | None]
    seen_perspektiv: Mapped[int | None]
    seen_kreativitet: Mapped[int | None]
    seen_faellesskab: Mapped[int | None]
    seen_at: Mapped[datetime | None]
    seen_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.number"))
    basis: Mapped[str] = mapped_column(sa.String(12), default="")  # of rules.Basis, once it is seen
    basis_note: Mapped[str] = mapped_column(sa.String(300), default="")
    answers: Mapped[int | None]  # people who were asked and answered
    source_id: Mapped[int | None]  # the piece of evidence with what they answered
    changes: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON, default=list)  # what was said before

    activity: Mapped[Activity] = relationship(foreign_keys="Effect.activity_id")
    source: Mapped[Evidence | None] = relationship(foreign_keys="Effect.source_id")

    @property
    def intended(self) -> Scores:
        """Return the scores that were meant."""
        return {dimension.value: getattr(self, f"intended_{dimension}") for dimension in Dimension}

    @property
    def seen(self) -> Scores:
        """Return the scores that were seen."""
        return {dimension.value: getattr(self, f"seen_{dimension}") for dimension in Dimension}


class Quote(LibraryOwned, Editable, Base):
    """What somebody said of an activity. Who it was is told by role and age, never by name."""

    __tablename__ = "quote"
    __table_args__ = (
        sa.UniqueConstraint("library_id", "number"),
        sa.Index("ix_quote_activity", "library_id", "activity_id", "number"),
        sa.CheckConstraint("text <> ''", name="text_not_empty"),
        owned_by("activity_id", "activity"),
        owned_key(),
    )
    kind = "quote"  # this and the next two: what evidence.people asks of what is published
    people = People.YES.value
    basis = Right.CONSENT.value

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
    activity_id: Mapped[int]
    text: Mapped[str] = mapped_column(sa.String(400))
    who: Mapped[str] = mapped_column(sa.String(100))
    language: Mapped[str] = mapped_column(sa.String(2), default="da")
    public: Mapped[bool] = mapped_column(default=False)  # the library wants to show it outside
    children: Mapped[bool] = mapped_column(default=False)  # a child said it
    sensitive: Mapped[bool] = mapped_column(default=False)
    paused_at: Mapped[datetime | None]  # since somebody said no
    taken_back: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON, default=list)  # see effects.agreements
    added_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.number"))
    added_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.number"))
    withdrawn_reason: Mapped[str] = mapped_column(sa.String(500), default="")

    activity: Mapped[Activity] = relationship(foreign_keys="Quote.activity_id")
    agreements: Mapped[list["Agreement"]] = relationship(
        foreign_keys="Agreement.quote_id", order_by="Agreement.ordinal"
    )


class StoryActivity(LibraryOwned, Base):
    """A story tells of an activity."""

    __tablename__ = "story_activity"
    __table_args__ = (owned_by("story_id", "story"), owned_by("activity_id", "activity"))

    story_id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(primary_key=True, index=True)
    activity: Mapped[Activity] = relationship(foreign_keys=[activity_id])


class StoryPartner(LibraryOwned, Base):
    """A story tells of somebody the library worked with."""

    __tablename__ = "story_partner"
    __table_args__ = (owned_by("story_id", "story"), owned_by("partner_id", "partner"))

    story_id: Mapped[int] = mapped_column(primary_key=True)
    partner_id: Mapped[int] = mapped_column(primary_key=True, index=True)
    partner: Mapped[Partner] = relationship(foreign_keys=[partner_id])


class StoryCampaign(LibraryOwned, Base):
    """A story belongs to a campaign."""

    __tablename__ = "story_campaign"
    __table_args__ = (owned_by("story_id", "story"), owned_by("campaign_id", "campaign"))

    story_id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(primary_key=True, index=True)
    campaign: Mapped[Campaign] = relationship(foreign_keys=[campaign_id])


class Story(LibraryOwned, Editable, Base):
    """A short story of what changed: a need, what was done and with whom, what changed, which goals it serves."""

    __tablename__ = "story"
    __table_args__ = (
        sa.UniqueConstraint("library_id", "number"),
        sa.Index("ix_story_year", "library_id", "withdrawn_at", "year", "number"),
        sa.CheckConstraint("title <> ''", name="title_not_empty"),
        owned_by("picture_id", "evidence"),
        owned_by("quote_id", "quote"),
        owned_key(),
    )
    kind = "story"  # as for quotes

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
    title: Mapped[str] = mapped_column(sa.String(120))
    language: Mapped[str] = mapped_column(sa.String(2), default="da")
    year: Mapped[int]
    need: Mapped[str] = mapped_column(sa.String(500), default="")
    done: Mapped[str] = mapped_column(sa.String(700), default="")
    changed: Mapped[str] = mapped_column(sa.String(500), default="")
    goals: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    targets: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    picture_id: Mapped[int | None]  # a piece of evidence, with what holds for it
    quote_id: Mapped[int | None]
    state: Mapped[str] = mapped_column(sa.String(6), default=StoryState.DRAFT.value)
    public: Mapped[bool] = mapped_column(default=False)  # the library wants to show it outside
    people: Mapped[str] = mapped_column(sa.String(8), default=People.UNKNOWN.value)  # told about and recognisable
    children: Mapped[bool] = mapped_column(default=False)
    sensitive: Mapped[bool] = mapped_column(default=False)
    basis: Mapped[str] = mapped_column(sa.String(12), default="")  # of evidence.people.Basis
    basis_reason: Mapped[str] = mapped_column(sa.String(500), default="")
    paused_at: Mapped[datetime | None]  # since somebody said no, until the story is told without them
    taken_back: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON, default=list)
    added_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.number"))
    added_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.number"))
    withdrawn_reason: Mapped[str] = mapped_column(sa.String(500), default="")

    picture: Mapped[Evidence | None] = relationship(foreign_keys="Story.picture_id")
    quote: Mapped[Quote | None] = relationship(foreign_keys="Story.quote_id")
    agreements: Mapped[list["Agreement"]] = relationship(
        foreign_keys="Agreement.story_id", order_by="Agreement.ordinal"
    )
    activity_links: Mapped[list[StoryActivity]] = relationship(
        foreign_keys=[StoryActivity.story_id], cascade="all, delete-orphan"
    )
    partner_links: Mapped[list[StoryPartner]] = relationship(
        foreign_keys=[StoryPartner.story_id], cascade="all, delete-orphan"
    )
    campaign_links: Mapped[list[StoryCampaign]] = relationship(
        foreign_keys=[StoryCampaign.story_id], cascade="all, delete-orphan"
    )
    activities: AssociationProxy[list[Activity]] = association_proxy(
        "activity_links", "activity", creator=lambda activity: StoryActivity(activity=activity)
    )
    partners: AssociationProxy[list[Partner]] = association_proxy(
        "partner_links", "partner", creator=lambda partner: StoryPartner(partner=partner)
    )
    campaigns: AssociationProxy[list[Campaign]] = association_proxy(
        "campaign_links", "campaign", creator=lambda campaign: StoryCampaign(campaign=campaign)
    )

    @property
    def texts(self) -> dict[str, str]:
        """Return the three parts that are told."""
        return {"need": self.need, "done": self.done, "changed": self.changed}


class Agreement(LibraryOwned, Base):
    """Those quoted or told about agreed to some uses. Their names stand on the signed form, never here."""

    __tablename__ = "agreement"
    __table_args__ = (
        sa.Index("ix_agreement_quote", "library_id", "quote_id"),
        sa.Index("ix_agreement_story", "library_id", "story_id"),
        sa.CheckConstraint("(quote_id IS NULL) <> (story_id IS NULL)", name="of_one"),
        sa.CheckConstraint("(withdrawn_on IS NULL) = (withdrawn_at IS NULL)", name="withdrawn_whole"),
        owned_by("quote_id", "quote"),
        owned_by("story_id", "story"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    quote_id: Mapped[int | None]
    story_id: Mapped[int | None]
    ordinal: Mapped[int]  # counted from 1 in the quote or the story
    internal_report: Mapped[bool] = mapped_column(default=False)  # this and the next three: evidence.people.Scope
    website: Mapped[bool] = mapped_column(default=False)
    print: Mapped[bool] = mapped_column(default=False)
    social_media: Mapped[bool] = mapped_column(default=False)
    given_on: Mapped[date]
    expires_on: Mapped[date | None]  # the last day on which it holds
    persons: Mapped[int | None]  # how many gave it together
    reference: Mapped[str] = mapped_column(sa.String(100), default="")  # how it was given, where the form is found
    added_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.number"))
    added_at: Mapped[datetime]
    withdrawn_on: Mapped[date | None]
    withdrawn_at: Mapped[datetime | None]  # when it was written down
    withdrawn_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.number"))
