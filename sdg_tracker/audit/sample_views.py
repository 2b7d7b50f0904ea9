"""The auditor's sample."""

import secrets

from flask import flash, redirect
from flask.typing import ResponseReturnValue

from sdg_tracker.access import Permission
from sdg_tracker.audit import auditing, sampling
from sdg_tracker.audit.forms import SampleForm
from sdg_tracker.audit.room import Room
from sdg_tracker.audit.room_views import blueprint, both, marking, room_here, room_page
from sdg_tracker.audit.states import Method
from sdg_tracker.foundation.errors import Conflict, Invalid
from sdg_tracker.foundation.i18n import _
from sdg_tracker.web.identity import allow
from sdg_tracker.web.lifecycle import writing

DRAWN = 10  # exhibits that a sample is offered to have


@both("/sample", "sample")
def sample(room: Room) -> ResponseReturnValue:
    """Show the sample, and draw another."""
    there = len(room.frozen.exhibits)
    form = SampleForm(seed=secrets.token_hex(4), size=min(DRAWN, there), method=Method.WEIGHTED.value)
    return _sample(room, form)


def _sample(room: Room, form: SampleForm) -> str:
    return room_page(
        room,
        "audit/sample.html",
        "sample",
        list(room.sample.exhibits) if room.sample else [],
        form=form,
        sampling=sampling,
        **marking(),
    )


@blueprint.post("/audit/sample")
@allow(Permission.AUDIT_WRITE)
def draw() -> ResponseReturnValue:
    """Draw a sample."""
    room, form = room_here(), SampleForm()
    if form.validate_on_submit():
        try:
            auditing.draw(
                writing(), room.edition.number, form.seed.data or "", form.size.data or 0, Method(form.method.data)
            )
        except (Invalid, Conflict) as problem:
            form.refuse(problem)
            return _sample(room, form), problem.status
        flash(_("The sample is drawn."))
        return redirect(room.to("sample"), 303)
    return _sample(room, form), 422
