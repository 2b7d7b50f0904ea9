"""The page that freezes a printed plan."""

from datetime import date

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from sdg_tracker.access import Permission
from sdg_tracker.collecting import plan_rows
from sdg_tracker.foundation.errors import Invalid
from sdg_tracker.foundation.i18n import current_locale
from sdg_tracker.plandocument import outputs, services
from sdg_tracker.plandocument.forms import FreezeForm
from sdg_tracker.plandocument.rules import Variant
from sdg_tracker.plans import snapshot as plans
from sdg_tracker.plans import steering, told
from sdg_tracker.web.identity import allow
from sdg_tracker.web.lifecycle import page, reading, writing

blueprint = Blueprint("plandocument", __name__)
KIND = outputs.KIND  # importing it has registered it


@blueprint.route("/editions/plan", methods=["GET", "POST"])
@allow(Permission.EDITION_FREEZE)
def new() -> ResponseReturnValue:
    """Choose what of the plan is printed, write for it, and freeze it."""
    work = reading()
    found = plan_rows.plan(work, work.today)
    if found is None:
        return page("plandocument/none.html")
    plan, _measures = found
    years = [year for year in steering.years(plan) if year <= work.today.year][::-1]
    form = FreezeForm(language=current_locale())
    years = years or steering.years(plan)[:1]  # of one that is still to begin only the plan itself can be printed
    form.offer(years)
    begun_with = ""
    if form.validate_on_submit():
        try:
            edition = services.freeze(writing(), form.chosen())
        except Invalid as problem:
            form.refuse(problem)
        else:
            return redirect(url_for("editions.show", number=edition.number), 303)
    elif not form.is_submitted():
        _begin(form, years, work.today.year)
        written = services.written(work, Variant.EVALUATION, int(form.year.data))
        for name, text in written.items():
            getattr(form, name).data = text
        begun_with = form.year.data if written else ""
    return page(
        "plandocument/new.html",
        form=form,
        plan=plan,
        first=date.fromisoformat(plan["first"]),
        last=date.fromisoformat(plan["last"]),
        statuses=[(status, number) for status, number in told.statuses(plan) if number],
        words=told.NAMES,
        begun_with=begun_with,
        proposal=plans.proposal(work, work.today),
    ), 422 if form.is_submitted() else 200


def _begin(form: FreezeForm, years: list[int], this_year: int) -> None:
    """Choose what the address asks for, else the plan itself and the last year that is over."""
    asked, year = request.args.get("variant", ""), request.args.get("year", "")
    form.variant.data = asked if asked in set(Variant) else Variant.PLAN.value
    over = [one for one in years if one < this_year] or years
    form.year.data = year if year in map(str, years) else str(over[0]) if over else ""
