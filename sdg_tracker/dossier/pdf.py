"""The dossier on paper."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sdg_tracker.certification.readiness import UNASSESSED
from sdg_tracker.certification.wording import STATE_NAMES
from sdg_tracker.dossier import workbook
from sdg_tracker.dossier.rules import Variant
from sdg_tracker.foundation.blobs import Blobs
from sdg_tracker.foundation.i18n import _
from sdg_tracker.plans import steering, told
from sdg_tracker.printing import served
from sdg_tracker.printing.edition import Template, print_edition
from sdg_tracker.schemes import words

Snapshot = Mapping[str, Any]
COUNTED = ("evidence", "count")  # needs that are a number; the others are a yes or a no
LEFT_OUT = ("not_pursuing", "not_applicable")  # states that need a reason
LAST_EVENTS = 30  # events of the trail that are printed, beside the first


@dataclass(frozen=True)
class Shown:
    """A requirement as it is printed. ``cards`` are exhibits shown here first, ``again`` those shown before."""

    requirement: Mapping[str, Any]
    state: str
    cards: Sequence[Mapping[str, Any]]
    again: Sequence[Mapping[str, Any]]
    lacks: Sequence[Mapping[str, Any]]


def render_pdf(snapshot: Snapshot, fingerprint: str, blobs: Blobs) -> bytes:
    """Return the dossier as PDF, a function of the snapshot and of the pictures that it names.

    Raises Conflict or NotFound when a picture is not what the snapshot says.
    """
    return print_edition(TEMPLATE, snapshot, fingerprint, blobs)


def template(snapshot: Snapshot) -> str:
    """Return the template of what was composed."""
    variant = snapshot.get("composition", {}).get("variant")
    return "print/committee.html" if variant == Variant.COMMITTEE.value else "print/dossier.html"


@dataclass(frozen=True)
class OfYear:
    """What was done in the year that the committee's pages evaluate. ``counts`` are by the code of the goal."""

    activities: Sequence[Mapping[str, Any]]
    goals: Sequence[served.Served]
    counts: Mapping[str, int]
    unmapped: int


def of_year(snapshot: Snapshot) -> OfYear | None:
    """Return what was done in the year of the composition; None where none was chosen."""
    year = snapshot.get("composition", {}).get("year")
    if year is None:
        return None
    first, last, today = date(year, 1, 1), date(year, 12, 31), date.fromisoformat(snapshot["frozen_at"][:10])
    done = [
        activity
        for activity in snapshot["activities"]
        if served.counts(activity) and served.touches(activity, first, last, today)
    ]
    narrowed = {"goals": snapshot["goals"], "activities": done}
    goals = served.by_goal(narrowed)
    return OfYear(done, goals, {goal.code: goal.all for goal in goals}, len(served.unmapped(narrowed)))


def _in_year(snapshot: Snapshot, later: int) -> list[tuple[Mapping[str, Any], str]]:
    """Return the plan's initiatives of the year that is evaluated, or some years later, each with its state then."""
    year = snapshot.get("composition", {}).get("year")
    if year is None or "plan" not in snapshot:
        return []
    states = ((row, steering.state_in(row, year + later)) for row in snapshot["plan"]["initiatives"])
    return [(row, state) for row, state in states if state is not None]


def _period(snapshot: Snapshot) -> tuple[str, str]:
    """Return the first and last day of the period, as it was chosen."""
    chosen = snapshot.get("composition", {}).get("period")
    cycle = snapshot["cycle"]
    return (chosen["first"], chosen["last"]) if chosen else (cycle["starts_on"], cycle["ends_on"])


def shown(snapshot: Snapshot) -> dict[str, Any]:
    """Return what the template needs beside the snapshot itself."""
    first = first_shown(snapshot)
    requirements = {row["code"]: _shown(row, first) for row in snapshot["requirements"]}
    events = snapshot["trail"]["events"]
    goals = served.by_goal(snapshot)
    return {
        "STATES": STATE_NAMES,
        "COUNTED": COUNTED,
        "words": words,
        "asked_for": asked_for,
        "requirements": requirements,
        "first_shown": first,
        "gaps": [row for row in requirements.values() if row.lacks],
        "left_out": [row for row in requirements.values() if row.state in LEFT_OUT],
        "served": goals,
        "goal_counts": {goal.code: goal.all for goal in goals},
        "role_titles": {row["code"]: row["title"] for row in snapshot["readiness"]["roles"]},
        "doubtful": served.doubtful(snapshot),
        "unmapped": served.unmapped(snapshot),
        "counted": sum(served.counts(activity) for activity in snapshot["activities"]),
        "unproven": sum(served.counts(activity) and not activity["exhibits"] for activity in snapshot["activities"]),
        "actions": sorted(Counter(event["action"] for event in events).items()),
        "extract": [*events[:1], *events[1:][-LAST_EVENTS:]],
        "of_year": of_year(snapshot),
        "in_year": _in_year(snapshot, 0),
        "in_next": _in_year(snapshot, 1),
        "planned": told.shown(snapshot) if "plan" in snapshot else None,
        "years": served.by_year(snapshot, *_period(snapshot)),
    }


def first_shown(snapshot: Snapshot) -> dict[int, str]:
    """Return for each exhibit the first requirement, in the scheme's order, that it is shown for."""
    found: dict[int, str] = {}
    for requirement in snapshot["requirements"]:
        for tie in requirement["exhibits"]:
            found.setdefault(tie["exhibit"], requirement["code"])
    return found


def asked_for(requirement: Mapping[str, Any]) -> str:
    """Return how much a requirement asks for, in the current language; empty where nothing is counted."""
    quantity = requirement["quantity"]
    if not quantity or quantity["min"] is None:
        return ""
    amount = words.with_unit(quantity["min"], quantity["unit"])
    return _("At least %(amount)s %(per)s", amount=amount, per=words.PERIODS[quantity["per"]])


def _shown(requirement: Mapping[str, Any], first: Mapping[int, str]) -> Shown:
    ties = sorted(requirement["exhibits"], key=lambda tie: tie["exhibit"])
    code = requirement["code"]
    lacking = requirement["readiness"]["status"] == "gap"
    return Shown(
        requirement,
        _state(requirement),
        [tie for tie in ties if first[tie["exhibit"]] == code],
        [tie for tie in ties if first[tie["exhibit"]] != code],
        [need for need in requirement["readiness"]["needs"] if lacking and not need["met"]],
    )


def _state(requirement: Mapping[str, Any]) -> str:
    """Return the state that a requirement is counted under: what does not apply is not applicable."""
    if not requirement["applies"]:
        return "not_applicable"
    return str(requirement["assessment"]["state"] or UNASSESSED)


TEMPLATE = Template(template, shown, with_data=True, workbook=workbook.build)
