"""Pages of requests: who owes what, asking, giving, cancelling."""

from contextlib import suppress
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from sdg_tracker.access import Permission
from sdg_tracker.accounts import queries as accounts
from sdg_tracker.evidence import add_views, intake, queries, request_queries, requests, telling
from sdg_tracker.evidence.forms import activity_text
from sdg_tracker.evidence.request_forms import STATES, AskForm, CancelForm, GiveForm, RequestFilterForm
from sdg_tracker.evidence.request_models import Request, RequestState
from sdg_tracker.foundation.errors import Conflict, Invalid
from sdg_tracker.foundation.i18n import _
from sdg_tracker.mail import services as mail
from sdg_tracker.web import navigation
from sdg_tracker.web.identity import allow, can
from sdg_tracker.web.lifecycle import page, reading, writing
from sdg_tracker.web.paging import SIZE, Pager, page_asked

blueprint = Blueprint("requests", __name__)
navigation.belongs("requests", "evidence")
SIGNS = {RequestState.DONE.value: "success", RequestState.GIVEN.value: "info"}  # kinds of badge


@blueprint.get("/evidence/requests")
@allow(Permission.REQUEST_READ)
def index() -> ResponseReturnValue:
    """List who owes what; those who are asked see what is asked of them."""
    work = reading()
    form, asked, makes = RequestFilterForm(request.args), page_asked(), can(Permission.REQUEST_MAKE)
    people = request_queries.givers(work) if makes else []
    form.offer(people)
    if not makes:
        del form.giver
    giver = work.actor.number
    if makes:
        giver = int(form.giver.data) if form.giver.data in {str(row.user_number) for row in people} else None
    rows, total = request_queries.one_page(work, form.chosen(), SIZE, (asked - 1) * SIZE, giver)
    return page(
        "requests/index.html",
        fragment="requests/_rows.html",
        form=form,
        rows=rows,
        pager=Pager(asked, total),
        names=accounts.names(work, [row.giver_number for row in rows]),
        today=work.today,
        makes=makes,
        sends=mail.sends(work),
        states=STATES,
        signs=SIGNS,
    )


@blueprint.route("/evidence/requests/new", methods=["GET", "POST"])
@allow(Permission.REQUEST_MAKE)
def ask() -> ResponseReturnValue:
    """Ask somebody for a thing."""
    work = reading()
    form, cycles, activity = AskForm(), queries.cycles(work), add_views.activity_asked()
    form.offer(request_queries.givers(work), cycles)
    if request.method == "GET":
        form.activity.data = activity_text(activity)
        form.requirement.data = next(iter(add_views.requirement_asked(cycles)), "")
    status = 200
    if form.validate_on_submit():
        try:
            made = requests.make(writing(), form.details())
        except Invalid as error:
            form.refuse(error)
        else:
            flash(_("The request is saved and sent by mail.") if mail.sends(work) else _("The request is saved."))
            return redirect(url_for("requests.show", number=made.number), 303)
    if form.errors:
        status = 422
    return page("requests/ask.html", form=form, sends=mail.sends(work), **add_views.file_choices()), status


@blueprint.get("/evidence/requests/<int:number>")
@allow(Permission.REQUEST_READ)
def show(number: int) -> ResponseReturnValue:
    """Show a request, and take what it asks for."""
    return _shown(_found(number), GiveForm(formdata=None))


def _found(number: int) -> Request:
    found = request_queries.get(reading(), number)
    reading().require(Permission.REQUEST_READ, found)
    return found


def _shown(found: Request, form: GiveForm) -> str:
    work = reading()
    requirement = None
    if found.cycle is not None:
        with suppress(Invalid):  # the period is on a version without it
            _cycle, requirement = queries.requirement(work, found.cycle.number, found.requirement_code)
    return page(
        "requests/show.html",
        asked=found,
        form=form,
        requirement=requirement,
        names=accounts.names(work, [found.giver_number, found.added_by]),
        address=requests.address(work, found),
        today=work.today,
        sends=mail.sends(work),
        giving=found.state is RequestState.OPEN and can(Permission.REQUEST_GIVE, found),
        states=STATES,
        signs=SIGNS,
        sent_back=_sent_back(found),
        **add_views.file_choices(),
    )


def _sent_back(found: Request) -> Any:
    """Return the review with which something was sent back, None where nothing was."""
    if found.evidence is None or found.state is not RequestState.OPEN or found.evidence.state != "returned":
        return None
    reviews = queries.get(reading(), found.evidence.number).reviews
    return reviews[-1] if reviews else None


@blueprint.post("/evidence/requests/<int:number>/give")
@allow(Permission.REQUEST_GIVE)
def give(number: int) -> ResponseReturnValue:
    """Take a file for a request."""
    found = _found(number)
    reading().require(Permission.REQUEST_GIVE, found)
    form, status = GiveForm(), 422
    if form.validate():
        file = form.document.data
        try:
            received = intake.receive(reading(), file.stream, file.filename or "", file.mimetype)
            added = requests.give(writing(), number, received, form.description.data or "")
        except (Invalid, Conflict) as error:
            form.refuse(error)
            status = error.status
        else:
            flash(_("Thank you. It is given, and waits to be reviewed."))
            telling.tell_held(added)
            telling.tell_findings(added)
            return redirect(url_for("requests.show", number=number), 303)
    return _shown(found, form), status


@blueprint.route("/evidence/requests/<int:number>/cancel", methods=["GET", "POST"])
@allow(Permission.REQUEST_MAKE)
def cancel(number: int) -> ResponseReturnValue:
    """Ask for it no more."""
    found = _found(number)
    form, status = CancelForm(), 200
    if request.method == "GET":
        form.revision.data = str(found.revision)
    elif form.validate():
        try:
            requests.cancel(writing(), number, form.reason.data or "", form.seen())
        except (Invalid, Conflict) as error:
            form.refuse(error)
            form.revision.data, status = str(found.revision), error.status
        else:
            flash(_("The request is cancelled."))
            return redirect(url_for("requests.show", number=number), 303)
    else:
        status = 422
    return page("requests/cancel.html", form=form, asked=found), status
