"""The page that freezes a year's report."""

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from sdg_tracker.access import Permission
from sdg_tracker.activities import queries as activities
from sdg_tracker.foundation.errors import Invalid
from sdg_tracker.foundation.i18n import current_locale
from sdg_tracker.impact import outputs, services
from sdg_tracker.impact.forms import FreezeForm
from sdg_tracker.web.identity import allow
from sdg_tracker.web.lifecycle import page, reading, writing

blueprint = Blueprint("impact", __name__)
KIND = outputs.KIND  # importing it has registered it


@blueprint.route("/editions/impact", methods=["GET", "POST"])
@allow(Permission.EDITION_FREEZE)
def new() -> ResponseReturnValue:
    """Freeze the report of a year."""
    work = reading()
    years = sorted({year for year in activities.years(work) if year <= work.today.year} | {work.today.year})[::-1]
    form = FreezeForm(language=current_locale(), year=str(work.today.year - 1))
    form.year.choices = [(str(year), str(year)) for year in years]
    if form.validate_on_submit():
        try:
            edition = services.freeze(writing(), int(form.year.data), form.language.data)
        except Invalid as problem:
            form.refuse(problem)
        else:
            return redirect(url_for("editions.show", number=edition.number), 303)
    return page("impact/new.html", form=form), 422 if form.is_submitted() else 200
