"""The auditor's room, and the pages with which the library opens and closes it."""

from datetime import timedelta

from flask import Blueprint, flash, make_response, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from sdg_tracker.access import SYSTEM, Actor, Permission, Role
from sdg_tracker.audit import entering, queries, rules, services
from sdg_tracker.audit.entering import Visit
from sdg_tracker.audit.forms import EnterForm, InviteForm, RenewForm
from sdg_tracker.audit.models import AuditorAccess
from sdg_tracker.editions import kinds
from sdg_tracker.editions import queries as editions
from sdg_tracker.editions.views import offered, sent
from sdg_tracker.foundation.errors import Conflict, Forbidden, Invalid, NotFound
from sdg_tracker.foundation.i18n import _
from sdg_tracker.mail import services as mail
from sdg_tracker.web import identity
from sdg_tracker.web.identity import Person, allow
from sdg_tracker.web.lifecycle import page, reading, workplace, writing
from sdg_tracker.work import Workplace

blueprint = Blueprint("audit", __name__)
DEFAULT_DAYS = 30
COOKIE = "sdg_auditor"  # what a browser holds that has used a link, so that the link opens it again


def visitor(place: Workplace, key: int, epoch: int, library_id: int) -> Person | None:
    """Return the auditor of a cookie; None once the access has ended or another link was made."""
    with place.reading(Actor(None, Role.AUDITOR, library_id)) as work:
        access = queries.by_key(work, key)
        if access is None or access.epoch != epoch or not access.bound:
            return None
        if not rules.holds(access.until, access.revoked_at, work.today):
            return None
        return Person(entering.actor_of(access), access.email, access.edition.language)


identity.register_visitors("audit", visitor)


@blueprint.route("/audit/<token>", methods=["GET", "POST"])
@allow(Permission.PUBLIC_READ)
def enter(token: str) -> ResponseReturnValue:
    """Swap the token of a link for a cookie: once, and in the browser that has done so as often as one likes.

    It takes a press of a button, so a program that looks at the links of a mail uses none up.
    """
    form, status, wait = EnterForm(), 200, 0
    visit, known = entering.find(workplace(), token, request.cookies.get(COOKIE, ""))
    if known:
        return _begun(visit)
    if form.validate_on_submit():
        try:
            return _begun(entering.enter(workplace(), token, form.code.data or "", request.remote_addr or ""))
        except Invalid as problem:
            form.refuse(problem)
            wait = int(str(problem.facts.get("seconds", 0)))
            status = 429 if wait else problem.status
    with workplace().reading(SYSTEM, visit.library_id) as work:
        library = work.library.name
    body = page("audit/enter.html", form=form, access=visit.access, library_name=library)
    answer = make_response(body, status)
    answer.headers["Cache-Control"], answer.headers["Referrer-Policy"] = "no-store", "no-referrer"
    if wait:
        answer.headers["Retry-After"] = str(wait)
    return answer


def _begun(visit: Visit) -> ResponseReturnValue:
    access = visit.access
    identity.let_in("audit", access.id, access.epoch, visit.library_id)
    answer = redirect(url_for("audit.room"), 303)
    answer.set_cookie(
        COOKIE,
        visit.proof,
        max_age=timedelta(days=rules.LONGEST_DAYS),
        path="/audit",
        httponly=True,
        samesite="Lax",
        secure=workplace().settings.url.startswith("https:"),
    )
    return answer


@blueprint.get("/audit")
@allow(Permission.AUDIT_ROOM, logged=True)
def room() -> ResponseReturnValue:
    """Show the one edition that this auditor may see."""
    access = _access()
    return page(
        "audit/room.html",
        edition=access.edition,
        kind=kinds.get(access.edition.kind),
        files=offered(access.edition),
        until=access.until,
        download_endpoint="audit.download",
        waiting=False,
        sealing=False,
    )


@blueprint.get("/audit/editions/<int:number>/files/<name>")
@allow(Permission.AUDIT_ROOM, logged=True)
def download(number: int, name: str) -> ResponseReturnValue:
    """Send one of the edition's files."""
    access = _access()
    if access.edition.number != number:
        raise NotFound("edition-none", number=number)
    return sent(access.edition, reading().library.slug, name)


def _access() -> AuditorAccess:
    """Return the access of the one who asks. Raises Forbidden when it ended since the request began."""
    access = queries.by_key(reading(), session.get("audit", 0))
    if access is None:
        raise Forbidden("forbidden")
    reading().require(Permission.EDITION_READ, access.edition)
    return access


@blueprint.route("/editions/<int:number>/auditors/new", methods=["GET", "POST"])
@allow(Permission.AUDITOR_INVITE)
def invite(number: int) -> ResponseReturnValue:
    """Invite an auditor to an edition."""
    edition = editions.get(reading(), number)
    form = InviteForm()
    if not form.is_submitted():
        form.until.data = reading().today + timedelta(days=DEFAULT_DAYS)
    if form.validate_on_submit():
        try:
            until = form.until.data or reading().today
            access = services.invite(writing(), number, form.email.data or "", until, with_code=form.with_code.data)
        except (Invalid, Conflict) as problem:
            form.refuse(problem)
        else:
            return redirect(url_for("audit.access", number=access.number), 303)
    return page("audit/invite.html", form=form, edition=edition), 422 if form.is_submitted() else 200


@blueprint.get("/editions/auditors/<int:number>")
@allow(Permission.AUDITOR_INVITE)
def access(number: int) -> ResponseReturnValue:
    """Show an access with its link."""
    return _access_page(number, RenewForm())


def _access_page(number: int, form: RenewForm) -> ResponseReturnValue:
    work = reading()
    found = queries.get(work, number)
    holds = rules.holds(found.until, found.revoked_at, work.today)
    body = page(
        "audit/access.html",
        access=found,
        holds=holds,
        link=services.link(work, found) if holds and not found.bound else "",
        code=services.code(work, found) if holds and not found.bound else "",
        mails=mail.sends(work),
        form=form,
    )
    return body, 422 if form.errors else 200


@blueprint.post("/editions/auditors/<int:number>/link")
@allow(Permission.AUDITOR_INVITE)
def new_link(number: int) -> ResponseReturnValue:
    """Make a new link."""
    services.new_link(writing(), number)
    flash(_("There is a new link; the old one has stopped working."))
    return redirect(url_for("audit.access", number=number), 303)


@blueprint.post("/editions/auditors/<int:number>/renew")
@allow(Permission.AUDITOR_INVITE)
def renew(number: int) -> ResponseReturnValue:
    """Move the last day of an access."""
    form = RenewForm()
    if form.validate_on_submit() and form.until.data is not None:
        try:
            services.renew(writing(), number, form.until.data)
        except Invalid as problem:
            form.refuse(problem)
        else:
            flash(_("The last day is changed."))
            return redirect(url_for("audit.access", number=number), 303)
    return _access_page(number, form)


@blueprint.post("/editions/auditors/<int:number>/end")
@allow(Permission.AUDITOR_INVITE)
def end(number: int) -> ResponseReturnValue:
    """End an access."""
    services.end(writing(), number)
    flash(_("The access has ended; the link opens nothing any more."))
    return redirect(url_for("audit.access", number=number), 303)


@blueprint.app_context_processor
def _for_pages() -> dict[str, object]:
    return {"auditors_of": lambda edition: queries.of_edition(reading(), edition)}
