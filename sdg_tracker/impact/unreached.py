"""What a year did not reach, computed from the snapshot: pledges, initiatives, goals, measures, missing readings."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sdg_tracker.impact.aims import expected
from sdg_tracker.measures import rules
from sdg_tracker.measures.rules import Figure

Row = Mapping[str, Any]
BEHIND = ("behind", "missed", "no_data")  # of pledges
LAPSED = "lapsed"


@dataclass(frozen=True)
class Away:
    """A measure that is farther from its target than a straight line from its baseline would be."""

    measure: Row
    figure: Figure
    wanted: Decimal  # at the end of the year, on that line


@dataclass(frozen=True)
class Unreached:
    """Everything that did not get there."""

    pledges: tuple[Row, ...]
    initiatives: tuple[Row, ...]
    goals: tuple[Row, ...]
    focus: tuple[Row, ...]  # of these goals, those that the plan puts first
    away: tuple[Away, ...]
    missing: tuple[tuple[Row, tuple[tuple[str, str], ...]], ...]  # measures, and period and house of each reading

    def __bool__(self) -> bool:
        return bool(self.pledges or self.initiatives or self.goals or self.away or self.missing)


def unreached(snapshot: Row) -> Unreached:
    """Return what the year of a snapshot did not reach."""
    plan = snapshot.get("plan") or {}
    counts = {row["code"]: row["all"] for row in snapshot["figures"]["by_goal"]}
    empty = tuple(goal for goal in snapshot["goals"] if not counts[goal["code"]])
    first = {code for row in plan.get("focus_goals", ()) for code in row["goals"]}
    measures = {row["code"]: row for row in snapshot.get("measures", ())}
    made = [(row, rules.figure(row, str(snapshot["year"]), measures=measures)) for row in measures.values()]
    return Unreached(
        pledges=tuple(row for row in plan.get("pledges", ()) if row["status"]["shown"] in BEHIND),
        initiatives=tuple(row for row in plan.get("initiatives", ()) if _lapsed(row, snapshot["year"])),
        goals=empty,
        focus=tuple(goal for goal in empty if goal["code"] in first),
        away=tuple(away for row, figure in made if (away := _away(row, figure, snapshot["year"]))),
        missing=tuple((row, figure.missing) for row, figure in made if figure.missing and figure.found),
    )


def _lapsed(initiative: Row, year: int) -> bool:
    return bool(initiative["states"].get(str(year), initiative["state"]) == LAPSED)


def _away(measure: Row, figure: Figure, year: int) -> Away | None:
    """Return a measure that lies on the wrong side of the line; None where that can't be said."""
    wanted = expected(measure, year)
    if wanted is None or figure.value is None or figure.missing:
        return None
    lower = Decimal(measure["target"]["value"]) < Decimal(measure["baseline"]["value"])
    behind = figure.value > wanted if lower else figure.value < wanted
    if behind and not (figure.qualifier == "more_than" and not lower):
        return Away(measure, figure, wanted)
    return None
