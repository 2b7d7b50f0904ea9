"""The figures of a year: plain functions on the activities and the evidence of a snapshot."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sdg_tracker.activities.states import Stance, Status
from sdg_tracker.printing.served import total, touches

Row = Mapping[str, Any]
Collected = dict[str, Any]  # a row that is still being collected


def bounds(year: int) -> tuple[date, date]:
    """Return the first and the last day of a year."""
    return date(year, 1, 1), date(year, 12, 31)


def of_year(activities: Iterable[Collected], year: int, today: date) -> list[Collected]:
    """Return the activities whose days touch the year, cancelled ones among them."""
    first, last = bounds(year)
    return [activity for activity in activities if touches(activity, first, last, today)]


def counted(activity: Row) -> bool:
    """Return whether an activity counts: everything but what was cancelled."""
    return bool(activity["status"] != Status.CANCELLED.value)


def evidence_of_year(pieces: Iterable[Collected], activities: Iterable[Row], year: int, today: date) -> list[Collected]:
    """Return the evidence of the activities that counts in the year.

    It counts in the year in which it was made, else added. Where its activity did not touch that year (a bill that came
    in January), it counts in the years of its activity.
    """
    known = {activity["number"]: activity for activity in activities}
    found = []
    for piece in pieces:
        activity = known.get(piece["activity"])
        if activity is not None:
            made = date.fromisoformat(piece["collected_on"] or piece["added_on"]).year
            if made == year or not touches(activity, *bounds(made), today):
                found.append(piece)
    return found


def people(activities: Sequence[Row]) -> dict[str, Any]:
    """Return the three headcounts, each by itself; sign-ups and people helped are 0 where nobody has counted."""
    return {
        "attendance": total(activity["attendance"] for activity in activities),
        "signups": sum(activity["signups"] or 0 for activity in activities),
        "helped": sum(activity["helped"] or 0 for activity in activities),
    }


def exhibits(activities: Iterable[Row]) -> int:
    """Return how many exhibits activities have; each belongs to one activity at most."""
    return sum(len(activity["exhibits"]) for activity in activities)


def supports(activity: Row, goal: str) -> bool:
    """Return whether an activity supports a goal or one of its targets."""
    supported = (row["goal"] for row in activity["mappings"] if row["stance"] == Stance.SUPPORTS.value)
    return goal in supported


def figures(year: Sequence[Row], library: Row, goals: Sequence[Row], strategy: Row | None) -> dict[str, Any]:
    """Return all figures of the activities of a year, with their exhibits numbered; cancelled ones are only counted."""
    held = [activity for activity in year if counted(activity)]
    mapped = sum(bool(activity["mappings"]) for activity in held)
    return {
        "by_goal": [_of_goal(held, goal["code"]) for goal in goals],
        "by_action": [
            _of(held, action["code"], lambda activity, code: code in activity["strategy_actions"])
            for action in (strategy["actions"] if strategy else ())
        ],
        "by_branch": [
            *(_of(held, branch["code"], lambda a, code: code in a["branches"]) for branch in library["branches"]),
            _of(held, "", lambda activity, _code: not activity["branches"]),
        ],
        "totals": {
            "activities": len(held),
            "mapped": mapped,
            "without_mapping": len(held) - mapped,
            "with_evidence": sum(bool(activity["exhibits"]) for activity in held),
            "evidence": exhibits(held),
            **people(held),
            "cancelled": len(year) - len(held),
            "planned": sum(activity["status"] == Status.PLANNED.value for activity in held),
        },
    }


def _of_goal(held: Sequence[Row], code: str) -> dict[str, Any]:
    mine = [activity for activity in held if supports(activity, code)]
    main = sum(any(row["main"] and row["goal"] == code for row in activity["mappings"]) for activity in mine)
    return {"code": code, "main": main, "all": len(mine), "evidence": exhibits(mine), **people(mine)}


def _of(held: Sequence[Row], code: str, belongs: Callable[[Row, str], bool]) -> dict[str, Any]:
    mine = [activity for activity in held if belongs(activity, code)]
    return {"code": code, "activities": len(mine), "evidence": exhibits(mine), **people(mine)}
