"""Pages of goals, targets and indicators."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from sdg_tracker.access import Permission
from sdg_tracker.foundation.i18n import Text, lazy
from sdg_tracker.goals import queries, sections
from sdg_tracker.goals.breaking import soft
from sdg_tracker.web import navigation
from sdg_tracker.web.identity import allow
from sdg_tracker.web.lifecycle import page, reading

blueprint = Blueprint("goals", __name__)
blueprint.add_app_template_filter(soft)
navigation.add(20, lazy("Goals"), "goals.index", Permission.GOAL_READ)

# What is said of a Danish text that can't be taken for the official one; the official needs no words.
DANISH_MARKS: dict[str, Text] = {
    "own_translation": lazy("Our own translation, not official"),
    "official_unverified": lazy("Official translation, seen at second hand and not checked"),
}
STATUSES: dict[str, Text] = {
    "added_2025": lazy("Added in 2025"),
    "revised_after_2023": lazy("Wording revised after 2023"),
    "revision_reported_unconfirmed": lazy("A revision is reported but not confirmed; the wording is that of 2023"),
}


@blueprint.get("/goals")
@allow(Permission.GOAL_READ)
def index() -> ResponseReturnValue:
    """Show the seventeen goals."""
    return page("goals/index.html", goals=queries.goals(reading()))


@blueprint.get("/goals/<code>")
@allow(Permission.GOAL_READ)
def show(code: str) -> ResponseReturnValue:
    """Show a goal with its targets and what other parts know of it."""
    work = reading()
    return page(
        "goals/show.html",
        goal=queries.goal(work, code),
        goals=queries.goals(work),
        marks=DANISH_MARKS,
        sections=sections.of(work, code),
    )


@blueprint.get("/goals/targets/<code>")
@allow(Permission.GOAL_READ)
def target(code: str) -> ResponseReturnValue:
    """Show a target with its indicators."""
    work = reading()
    found = queries.target(work, code)
    others = [code for indicator in found.indicators for code in indicator.same_as.split()]
    return page(
        "goals/target.html",
        target=found,
        marks=DANISH_MARKS,
        statuses=STATUSES,
        listed_under=queries.indicator_targets(work, others),
    )
