"""What the library's rule lets go."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from sdg_tracker.access import Permission
from sdg_tracker.evidence import disposal
from sdg_tracker.evidence.views import blueprint
from sdg_tracker.foundation.i18n import _, ngettext_
from sdg_tracker.web.identity import allow
from sdg_tracker.web.lifecycle import page, reading, writing


@blueprint.get("/evidence/disposal")
@allow(Permission.EVIDENCE_DISPOSE)
def to_dispose_of() -> ResponseReturnValue:
    """List what the library's rule lets go."""
    work = reading()
    return page("evidence/disposal.html", rows=disposal.due(work), months=work.library.disposal_months)


@blueprint.post("/evidence/disposal")
@allow(Permission.EVIDENCE_DISPOSE)
def dispose() -> ResponseReturnValue:
    """Take the chosen pieces away for good."""
    chosen = [int(text) for text in request.form.getlist("number") if text.isascii() and text.isdigit()]
    disposal.dispose(writing(), chosen)
    if chosen:
        done = ngettext_("%(num)s piece of evidence is gone.", "%(num)s pieces of evidence are gone.", len(chosen))
        flash(done + " " + _("That it existed stands in the trail."))
    else:
        flash(_("Nothing was chosen, so nothing was disposed of."))
    return redirect(url_for("evidence.to_dispose_of"), 303)
