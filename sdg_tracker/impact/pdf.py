"""The report of a year on paper."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from sdg_tracker.foundation.blobs import Blobs
from sdg_tracker.printing import served
from sdg_tracker.printing.edition import Template, print_edition

Snapshot = Mapping[str, Any]
Row = Mapping[str, Any]
PICTURES = 3  # of a goal: photos that may be shown outside the library


def render_pdf(snapshot: Snapshot, fingerprint: str, blobs: Blobs) -> bytes:
    """Return the report as PDF, a function of the snapshot and of the pictures that it names.

    Raises Conflict or NotFound when a picture is not what the snapshot says.
    """
    return print_edition(TEMPLATE, snapshot, fingerprint, blobs)


def shown(snapshot: Snapshot) -> dict[str, Any]:
    """Return what the template needs beside the snapshot itself."""
    figures = snapshot["figures"]
    goals = served.by_goal(snapshot)
    return {
        "figures": figures,
        "goal_figures": {row["code"]: row for row in figures["by_goal"]},
        "goal_counts": {row["code"]: row["all"] for row in figures["by_goal"]},
        "served": goals,
        "pictures": {goal.code: pictures(snapshot, goal) for goal in goals},
        "objectives": objectives(snapshot),
        "doubtful": served.doubtful(snapshot),
        "unmapped": served.unmapped(snapshot),
    }


def pictures(snapshot: Snapshot, goal: served.Served) -> list[Row]:
    """Return the first photos of activities with this main goal that may be shown to everybody."""
    mine = {row.activity["number"] for row in goal.rows if row.main}
    found = [
        row
        for row in snapshot["evidence"]
        if row["public"] and row["thumbnail"] and row["kind"]["code"] == "photo" and row["activity"] in mine
    ]
    return found[:PICTURES]


def objectives(snapshot: Snapshot) -> list[tuple[Row, list[tuple[Row, Row]]]]:
    """Return the strategy's objectives, each with its actions and their figures; empty without a strategy."""
    if snapshot["strategy"] is None:
        return []
    figures = {row["code"]: row for row in snapshot["figures"]["by_action"]}
    actions = snapshot["strategy"]["actions"]
    grouped = (list(rows) for _code, rows in groupby(actions, key=lambda action: action["objective"]))
    return [(rows[0], [(action, figures[action["code"]]) for action in rows]) for rows in grouped]


TEMPLATE = Template(lambda _report: "print/impact.html", shown, with_data=False)  # published: without the trail
