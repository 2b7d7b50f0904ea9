"""The pages on which a print of the plan is chosen, composed, looked at, approved and frozen."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from sdg_tracker import draft_views
from sdg_tracker.access import Permission
from sdg_tracker.accounts import queries as accounts
from sdg_tracker.collecting import plan_rows
from sdg_tracker.draft_forms import FreezeForm
from sdg_tracker.draft_views import Composed
from sdg_tracker.foundation.errors import Conflict, Invalid
from sdg_tracker.foundation.i18n import _, current_locale
from sdg_tracker.plandocument import composing, outputs, previewing, queries, rules, services, snapshot
from sdg_tracker.plandocument.forms import ChooseForm, ComposeForm
from sdg_tracker.plandocument.models import PlanComposition
from sdg_tracker.plandocument.rules import TEXTS, VARIANT_NAMES, Choices, Variant
from sdg_tracker.plans import snapshot as plans
from sdg_tracker.plans import steering, told
from sdg_tracker.web.identity import allow
from sdg_tracker.web.lifecycle import page, reading, writing
from sdg_tracker.work import Work

blueprint = Blueprint("plandocument", __name__)
KIND = outputs.KIND  # importing it has registered it


@blueprint.route("/editions/plan", methods=["GET", "POST"])
@allow(Permission.EDITION_FREEZE)
def new() -> ResponseReturnValue:
    """Choose what of the plan is printed, and for which year."""
    work = reading()
    found = plan_rows.plan(work, work.today)
    if found is None:
        return page("plandocument/none.html")
    plan, _measures = found
    years = [year for year in steering.years(plan) if year <= work.today.year][::-1]
    form = ChooseForm()
    form.offer(years or steering.years(plan)[:1])  # of one that is still to begin only the plan itself can be printed
    if form.validate_on_submit():
        return redirect(url_for("plandocument.compose", printed=rules.code(*form.chosen())), 303)
    if not form.is_submitted():
        _begin(form, years, work.today.year)
    begun = [
        (rules.code(row.choices.variant, row.choices.year), title(plan, row)) for row in queries.compositions(work)
    ]
    shown = page("plandocument/new.html", form=form, begun=begun, **_told(work, plan, work.today))
    return shown, 422 if form.is_submitted() else 200


def title(plan: Mapping[str, Any], row: PlanComposition) -> str:
    """Return what a print that was begun is called, in the current language."""
    return snapshot.title(plan, row.choices, current_locale())


def _begin(form: ChooseForm, years: list[int], this_year: int) -> None:
    """Choose what the address asks for, else the plan itself and the last year that is over."""
    asked, year = request.args.get("variant", ""), request.args.get("year", "")
    form.variant.data = asked if asked in set(Variant) else Variant.PLAN.value
    over = [one for one in years if one < this_year] or years
    form.year.data = year if year in map(str, years) else str(over[0]) if over else ""


def _told(work: Work, plan: Mapping[str, Any], on: date) -> dict[str, Any]:
    """Return what both pages tell of the plan as it stands on a day."""
    return {
        "plan": plan,
        "on": on,
        "first": date.fromisoformat(plan["first"]),
        "last": date.fromisoformat(plan["last"]),
        "statuses": [(status, number) for status, number in told.statuses(plan) if number],
        "words": told.NAMES,
        "proposal": plans.proposal(work, on),
    }


@blueprint.route("/editions/plan/<printed>", methods=["GET", "POST"])
@allow(Permission.EDITION_FREEZE)
def compose(printed: str) -> ResponseReturnValue:
    """Write for a print of the plan."""
    variant, year = rules.parsed(printed)
    work, form = reading(), ComposeForm()
    row = queries.composition(work, variant, year)
    if not form.is_submitted():
        snapshot.check(work, Choices(variant, year))
        return _shown(printed, _filled(work, printed, row), FreezeForm())
    status = 422
    if form.validate():
        try:
            composing.save(writing(), form.chosen(variant, year), form.seen())
        except Invalid as problem:
            form.refuse(problem)
        except Conflict as problem:
            if problem.code != "changed-meanwhile":
                raise
            reading().session.rollback()
            now = queries.composition(reading(), variant, year)
            form.renew(now.revision if now else 0)
            form.refuse(problem)
            status = 409
        else:
            flash(_("Saved. The pages can be looked at now."))
            return redirect(url_for("plandocument.compose", printed=printed) + "#look", 303)
    return _shown(printed, form, FreezeForm()), status


def _filled(work: Work, printed: str, row: PlanComposition | None) -> ComposeForm:
    """Return the form with what was saved, else with the texts of the newest edition of the same."""
    chosen = services.chosen(work, *rules.parsed(printed), current_locale())
    texts = {name: getattr(chosen, name) for name in TEXTS}
    seen = str(row.revision) if row else ""
    return ComposeForm(
        formdata=None, data={"language": chosen.language, "also": chosen.also, "revision": seen, **texts}
    )


def _shown(printed: str, form: ComposeForm, freezing: FreezeForm) -> str:
    work, (variant, year) = reading(), rules.parsed(printed)
    row = queries.composition(work, variant, year)
    approver = accounts.names(work, {row.approved_by}).get(row.approved_by) if row and row.approved_by else None
    plan, _measures, _year, on = snapshot.check(work, Choices(variant, year))
    return page(
        "plandocument/compose.html",
        form=form,
        freezing=freezing,
        printed=printed,
        variant=variant.value,
        variant_name=VARIANT_NAMES[variant],
        title=snapshot.title(plan, Choices(variant, year), current_locale()),
        year=year,
        running=year == work.today.year,
        composition=row,
        preview=row.preview if row else None,
        approver=approver,
        written=not row and any(form[name].data for name in TEXTS) and not form.is_submitted(),
        **_told(work, plan, on),
    )


@blueprint.post("/editions/plan/<printed>/freeze")
@allow(Permission.EDITION_FREEZE)
def freeze(printed: str) -> ResponseReturnValue:
    """Freeze a print of the plan as it was composed."""
    variant, year = rules.parsed(printed)
    freezing = FreezeForm()
    if freezing.validate():
        try:
            edition = services.freeze_composed(
                writing(), variant, year, current_locale(), unapproved=freezing.unapproved.data
            )
        except (Conflict, Invalid) as problem:
            if problem.field != "unapproved":
                raise
            freezing.refuse(problem)
        else:
            return redirect(url_for("editions.show", number=edition.number), 303)
    row = queries.composition(reading(), variant, year)
    return _shown(printed, _filled(reading(), printed, row), freezing), 409


def _found(work: Work, printed: str) -> tuple[PlanComposition | None, Mapping[str, Any]]:
    variant, year = rules.parsed(printed)
    plan, _measures, _year, _on = snapshot.check(work, Choices(variant, year))
    named = snapshot.title(plan, Choices(variant, year), current_locale())
    return queries.composition(work, variant, year), {"printed": printed, "title": named}


draft_views.add(
    blueprint,
    "/editions/plan/<printed>",
    Composed("plandocument", _found, previewing.draft, previewing.ask, previewing.page, composing.approve),
)
