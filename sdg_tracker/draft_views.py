"""The pages of an edition before it is frozen, as they are looked at and approved, for each kind that is composed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask.wrappers import Response

from sdg_tracker import drafts
from sdg_tracker.access import Permission
from sdg_tracker.attempts import OPEN, Progress
from sdg_tracker.draft_forms import ApproveForm
from sdg_tracker.editions.kinds import Snapshot
from sdg_tracker.foundation.errors import Conflict, Invalid
from sdg_tracker.foundation.i18n import _
from sdg_tracker.web.identity import allow
from sdg_tracker.web.lifecycle import page, reading, writing
from sdg_tracker.work import Work

PICTURES = "private, max-age=3600, immutable"  # the address of a page names the pages it is of


@dataclass(frozen=True)
class Composed:
    """What differs from kind to kind. ``where`` is what the address names: a cycle, a year, a variant of a plan."""

    template: str  # folder of pages.html, and of its fragment _pages.html
    find: Callable[[Work, Any], tuple[Any, Mapping[str, Any]]]  # the composition, and what else the template needs
    draft: Callable[[Work, Any], Snapshot]  # what would be frozen now, of a composition
    ask: Callable[[Work, Any], object]  # have the pages made
    picture: Callable[[Work, Any, str, int], bytes]  # of a page; how the digest of the PDF begins, and its place
    approve: Callable[[Work, Any, str, str], object]  # as what, and the essence that was seen


def add(blueprint: Blueprint, address: str, kind: Composed) -> None:
    """Give a blueprint the addresses ``pages``, ``picture`` and ``approve``, under one that names a composition."""

    @allow(Permission.EDITION_APPROVE)
    def pages(**values: Any) -> ResponseReturnValue:
        """Show the pages as they would be; asked for anew with a POST. Who may approve does so below them."""
        [where] = values.values()
        if request.method == "POST":
            kind.ask(writing(), where)
            return redirect(url_for(f"{blueprint.name}.pages", **values), 303)
        return _shown(kind, where, ApproveForm())

    @allow(Permission.EDITION_APPROVE)
    def picture(digest: str, place: int, **values: Any) -> ResponseReturnValue:
        """Send one page as a picture; ``digest`` begins that of the PDF, so that a browser may keep it."""
        [where] = values.values()
        content = kind.picture(reading(), where, digest, place)
        return Response(content, mimetype="image/png", headers={"Cache-Control": PICTURES})

    @allow(Permission.EDITION_APPROVE)
    def approve(**values: Any) -> ResponseReturnValue:
        """Approve the pages as they were seen."""
        form, [where] = ApproveForm(), values.values()
        if form.validate():
            try:
                kind.approve(writing(), where, form.acting_as.data or "", form.essence.data or "")
            except (Invalid, Conflict) as problem:
                form.refuse(problem)
            else:
                flash(_("Approved. The next freezing says by whom and when, as long as nothing changes before it."))
                return redirect(url_for(f"{blueprint.name}.pages", **values), 303)
        return _shown(kind, where, form), 422

    blueprint.add_url_rule(f"{address}/pages", "pages", pages, methods=["GET", "POST"])
    blueprint.add_url_rule(f"{address}/pages/<digest>/<int:place>.png", "picture", picture)
    blueprint.add_url_rule(f"{address}/approve", "approve", approve, methods=["POST"])


def _shown(kind: Composed, where: Any, form: ApproveForm) -> str:
    row, values = kind.find(reading(), where)
    preview = row.preview if row else None
    if preview is not None:
        form.essence.data = preview.essence
    return page(
        f"{kind.template}/pages.html",
        fragment=f"{kind.template}/_pages.html",
        composition=row,
        preview=preview,
        waiting=preview is not None and preview.state in OPEN,
        done=preview is not None and preview.state == Progress.READY.value,
        fault=drafts.fault(preview) if preview else "",
        outdated=_outdated(kind, row, preview),
        form=form,
        **values,
    )


def _outdated(kind: Composed, row: Any, preview: drafts.Drafted | None) -> bool:
    """Return whether an edition frozen now would hold something else than the pages show."""
    if preview is None or preview.state != Progress.READY.value:
        return False
    return drafts.essence(kind.draft(reading(), row)) != preview.essence
