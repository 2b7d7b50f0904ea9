"""The auditor's room, and the pages with which the library opens and closes it."""

from datetime import timedelta

from flask import Blueprint, flash, redirect, session, url_for
from flask.typing import ResponseReturnValue

from sdg_tracker.access import Actor, Permission, Role
from sdg_tracker.audit import queries, rules, services
from sdg_tracker.audit.forms import InviteForm
from sdg_tracker.audit.models import AuditorAccess
from sdg_tracker.editions import kinds
from sdg_tracker.editions import queries as editions
from sdg_tracker.editions.views import offered, sent
from sdg_tracker.foundation.errors import Conflict, Forbidden, Invalid, NotFound, words
from sdg_tracker.foundation.i18n import _, lazy
from sdg_tracker.web import identity
from sdg_tracker.web.identity import Person, allow
from sdg_tracker.web.lifecycle import note_access, page, reading, workplace, writing
from sdg_tracker.work import Workplace

blueprint = Blueprint("audit", __name__)
words({"auditor-link-spent": lazy("This link does not open anything any more. Ask the library for a new one.")})
DEFAULT_DAYS = 30


def visitor(place: Workplace, key: int, library_id: int) -> Person | None:
    """Return the auditor of a cookie; None once the access has ended."""
    actor = Actor(None, Role.AUDITOR, library_id)
    with place.reading(actor) as work:
        access = queries.by_key(work, key)
        if access is None or not rules.holds(access.until, access.revoked_at, work.today):
            return None
        return Person(Actor(None, Role.AUDITOR, library_id, access.edition_id), access.email, None)


identity.register_visitors("audit", visitor)


@blueprint.get("/audit/<token>")
@allow(Permission.PUBLIC_READ)
def enter(token: str) -> ResponseReturnValue:
    """Swap the token of a link for a cookie."""
    found = queries.by_token(workplace(), token)
    if found is None:
        raise NotFound("auditor-link-spent")
    access, library_id = found
    identity.let_in("audit", access.id, library_id)
    return redirect(url_for("audit.room"), 303)


@blueprint.get("/audit")
@allow(Permission.AUDIT_ROOM, logged=True)
def room() -> ResponseReturnValue:
    """Show the one edition that this auditor may see."""
    access = _access()
    note_access("auditor.entered", access.edition, access=access.number)
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
    access = queries.by_key(reading(), session["audit"])
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
            access = services.invite(writing(), number, form.email.data or "", form.until.data or reading().today)
        except (Invalid, Conflict) as problem:
            form.refuse(problem)
        else:
            return redirect(url_for("audit.access", number=access.number), 303)
    return page("audit/invite.html", form=form, edition=edition), 422 if form.is_submitted() else 200


@blueprint.get("/editions/auditors/<int:number>")
@allow(Permission.AUDITOR_INVITE)
def access(number: int) -> ResponseReturnValue:
    """Show an access with its link."""
    work = reading()
    found = queries.get(work, number)
    open_today = rules.holds(found.until, found.revoked_at, work.today)
    return page("audit/access.html", access=found, link=services.link(work, found) if open_today else "")


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
