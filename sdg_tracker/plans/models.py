"""Plans as they are worked on, what was approved of them, and what proves a pledge.

Rows of plan, focus goals, pledges and initiatives are the newest draft. What counts is the document of the last
``PlanVersion``, which never changes.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from sdg_tracker.foundation.db import Base, Editable
from sdg_tracker.foundation.i18n import in_locale
from sdg_tracker.measures.models import Exact
from sdg_tracker.work import LibraryOwned, owned_by, owned_key


class Withdrawable:
    """A row that is taken out with a reason and stays."""

    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.number"))
    withdrawn_reason: Mapped[str] = mapped_column(sa.String(500), default="")


class Plan(LibraryOwned, Editable, Withdrawable, Base):
    """An action plan of some years."""

    __tablename__ = "plan"
    __table_args__ = (
        sa.UniqueConstraint("library_id", "number"),
        sa.CheckConstraint("title <> ''", name="title_not_empty"),
        sa.CheckConstraint("starts_on < ends_on", name="days_in_order"),
        owned_key(),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
    title: Mapped[str] = mapped_column(sa.String(200))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    added_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.number"))
    added_at: Mapped[datetime]


class PlanVersion(LibraryOwned, Base):
    """The whole plan as it was approved."""

    __tablename__ = "plan_version"
    __table_args__ = (
        sa.UniqueConstraint("plan_id", "version"),
        sa.CheckConstraint("length(sha256) = 64", name="sha256_length"),
        sa.CheckConstraint("version = 1 OR reason <> ''", name="reason_given"),
        owned_by("plan_id", "plan"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int]
    version: Mapped[int]  # counted from 1 in the plan
    document: Mapped[dict[str, Any]]  # see plans.document
    sha256: Mapped[str] = mapped_column(sa.String(64))  # of its canonical JSON
    approved_by: Mapped[str] = mapped_column(sa.String(200))  # such as a board: never a person of the library
    approved_on: Mapped[date]
    case_number: Mapped[str] = mapped_column(sa.String(100), default="")
    reason: Mapped[str] = mapped_column(sa.String(500), default="")  # why it was changed
    added_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.number"))
    added_role: Mapped[str] = mapped_column(sa.String(20))
    added_at: Mapped[datetime]


class FocusGoal(LibraryOwned, Editable, Withdrawable, Base):
    """A goal that the plan works with most, or several taken as one."""

    __tablename__ = "focus_goal"
    __table_args__ = (sa.UniqueConstraint("library_id", "number"), owned_by("plan_id", "plan"), owned_key())

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
    plan_id: Mapped[int] = mapped_column(index=True)
    goals: Mapped[list[str]]
    reason: Mapped[str] = mapped_column(sa.String(500), default="")

    @property
    def code(self) -> str:
        """Return what it is called, such as ``7+13``."""
        return "+".join(self.goals)


class Pledge(LibraryOwned, Editable, Withdrawable, Base):
    """A promise (dogme) that the library has set itself. Which of the last columns are filled depends on its kind."""

    __tablename__ = "pledge"
    __table_args__ = (
        sa.UniqueConstraint("library_id", "number"),
        sa.UniqueConstraint("plan_id", "code"),
        sa.CheckConstraint("kind IN ('measurable', 'recurring', 'standing')", name="kind_known"),
        sa.CheckConstraint("times > 0", name="times_positive"),
        owned_by("plan_id", "plan"),
        owned_key(),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
    plan_id: Mapped[int]
    code: Mapped[str] = mapped_column(sa.String(20))
    title_da: Mapped[str] = mapped_column(sa.String(200), default="")
    title_en: Mapped[str] = mapped_column(sa.String(200), default="")
    text_da: Mapped[str] = mapped_column(sa.String(1000), default="")
    text_en: Mapped[str] = mapped_column(sa.String(1000), default="")
    kind: Mapped[str] = mapped_column(sa.String(12))
    goals: Mapped[list[str]] = mapped_column(default=list)
    targets: Mapped[list[str]] = mapped_column(default=list)
    responsible: Mapped[str] = mapped_column(sa.String(200), default="")  # a role, not a person
    adopted_on: Mapped[date | None]
    due_on: Mapped[date | None]
    measure: Mapped[str] = mapped_column(sa.String(60), default="")  # code of the measure
    baseline_period: Mapped[str] = mapped_column(sa.String(10), default="")
    baseline_value: Mapped[Decimal | None] = mapped_column(Exact)
    target_period: Mapped[str] = mapped_column(sa.String(10), default="")
    target_value: Mapped[Decimal | None] = mapped_column(Exact)
    times: Mapped[int | None]
    per: Mapped[str] = mapped_column(sa.String(10), default="")

    @property
    def title(self) -> str:
        """Return the title in the current language."""
        return in_locale(self.title_da or self.title_en, self.title_en or self.title_da)


class Initiative(LibraryOwned, Editable, Withdrawable, Base):
    """Something that the plan sets out to do."""

    __tablename__ = "initiative"
    __table_args__ = (
        sa.UniqueConstraint("library_id", "number"),
        sa.UniqueConstraint("plan_id", "code"),
        sa.CheckConstraint("title <> ''", name="title_not_empty"),
        owned_by("plan_id", "plan"),
        owned_key(),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
    plan_id: Mapped[int]
    code: Mapped[str] = mapped_column(sa.String(20))
    title: Mapped[str] = mapped_column(sa.String(200))
    area: Mapped[str] = mapped_column(sa.String(20))
    role: Mapped[str] = mapped_column(sa.String(20))
    goals: Mapped[list[str]] = mapped_column(default=list)
    targets: Mapped[list[str]] = mapped_column(default=list)
    strategy_actions: Mapped[list[str]] = mapped_column(default=list)
    responsible: Mapped[str] = mapped_column(sa.String(200), default="")  # a role, not a person
    partners: Mapped[list[str]] = mapped_column(default=list)  # codes
    pledges: Mapped[list[str]] = mapped_column(default=list)  # codes in the same plan
    what: Mapped[str] = mapped_column(sa.Text, default="")
    how: Mapped[str] = mapped_column(sa.Text, default="")
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    success: Mapped[str] = mapped_column(sa.String(500), default="")  # how success is told
    baseline: Mapped[str] = mapped_column(sa.String(200), default="")
    target: Mapped[str] = mapped_column(sa.String(200), default="")


class PledgeActivity(LibraryOwned, Base):
    """An activity that belongs to a pledge; for a recurring one each is an occurrence."""

    __tablename__ = "pledge_activity"
    __table_args__ = (owned_by("pledge_id", "pledge"), owned_by("activity_id", "activity"))

    pledge_id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(primary_key=True, index=True)
    added_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.number"))
    added_at: Mapped[datetime]


class InitiativeActivity(LibraryOwned, Base):
    """An activity that belongs to an initiative."""

    __tablename__ = "initiative_activity"
    __table_args__ = (owned_by("initiative_id", "initiative"), owned_by("activity_id", "activity"))

    initiative_id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(primary_key=True, index=True)
    added_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.number"))
    added_at: Mapped[datetime]


class Occurrence(LibraryOwned, Editable, Withdrawable, Base):
    """That something recurring happened, where no activity tells it: once on a day, or so many times in a period."""

    __tablename__ = "occurrence"
    __table_args__ = (
        sa.UniqueConstraint("library_id", "number"),
        sa.CheckConstraint("count > 0", name="count_positive"),
        owned_by("pledge_id", "pledge"),
        owned_by("evidence_id", "evidence"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
    pledge_id: Mapped[int] = mapped_column(index=True)
    day: Mapped[date]  # on which it happened, or the last day of what was counted
    period: Mapped[str] = mapped_column(sa.String(10), default="")  # that it counts for; empty: the one of the day
    count: Mapped[int] = mapped_column(default=1)
    note: Mapped[str] = mapped_column(sa.String(500), default="")
    evidence_id: Mapped[int | None] = mapped_column(index=True)
    added_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.number"))
    added_at: Mapped[datetime]


class SelfCheck(LibraryOwned, Editable, Withdrawable, Base):
    """The yearly look at a standing rule, with a sample of evidence that anybody can draw again from its seed."""

    __tablename__ = "self_check"
    __table_args__ = (
        sa.UniqueConstraint("library_id", "number"),
        sa.CheckConstraint("answer IN ('kept', 'partly', 'broken')", name="answer_known"),
        owned_by("pledge_id", "pledge"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
    pledge_id: Mapped[int] = mapped_column(index=True)
    year: Mapped[int]
    day: Mapped[date]
    answer: Mapped[str] = mapped_column(sa.String(10))
    note: Mapped[str] = mapped_column(sa.String(1000), default="")
    seed: Mapped[str] = mapped_column(sa.String(100))
    drawn_from: Mapped[int]  # pieces of evidence that there were
    sample: Mapped[list[int]] = mapped_column(sa.JSON)  # numbers of the evidence drawn, in the order of the lots
    added_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.number"))
    added_role: Mapped[str] = mapped_column(sa.String(20))
    added_at: Mapped[datetime]


class StatusOverrule(LibraryOwned, Base):
    """That the library sees a pledge otherwise than computed. Never changed: a later one takes its place."""

    __tablename__ = "status_overrule"
    __table_args__ = (
        sa.CheckConstraint("reason <> ''", name="reason_given"),
        owned_by("pledge_id", "pledge"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    pledge_id: Mapped[int] = mapped_column(index=True)
    status: Mapped[str] = mapped_column(sa.String(10), default="")  # empty: back to what is computed
    reason: Mapped[str] = mapped_column(sa.String(500))
    day: Mapped[date]  # from which it holds
    added_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.number"))
    added_role: Mapped[str] = mapped_column(sa.String(20))
    added_at: Mapped[datetime]
