"""Goals, targets and indicators, each in a version of the framework; codes are text such as ``4.a`` or ``4.7.1``."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sdg_tracker.foundation.db import Base
from sdg_tracker.foundation.i18n import in_locale

FRAMEWORK = "2025"  # the version that new mappings use: A/RES/71/313 with refinements to 2025


class Goal(Base):
    """One of the seventeen goals."""

    __tablename__ = "goal"

    framework: Mapped[str] = mapped_column(sa.String(10), primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(2), primary_key=True)
    position: Mapped[int]
    title_short_da: Mapped[str]
    title_short_en: Mapped[str]
    title_full_da: Mapped[str]
    title_full_en: Mapped[str]
    color: Mapped[str] = mapped_column(sa.String(7))  # "#RRGGBB", the official one
    uri: Mapped[str]
    targets: Mapped[list["Target"]] = relationship(back_populates="goal", order_by="Target.position")

    @property
    def title(self) -> str:
        """Return the short name in the current language."""
        return in_locale(self.title_short_da, self.title_short_en)

    @property
    def title_full(self) -> str:
        """Return the whole wording in the current language."""
        return in_locale(self.title_full_da, self.title_full_en)


class Target(Base):
    """A target of a goal; ``title_da_status`` says whether the Danish is official."""

    __tablename__ = "target"
    __table_args__ = (sa.ForeignKeyConstraint(["framework", "goal_code"], ["goal.framework", "goal.code"]),)

    framework: Mapped[str] = mapped_column(sa.String(10), primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(6), primary_key=True)
    goal_code: Mapped[str] = mapped_column(sa.String(2))
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(sa.String(10))  # outcome or means
    title_da: Mapped[str]
    title_en: Mapped[str]
    title_da_status: Mapped[str] = mapped_column(sa.String(30))  # official, official_unverified, own_translation
    title_da_source: Mapped[str]  # address, empty for an own translation
    short_da: Mapped[str]
    short_en: Mapped[str]
    uri: Mapped[str]
    goal: Mapped[Goal] = relationship(back_populates="targets")
    indicators: Mapped[list["Indicator"]] = relationship(back_populates="target", order_by="Indicator.position")

    @property
    def title(self) -> str:
        """Return the full text in the current language."""
        return in_locale(self.title_da, self.title_en)

    @property
    def short(self) -> str:
        """Return the product's own label of two to seven words."""
        return in_locale(self.short_da, self.short_en)


class Indicator(Base):
    """A global indicator as listed under one target; twelve are listed more than once."""

    __tablename__ = "indicator"
    __table_args__ = (sa.ForeignKeyConstraint(["framework", "target_code"], ["target.framework", "target.code"]),)

    framework: Mapped[str] = mapped_column(sa.String(10), primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(10), primary_key=True)
    target_code: Mapped[str] = mapped_column(sa.String(6))
    position: Mapped[int]
    unsd_code: Mapped[str] = mapped_column(sa.String(10))  # empty for those added in 2025
    title_da: Mapped[str]
    title_en: Mapped[str]
    title_da_status: Mapped[str] = mapped_column(sa.String(30))
    status: Mapped[str] = mapped_column(sa.String(40))
    same_as: Mapped[str]  # codes of the same indicator elsewhere, separated by blanks
    tier: Mapped[str] = mapped_column(sa.String(2))
    tier_as_of: Mapped[str]
    uri: Mapped[str]
    target: Mapped[Target] = relationship(back_populates="indicators")

    @property
    def title(self) -> str:
        """Return the text in the current language."""
        return in_locale(self.title_da, self.title_en)
