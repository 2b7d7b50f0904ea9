"""Pages on which a coordinator writes a version of a scheme: parts, undo, file, publishing, what it would change."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from sdg_tracker.access import Permission
from sdg_tracker.foundation.errors import Conflict, Invalid, NotFound
from sdg_tracker.foundation.i18n import _
from sdg_tracker.schemes import drafts, editing, frame, moving, queries, words
from sdg_tracker.schemes.difference import Effect
from sdg_tracker.schemes.editing import At, Part
from sdg_tracker.schemes.forms import SchemeFileForm
from sdg_tracker.schemes.frame import Document, Fault
from sdg_tracker.schemes.head_forms import HeadForm, NewSchemeForm
from sdg_tracker.schemes.models import Cycle, Draft, DraftStep
from sdg_tracker.schemes.part_forms import CONDITIONS, FORMS, PublishForm, RequirementForm, StepForm
from sdg_tracker.web import navigation
from sdg_tracker.web.files import attachment
from sdg_tracker.web.identity import allow
from sdg_tracker.web.lifecycle import page, reading, writing

blueprint = Blueprint("drafting", __name__)
navigation.belongs("drafting", "schemes")
PART = "any(area, criterion, requirement, setting, fact)"
_INDEX = re.compile(r"(areas|criteria|requirements|settings|facts)\[(\d+)\]")


@dataclass(frozen=True)
class Problem:
    """What keeps a draft from being published, and where it is mended."""

    text: str
    href: str


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
            return redirect(_home(draft), 303)
    return page("schemes/head.html", form=form, draft=None, words=words), 422 if form.errors else 200


@blueprint.post("/certification/schemes/change")
@allow(Permission.SCHEME_EDIT)
def start() -> ResponseReturnValue:
    """Copy the newest version of a scheme to a draft, or go on with the open one."""
    draft = drafts.start(writing(), request.form.get("slug", ""))
    return redirect(_home(draft), 303)


@blueprint.route("/certification/schemes/file", methods=["GET", "POST"])
@allow(Permission.SCHEME_EDIT)
def take() -> ResponseReturnValue:
    """Make a draft of a file."""
    form = SchemeFileForm()
    problems: list[Fault] = []
    if form.validate_on_submit():
        file = form.document.data
        content = file.stream.read(frame.LARGEST + 1)
        try:
            draft = drafts.take(writing(), content, file.filename or "")
        except Invalid as error:
            problems = broken(error)
            form.refuse(Invalid("scheme-file-refused", field="document") if problems else error)
        else:
            flash(_("The file is read, and the draft is what it says."))
            return redirect(_home(draft), 303)
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
        problems=[_problem(draft, step.document, fault) for fault in drafts.faults(work, step.document)],
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
    answer = Response(frame.dump(document), mimetype="application/yaml")
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
            status = _taken(form, draft, lambda work: drafts.set_head(work, number, values, form.seen()))
            if status == 303:
                return redirect(_home(draft), 303)
    return page("schemes/head.html", form=form, draft=draft, words=words), max(status, 422 if form.errors else 200)


def _head_faults(document: Document, values: Mapping[str, Any]) -> list[Fault]:
    """Return what is wrong with the head alone: what is in the areas is told on the draft's page."""
    made = editing.set_head(document, values)
    return [fault for fault in frame.faults(made, {}) if fault.path.partition(".")[0] in values]


@blueprint.route(f"/certification/schemes/drafts/<int:number>/<{PART}:part>/new", methods=["GET", "POST"])
@allow(Permission.SCHEME_EDIT)
def add(number: int, part: str) -> ResponseReturnValue:
    """Add a part."""
    draft, step = queries.draft(reading(), number)
    kind = Part(part)
    form = _form(kind, step.document)
    if request.method == "GET":
        form.revision.data = str(draft.revision)
        _begin_part(form, kind)
    same = isinstance(form, RequirementForm) and form.same.data == "yes"
    status = _posted(
        form,
        draft,
        kind,
        lambda work, values: drafts.add_part(work, number, kind, values, form.place(), same=same, seen=form.seen()),
    )
    if status == 303:
        flash(_("Added."))
        return redirect(_home(draft, form, kind), 303)
    return _part_page(form, draft, step, kind, ""), status


@blueprint.route(f"/certification/schemes/drafts/<int:number>/<{PART}:part>/<code>", methods=["GET", "POST"])
@allow(Permission.SCHEME_EDIT)
def change(number: int, part: str, code: str) -> ResponseReturnValue:
    """Change a part."""
    draft, step = queries.draft(reading(), number)
    kind = Part(part)
    found = editing.find(step.document, kind, code)
    form = _form(kind, step.document)
    if isinstance(form, RequirementForm):
        form.before = found.row
    if request.method == "GET":
        form.fill(found.row, found.parent)
        form.revision.data = str(draft.revision)
    said = form.same.data if isinstance(form, RequirementForm) else ""
    same = {"yes": True, "no": False}.get(said or "")

    def changed(work: Any, values: Document) -> object:
        kept = _kept(found.row, values)
        return drafts.change_part(work, number, At(kind, code), kept, form.place(), same=same, seen=form.seen())

    status = _posted(form, draft, kind, changed)
    if status == 303:
        flash(_("Changed."))
        return redirect(_home(draft, form, kind), 303)
    return _part_page(form, draft, step, kind, code), status


def _kept(row: Mapping[str, Any], values: Document) -> Document:
    """Return the values with the key as it was: settings and facts are never renamed, for values hang on it."""
    return {**values, "key": row["key"]} if "key" in row else values


def _posted(form: Any, draft: Draft, part: Part, step: Callable[[Any, Document], object]) -> int:
    """Return 303 when a part was taken, else the status of the page that shows the form again."""
    if not form.validate_on_submit():
        return 422 if form.errors else 200
    if isinstance(form, RequirementForm) and not form.check_conditions():
        return 422
    values = form.values()
    if form.blame(frame.part_faults(part.value, values)):
        return 422
    return _taken(form, draft, lambda work: step(work, values))


def _taken(form: StepForm, draft: Draft, step: Callable[[Any], object]) -> int:
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


def _form(part: Part, document: Document) -> Any:
    form = FORMS[part]()
    form.offer(document, part)
    if isinstance(form, RequirementForm):
        form.offer_words(queries.vocabularies(reading()), frame.evidence_kinds())
    return form


def _begin_part(form: Any, part: Part) -> None:
    if part in editing.INSIDE:
        form.parent.data = request.args.get("in", "")
    if isinstance(form, RequirementForm):
        form.evidence_min_value.data, form.mandatory.data, form.confidence.data = 1, True, "D"
    if part is Part.SETTING:
        form.confidence.data = "D"


def _part_page(form: Any, draft: Draft, step: DraftStep, part: Part, code: str) -> str:
    return page(
        "schemes/part.html",
        form=form,
        draft=draft,
        document=step.document,
        part=part.value,
        code=code,
        conditions=range(CONDITIONS),
        plain=part in (Part.AREA, Part.CRITERION),
        words=words,
        titles=TITLES[part],
    )


@blueprint.post("/certification/schemes/drafts/<int:number>/move")
@allow(Permission.SCHEME_EDIT)
def move(number: int) -> ResponseReturnValue:
    """Move a part up or down."""
    at, way = _named()
    steps = -1 if way == "up" else 1
    anchor = f"{at.part.value}-{at.code}"
    return _stepped(number, lambda work, seen: drafts.move_part(work, number, at, steps, seen), anchor)


@blueprint.post("/certification/schemes/drafts/<int:number>/remove")
@allow(Permission.SCHEME_EDIT)
def remove(number: int) -> ResponseReturnValue:
    """Take a part out."""
    at, _way = _named()
    return _stepped(number, lambda work, seen: drafts.remove_part(work, number, at, seen))


@blueprint.post("/certification/schemes/drafts/<int:number>/undo")
@allow(Permission.SCHEME_EDIT)
def undo(number: int) -> ResponseReturnValue:
    """Undo the last change."""
    return _stepped(number, lambda work, seen: drafts.undo(work, number, seen))


@blueprint.post("/certification/schemes/drafts/<int:number>/redo")
@allow(Permission.SCHEME_EDIT)
def redo(number: int) -> ResponseReturnValue:
    """Do what was undone again."""
    return _stepped(number, lambda work, seen: drafts.redo(work, number, seen))


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


def _stepped(number: int, step: Callable[[Any, int], object], anchor: str | None = None) -> ResponseReturnValue:
    form = StepForm()
    try:
        step(writing(), form.seen())
    except Conflict as error:
        return _shown(number, str(error), 409)
    return redirect(url_for("drafting.show", number=number, _anchor=anchor), 303)


def _named() -> tuple[At, str]:
    """Return what a button of the draft's page names: kind, code and way. Raises NotFound."""
    kind, _colon, rest = request.form.get("what", "").partition(":")
    code, _colon, way = rest.partition(":")
    if kind not in set(Part):
        raise NotFound("part-unknown", part=kind)
    return At(Part(kind), code), way


@blueprint.route("/certification/schemes/drafts/<int:number>/publish", methods=["GET", "POST"])
@allow(Permission.SCHEME_EDIT)
def publish(number: int) -> ResponseReturnValue:
    """Publish the draft as a version of the library's own."""
    work = reading()
    draft, step = queries.draft(work, number)
    form, status, versions = PublishForm(), 200, queries.versions(work, draft.slug)
    if request.method == "GET":
        form.revision.data = str(draft.revision)
        form.version.data = drafts.next_version(versions[0]) if versions else step.document["version"]
    if form.validate_on_submit():
        status = _taken(
            form, draft, lambda made: drafts.publish(made, number, (form.version.data or "").strip(), form.seen())
        )
        if status == 303:
            flash(_("Version %(version)s is published.", version=(form.version.data or "").strip()))
            return redirect(url_for("schemes.show", slug=draft.slug, version=(form.version.data or "").strip()), 303)
    return page(
        "schemes/publish.html",
        form=form,
        draft=draft,
        document=step.document,
        versions=versions,
        problems=[_problem(draft, step.document, fault) for fault in drafts.faults(work, step.document)],
        cycles=[cycle for cycle in queries.cycles(work) if cycle.scheme.slug == draft.slug],
        words=words,
    ), max(status, 422 if form.errors else 200)


@blueprint.get("/certification/schemes/drafts/<int:number>/cycles/<int:cycle>")
@allow(Permission.SCHEME_EDIT)
def preview(number: int, cycle: int) -> ResponseReturnValue:
    """Show what the draft would do to a period."""
    work = reading()
    draft, step = queries.draft(work, number)
    found = queries.cycle(work, cycle)
    return page("schemes/preview.html", draft=draft, **previewed(found, step.document))


def previewed(cycle: Cycle, document: Document) -> dict[str, Any]:
    """Return what the page of a preview shows."""
    found = moving.preview(reading(), cycle, document)
    order = (Effect.GONE, Effect.NEW, Effect.CHANGED, Effect.MOVED, Effect.KEPT)
    lines = found.comparison.lines
    return {
        "cycle": cycle,
        "document": document,
        "found": found,
        "counts": found.comparison.counts(),
        "groups": [(effect, [line for line in lines if _first(line.effects) is effect]) for effect in order],
        "effects": order,
        "words": words,
    }


def _first(effects: tuple[Effect, ...]) -> Effect:
    return effects[0]


def _home(draft: Draft, form: Any = None, part: Part | None = None) -> str:
    anchor = None
    if form is not None and part is not None:
        code = form.key.data if part in editing.NAMED_BY_KEY else form.code.data
        anchor = f"{part.value}-{code.strip()}"
    return url_for("drafting.show", number=draft.number, _anchor=anchor)


def _problem(draft: Draft, document: Document, fault: Fault) -> Problem:
    """Return a fault with the page that mends it: that of the requirement, else of what it lies in."""
    part, code, where = _part_at(document, fault.path)
    if part is None:
        return Problem(str(fault), url_for("drafting.head", number=draft.number))
    text = f"{code} {where}: {fault.reason}" if where else f"{code}: {fault.reason}"
    return Problem(text, url_for("drafting.change", number=draft.number, part=part, code=code))


def _part_at(document: Document, path: str) -> tuple[str | None, str, str]:
    """Return the innermost part that a path leads to: its kind, its code, and the rest of the path."""
    row: Any = document
    part, code, end = None, "", 0
    for found in _INDEX.finditer(path):
        rows = row.get(found[1], []) if isinstance(row, dict) else []
        if int(found[2]) >= len(rows):
            break
        row, end = rows[int(found[2])], found.end()
        part = {"criteria": "criterion"}.get(found[1], found[1].removesuffix("s"))
        code = str(row.get("code", row.get("key", "")))
    return part, code, path[end:].lstrip(".")


TITLES: Mapping[Part, Callable[[str], str]] = {
    Part.AREA: lambda code: _("Area %(code)s", code=code) if code else _("Add an area"),
    Part.CRITERION: lambda code: _("Criterion %(code)s", code=code) if code else _("Add a criterion"),
    Part.REQUIREMENT: lambda code: _("Requirement %(code)s", code=code) if code else _("Add a requirement"),
    Part.SETTING: lambda code: _("Setting %(code)s", code=code) if code else _("Add a setting"),
    Part.FACT: lambda code: _("Question %(code)s", code=code) if code else _("Add a question about the library"),
}
