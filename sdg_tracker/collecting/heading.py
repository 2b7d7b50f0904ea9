"""What every snapshot says of where and when it was taken: the library, the goals, the strategy."""

from collections.abc import Iterable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from sdg_tracker.accounts.models import Branch
from sdg_tracker.activities.models import ActivityBranch, Strategy, StrategyAction
from sdg_tracker.collecting.plain import Row, moment
from sdg_tracker.goals import queries as goal_queries
from sdg_tracker.goals.models import FRAMEWORK, Target
from sdg_tracker.work import Work


def zone(work: Work) -> ZoneInfo:
    """Return the time zone that tells which day a moment is of."""
    return ZoneInfo(work.library.timezone)


def head(work: Work) -> Row:
    """Return what every snapshot says of where and when it was taken, and of the seventeen goals. Five statements."""
    return {
        "site": work.settings.url.rstrip("/"),
        "frozen_at": moment(work.at),
        "frozen_by": {"role": work.actor.role.value},
        "library": library(work),
        "goals": goals(work),
        "strategy": strategy(work),
    }


def library(work: Work) -> Row:
    """Return the library with its houses in order: those in use, and closed ones that activities took place in."""
    used = sa.exists().where(ActivityBranch.branch_id == Branch.id)
    rows = sa.select(Branch.code, Branch.name, Branch.name_en).where(sa.or_(Branch.disabled_at.is_(None), used))
    found = work.library
    return {
        "slug": found.slug,
        "name": found.name,
        "name_en": found.name_en,
        "timezone": found.timezone,
        "branches": [dict(row._mapping) for row in work.session.execute(rows.order_by(Branch.position, Branch.code))],
    }


def goals(work: Work) -> list[Row]:
    """Return the seventeen goals in order."""
    return [
        {
            "code": goal.code,
            "title": {"da": goal.title_short_da, "en": goal.title_short_en},
            "title_full": {"da": goal.title_full_da, "en": goal.title_full_en},
            "color": goal.color,
        }
        for goal in goal_queries.goals(work)
    ]


def targets(work: Work, activities: Iterable[Mapping[str, Any]]) -> Row:
    """Return the short labels of the targets that activities are mapped to, by code."""
    used = {mapping["code"] for activity in activities for mapping in activity["mappings"]}
    rows = sa.select(Target.code, Target.short_da, Target.short_en).where(Target.framework == FRAMEWORK)
    return {code: {"da": da, "en": en} for code, da, en in work.session.execute(rows) if code in used}


def strategy(work: Work) -> Row | None:
    """Return the strategy that the library has chosen, with its actions in order; None when it has chosen none."""
    if work.library.strategy is None:
        return None
    titles = sa.select(Strategy.slug, Strategy.document).where(Strategy.slug == work.library.strategy)
    name, document = work.session.execute(titles).one()
    rows = work.session.scalars(sa.select(StrategyAction).where(StrategyAction.strategy == name))
    return {
        "slug": name,
        "title": {"da": document["title"]["da"], "en": document["title"]["en"]},
        "actions": [
            {
                "code": action.code,
                "objective": action.objective,
                "objective_title": {"da": action.objective_da, "en": action.objective_en},
                "title": {"da": action.da, "en": action.en},
            }
            for action in sorted(rows, key=lambda action: _parts(action.code))
        ],
    }


def _parts(code: str) -> tuple[tuple[int, str], ...]:
    return tuple((int(part) if part.isdigit() else 0, part) for part in code.split("."))
