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
    """Return each measure with a line for each period that was read or never will be, and a column for each house."""
    found: list[Mapping[str, Any]] = []
    for row in measures:
        codes, never = ["", *(branch["code"] for branch in branches)], row.get("unknown", ())
        used = [code for code in codes if any(one["branch"] == code for one in (*row["readings"], *never))]
        lines: dict[str, dict[str, Row]] = {}
        for one in sorted((*row["readings"], *never), key=lambda one: (one["first"], one["last"])):
            lines.setdefault(one["period"], {}).update({one["branch"]: one} if "value" in one else {})
        corrected = [reading for reading in row["readings"] if reading["corrections"]]
        why = {period: [one for one in never if one["period"] == period] for period in lines}
        found.append({"measure": row, "branches": used, "lines": lines, "never": why, "corrected": corrected})
    return found


def _actions(snapshot: Snapshot) -> list[tuple[Row, list[Row]]]:
    """Return the strategy's actions, each with the initiatives that serve it; empty without a strategy."""
    actions = (snapshot["strategy"] or {"actions": []})["actions"]
    rows = snapshot["plan"]["initiatives"]
    return [(action, [row for row in rows if action["code"] in row["strategy_actions"]]) for action in actions]
