"""The framework, loaded from the seed files."""

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path

import sqlalchemy as sa

from sdg_tracker.access import Permission
from sdg_tracker.foundation.resources import resource_dir
from sdg_tracker.goals.models import FRAMEWORK, Goal, Indicator, Target
from sdg_tracker.work import Work

Row = Mapping[str, object]


def load(work: Work, folder: Path | None = None) -> bool:
    """Load goals, targets and indicators of the current framework; return whether anything was new or changed.

    Nothing is taken away: mappings name codes, and a code keeps its meaning within a framework.
    """
    work.require(Permission.SCHEME_LOAD)
    folder = folder or resource_dir("seed") / "sdg"
    changed = [
        _put(work, Goal, map(_goal, _numbered(folder / "goals.csv"))),
        _put(work, Target, map(_target, _numbered(folder / "targets.csv"))),
        _put(work, Indicator, map(_indicator, _numbered(folder / "indicators.csv"))),
    ]
    for key in [key for key in work.session.info if str(key).startswith("goals.")]:
        del work.session.info[key]
    return any(changed)


def _numbered(path: Path) -> Iterable[tuple[int, dict[str, str]]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(enumerate(csv.DictReader(file), 1))


def _put(work: Work, model: type[Goal] | type[Target] | type[Indicator], rows: Iterable[Row]) -> bool:
    found: Iterable[Goal | Target | Indicator] = work.session.scalars(sa.select(model).filter_by(framework=FRAMEWORK))
    kept = {row.code: row for row in found}
    changed = False
    for values in rows:
        row = kept.get(str(values["code"]))
        if row is None:
            work.session.add(model(framework=FRAMEWORK, **values))
            changed = True
            continue
        for name, value in values.items():
            if getattr(row, name) != value:
                setattr(row, name, value)
                changed = True
    work.session.flush()
    return changed


def _goal(numbered: tuple[int, Mapping[str, str]]) -> Row:
    position, row = numbered
    titles = {name: row[name] for name in ("title_short_da", "title_short_en", "title_full_da", "title_full_en")}
    return {"code": row["goal"], "position": position, "color": row["color_hex"], "uri": row["uri"], **titles}


def _target(numbered: tuple[int, Mapping[str, str]]) -> Row:
    position, row = numbered
    same = ("code", "kind", "title_da", "title_en", "title_da_status", "short_da", "short_en", "uri")
    return {
        "position": position,
        "goal_code": row["goal"],
        "title_da_source": row["title_da_source_url"],
        **{name: row[name] for name in same},
    }


def _indicator(numbered: tuple[int, Mapping[str, str]]) -> Row:
    position, row = numbered
    same = ("code", "unsd_code", "title_da", "title_en", "title_da_status", "status", "tier", "tier_as_of", "uri")
    return {
        "position": position,
        "target_code": row["target"],
        "same_as": row["same_indicator_as"],
        **{name: row[name] for name in same},
    }
