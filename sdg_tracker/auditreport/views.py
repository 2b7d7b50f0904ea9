"""The step that freezes an audit report, from the library's page of the audit."""

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from sdg_tracker.access import Permission
from sdg_tracker.auditreport import outputs, services
from sdg_tracker.web.identity import allow
from sdg_tracker.web.lifecycle import writing

blueprint = Blueprint("auditreport", __name__)
KIND = outputs.KIND  # importing it has registered it


@blueprint.post("/editions/<int:number>/audit/report")
@allow(Permission.EDITION_FREEZE)
def freeze(number: int) -> ResponseReturnValue:
    """Freeze the report of an edition's audit."""
    edition = services.freeze(writing(), number)
    return redirect(url_for("editions.show", number=edition.number), 303)
