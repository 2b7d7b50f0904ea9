"""What is kept apart, and its release."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from sdg_tracker.access import Permission
from sdg_tracker.accounts import queries as accounts
from sdg_tracker.evidence import quarantine, queries
from sdg_tracker.evidence.telling import tell_unaccepted
from sdg_tracker.evidence.views import blueprint
from sdg_tracker.foundation.i18n import _
from sdg_tracker.web.identity import allow
from sdg_tracker.web.lifecycle import page, reading, writing


@blueprint.get("/evidence/quarantine")
@allow(Permission.EVIDENCE_QUARANTINE)
def kept_apart() -> ResponseReturnValue:
    """List what is in quarantine, with what was found."""
    work = reading()
    rows = queries.quarantined(work)
    names = accounts.names(work, [evidence.current.added_by for evidence in rows])
    return page("evidence/quarantine.html", rows=rows, names=names)


@blueprint.post("/evidence/<int:number>/release")
@allow(Permission.EVIDENCE_QUARANTINE)
def release(number: int) -> ResponseReturnValue:
    """Let a piece stand although its check found something."""
    seen = request.form.get("revision", "")
    revision = int(seen) if seen.isascii() and seen.isdigit() else None
    for code in quarantine.release(writing(), number, revision):
        tell_unaccepted(code)
    flash(_("Evidence %(number)s is released from quarantine.", number=number))
    return redirect(url_for("evidence.show", number=number), 303)
