"""Writing a version of a scheme: steps that can be undone, a file that takes its place, and publishing it."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from sdg_tracker import trail
from sdg_tracker.access import Permission
from sdg_tracker.foundation import errors
from sdg_tracker.foundation.documents import digest
from sdg_tracker.foundation.errors import Conflict, Invalid
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.foundation.refusals import Fault
from sdg_tracker.schemes import editing, files, frame, queries, services
from sdg_tracker.schemes.document import Document
from sdg_tracker.schemes.editing import At, Part
from sdg_tracker.schemes.models import Draft, DraftStep, Scheme
from sdg_tracker.schemes.rules import version_order
from sdg_tracker.work import Work, check_revision

STEPS_KEPT = 50  # that can be undone
Values = Mapping[str, Any]

trail.declare(
    {
        "scheme.draft_begun": (lazy("Draft of a scheme begun"), {"scheme", "version"}),
        "scheme.draft_changed": (lazy("Draft of a scheme changed"), {"scheme", "what", "code"}),
        "scheme.draft_undone": (lazy("Change of a draft undone"), {"scheme", "what", "code"}),
        "scheme.draft_redone": (lazy("Change of a draft done again"), {"scheme", "what", "code"}),
        "scheme.draft_discarded": (lazy("Draft of a scheme discarded"), {"scheme"}),
        "scheme.published": (lazy("Version of a scheme published"), {"scheme", "version", "sha256"}),
    }
)
errors.words(
    {
        "draft-closed": lazy("The draft is published or discarded, so it can't be changed."),
        "draft-broken": lazy("The draft can't be published yet: %(problems)s"),
        "nothing-to-undo": lazy("There is nothing to undo."),
        "nothing-to-redo": lazy("There is nothing to do again."),
        "scheme-there": lazy("There is a scheme %(scheme)s already. Choose another name, or change that one."),
        "scheme-file-refused": lazy("The file can't be used, and nothing is changed. What is wrong stands below."),
        "version-shape": lazy("A version is written as numbers with dots, such as 1.2."),
        "version-order": lazy("The version has to be later than %(version)s."),
    }
)


def start(work: Work, slug: str, version: str | None = None) -> Draft:
    """Copy a version of a scheme, the newest unless told, to a draft; an open draft of the scheme is used again."""
    work.require(Permission.SCHEME_EDIT)
    work.lock_library()
    scheme = queries.get(work, slug, version)
    found = _open(work, slug)
    if found is not None:
        return found
    document = {**scheme.document, "version": next_version(queries.versions(work, slug)[0])}
    return _begin(work, document, scheme.version)


def begin(work: Work, document: Document) -> Draft:
    """Begin a draft of a scheme that is new. Raises Invalid for a name that is taken."""
    work.require(Permission.SCHEME_EDIT)
    work.lock_library()
    slug = document["id"]
    if slug in services.RESERVED:
        raise Invalid("scheme-name-reserved", field="slug", scheme=slug)
    if queries.versions(work, slug) or _open(work, slug):
        raise Invalid("scheme-there", field="slug", scheme=slug)
    return _begin(work, document, "")


def take(work: Work, content: bytes, name: str) -> Draft:
    """Make a draft of a file, or put what it says in the place of the open draft of that scheme, as one step.

    Raises Invalid with all that is wrong with the file; then nothing is changed.
    """
    work.require(Permission.SCHEME_EDIT)
    document = files.parse(content, name, queries.known_words(work))
    if document["id"] in services.RESERVED:
        raise Invalid("scheme-name-reserved", field="document", scheme=document["id"])
    work.lock_library()
    found = _open(work, document["id"])
    if found is not None:
        return _change(work, found, "file_taken", "", document)
    versions = queries.versions(work, document["id"])
    return _begin(work, document, versions[0] if versions else "", "file_taken")


def set_head(work: Work, number: int, values: Values, seen: int | None = None) -> Draft:
    """Change names, decision rule and cycle of a draft; None takes a key away."""
    draft, step = _changeable(work, number, seen)
    return _change(work, draft, "scheme_changed", "", editing.set_head(step.document, values))


def add_part(
    work: Work,
    number: int,
    part: Part,
    values: Values,
    parent: str = "",
    *,
    same: bool = False,
    seen: int | None = None,
) -> Draft:
    """Add an area, criterion, requirement, setting or fact. Raises Invalid, which names the field."""
    draft, step = _changeable(work, number, seen)
    earlier = queries.earlier(work, draft.slug) if part is Part.REQUIREMENT else {}
    made = editing.add(step.document, part, values, parent, earlier, same=same)
    return _change(work, draft, f"{part.value}_added", _named(part, values), made)


def change_part(
    work: Work,
    number: int,
    at: At,
    values: Values,
    parent: str = "",
    *,
    same: bool | None = None,
    seen: int | None = None,
) -> Draft:
    """Change a part; ``same`` says whether a requirement with another code is the same one. See editing.change."""
    draft, step = _changeable(work, number, seen)
    earlier = queries.earlier(work, draft.slug) if at.part is Part.REQUIREMENT else {}
    made = editing.change(step.document, at, values, parent, earlier, same=same)
    return _change(work, draft, f"{at.part.value}_changed", _named(at.part, values), made)


def move_part(work: Work, number: int, at: At, steps: int, seen: int | None = None) -> Draft:
    """Move a part up (-1) or down (1)."""
    draft, step = _changeable(work, number, seen)
    return _change(work, draft, f"{at.part.value}_moved", at.code, editing.move(step.document, at, steps))


def remove_part(work: Work, number: int, at: At, seen: int | None = None) -> Draft:
    """Take a part out, with all that is in it."""
    draft, step = _changeable(work, number, seen)
    return _change(work, draft, f"{at.part.value}_removed", at.code, editing.remove(step.document, at))


def undo(work: Work, number: int, seen: int | None = None) -> Draft:
    """Go one step back. Raises Conflict when there is none."""
    draft, step = _changeable(work, number, seen)
    undone, _redone = queries.steps_beside(work, draft)
    if undone is None:
        raise Conflict("nothing-to-undo")
    draft.step -= 1
    return _told(work, draft, "scheme.draft_undone", step)


def redo(work: Work, number: int, seen: int | None = None) -> Draft:
    """Go one step forward again. Raises Conflict when there is none."""
    draft, _step = _changeable(work, number, seen)
    _undone, redone = queries.steps_beside(work, draft)
    if redone is None:
        raise Conflict("nothing-to-redo")
    draft.step += 1
    return _told(work, draft, "scheme.draft_redone", redone)


def discard(work: Work, number: int, seen: int | None = None) -> None:
    """Give a draft up; nothing else names it, so what it said goes."""
    draft, _step = _changeable(work, number, seen)
    draft.state = "discarded"
    _forget_steps(work, draft, DraftStep.ordinal != draft.step)
    work.session.flush()
    trail.record(work, "scheme.draft_discarded", draft, scheme=draft.slug)


def publish(work: Work, number: int, version: str, seen: int | None = None) -> Scheme:
    """Make a draft a version of the library's own; cycles stay on theirs until they are moved.

    Raises Invalid for the version, or with all that the draft still lacks.
    """
    draft, step = _changeable(work, number, seen)
    versions = queries.versions(work, draft.slug)
    check_version(version, versions)
    document = {**step.document, "version": version}
    problems = faults(work, document)
    if problems:
        raise Invalid("draft-broken", problems=problems)
    scheme = services.add_version(work, document, work.library.id)
    draft.state, draft.published_as = "published", version
    _forget_steps(work, draft, DraftStep.ordinal != draft.step)
    work.session.flush()
    trail.record(work, "scheme.published", draft, scheme=draft.slug, version=version, sha256=scheme.digest)
    return scheme


def load(work: Work, content: bytes, name: str) -> Scheme | None:
    """Publish what a file says as a version of the library's own; None when that version is there and says the same.

    Raises Invalid for the file or its version.
    """
    work.require(Permission.SCHEME_EDIT)
    document = files.parse(content, name, queries.known_words(work))
    slug, version = document["id"], document["version"]
    if version in queries.versions(work, slug) and queries.get(work, slug, version).digest == digest(document):
        return None
    return publish(work, take(work, content, name).number, version)


def faults(work: Work, document: Document) -> list[Fault]:
    """Return all that keeps a document from being a scheme."""
    return list(frame.faults(document, queries.known_words(work)))


def check_version(version: str, versions: list[str]) -> None:
    """Raise Invalid for a version that is none, or not later than those there are."""
    if (
        not all(part.isascii() and part.isdigit() and len(part) <= 6 for part in version.split("."))
        or len(version) > 20
    ):
        raise Invalid("version-shape", field="version")
    if versions and version_order(version) <= version_order(versions[0]):
        raise Invalid("version-order", field="version", version=versions[0])


def next_version(version: str) -> str:
    """Return the version after one: 0.2 after 0.1."""
    *before, last = version.split(".")
    return ".".join([*before, str(int(last) + 1)])


def _open(work: Work, slug: str) -> Draft | None:
    return work.session.scalars(sa.select(Draft).where(Draft.slug == slug, Draft.state == "open")).one_or_none()


def _begin(work: Work, document: Document, based_on: str, what: str = "begun") -> Draft:
    draft = Draft(
        number=work.next_number("scheme_draft"),
        slug=document["id"],
        based_on=based_on,
        added_by=work.actor.number,
        added_at=work.at,
    )
    work.session.add(draft)
    work.session.flush()
    work.session.add(_step(work, draft, what, "", document))
    work.session.flush()
    trail.record(work, "scheme.draft_begun", draft, scheme=draft.slug, version=based_on)
    return draft


def _step(work: Work, draft: Draft, what: str, code: str, document: Document) -> DraftStep:
    return DraftStep(
        draft_id=draft.id,
        ordinal=draft.step,
        what=what,
        code=code,
        document=document,
        made_by=work.actor.number,
        made_at=work.at,
    )


def _changeable(work: Work, number: int, seen: int | None) -> tuple[Draft, DraftStep]:
    """Return an open draft with its step, held until the end. Raises NotFound, Conflict."""
    work.require(Permission.SCHEME_EDIT)
    work.lock_library()
    draft, step = queries.draft(work, number)
    check_revision(draft, seen)
    if draft.state != "open":
        raise Conflict("draft-closed")
    return draft, step


def _change(work: Work, draft: Draft, what: str, code: str, document: Document) -> Draft:
    """Add a step: what was undone before it is gone, and so are steps that lie too far back."""
    _forget_steps(work, draft, sa.or_(DraftStep.ordinal > draft.step, DraftStep.ordinal <= draft.step - STEPS_KEPT))
    draft.step += 1
    step = _step(work, draft, what, code, document)
    work.session.add(step)
    return _told(work, draft, "scheme.draft_changed", step)


def _forget_steps(work: Work, draft: Draft, which: sa.ColumnElement[bool]) -> None:
    work.session.execute(sa.delete(DraftStep).where(DraftStep.draft_id == draft.id, which))


def _told(work: Work, draft: Draft, action: str, step: DraftStep) -> Draft:
    work.session.flush()
    trail.record(work, action, draft, scheme=draft.slug, what=step.what, code=step.code)
    return draft


def _named(part: Part, values: Values) -> str:
    return str(values["key" if part in editing.NAMED_BY_KEY else "code"])
