"""What the forms on a requirement's page do with the work on it: assign, ready, approve, send back, comment."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from sdg_tracker.access import Permission
from sdg_tracker.certification import queries, task_queries, tasks
from sdg_tracker.certification.forms import AssignForm, CommentForm, SendBackForm, StepForm
from sdg_tracker.certification.tasks import Assignment
from sdg_tracker.certification.views import requirement_page
from sdg_tracker.foundation.errors import Conflict, Invalid
from sdg_tracker.foundation.i18n import _
from sdg_tracker.schemes import queries as schemes
from sdg_tracker.web import navigation
from sdg_tracker.web.identity import allow
from sdg_tracker.web.lifecycle import reading, writing
from sdg_tracker.work import Work

blueprint = Blueprint("tasks", __name__)
navigation.belongs("tasks", "schemes")


@blueprint.post("/certification/cycles/<int:number>/<code>/assign")
@allow(Permission.TASK_ASSIGN)
def assign(number: int, code: str) -> ResponseReturnValue:
    """Say who works on a requirement, and until when."""
    form, status = AssignForm(), 422
    form.offer(task_queries.owners(reading()))
    if form.validate():
        try:
            tasks.assign(writing(), number, code, Assignment(form.number(), form.due_on.data), form.seen())
        except (Invalid, Conflict) as error:
            form.refuse(error)
            status = _renewed(form, number, code, error)
        else:
            flash(_("It is saved who works on %(code)s.", code=code))
            return _back(number, code, "work")
    return _shown(number, code, assign_form=form), status


@blueprint.post("/certification/cycles/<int:number>/<code>/ready")
@allow(Permission.TASK_READY)
def ready(number: int, code: str) -> ResponseReturnValue:
    """Say that a requirement is ready to be reviewed."""
    return _step(number, code, tasks.say_ready, _("%(code)s is ready for review.", code=code))


@blueprint.post("/certification/cycles/<int:number>/<code>/approve")
@allow(Permission.TASK_APPROVE)
def approve(number: int, code: str) -> ResponseReturnValue:
    """Approve a requirement as it stands."""
    return _step(number, code, tasks.approve, _("%(code)s is approved. What was approved is kept.", code=code))


def _step(number: int, code: str, step: Callable[[Work, int, str, int], object], said: str) -> ResponseReturnValue:
    """Take a step that asks for nothing but the revision that was shown."""
    form, status = StepForm(), 422
    if form.validate():
        try:
            step(writing(), number, code, form.seen())
        except Conflict as error:
            form.refuse(error)
            status = error.status
        else:
            flash(said)
            return _back(number, code, "work")
    return _shown(number, code, step_form=form), status


@blueprint.post("/certification/cycles/<int:number>/<code>/send-back")
@allow(Permission.TASK_APPROVE)
def send_back(number: int, code: str) -> ResponseReturnValue:
    """Send a requirement back to the one who works on it."""
    form, status = SendBackForm(), 422
    if form.validate():
        try:
            tasks.send_back(writing(), number, code, form.todo.data or "", form.seen())
        except (Invalid, Conflict) as error:
            form.refuse(error)
            status = _renewed(form, number, code, error)
        else:
            flash(_("%(code)s is sent back.", code=code))
            return _back(number, code, "work")
    return _shown(number, code, back_form=form), status


@blueprint.post("/certification/cycles/<int:number>/<code>/comments")
@allow(Permission.COMMENT_WRITE)
def comment(number: int, code: str) -> ResponseReturnValue:
    """Say something about a requirement."""
    form = CommentForm()
    if form.validate():
        try:
            tasks.comment(writing(), number, code, form.text.data or "", shown=bool(form.shown.data))
        except Invalid as error:
            form.refuse(error)
        else:
            flash(_("The comment is saved."))
            return _back(number, code, "comments")
    return _shown(number, code, comment_form=form), 422


@blueprint.post("/certification/cycles/<int:number>/<code>/comments/<int:ordinal>/resolve")
@allow(Permission.COMMENT_WRITE)
def resolve(number: int, code: str, ordinal: int) -> ResponseReturnValue:
    """Say that a comment is dealt with."""
    tasks.resolve(writing(), number, code, ordinal)
    flash(_("The comment is resolved."))
    return _back(number, code, "comments")


def _renewed(form: StepForm, number: int, code: str, error: Invalid | Conflict) -> int:
    """Let the form be sent again, over what stands now; return the status of the answer."""
    work = reading()
    found = task_queries.task(work, schemes.cycle(work, number), code)
    form.revision.data = str(found.revision if found else tasks.NEVER_SEEN)
    return error.status


def _shown(number: int, code: str, **forms: Any) -> str:
    work = reading()
    cycle = schemes.cycle(work, number)
    schemes.requirement(work, cycle.scheme, code)
    return requirement_page(cycle, code, queries.assessment(work, cycle, code), **forms)


def _back(number: int, code: str, anchor: str) -> ResponseReturnValue:
    return redirect(url_for("certification.requirement", number=number, code=code, _anchor=anchor), 303)
