"""Pages on which the draft of a plan is written: focus goals, pledges, initiatives."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from sdg_tracker.access import Permission
from sdg_tracker.activities import queries as activities
from sdg_tracker.foundation.errors import Conflict
from sdg_tracker.foundation.i18n import _
from sdg_tracker.goals import queries as goals
from sdg_tracker.plans import details, queries, services, wording
from sdg_tracker.plans.details import FocusDetails, InitiativeDetails, PledgeDetails
from sdg_tracker.plans.forms import FocusForm, InitiativeForm, PledgeForm, ReasonForm, typed
from sdg_tracker.plans.models import FocusGoal, Initiative, Plan, Pledge
from sdg_tracker.plans.states import Kind
from sdg_tracker.plans.trying import refused
from sdg_tracker.web import navigation
from sdg_tracker.web.identity import allow
from sdg_tracker.web.lifecycle import page, reading, writing

blueprint = Blueprint("plan_parts", __name__)
navigation.belongs("plan_parts", "plans")


@blueprint.route("/plan/<int:plan>/focus-goals/new", methods=["GET", "POST"])
@allow(Permission.PLAN_WRITE)
def add_focus_goal(plan: int) -> ResponseReturnValue:
    """Add a focus goal."""
    found = queries.plan(reading(), plan)
    form, status = FocusForm(), None
    form.offer(goals.goals(reading()))
    if form.validate_on_submit():
        status = refused(form, lambda: services.add_focus_goal(writing(), plan, form.details()))
        if status is None:
            return _saved(found, "focus-goals")
    return page("plans/focus_goal.html", plan=found, part=None, form=form), status or (422 if form.errors else 200)


@blueprint.route("/plan/focus-goals/<int:number>/edit", methods=["GET", "POST"])
@allow(Permission.PLAN_WRITE)
def revise_focus_goal(number: int) -> ResponseReturnValue:
    """Change a focus goal."""
    part = _open(queries.focus_goal(reading(), number))
    form, status = FocusForm(data=_typed(FocusDetails, part)), None
    form.offer(goals.goals(reading()))
    if form.validate_on_submit():
        status = refused(
            form,
            lambda: services.revise_focus_goal(writing(), number, form.details(), form.seen()),
            lambda: queries.focus_goal(reading(), number).revision,
        )
        if status is None:
            return _saved(queries.plan_of(reading(), part), "focus-goals")
    plan = queries.plan_of(reading(), part)
    return page("plans/focus_goal.html", plan=plan, part=part, form=form), status or (422 if form.errors else 200)


@blueprint.route("/plan/<int:plan>/pledges/new", methods=["GET", "POST"])
@allow(Permission.PLAN_WRITE)
def add_pledge(plan: int) -> ResponseReturnValue:
    """Choose a kind of pledge, then fill in what that kind needs."""
    found, kind = queries.plan(reading(), plan), _kind()
    if kind is None:
        return page("plans/pledge_kind.html", plan=found, kinds=Kind, wording=wording)
    form, status = PledgeForm(data={"code": _next(queries.pledges(reading(), found), "D")}), None
    form.offer(goals.goals(reading()), queries.known_measures(reading()))
    if form.validate_on_submit():
        status = refused(form, lambda: services.add_pledge(writing(), plan, form.details(kind)))
        if status is None:
            return _saved(found, "pledges")
    return _pledge_page(form, kind, found, None), status or (422 if form.errors else 200)


@blueprint.route("/plan/pledges/<int:number>/edit", methods=["GET", "POST"])
@allow(Permission.PLAN_WRITE)
def revise_pledge(number: int) -> ResponseReturnValue:
    """Change a pledge; with ``?kind=`` it becomes one of another kind."""
    part = _open(queries.pledge(reading(), number))
    kind = _kind() or Kind(part.kind)
    form, status = PledgeForm(data=_typed(PledgeDetails, part)), None
    form.offer(goals.goals(reading()), queries.known_measures(reading()), part.measure)
    if form.validate_on_submit():
        status = refused(
            form,
            lambda: services.revise_pledge(writing(), number, form.details(kind), form.seen()),
            lambda: queries.pledge(reading(), number).revision,
        )
        if status is None:
            return _saved(queries.plan_of(reading(), part), "pledges")
    return _pledge_page(form, kind, queries.plan_of(reading(), part), part), status or (422 if form.errors else 200)


def _pledge_page(form: PledgeForm, kind: Kind, plan: Plan, part: Pledge | None) -> str:
    return page("plans/pledge_form.html", form=form, kind=kind, kinds=Kind, plan=plan, part=part, wording=wording)


def _kind() -> Kind | None:
    asked = request.args.get("kind", "")
    return Kind(asked) if asked in set(Kind) else None


@blueprint.route("/plan/<int:plan>/initiatives/new", methods=["GET", "POST"])
@allow(Permission.PLAN_WRITE)
def add_initiative(plan: int) -> ResponseReturnValue:
    """Add an initiative."""
    work, found = reading(), queries.plan(reading(), plan)
    days = {"starts_on": found.starts_on, "ends_on": found.ends_on}
    form, status = InitiativeForm(data={"code": _next(queries.initiatives(work, found), "I"), **days}), None
    form.offer(goals.goals(work), activities.vocabulary(work), queries.pledges(work, found))
    if form.validate_on_submit():
        status = refused(form, lambda: services.add_initiative(writing(), plan, form.details()))
        if status is None:
            return _saved(found, "initiatives")
    return page("plans/initiative_form.html", plan=found, part=None, form=form), status or (422 if form.errors else 200)


@blueprint.route("/plan/initiatives/<int:number>/edit", methods=["GET", "POST"])
@allow(Permission.PLAN_WRITE)
def revise_initiative(number: int) -> ResponseReturnValue:
    """Change an initiative."""
    work, part = reading(), _open(queries.initiative(reading(), number))
    plan, kept = queries.plan_of(work, part), details.of(InitiativeDetails, part)
    form, status = InitiativeForm(data=_typed(InitiativeDetails, part)), None
    form.offer(goals.goals(work), activities.vocabulary(work), queries.pledges(work, plan), kept)
    if form.validate_on_submit():
        status = refused(
            form,
            lambda: services.revise_initiative(writing(), number, form.details(), form.seen()),
            lambda: queries.initiative(reading(), number).revision,
        )
        if status is None:
            return _saved(plan, "initiatives")
    return page("plans/initiative_form.html", plan=plan, part=part, form=form), status or (422 if form.errors else 200)


_FIND: dict[str, Callable[..., FocusGoal | Pledge | Initiative]] = {
    "focus-goals": queries.focus_goal,
    "pledges": queries.pledge,
    "initiatives": queries.initiative,
}


@blueprint.route("/plan/<any('focus-goals', pledges, initiatives):what>/<int:number>/withdraw", methods=["GET", "POST"])
@allow(Permission.PLAN_WRITE)
def withdraw(what: str, number: int) -> ResponseReturnValue:
    """Take a focus goal, pledge or initiative out of the draft."""
    part = _open(_FIND[what](reading(), number))
    plan = queries.plan_of(reading(), part)
    form, status = ReasonForm(data={"revision": str(part.revision)}), None
    if form.validate_on_submit():
        status = refused(
            form,
            lambda: services.withdraw_part(
                writing(), _FIND[what](writing(), number), form.reason.data or "", form.seen()
            ),
            lambda: _FIND[what](reading(), number).revision,
        )
        if status is None:
            flash(_("%(code)s is taken out of the draft.", code=part.code))
            return redirect(url_for("plans.draft", number=plan.number, _anchor=what), 303)
    said = _("It is taken out of the draft. What is approved stays as it is until the next approval.")
    values: dict[str, Any] = {"title": _("Take %(code)s out of the plan", code=part.code), "lead": "", "said": said}
    back = url_for("plans.draft", number=plan.number)
    return page("plans/reason.html", form=form, back=back, **values), status or (422 if form.errors else 200)


def _open(part: Any) -> Any:
    """Return a part that is about to be changed."""
    reading().require(Permission.PLAN_WRITE, part)
    if part.withdrawn_at is not None:
        raise Conflict("plan-part-withdrawn", name=part.code)
    return part


def _typed(kind: Any, part: Any) -> dict[str, Any]:
    return {**typed(details.of(kind, part)), "revision": str(part.revision)}


def _next(parts: list[Any], letter: str) -> str:
    """Return the code that is likely meant for the next part: ``D7`` after ``D6``."""
    numbers = [int(part.code[1:]) for part in parts if part.code[:1] == letter and part.code[1:].isdigit()]
    return f"{letter}{max(numbers, default=0) + 1}"


def _saved(plan: Plan, anchor: str) -> ResponseReturnValue:
    flash(_("The draft is saved."))
    return redirect(url_for("plans.draft", number=plan.number, _anchor=anchor), 303)
