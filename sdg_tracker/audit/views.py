"""The auditor's room, and the pages with which the library opens and closes it."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from sdg_tracker.access import SYSTEM, Actor, Permission, Role
from sdg_tracker.audit import entering, findings, queries, receipts, rules, services, supplements, wording
from sdg_tracker.audit.entering import Visit
from sdg_tracker.audit.findings import Answer
from sdg_tracker.audit.forms import AnswerForm, EnterForm, InviteForm, QuestionAnswerForm, RenewForm, seen
from sdg_tracker.audit.models import Finding, Question
from sdg_tracker.audit.states import NOTED
from sdg_tracker.editions import queries as editions
from sdg_tracker.foundation.errors import Conflict, Invalid, NotFound
from sdg_tracker.foundation.i18n import _
from sdg_tracker.mail import services as mail
from sdg_tracker.web import identity
from sdg_tracker.web.files import attachment
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
    answer = redirect(url_for("room.start"), 303)
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


@blueprint.get("/editions/auditors/<int:number>/log")
@allow(Permission.AUDITOR_INVITE)
def log(number: int) -> ResponseReturnValue:
    """Show every page and file that an auditor has opened; once the access has ended it is the receipt."""
    work = reading()
    found = queries.get(work, number)
    ended = not rules.holds(found.until, found.revoked_at, work.today)
    return page("audit/log.html", access=found, ended=ended, receipt=receipts.receipt(work, found))


@blueprint.get("/editions/auditors/<int:number>/receipt.csv")
@allow(Permission.AUDITOR_INVITE)
def receipt(number: int) -> ResponseReturnValue:
    """Send the list of everything that was opened as a table."""
    work = reading()
    found = queries.get(work, number)
    response = make_response(receipts.as_csv(work, receipts.receipt(work, found)))
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = attachment(f"{work.library.slug}-auditor-{number}.csv")
    response.headers["Cache-Control"] = "private, no-cache"
    return response


# The library's side of the audit -------------------------------------------------------------------------------------


@blueprint.get("/editions/<int:number>/audit")
@allow(Permission.AUDIT_ANSWER)
def show(number: int) -> ResponseReturnValue:
    """Show the audit of an edition, with what the library is to answer."""
    return _audit(number)


def _audit(
    number: int, typed: tuple[str, int, AnswerForm | QuestionAnswerForm] | None = None, status: int = 200
) -> ResponseReturnValue:
    work = reading()
    edition = editions.get(work, number)
    work.require(Permission.AUDIT_ANSWER, edition)
    audit = queries.audit_of(work, edition)
    answers = {row.number: _answer_form(row, typed) for row in (audit.findings if audit else ())}
    replies = {row.number: _reply_form(row, typed) for row in (audit.questions if audit else ())}
    body = page(
        "audit/show.html",
        edition=edition,
        audit=audit,
        accesses=queries.of_edition(work, edition),
        answers=answers,
        replies=replies,
        wrong=typed[2] if typed else None,
        words=wording,
        NOTED=NOTED,
    )
    return body, status


def _answer_form(row: Finding, typed: tuple[str, int, Any] | None) -> AnswerForm:
    form: AnswerForm = (
        typed[2]
        if typed and typed[:2] == ("finding", row.number)
        else AnswerForm(formdata=None, obj=row, prefix=f"finding-{row.number}-")
    )
    form.revision.data = str(row.revision)
    return form


def _reply_form(row: Question, typed: tuple[str, int, Any] | None) -> QuestionAnswerForm:
    form: QuestionAnswerForm = (
        typed[2]
        if typed and typed[:2] == ("question", row.number)
        else QuestionAnswerForm(formdata=None, obj=row, prefix=f"question-{row.number}-")
    )
    form.revision.data = str(row.revision)
    return form


@blueprint.post("/editions/<int:number>/audit/findings/<int:finding>")
@allow(Permission.AUDIT_ANSWER)
def answer(number: int, finding: int) -> ResponseReturnValue:
    """Answer a finding."""
    form = AnswerForm(prefix=f"finding-{finding}-")
    status = 422
    if form.validate_on_submit():
        given = Answer(form.cause.data or "", form.correction.data or "", form.deadline.data)
        try:
            findings.answer(writing(), number, finding, given, seen(form.revision.data))
        except (Invalid, Conflict) as problem:
            form.refuse(problem)
            status = problem.status
        else:
            flash(_("The answer is saved; the auditor sees it now."))
            return redirect(url_for("audit.show", number=number, _anchor=f"finding-{finding}"), 303)
    return _audit(number, ("finding", finding, form), status)


@blueprint.post("/editions/<int:number>/audit/questions/<int:question>")
@allow(Permission.AUDIT_ANSWER)
def reply(number: int, question: int) -> ResponseReturnValue:
    """Answer a question, perhaps with new material as a supplement."""
    form = QuestionAnswerForm(prefix=f"question-{question}-")
    status = 422
    if form.validate_on_submit():
        try:
            said = form.answer.data or ""
            supplements.answer(writing(), number, question, said, form.pieces(), revision=seen(form.revision.data))
        except (Invalid, Conflict, NotFound) as problem:
            form.refuse(problem)
            status = problem.status
        else:
            flash(_("The answer is saved; the auditor sees it now."))
            return redirect(url_for("audit.show", number=number, _anchor=f"question-{question}"), 303)
    return _audit(number, ("question", question, form), status)


@blueprint.app_context_processor
def _for_pages() -> dict[str, object]:
    return {"auditors_of": lambda edition: queries.of_edition(reading(), edition)}
