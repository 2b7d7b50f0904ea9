"""Pages on which the parts of a draft are written, moved and taken out."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue

from sdg_tracker.access import Permission
from sdg_tracker.foundation.errors import NotFound
from sdg_tracker.foundation.i18n import _
from sdg_tracker.schemes import drafts, editing, queries, shape, words
from sdg_tracker.schemes.document import Document
from sdg_tracker.schemes.draft_views import blueprint, home, stepped, taken
from sdg_tracker.schemes.editing import At, Part
from sdg_tracker.schemes.models import Draft, DraftStep
from sdg_tracker.schemes.part_forms import FactForm, PartForm, SettingForm
from sdg_tracker.schemes.requirement_forms import CONDITIONS, RequirementForm
from sdg_tracker.web.identity import allow
from sdg_tracker.web.lifecycle import page, reading

FORMS: Mapping[Part, Any] = {
    Part.AREA: PartForm,
    Part.CRITERION: PartForm,
    Part.REQUIREMENT: RequirementForm,
    Part.SETTING: SettingForm,
    Part.FACT: FactForm,
}
PART = "any(area, criterion, requirement, setting, fact)"


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
        return redirect(home(draft, form, kind), 303)
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
        return redirect(home(draft, form, kind), 303)
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
    if form.blame(shape.part_faults(part.value, values)):
        return 422
    return taken(form, draft, lambda work: step(work, values))


def _form(part: Part, document: Document) -> Any:
    form = FORMS[part]()
    form.offer(document, part)
    if isinstance(form, RequirementForm):
        form.offer_words(queries.vocabularies(reading()), shape.evidence_kinds())
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
    return stepped(number, lambda work, seen: drafts.move_part(work, number, at, steps, seen), anchor)


@blueprint.post("/certification/schemes/drafts/<int:number>/remove")
@allow(Permission.SCHEME_EDIT)
def remove(number: int) -> ResponseReturnValue:
    """Take a part out."""
    at, _way = _named()
    return stepped(number, lambda work, seen: drafts.remove_part(work, number, at, seen))


def _named() -> tuple[At, str]:
    """Return what a button of the draft's page names: kind, code and way. Raises NotFound."""
    kind, _colon, rest = request.form.get("what", "").partition(":")
    code, _colon, way = rest.partition(":")
    if kind not in set(Part):
        raise NotFound("part-unknown", part=kind)
    return At(Part(kind), code), way


TITLES: Mapping[Part, Callable[[str], str]] = {
    Part.AREA: lambda code: _("Area %(code)s", code=code) if code else _("Add an area"),
    Part.CRITERION: lambda code: _("Criterion %(code)s", code=code) if code else _("Add a criterion"),
    Part.REQUIREMENT: lambda code: _("Requirement %(code)s", code=code) if code else _("Add a requirement"),
    Part.SETTING: lambda code: _("Setting %(code)s", code=code) if code else _("Add a setting"),
    Part.FACT: lambda code: _("Question %(code)s", code=code) if code else _("Add a question about the library"),
}
