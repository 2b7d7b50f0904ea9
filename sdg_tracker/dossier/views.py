"""The pages on which a dossier is composed, looked at, approved and frozen."""

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask.wrappers import Response
from werkzeug.datastructures import FileStorage

from sdg_tracker import drafts
from sdg_tracker.access import Permission
from sdg_tracker.accounts import queries as accounts
from sdg_tracker.certification import checking, preflight
from sdg_tracker.certification import queries as certification
from sdg_tracker.certification.check_wording import WEIGHT_NAMES
from sdg_tracker.dossier import composing, outputs, previewing, queries, services
from sdg_tracker.dossier.forms import ApproveForm, ComposeForm, FreezeForm
from sdg_tracker.dossier.models import Composition, Preview
from sdg_tracker.evidence import counting, intake
from sdg_tracker.evidence.intake import Received
from sdg_tracker.foundation.errors import Conflict, Invalid
from sdg_tracker.foundation.i18n import _, current_locale
from sdg_tracker.jobs import OPEN, Progress
from sdg_tracker.schemes import queries as schemes
from sdg_tracker.schemes.models import Cycle
from sdg_tracker.web.identity import allow
from sdg_tracker.web.lifecycle import page, reading, writing

blueprint = Blueprint("dossier", __name__)
KIND = outputs.KIND  # importing it has registered it
PICTURES = "private, max-age=3600, immutable"  # the address of a page names the pages it is of


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


@blueprint.route("/editions/dossier/<int:number>/pages", methods=["GET", "POST"])
@allow(Permission.EDITION_APPROVE)
def pages(number: int) -> ResponseReturnValue:
    """Show the pages as they would be; asked for anew with a POST. Who may approve does so below them."""
    if request.method == "POST":
        previewing.ask(writing(), number)
        return redirect(url_for("dossier.pages", number=number), 303)
    return _pages(number, ApproveForm())


def _pages(number: int, form: ApproveForm) -> str:
    work = reading()
    cycle = schemes.cycle(work, number)
    row = queries.composition(work, cycle)
    preview = row.preview if row else None
    if preview is not None:
        form.essence.data = preview.essence
    return page(
        "dossier/pages.html",
        fragment="dossier/_pages.html",
        cycle=cycle,
        composition=row,
        preview=preview,
        waiting=preview is not None and preview.state in OPEN,
        done=preview is not None and preview.state == Progress.READY.value,
        fault=drafts.fault(preview) if preview else "",
        outdated=_outdated(row, preview),
        form=form,
    )


def _outdated(row: Composition | None, preview: Preview | None) -> bool:
    """Return whether a dossier frozen now would hold something else than the pages show."""
    if row is None or preview is None or preview.state != Progress.READY.value:
        return False
    return drafts.essence(previewing.draft(reading(), row)) != preview.essence


@blueprint.get("/editions/dossier/<int:number>/pages/<digest>/<int:place>.png")
@allow(Permission.EDITION_APPROVE)
def picture(number: int, digest: str, place: int) -> ResponseReturnValue:
    """Send one page as a picture; ``digest`` begins that of the PDF, so that a browser may keep it."""
    return Response(
        previewing.page(reading(), number, digest, place), mimetype="image/png", headers={"Cache-Control": PICTURES}
    )


@blueprint.post("/editions/dossier/<int:number>/approve")
@allow(Permission.EDITION_APPROVE)
def approve(number: int) -> ResponseReturnValue:
    """Approve the pages as they were seen."""
    form = ApproveForm()
    if form.validate():
        try:
            composing.approve(writing(), number, form.acting_as.data or "", form.essence.data or "")
        except (Invalid, Conflict) as problem:
            form.refuse(problem)
        else:
            flash(_("Approved. The next freezing says by whom and when, as long as nothing changes before it."))
            return redirect(url_for("dossier.pages", number=number), 303)
    return _pages(number, form), 422
