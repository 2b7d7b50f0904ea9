"""The page on which a page of a PDF is marked as showing something for a requirement."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from sdg_tracker.access import Permission
from sdg_tracker.evidence import proofs, queries, tying
from sdg_tracker.evidence.models import Evidence, Tie
from sdg_tracker.evidence.proof_forms import MOST_PAGES, ProofForm
from sdg_tracker.evidence.views import status_of, to_change
from sdg_tracker.foundation.errors import Conflict, Invalid
from sdg_tracker.foundation.i18n import _
from sdg_tracker.web import files
from sdg_tracker.web.identity import allow
from sdg_tracker.web.lifecycle import page, reading, writing

blueprint = Blueprint("proofs", __name__)


@blueprint.route("/evidence/<int:number>/requirements/<int:cycle>/<code>/page", methods=["GET", "POST"])
@allow(Permission.EVIDENCE_TIE)
def mark(number: int, cycle: int, code: str) -> ResponseReturnValue:
    """Mark a page, and the place on it."""
    evidence, tie = _tied(number, cycle, code)
    form, status = ProofForm(), 200
    place = _page_asked(tie)
    if not form.is_submitted():
        form.show(tie, place)
    elif form.validate():
        place = form.page.data or 1
        try:
            drawn = proofs.draw(reading(), evidence, place, form.place())  # drawn and stored: no lock is held
            proofs.mark(writing(), number, cycle, code, drawn)
        except (Invalid, Conflict) as error:
            form.refuse(error)
            status = error.status
        else:
            flash(_("The page is marked. It is shown in the next dossier."))
            return redirect(url_for("evidence.show", number=number, _anchor="requirements"), 303)
    requirement = queries.requirements_of(reading(), [tie]).get((tie.cycle_id, code))
    body = page("evidence/proof.html", evidence=evidence, tie=tie, requirement=requirement, form=form, place=place)
    return body, status_of(form, status)


@blueprint.post("/evidence/<int:number>/requirements/<int:cycle>/<code>/page/remove")
@allow(Permission.EVIDENCE_TIE)
def remove(number: int, cycle: int, code: str) -> ResponseReturnValue:
    """Take the mark away."""
    proofs.remove(writing(), number, cycle, code)
    flash(_("The mark is removed."))
    return redirect(url_for("evidence.show", number=number, _anchor="requirements"), 303)


@blueprint.get("/evidence/<int:number>/pages/<int:place>.jpg")
@allow(Permission.EVIDENCE_TIE)
def sheet(number: int, place: int) -> ResponseReturnValue:
    """Send one page of a PDF as a picture."""
    evidence = to_change(number, Permission.EVIDENCE_TIE)
    picture = proofs.draw(reading(), evidence, place).picture
    kept = reading().blobs.open(picture.sha256, picture.size)
    return files.file_answer(kept, picture.sha256, picture.size, proofs.MEDIA_TYPE)


def _tied(number: int, cycle: int, code: str) -> tuple[Evidence, Tie]:
    evidence = to_change(number, Permission.EVIDENCE_TIE)
    if not proofs.can_be_marked(evidence):
        raise Conflict("proof-no-pdf", number=number)
    return evidence, tying.tied(evidence, cycle, code)


def _page_asked(tie: Tie) -> int:
    """Return the page in the address, else the one that is marked, else the first that is named."""
    asked = request.args.get("page", "")
    if asked.isascii() and asked.isdigit() and 0 < len(asked) <= len(str(MOST_PAGES)):
        return max(1, int(asked))
    if tie.proof is not None:
        return int(tie.proof["page"])
    first = tie.pages.partition(",")[0].partition("-")[0].strip()
    return int(first) if first.isascii() and first.isdigit() and int(first) > 0 else 1


@blueprint.app_context_processor
def _for_pages() -> dict[str, object]:
    return {"proofs": proofs}
