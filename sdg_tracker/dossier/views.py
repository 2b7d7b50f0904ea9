"""The page that freezes a dossier."""

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from sdg_tracker.access import Permission
from sdg_tracker.certification import queries as certification
from sdg_tracker.dossier import outputs, services
from sdg_tracker.dossier.forms import FreezeForm
from sdg_tracker.evidence import queries as evidence
from sdg_tracker.foundation.errors import Conflict, NotFound
from sdg_tracker.foundation.i18n import current_locale
from sdg_tracker.schemes import queries as schemes
from sdg_tracker.web.identity import allow
from sdg_tracker.web.lifecycle import page, reading, writing

blueprint = Blueprint("dossier", __name__)
KIND = outputs.KIND  # importing it has registered it


@blueprint.route("/editions/dossier", methods=["GET", "POST"])
@allow(Permission.EDITION_FREEZE)
def new() -> ResponseReturnValue:
    """Freeze a dossier."""
    work = reading()
    cycles = schemes.cycles(work)
    form = FreezeForm(language=current_locale())
    form.cycle.choices = [(str(cycle.number), cycle.title) for cycle in cycles]
    if form.validate_on_submit():
        try:
            edition = services.freeze(writing(), int(form.cycle.data), form.language.data)
        except (Conflict, NotFound) as problem:
            form.refuse(problem)
        else:
            return redirect(url_for("editions.show", number=edition.number), 303)
    current = schemes.current_cycle(work)
    gaps = certification.readiness(work, current).whole.gaps if current else 0
    undrawn = evidence.waiting_thumbnails(work)
    body = page("dossier/new.html", form=form, cycles=cycles, current=current, gaps=gaps, undrawn=undrawn)
    return body, 422 if form.is_submitted() else 200
