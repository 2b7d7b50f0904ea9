"""The report of a year on paper."""

from collections.abc import Mapping
from typing import Any

from sdg_tracker.foundation.blobs import Blobs
from sdg_tracker.foundation.i18n import use_locale
from sdg_tracker.impact import report
from sdg_tracker.printing import served
from sdg_tracker.printing.edition import Template, print_edition

Snapshot = Mapping[str, Any]


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
        "pictures": {goal.code: report.pictures(snapshot, goal) for goal in goals},
        "objectives": report.objectives(snapshot),
        "doubtful": served.doubtful(snapshot),
        "unmapped": served.unmapped(snapshot),
    }


def template(snapshot: Snapshot) -> str:
    """Return the template of a report; those from before there was a choice keep theirs."""
    return "print/report.html" if "composition" in snapshot else "print/impact.html"


def everything(snapshot: Snapshot) -> dict[str, Any]:
    """Return what the template of a report needs beside the snapshot."""
    if "composition" not in snapshot:
        return shown(snapshot)
    with use_locale(snapshot["language"]):
        return report.shown(snapshot)


TEMPLATE = Template(template, everything, with_data=False)  # published: without the trail
