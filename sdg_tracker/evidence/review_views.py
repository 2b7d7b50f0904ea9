"""Steps of a review, and what a piece of evidence is tied to."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from sdg_tracker.access import Permission
from sdg_tracker.evidence import queries, reviewing, tying, wording
from sdg_tracker.evidence.review_forms import JudgeForm, ReviewForm, TieForm
from sdg_tracker.evidence.states import Decision
from sdg_tracker.evidence.telling import tell_unaccepted
from sdg_tracker.evidence.views import blueprint, reached, shown_with, status_of, to_change
from sdg_tracker.foundation.errors import Conflict, Invalid
from sdg_tracker.foundation.i18n import _
from sdg_tracker.web.identity import allow
from sdg_tracker.web.lifecycle import page, reading, writing


@blueprint.post("/evidence/<int:number>/submit")
@allow(Permission.EVIDENCE_REVISE)
def submit(number: int) -> ResponseReturnValue:
    """Let a draft, or what was sent back, be reviewed."""
    reviewing.submit(writing(), number)
    flash(_("Evidence %(number)s is submitted for review.", number=number))
    return redirect(url_for("evidence.show", number=number), 303)


@blueprint.post("/evidence/<int:number>/review")
@allow(Permission.EVIDENCE_REVIEW)
def review(number: int) -> ResponseReturnValue:
    """Accept a piece of evidence, or send it back with a comment."""
    evidence = reached(number)
    form, status = ReviewForm(), 422
    form.offer(evidence)
    if form.validate():
        try:
            reviewing.review(
                writing(), number, form.chosen(), form.comment.data or "", form.seen(), no_cpr=form.is_no_cpr
            )
        except (Invalid, Conflict) as error:
            form.refuse(error)
            form.version.data = str(evidence.current.ordinal)
            status = error.status
        else:
            accepted = form.chosen() is Decision.ACCEPTED
            flash(_("The evidence is accepted.") if accepted else _("The evidence is sent back."))
            return redirect(url_for("evidence.show", number=number), 303)
    shown = TieForm(formdata=None)
    return page("evidence/show.html", evidence=evidence, form=shown, **shown_with(evidence, shown, form)), status


@blueprint.route("/evidence/<int:number>/requirements/<int:cycle>/<code>", methods=["GET", "POST"])
@allow(Permission.EVIDENCE_TIE)
def judge(number: int, cycle: int, code: str) -> ResponseReturnValue:
    """Say how a piece of evidence shows something for a requirement."""
    evidence = to_change(number, Permission.EVIDENCE_TIE)
    tie = tying.tied(evidence, cycle, code)
    form = JudgeForm()
    if request.method == "GET":
        form.show(tie)
    elif form.validate():
        try:
            tying.judge_tie(writing(), number, cycle, code, form.details())
        except Invalid as error:
            form.refuse(error)
        else:
            flash(_("The change is saved."))
            return redirect(url_for("evidence.show", number=number, _anchor="requirements"), 303)
    requirement = queries.requirements_of(reading(), [tie]).get((tie.cycle_id, code))
    body = page("evidence/judge.html", form=form, evidence=evidence, tie=tie, requirement=requirement, wording=wording)
    return body, status_of(form)


@blueprint.post("/evidence/<int:number>/requirements")
@allow(Permission.EVIDENCE_TIE)
def tie(number: int) -> ResponseReturnValue:
    """Tie a piece of evidence to a requirement."""
    evidence = to_change(number, Permission.EVIDENCE_TIE)
    form = TieForm()
    shown = shown_with(evidence, form)
    if form.validate():
        wanted = form.wanted()
        try:
            accepted = tying.tie(writing(), number, wanted)
        except Invalid as error:
            form.refuse(error)
        else:
            flash(_("Tied to requirement %(code)s.", code=wanted.requirement))
            if not accepted:
                tell_unaccepted(wanted.requirement)
            return redirect(url_for("evidence.show", number=number, _anchor="requirements"), 303)
    return page("evidence/show.html", evidence=evidence, form=form, **shown), 422


@blueprint.post("/evidence/<int:number>/requirements/remove")
@allow(Permission.EVIDENCE_TIE)
def untie(number: int) -> ResponseReturnValue:
    """Take the tie to a requirement away."""
    cycle, code = request.form.get("cycle", ""), request.form.get("requirement", "")
    tying.untie(writing(), number, int(cycle) if cycle.isascii() and cycle.isdigit() else 0, code)
    flash(_("No longer tied to requirement %(code)s.", code=code))
    return redirect(url_for("evidence.show", number=number, _anchor="requirements"), 303)
