"""The short page after an upload: what is still wanted of a piece of evidence. "Later" is an answer too."""

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from sdg_tracker.access import Permission
from sdg_tracker.evidence import finishing, queries
from sdg_tracker.evidence.finish_forms import FinishForm
from sdg_tracker.evidence.models import Evidence
from sdg_tracker.evidence.views import status_of, to_change
from sdg_tracker.foundation.errors import Conflict, Invalid
from sdg_tracker.foundation.i18n import _
from sdg_tracker.web.identity import allow
from sdg_tracker.web.lifecycle import page, reading, writing

blueprint = Blueprint("finishing", __name__)


@blueprint.route("/evidence/<int:number>/finish", methods=["GET", "POST"])
@allow(Permission.EVIDENCE_REVISE)
def finish(number: int) -> ResponseReturnValue:
    """Ask what kind a piece is, what it shows something for, and until when."""
    evidence = to_change(number, Permission.EVIDENCE_REVISE)
    work = reading()
    cycle = next(iter(queries.cycles(work)), None)
    form = FinishForm()
    form.offer(evidence, queries.kinds(work), cycle, finishing.guesses(work, evidence, cycle) if cycle else [])
    left, status = finishing.others(work, number), 200
    if form.validate_on_submit():
        try:
            finishing.finish(writing(), number, form.answers(), form.seen())
        except (Invalid, Conflict) as error:
            form.refuse(error)
            status = error.status
        else:
            flash(_("Thank you. Nothing more is wanted of it."))
            return redirect(url_for("finishing.finish", number=left[0]) if left else _back(evidence), 303)
    elif not form.is_submitted():
        form.show(evidence)
    if status == 409:
        form.revision.data = str(evidence.revision)
    shown: dict[str, Any] = {
        "evidence": evidence,
        "left": left,
        "later": _back(evidence),
        "same": finishing.same_file(work, evidence),
    }
    return page("evidence/finish.html", form=form, **shown), status_of(form, status)


@blueprint.post("/evidence/<int:number>/instead")
@allow(Permission.EVIDENCE_WITHDRAW)
def use_instead(number: int) -> ResponseReturnValue:
    """Use the evidence that had the same file before."""
    to = request.form.get("to", "")
    other = int(to) if to.isascii() and to.isdigit() and len(to) < 10 else 0
    finishing.give_way(writing(), number, other)
    flash(_("Evidence %(number)s is withdrawn. Tie this one instead.", number=number))
    return redirect(url_for("evidence.show", number=other, _anchor="requirements"), 303)


def _back(evidence: Evidence) -> str:
    if evidence.activity is not None:
        return url_for("activities.show", number=evidence.activity.number)
    return url_for("evidence.show", number=evidence.number)
