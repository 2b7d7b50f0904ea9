"""The pages on which a dossier is composed, looked at, approved and frozen."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from sdg_tracker import draft_views
from sdg_tracker.access import Permission
from sdg_tracker.accounts import queries as accounts
from sdg_tracker.certification import checking, preflight
from sdg_tracker.certification import queries as certification
from sdg_tracker.certification.check_wording import WEIGHT_NAMES
from sdg_tracker.dossier import composing, outputs, previewing, queries, services
from sdg_tracker.dossier.forms import ComposeForm
from sdg_tracker.dossier.models import Composition
from sdg_tracker.draft_forms import FreezeForm
from sdg_tracker.draft_views import Composed
from sdg_tracker.evidence import counting, intake
from sdg_tracker.evidence.intake import Received
from sdg_tracker.foundation.errors import Conflict, Invalid
from sdg_tracker.foundation.i18n import _, current_locale
from sdg_tracker.schemes import queries as schemes
from sdg_tracker.schemes.models import Cycle
from sdg_tracker.web.identity import allow
from sdg_tracker.web.lifecycle import page, reading, writing
from sdg_tracker.work import Work

blueprint = Blueprint("dossier", __name__)
KIND = outputs.KIND  # importing it has registered it


@blueprint.get("/editions/dossier")
@allow(Permission.EDITION_FREEZE)
def new() -> ResponseReturnValue:
    """Lead to the dossier of the current cycle; without any cycle, say how to get one."""
    current = schemes.current_cycle(reading())
    if current is None:
        return page("dossier/none.html")
    return redirect(url_for("dossier.compose", number=current.number))


@blueprint.route("/editions/dossier/<int:number>", methods=["GET", "POST"])
@allow(Permission.EDITION_FREEZE)
def compose(number: int) -> ResponseReturnValue:
    """Choose what goes into the next dossier of a cycle."""
    work = reading()
    cycle = schemes.cycle(work, number)
    row = queries.composition(work, cycle)
    form = ComposeForm()
    form.offer(cycle)
    if not form.is_submitted():
        form.show(cycle, row, current_locale())
        return _shown(cycle, row, form, FreezeForm())
    status = 422
    if form.validate():
        try:
            logo = _logo(form)
            composing.save(writing(), number, form.chosen(), logo, without_logo=form.without_logo.data)
        except Invalid as problem:
            form.refuse(problem)
        except Conflict as problem:
            form.renew(row)
            form.refuse(problem)
            status = 409
        else:
            flash(_("Saved. The dossier can be looked at now."))
            return redirect(url_for("dossier.compose", number=number) + "#look", 303)
    return _shown(cycle, row, form, FreezeForm()), status


def _logo(form: ComposeForm) -> Received | None:
    sent: Any = form.logo.data
    if not isinstance(sent, FileStorage) or not sent.filename:
        return None
    stream: Any = sent.stream
    try:
        return intake.receive(reading(), stream, sent.filename, sent.mimetype)
    except Invalid as problem:
        raise Invalid(problem.code, field="logo", **problem.facts) from problem


def _shown(cycle: Cycle, row: Composition | None, form: ComposeForm, freezing: FreezeForm) -> str:
    work = reading()
    approver = accounts.names(work, {row.approved_by}).get(row.approved_by) if row and row.approved_by else None
    readiness = certification.readiness(work, cycle)
    return page(
        "dossier/compose.html",
        form=form,
        freezing=freezing,
        cycle=cycle,
        cycles=schemes.cycles(work),
        composition=row,
        preview=row.preview if row else None,
        approver=approver,
        whole=readiness.whole,
        checked=work.summed(
            f"check of {cycle.number} on {work.today}",
            lambda: preflight.counts(checking.check(work, cycle, readiness)),
        ),
        weights=WEIGHT_NAMES,
        undrawn=counting.waiting_thumbnails(work),
    )


@blueprint.post("/editions/dossier/<int:number>/freeze")
@allow(Permission.EDITION_FREEZE)
def freeze(number: int) -> ResponseReturnValue:
    """Freeze the dossier of a cycle as it was composed."""
    freezing = FreezeForm()
    if freezing.validate():
        try:
            edition = services.freeze(writing(), number, unapproved=freezing.unapproved.data)
        except Conflict as problem:
            freezing.refuse(problem)
        else:
            return redirect(url_for("editions.show", number=edition.number), 303)
    work = reading()
    cycle = schemes.cycle(work, number)
    row = queries.composition(work, cycle)
    form = ComposeForm(formdata=None)
    form.offer(cycle)
    form.show(cycle, row, current_locale())
    return _shown(cycle, row, form, freezing), 409


def _found(work: Work, number: int) -> tuple[Composition | None, Mapping[str, Any]]:
    cycle = schemes.cycle(work, number)
    return queries.composition(work, cycle), {"cycle": cycle}


draft_views.add(
    blueprint,
    "/editions/dossier/<int:number>",
    Composed("dossier", _found, previewing.draft, previewing.ask, previewing.page, composing.approve),
)
