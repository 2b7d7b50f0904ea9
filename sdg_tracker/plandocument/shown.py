"""What the pages of a printed plan say beside its snapshot."""

from collections.abc import Mapping, Sequence
from typing import Any

from sdg_tracker.plans import steering, told

Snapshot = Mapping[str, Any]
Row = Mapping[str, Any]


def values(snapshot: Snapshot) -> dict[str, Any]:
    """Return the words, and what is counted."""
    plan, year = snapshot["plan"], snapshot["composition"]["year"]
    focus = {goal for row in plan["focus_goals"] for goal in row["goals"]}
    goals = [goal["code"] for goal in snapshot["goals"]]
    return {
        "planned": told.shown(snapshot),
        "plan": plan,
        "year": year,
        "states": steering.of_year(plan, year) if year is not None else {},
        "next_year": steering.of_year(plan, year + 1) if year is not None else {},
        "focus": {code: int(code in focus) for code in goals},
        "matrix": steering.matrix(plan, goals),
        "annex": annex(snapshot["measures"], snapshot["library"]["branches"]),
        "actions": _actions(snapshot),
    }


def annex(measures: Sequence[Row], branches: Sequence[Row]) -> list[Mapping[str, Any]]:
    """Return each measure with a line for each period that was read, and a column for each house that was."""
    found: list[Mapping[str, Any]] = []
    for row in measures:
        codes = ["", *(branch["code"] for branch in branches)]
        used = [code for code in codes if any(reading["branch"] == code for reading in row["readings"])]
        lines: dict[str, dict[str, Row]] = {}
        for reading in sorted(row["readings"], key=lambda one: (one["first"], one["last"])):
            lines.setdefault(reading["period"], {})[reading["branch"]] = reading
        corrected = [reading for reading in row["readings"] if reading["corrections"]]
        found.append({"measure": row, "branches": used, "lines": lines, "corrected": corrected})
    return found


def _actions(snapshot: Snapshot) -> list[tuple[Row, list[Row]]]:
    """Return the strategy's actions, each with the initiatives that serve it; empty without a strategy."""
    actions = (snapshot["strategy"] or {"actions": []})["actions"]
    rows = snapshot["plan"]["initiatives"]
    return [(action, [row for row in rows if action["code"] in row["strategy_actions"]]) for action in actions]
