"""The strategy as a second way to see everything: under each action what the plan promises for it and what was done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from sdg_tracker.activities import queries as activities
from sdg_tracker.activities.models import Activity, Strategy, StrategyAction
from sdg_tracker.activities.states import Status
from sdg_tracker.evidence.models import Evidence
from sdg_tracker.foundation.i18n import in_locale
from sdg_tracker.printing import served
from sdg_tracker.work import Work

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Done:
    """An activity that serves an action."""

    number: int
    title: str
    status: str
    starts_on: date | None
    ends_on: date | None
    year: int | None
    actions: Sequence[str]
    proved: bool  # has evidence that counts

    @property
    def counts(self) -> bool:
        """Return whether it was held or goes on."""
        return self.status in served.COUNTED

    def touches(self, year: int, today: date) -> bool:
        """Return whether it took or takes place in a year, at least in part."""
        days = {
            "starts_on": self.starts_on.isoformat() if self.starts_on else None,
            "ends_on": self.ends_on.isoformat() if self.ends_on else None,
            "year": self.year,
            "status": self.status,
        }
        return served.touches(days, date(year, 1, 1), date(year, 12, 31), today)


@dataclass(frozen=True)
class When:
    """The years that are told, as they look today."""

    years: Sequence[int]
    today: date


@dataclass(frozen=True)
class Year:
    """How many activities of an action were held or went on in a year, and how many of these have evidence."""

    year: int
    activities: int
    proved: int


@dataclass(frozen=True)
class Action:
    """An action of the strategy with what there is under it."""

    action: StrategyAction
    initiatives: Sequence[Row]
    pledges: Sequence[Row]  # those that its initiatives serve
    measures: Sequence[Row]  # by which these pledges are measured
    activities: Sequence[Done]  # the newest first
    years: Sequence[Year]

    @property
    def empty(self) -> bool:
        """Return whether there is nothing under it at all."""
        return not self.initiatives and not self.activities

    @property
    def done(self) -> int:
        """Return how many of its activities were held or go on."""
        return sum(one.counts for one in self.activities)


@dataclass(frozen=True)
class Objective:
    """An objective of the strategy with its actions."""

    code: str
    title: str
    actions: Sequence[Action]


def served_by(work: Work) -> list[Done]:
    """Return the activities that serve an action of the strategy, the newest first. One statement."""
    proved = sa.exists().where(Evidence.activity_id == Activity.id, Evidence.counts)
    columns = (
        Activity.number,
        Activity.title,
        Activity.status,
        Activity.starts_on,
        Activity.ends_on,
        Activity.year,
        Activity.strategy_actions,
        proved.label("proved"),
    )
    kept = sa.and_(Activity.withdrawn_at.is_(None), Activity.status != Status.CANCELLED.value)
    found = [
        Done(
            row.number,
            row.title,
            row.status,
            row.starts_on,
            row.ends_on,
            row.year,
            tuple(row.strategy_actions),
            bool(row.proved),
        )
        for row in work.session.execute(sa.select(*columns).where(kept))
        if row.strategy_actions
    ]
    return sorted(found, key=lambda one: (one.starts_on or date(one.year or 1, 1, 1), one.number), reverse=True)


def title(work: Work) -> str:
    """Return what the library's strategy is called; empty without one."""
    found = work.session.get(Strategy, work.library.strategy) if work.library.strategy else None
    return found.title if found else ""


def objectives(work: Work, plan: Row | None, measures: Sequence[Row], years: Sequence[int]) -> list[Objective]:
    """Return the objectives of the library's strategy; empty without a strategy. Two statements."""
    actions = sorted(activities.strategy_actions(work).values(), key=lambda action: _place(action.code))
    return seen(actions, served_by(work), plan, measures, When(years, work.today)) if actions else []


def seen(
    actions: Sequence[StrategyAction], done: Sequence[Done], plan: Row | None, measures: Sequence[Row], when: When
) -> list[Objective]:
    """Put everything under its actions, which come in order."""
    found = []
    for code, group in groupby(actions, key=lambda action: action.objective):
        mine = [_action(action, done, plan, measures, when) for action in group]
        found.append(Objective(code, in_locale(mine[0].action.objective_da, mine[0].action.objective_en), mine))
    return found


def _action(
    action: StrategyAction, done: Sequence[Done], plan: Row | None, measures: Sequence[Row], when: When
) -> Action:
    rows = plan or {"initiatives": (), "pledges": ()}
    initiatives = [row for row in rows["initiatives"] if action.code in row["strategy_actions"]]
    wanted = {code for row in initiatives for code in row["pledges"]}
    pledges = [row for row in rows["pledges"] if row["code"] in wanted]
    codes = {row["measure"] for row in pledges if row["measure"]}
    mine = [one for one in done if action.code in one.actions]
    counted = [one for one in mine if one.counts]
    of_years = [
        Year(year, len(there), sum(one.proved for one in there))
        for year in when.years
        for there in [[one for one in counted if one.touches(year, when.today)]]
    ]
    return Action(action, initiatives, pledges, [row for row in measures if row["code"] in codes], mine, of_years)


def _place(code: str) -> tuple[tuple[int, str], ...]:
    return tuple((int(part) if part.isdigit() else 0, part) for part in code.split("."))
