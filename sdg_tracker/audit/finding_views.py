"""The auditor's findings, and what the library is asked for."""

from collections.abc import Callable

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue

from sdg_tracker.access import Permission
from sdg_tracker.audit import findings, queries
from sdg_tracker.audit import room as rooms
from sdg_tracker.audit.forms import FindingForm, QuestionForm, ReplyForm, seen
from sdg_tracker.audit.models import Finding
from sdg_tracker.audit.room import Room
from sdg_tracker.audit.room_views import blueprint, both, room_here, room_page
from sdg_tracker.editions import queries as editions
from sdg_tracker.editions.views import offered
from sdg_tracker.foundation.errors import Conflict, Invalid, NotFound
from sdg_tracker.foundation.i18n import _
from sdg_tracker.web.identity import allow
from sdg_tracker.web.lifecycle import reading, writing


@both("/findings", "findings")
def finding_list(room: Room) -> ResponseReturnValue:
    """List the findings, and write one."""
    form = FindingForm(requirement=request.args.get("requirement", ""), exhibits=request.args.get("exhibits", "")[:400])
    return _findings(room, form)


def _findings(room: Room, form: FindingForm) -> str:
    form.fill(_codes(room))
    return room_page(room, "audit/findings.html", "findings", form=form)


def _codes(room: Room) -> list[tuple[str, str]]:
    """Return the requirements to choose among."""
    return [(code, f"{code} {rooms.said(row['text'])}"[:90]) for code, row in room.frozen.requirements.items()]


@blueprint.post("/audit/findings")
@allow(Permission.AUDIT_WRITE)
def raise_finding() -> ResponseReturnValue:
    """Write a finding down."""
    room, form = room_here(), FindingForm()
    form.fill(_codes(room))
    if form.validate_on_submit():
        try:
            raised = findings.raise_finding(writing(), room.edition.number, form.details())
        except (Invalid, Conflict, NotFound) as problem:
            form.refuse(problem)
            return _findings(room, form), problem.status
        flash(_("Finding %(number)s is saved.", number=raised.number))
        return redirect(room.to("finding", finding=raised.number), 303)
    return _findings(room, form), 422


@both("/findings/<int:finding>", "finding")
def finding(room: Room, finding: int) -> ResponseReturnValue:
    """Show a finding with the library's answer."""
    return _finding(room, queries.finding(room.audit, finding))


def _finding(room: Room, found: Finding, form: FindingForm | None = None, reply: ReplyForm | None = None) -> str:
    shown = form or FindingForm(formdata=None, obj=found, exhibits=", ".join(map(str, found.exhibits)))
    shown.fill(_codes(room))
    answered = reply or ReplyForm(formdata=None)
    shown.revision.data = answered.revision.data = str(found.revision)
    return room_page(room, "audit/finding.html", f"finding {found.number}", finding=found, form=shown, reply=answered)


@blueprint.post("/audit/findings/<int:finding>")
@allow(Permission.AUDIT_WRITE)
def revise(finding: int) -> ResponseReturnValue:
    """Change a finding."""
    room, form = room_here(), FindingForm()
    found = queries.finding(room.audit, finding)
    form.fill(_codes(room))
    if form.validate_on_submit():
        try:
            findings.revise(writing(), room.edition.number, finding, form.details(), seen(form.revision.data))
        except (Invalid, Conflict, NotFound) as problem:
            form.refuse(problem)
            return _finding(room, found, form), problem.status
        flash(_("The change is saved."))
        return redirect(room.to("finding", finding=finding), 303)
    return _finding(room, found, form), 422


@blueprint.post("/audit/findings/<int:finding>/close")
@allow(Permission.AUDIT_WRITE)
def close(finding: int) -> ResponseReturnValue:
    """Close a finding."""
    return _replied(finding, findings.close, _("The finding is closed."))


@blueprint.post("/audit/findings/<int:finding>/send-back")
@allow(Permission.AUDIT_WRITE)
def send_back(finding: int) -> ResponseReturnValue:
    """Ask the library to answer again."""
    return _replied(finding, findings.send_back, _("The answer is sent back to the library."))


def _replied(number: int, step: Callable[..., Finding], done: str) -> ResponseReturnValue:
    room, reply = room_here(), ReplyForm()
    found = queries.finding(room.audit, number)
    if reply.validate_on_submit():
        try:
            step(writing(), room.edition.number, number, reply.reply.data or "", seen(reply.revision.data))
        except (Invalid, Conflict) as problem:
            reply.refuse(problem)
            return _finding(room, found, reply=reply), problem.status
        flash(done)
        return redirect(room.to("finding", finding=number), 303)
    return _finding(room, found, reply=reply), 422


@both("/questions", "questions")
def questions(room: Room) -> ResponseReturnValue:
    """List what the library was asked for, and ask."""
    return _questions(room, QuestionForm(requirement=request.args.get("requirement", "")))


def _questions(room: Room, form: QuestionForm) -> str:
    form.fill(_codes(room))
    numbers = sorted(room.supplements)
    supplements = {number: editions.get(reading(), number) for number in numbers}
    return room_page(room, "audit/questions.html", "questions", form=form, supplements=supplements, offered=offered)


@blueprint.post("/audit/questions")
@allow(Permission.AUDIT_WRITE)
def ask() -> ResponseReturnValue:
    """Ask the library for something."""
    room, form = room_here(), QuestionForm()
    form.fill(_codes(room))
    if form.validate_on_submit():
        try:
            findings.ask(writing(), room.edition.number, form.text.data or "", form.requirement.data or "")
        except (Invalid, Conflict) as problem:
            form.refuse(problem)
            return _questions(room, form), problem.status
        flash(_("The library sees your question now."))
        return redirect(room.to("questions"), 303)
    return _questions(room, form), 422
