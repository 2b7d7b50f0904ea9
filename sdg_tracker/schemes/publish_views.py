"""A draft is published, and what it would change in a period before it is."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from sdg_tracker.access import Permission
from sdg_tracker.foundation.i18n import _
from sdg_tracker.schemes import drafts, moving, queries, words
from sdg_tracker.schemes.difference import Effect
from sdg_tracker.schemes.document import Document
from sdg_tracker.schemes.draft_views import blueprint, taken
from sdg_tracker.schemes.mending import problem_of
from sdg_tracker.schemes.models import Cycle
from sdg_tracker.schemes.step_forms import PublishForm
from sdg_tracker.web.identity import allow
from sdg_tracker.web.lifecycle import page, reading


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
        status = taken(
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
        problems=[problem_of(draft, step.document, fault) for fault in drafts.faults(work, step.document)],
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
