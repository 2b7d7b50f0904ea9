"""The pages to steer by: roles, goals and years of the plan, and the strategy with everything under it."""

from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from sdg_tracker.access import Permission
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.goals import queries as goals
from sdg_tracker.measures import snapshot as measured
from sdg_tracker.plans import snapshot, steering, strategy, told, wording
from sdg_tracker.plans.forms import SteerForm
from sdg_tracker.web.forms import choices
from sdg_tracker.web.identity import allow
from sdg_tracker.web.lifecycle import page, reading

blueprint = Blueprint("steering", __name__)
ACTIVITIES = 5  # of an action, by name; the others are only counted


@blueprint.get("/plan/steer")
@allow(Permission.PLAN_READ)
def steer() -> ResponseReturnValue:
    """Show the plan's initiatives by role, goal and year, with how far each is."""
    work = reading()
    plan = snapshot.row(work, work.today, measures=())
    if plan is None:
        return page("plans/steer.html", plan=None)
    known = goals.goals(work)
    form = SteerForm(request.args)
    form.role.choices = choices([("", lazy("All")), *((code, wording.ROLE_NAMES[code]) for code in steering.ROLES)])
    form.goal.choices = choices([("", lazy("All")), *((goal.code, f"{goal.code} {goal.title}") for goal in known)])
    form.year.choices = choices([("", lazy("All")), *((str(year), str(year)) for year in steering.years(plan))])
    form.state.choices = choices([("", lazy("All")), *wording.INITIATIVE_NAMES.items()])
    chosen = {field.name: _chosen(field) for field in form}
    year = int(chosen["year"]) if chosen["year"] else None
    first, last = steering.years(plan)[0], steering.years(plan)[-1]
    shown_year = year or min(max(work.today.year, first), last)
    codes = [goal.code for goal in known]
    return page(
        "plans/steer.html",
        plan=plan,
        form=form,
        goals={goal.code: goal for goal in known},
        parts=steering.matrix(plan, codes, role=chosen["role"], goal=chosen["goal"], year=year, state=chosen["state"]),
        of_year=steering.of_year(plan, shown_year),
        shown_year=shown_year,
        narrowed=any(chosen.values()),
        words=told.NAMES,
    )


def _chosen(field: Any) -> str:
    """Return what is chosen; what is no choice counts as nothing."""
    if field.data not in {choice.value for choice in field.choices}:
        field.data = ""
    return str(field.data or "")


@blueprint.get("/plan/strategy")
@allow(Permission.PLAN_READ)
def by_strategy() -> ResponseReturnValue:
    """Show everything under the objectives and actions of the strategy, also the actions with nothing."""
    work = reading()
    measures = measured.rows(work)
    plan = snapshot.row(work, work.today, measures=measures)
    last = work.today.year
    years = [year for year in steering.years(plan) if year <= last] if plan else []
    return page(
        "plans/strategy.html",
        plan=plan,
        objectives=strategy.objectives(work, plan, measures, years or [last - 1, last]),
        title=strategy.title(work),
        words=told.NAMES,
        most=ACTIVITIES,
    )
