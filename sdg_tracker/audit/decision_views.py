"""The page that reads an auditor's file of decisions in: look at what it holds, then read it in."""

import json

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from sdg_tracker.access import Permission
from sdg_tracker.audit import incoming
from sdg_tracker.audit.decisions import Applied
from sdg_tracker.audit.forms import DecisionsForm, ReadInForm
from sdg_tracker.audit.incoming import Incoming
from sdg_tracker.audit.wording import DECISION_NAMES, FINDING_KINDS, MARK_NAMES, METHOD_NAMES
from sdg_tracker.editions import queries as editions
from sdg_tracker.foundation.errors import Invalid
from sdg_tracker.foundation.i18n import _
from sdg_tracker.web.identity import allow
from sdg_tracker.web.lifecycle import page, reading, writing

blueprint = Blueprint("decisions", __name__)


@blueprint.route("/editions/<int:number>/audit/decisions", methods=["GET", "POST"])
@allow(Permission.AUDIT_ANSWER)
def read_in(number: int) -> ResponseReturnValue:
    """Look at a file of decisions, then read it in."""
    edition = editions.get(reading(), number)
    form, confirm = DecisionsForm(), ReadInForm()
    found: Incoming | None = None
    faults: list[str] = []
    try:
        if confirm.content.data:
            if confirm.validate():
                return _done(number, incoming.parsed(confirm.content.data.encode()))
        elif form.validate_on_submit():
            document = incoming.parsed(form.document.data.read(incoming.LARGEST + 1))
            found, faults = incoming.look(reading(), number, document)
            confirm.content.data = json.dumps(document, ensure_ascii=False)
    except Invalid as problem:
        form.refuse(problem)
    status = 422 if form.errors or form.form_errors or faults else 200
    return page(
        "audit/decisions.html",
        edition=edition,
        form=form,
        confirm=confirm,
        found=found,
        faults=faults,
        marks=MARK_NAMES,
        kinds=FINDING_KINDS,
        decisions=DECISION_NAMES,
        methods=METHOD_NAMES,
    ), status


def _done(number: int, document: object) -> ResponseReturnValue:
    applied = incoming.read_in(writing(), number, document)
    if applied.marks or applied.findings or applied.sampled or applied.concluded:
        flash(_("The auditor's decisions are read in: %(marks)s marks, %(findings)s findings.", **_counts(applied)))
    else:
        flash(_("All of it was read in before; nothing has changed."))
    return redirect(url_for("audit.show", number=number), 303)


def _counts(applied: Applied) -> dict[str, int]:
    return {"marks": applied.marks, "findings": applied.findings}
