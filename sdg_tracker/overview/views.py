"""The first page."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from sdg_tracker.access import Permission
from sdg_tracker.certification import queries as certification
from sdg_tracker.certification import wording
from sdg_tracker.certification.readiness import STATES
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.goals import queries as goals
from sdg_tracker.overview import queries
from sdg_tracker.schemes import queries as schemes
from sdg_tracker.web import navigation
from sdg_tracker.web.identity import allow, can
from sdg_tracker.web.lifecycle import page, reading

blueprint = Blueprint("overview", __name__)
navigation.add(10, lazy("Overview"), "overview.index", Permission.OVERVIEW_READ)


@blueprint.get("/")
@allow(Permission.OVERVIEW_READ)
def index() -> ResponseReturnValue:
    """Show the goals with the library's activities, what there is, and what waits."""
    work = reading()
    if not can(Permission.ACTIVITY_READ):
        return page("overview/outside.html")
    cycle = schemes.current_cycle(work)
    judged = certification.judgements(work, cycle) if cycle and can(Permission.ASSESSMENT_READ) else None
    found = queries.figures(work)
    return page(
        "overview/index.html",
        goals=goals.goals(work),
        counts={code: count.main for code, count in found.by_goal.items()},
        totals=found.activities,
        evidence=found.evidence.evidence,
        waiting=queries.waiting(work, found, cycle, judged),
        cycle=cycle,
        judged=judged,
        states=STATES,
        wording=wording,
    )
