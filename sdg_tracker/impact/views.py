"""The pages on which a year's report is composed, looked at, approved and frozen."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from sdg_tracker import draft_views
from sdg_tracker.access import Permission
from sdg_tracker.accounts import queries as accounts
from sdg_tracker.activities import queries as activities
from sdg_tracker.draft_forms import FreezeForm
from sdg_tracker.draft_views import Composed
from sdg_tracker.foundation.errors import Conflict, Invalid
from sdg_tracker.foundation.i18n import _, current_locale
from sdg_tracker.impact import composing, outputs, previewing, queries, services, snapshot, suggestions
from sdg_tracker.impact.forms import ComposeForm, YearForm
from sdg_tracker.impact.models import ReportComposition
from sdg_tracker.impact.sections import MEANINGS, TITLES
from sdg_tracker.web.identity import allow
from sdg_tracker.web.lifecycle import page, reading, writing
from sdg_tracker.work import Work

blueprint = Blueprint("impact", __name__)
KIND = outputs.KIND  # importing it has registered it


@blueprint.route("/editions/impact", methods=["GET", "POST"])
@allow(Permission.EDITION_FREEZE)
def new() -> ResponseReturnValue:
    """Choose the year of a report."""
    work = reading()
    this = work.today.year
    years = sorted({year for year in activities.years(work) if year <= this} | {this, this - 1}, reverse=True)
    form = YearForm(year=str(this - 1))
    form.year.choices = [(str(year), str(year)) for year in years]
    if form.validate_on_submit():
        return redirect(url_for("impact.compose", year=int(form.year.data)), 303)
    shown = page("impact/new.html", form=form, begun=queries.composed_years(work))
    return shown, 422 if form.is_submitted() else 200


@blueprint.route("/editions/impact/<int:year>", methods=["GET", "POST"])
@allow(Permission.EDITION_FREEZE)
def compose(year: int) -> ResponseReturnValue:
    """Choose what goes into the report of a year."""
    work = reading()
    row = queries.composition(work, year)
    form = ComposeForm()
    if not form.is_submitted():
        composing.check_year(work, year)
        form.show(row, current_locale())
        return _shown(work, year, row, form, FreezeForm())
    status = 422
    if form.validate():
        try:
            composing.save(writing(), year, form.chosen())
        except Invalid as problem:
            form.refuse(problem)
        except Conflict as problem:
            form.renew(row)
            form.refuse(problem)
            status = 409
        else:
            flash(_("Saved. The report can be looked at now."))
            return redirect(url_for("impact.compose", year=year) + "#look", 303)
    return _shown(work, year, row, form, FreezeForm()), status


def _shown(work: Work, year: int, row: ReportComposition | None, form: ComposeForm, freezing: FreezeForm) -> str:
    approver = accounts.names(work, {row.approved_by}).get(row.approved_by) if row and row.approved_by else None
    return page(
        "impact/compose.html",
        form=form,
        freezing=freezing,
        year=year,
        running=year == work.today.year,
        composition=row,
        preview=row.preview if row else None,
        approver=approver,
        before=queries.said_before(work, year),
        suggested=work.summed(f"suggestions for {year} on {work.today}", lambda: _suggested(work, year)),
        TITLES=TITLES,
        MEANINGS=MEANINGS,
    )


def _suggested(work: Work, year: int) -> list[suggestions.Change]:
    return suggestions.changed_most(snapshot.take(work, year, 1, current_locale()))


@blueprint.post("/editions/impact/<int:year>/freeze")
@allow(Permission.EDITION_FREEZE)
def freeze(year: int) -> ResponseReturnValue:
    """Freeze the report of a year as it was composed."""
    freezing = FreezeForm()
    if freezing.validate():
        try:
            edition = services.freeze(writing(), year, unapproved=freezing.unapproved.data)
        except (Conflict, Invalid) as problem:
            freezing.refuse(problem)
        else:
            return redirect(url_for("editions.show", number=edition.number), 303)
    work = reading()
    row = queries.composition(work, year)
    form = ComposeForm(formdata=None)
    form.show(row, current_locale())
    return _shown(work, year, row, form, freezing), 409


def _found(work: Work, year: int) -> tuple[ReportComposition | None, Mapping[str, Any]]:
    return queries.composition(work, year), {"year": year}


draft_views.add(
    blueprint,
    "/editions/impact/<int:year>",
    Composed("impact", _found, previewing.draft, previewing.ask, previewing.page, composing.approve),
)
