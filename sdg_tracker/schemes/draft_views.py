"""Pages of a draft of a scheme: begun, read from a file, shown, undone, discarded."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from sdg_tracker.access import Permission
from sdg_tracker.foundation.errors import Conflict, Invalid
from sdg_tracker.foundation.i18n import _
from sdg_tracker.foundation.refusals import Fault
from sdg_tracker.schemes import drafts, editing, files, frame, queries, words
from sdg_tracker.schemes.document import Document
from sdg_tracker.schemes.editing import Part
from sdg_tracker.schemes.forms import SchemeFileForm
from sdg_tracker.schemes.head_forms import HeadForm, NewSchemeForm
from sdg_tracker.schemes.mending import problem_of
from sdg_tracker.schemes.models import Draft
from sdg_tracker.schemes.step_forms import StepForm
from sdg_tracker.web import navigation
from sdg_tracker.web.files import attachment
from sdg_tracker.web.identity import allow
from sdg_tracker.web.lifecycle import page, reading, writing

blueprint = Blueprint("drafting", __name__)
navigation.belongs("drafting", "schemes")


@blueprint.get("/certification/schemes")
@allow(Permission.SCHEME_EDIT)
def index() -> ResponseReturnValue:
    """Show the open drafts, and the schemes that can be changed."""
    work = reading()
    return page(
        "schemes/drafts.html",
        drafts=queries.drafts(work),
        schemes=queries.newest(work),
        form=StepForm(formdata=None),
        words=words,
    )


@blueprint.route("/certification/schemes/new", methods=["GET", "POST"])
@allow(Permission.SCHEME_EDIT)
def begin() -> ResponseReturnValue:
    """Begin a scheme that is new."""
    form = NewSchemeForm()
    form.offer({})
    if request.method == "GET":
        form.status.data, form.rule.data, form.validity.data = "draft", "all_mandatory", "one_off"
        form.label_da.data, form.label_en.data = "udkast – ikke bekræftet", "draft – not confirmed"
    if form.validate_on_submit():
        try:
            draft = drafts.begin(writing(), form.document())
        except Invalid as error:
            form.refuse(error)
        else:
            flash(_("The draft is begun. Add its first area."))
            return redirect(home(draft), 303)
    return page("schemes/head.html", form=form, draft=None, words=words), 422 if form.errors else 200


@blueprint.post("/certification/schemes/change")
@allow(Permission.SCHEME_EDIT)
def start() -> ResponseReturnValue:
    """Copy the newest version of a scheme to a draft, or go on with the open one."""
    draft = drafts.start(writing(), request.form.get("slug", ""))
    return redirect(home(draft), 303)


@blueprint.route("/certification/schemes/file", methods=["GET", "POST"])
@allow(Permission.SCHEME_EDIT)
def take() -> ResponseReturnValue:
    """Make a draft of a file."""
    form = SchemeFileForm()
    problems: list[Fault] = []
    if form.validate_on_submit():
        file = form.document.data
        content = file.stream.read(files.LARGEST + 1)
        try:
            draft = drafts.take(writing(), content, file.filename or "")
        except Invalid as error:
            problems = broken(error)
            form.refuse(Invalid("scheme-file-refused", field="document") if problems else error)
        else:
            flash(_("The file is read, and the draft is what it says."))
            return redirect(home(draft), 303)
    return page("schemes/file.html", form=form, problems=problems), 422 if form.errors else 200


def broken(error: Invalid) -> list[Fault]:
    """Return the faults of a file that a refusal tells."""
    found = error.facts.get("problems")
    return [fault for fault in found if isinstance(fault, Fault)] if isinstance(found, list) else []


@blueprint.get("/certification/schemes/drafts/<int:number>")
@allow(Permission.SCHEME_EDIT)
def show(number: int) -> ResponseReturnValue:
    """Show a draft: all its parts in order, what it still lacks, and what can be undone."""
    return _shown(number)


def _shown(number: int, refusal: str = "", status: int = 200) -> ResponseReturnValue:
    work = reading()
    draft, step = queries.draft(work, number)
    undone, redone = queries.steps_beside(work, draft)
    form = StepForm(formdata=None)
    form.revision.data = str(draft.revision)
    mine = [cycle for cycle in queries.cycles(work) if cycle.scheme.slug == draft.slug]
    return page(
        "schemes/draft.html",
        draft=draft,
        document=step.document,
        problems=[problem_of(draft, step.document, fault) for fault in drafts.faults(work, step.document)],
        undone=undone,
        redone=redone,
        form=form,
        cycles=mine,
        refusal=refusal,
        words=words,
    ), status


@blueprint.get("/certification/schemes/drafts/<int:number>/scheme.yaml")
@allow(Permission.SCHEME_EDIT)
def download(number: int) -> ResponseReturnValue:
    """Give a draft as a file."""
    draft, step = queries.draft(reading(), number)
    return yaml_answer(step.document, f"{draft.slug}-{step.document['version']}-draft.yaml")


def yaml_answer(document: Document, name: str) -> Response:
    """Return an answer that saves a scheme as a file."""
    answer = Response(files.dump(document), mimetype="application/yaml")
    answer.headers["Content-Disposition"] = attachment(name)
    return answer


@blueprint.route("/certification/schemes/drafts/<int:number>/scheme", methods=["GET", "POST"])
@allow(Permission.SCHEME_EDIT)
def head(number: int) -> ResponseReturnValue:
    """Change names, decision rule and cycle."""
    draft, step = queries.draft(reading(), number)
    form, status = HeadForm(), 200
    form.offer(step.document)
    if request.method == "GET":
        form.fill()
        form.revision.data = str(draft.revision)
    if form.validate_on_submit():
        values = form.values()
        if not form.blame(_head_faults(step.document, values)):
            status = taken(form, draft, lambda work: drafts.set_head(work, number, values, form.seen()))
            if status == 303:
                return redirect(home(draft), 303)
    return page("schemes/head.html", form=form, draft=draft, words=words), max(status, 422 if form.errors else 200)


def _head_faults(document: Document, values: Mapping[str, Any]) -> list[Fault]:
    """Return what is wrong with the head alone: what is in the areas is told on the draft's page."""
    made = editing.set_head(document, values)
    return [fault for fault in frame.faults(made, {}) if fault.path.partition(".")[0] in values]


def taken(form: StepForm, draft: Draft, step: Callable[[Any], object]) -> int:
    """Take a step; return 303, or the status of the page that shows the form again with what refuses it."""
    work = writing()
    try:
        step(work)
    except Invalid as error:
        form.refuse(error)
        return 422
    except Conflict as error:
        form.refuse(error)
        form.revision.data = str(queries.draft(work, draft.number)[0].revision)
        return 409
    return 303


@blueprint.post("/certification/schemes/drafts/<int:number>/undo")
@allow(Permission.SCHEME_EDIT)
def undo(number: int) -> ResponseReturnValue:
    """Undo the last change."""
    return stepped(number, lambda work, seen: drafts.undo(work, number, seen))


@blueprint.post("/certification/schemes/drafts/<int:number>/redo")
@allow(Permission.SCHEME_EDIT)
def redo(number: int) -> ResponseReturnValue:
    """Do what was undone again."""
    return stepped(number, lambda work, seen: drafts.redo(work, number, seen))


@blueprint.post("/certification/schemes/drafts/<int:number>/discard")
@allow(Permission.SCHEME_EDIT)
def discard(number: int) -> ResponseReturnValue:
    """Give the draft up."""
    form = StepForm()
    try:
        drafts.discard(writing(), number, form.seen())
    except Conflict as error:
        return _shown(number, str(error), 409)
    flash(_("The draft is discarded."))
    return redirect(url_for("drafting.index"), 303)


def stepped(number: int, step: Callable[[Any, int], object], anchor: str | None = None) -> ResponseReturnValue:
    """Take a step that a button of the draft's page asks for, and show the page again."""
    form = StepForm()
    try:
        step(writing(), form.seen())
    except Conflict as error:
        return _shown(number, str(error), 409)
    return redirect(url_for("drafting.show", number=number, _anchor=anchor), 303)


def home(draft: Draft, form: Any = None, part: Part | None = None) -> str:
    """Return the page of a draft, at the part that a form is about."""
    anchor = None
    if form is not None and part is not None:
        code = form.key.data if part in editing.NAMED_BY_KEY else form.code.data
        anchor = f"{part.value}-{code.strip()}"
    return url_for("drafting.show", number=draft.number, _anchor=anchor)
