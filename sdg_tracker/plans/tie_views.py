"""The page on which several activities are tied to a pledge or an initiative at once."""

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from sdg_tracker.access import Permission
from sdg_tracker.activities import wording as activities
from sdg_tracker.activities.models import Activity
from sdg_tracker.foundation.errors import Conflict
from sdg_tracker.foundation.i18n import _
from sdg_tracker.plans import proving, queries
from sdg_tracker.plans.forms import FindForm, TieSeveralForm
from sdg_tracker.plans.models import Initiative, Pledge
from sdg_tracker.plans.trying import refused
from sdg_tracker.web import navigation
from sdg_tracker.web.identity import allow
from sdg_tracker.web.lifecycle import page, reading, writing

blueprint = Blueprint("plan_ties", __name__)
navigation.belongs("plan_ties", "plans")
MOST = 30  # activities that are offered at once


@blueprint.route("/plan/<any(pledges, initiatives):kind>/<int:number>/activities", methods=["GET", "POST"])
@allow(Permission.PLAN_TIE)
def choose(kind: str, number: int) -> ResponseReturnValue:
    """Choose among the activities of its time which belong to a pledge or an initiative."""
    work = reading()
    part: Pledge | Initiative = (queries.pledge if kind == "pledges" else queries.initiative)(work, number)
    plan = queries.plan_of(work, part)
    if plan.withdrawn_at is not None:
        raise Conflict("plan-withdrawn")
    if part.withdrawn_at is not None:
        raise Conflict("pledge-withdrawn", name=part.code)
    any_of_them = work.can(Permission.PLAN_TIE, Activity())
    find = FindForm(request.args)
    words = (find.q.data or "").strip() if find.validate() else ""
    owner = None if any_of_them else work.actor.number
    choice = queries.to_tie(work, part, plan, words, owner=owner, most=MOST)
    numbers = [row.number for row in choice.tied]
    form = TieSeveralForm(data={"tied": [str(one) for one in numbers], "shown": " ".join(map(str, numbers))})
    form.offer(((row.number, row.title) for row in choice.tied), ((row.number, row.title) for row in choice.found))
    back = url_for("pledges.show" if kind == "pledges" else "pledges.initiative", number=number, _anchor="activities")
    status = None
    if form.validate_on_submit():
        add, remove = form.chosen()
        status = refused(form, lambda: proving.tie_several(writing(), part, add, remove))
        if status is None:
            flash(_("The ties are saved."))
            return redirect(back, 303)
    rows = (*choice.tied, *choice.found)
    values: dict[str, Any] = {
        "part": part,
        "plan": plan,
        "kind": kind,
        "find": find,
        "total": choice.total,
        "own_only": not any_of_them,
        "hints": {str(row.number): _hint(row, set(part.goals)) for row in rows},
        "back": back,
    }
    return page("plans/tie_several.html", form=form, **values), status or (422 if form.errors else 200)


def _hint(activity: Activity, goals: set[str]) -> str:
    """Return when it was, its goals, and whether it shares one with the part."""
    mine = sorted({mapping.goal for mapping in activity.mappings}, key=int)
    said = [activities.period(activity.starts_on, activity.ends_on, activity.year)]
    if mine:
        said.append(_("goals %(codes)s", codes=", ".join(mine)))
    if goals & set(mine):
        said.append(_("shares a goal"))
    return " · ".join(filter(None, said))
