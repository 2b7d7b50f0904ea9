"""How an audit ends, and that it is opened again."""

from flask import flash, redirect
from flask.typing import ResponseReturnValue

from sdg_tracker.access import Permission
from sdg_tracker.audit import auditing
from sdg_tracker.audit.auditing import Conclusion
from sdg_tracker.audit.forms import ConclusionForm, seen
from sdg_tracker.audit.room import Room
from sdg_tracker.audit.room_views import blueprint, both, room_here, room_page
from sdg_tracker.audit.states import Decision
from sdg_tracker.foundation.errors import Conflict, Invalid
from sdg_tracker.foundation.i18n import _
from sdg_tracker.web.identity import allow
from sdg_tracker.web.lifecycle import writing


@both("/conclusion", "conclusion")
def conclusion(room: Room) -> ResponseReturnValue:
    """Show how the audit ended, or end it."""
    return _conclusion(room, ConclusionForm(formdata=None, obj=room.audit))


def _conclusion(room: Room, form: ConclusionForm) -> str:
    form.revision.data = str(room.audit.revision if room.audit else 1)
    return room_page(room, "audit/conclusion.html", "conclusion", form=form)


@blueprint.post("/audit/conclusion")
@allow(Permission.AUDIT_WRITE)
def conclude() -> ResponseReturnValue:
    """End the audit with a decision."""
    room, form = room_here(), ConclusionForm()
    if form.validate_on_submit():
        decided = Conclusion(Decision(form.decision.data), form.conditions.data or "", form.text.data or "")
        try:
            auditing.conclude(writing(), room.edition.number, decided, seen(form.revision.data))
        except (Invalid, Conflict) as problem:
            form.refuse(problem)
            return _conclusion(room, form), problem.status
        flash(_("The audit is concluded. The library sees it now."))
        return redirect(room.to("conclusion"), 303)
    return _conclusion(room, form), 422


@blueprint.post("/audit/reopen")
@allow(Permission.AUDIT_WRITE)
def reopen() -> ResponseReturnValue:
    """Open a concluded audit again."""
    room = room_here()
    auditing.reopen(writing(), room.edition.number)
    flash(_("The audit is open again."))
    return redirect(room.to("conclusion"), 303)
