"""Pages on which a piece of evidence is changed or withdrawn."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from sdg_tracker.access import Permission
from sdg_tracker.evidence import queries, revising, uses
from sdg_tracker.evidence.add_views import file_choices
from sdg_tracker.evidence.forms import ReviseForm, WithdrawForm
from sdg_tracker.evidence.views import blueprint, status_of, to_change
from sdg_tracker.foundation.errors import Conflict, Invalid
from sdg_tracker.foundation.i18n import _, ngettext_
from sdg_tracker.web.identity import allow
from sdg_tracker.web.lifecycle import page, reading, writing


@blueprint.route("/evidence/<int:number>/edit", methods=["GET", "POST"])
@allow(Permission.EVIDENCE_REVISE)
def revise(number: int) -> ResponseReturnValue:
    """Change what is said of a piece of evidence."""
    work = reading()
    evidence = to_change(number, Permission.EVIDENCE_REVISE)
    form = ReviseForm()
    form.offer(queries.kinds(work), guess=False)
    status = 200
    if request.method == "GET":
        form.show(evidence)
    elif form.validate():
        try:
            revising.revise(writing(), number, form.details(), form.seen())
        except (Invalid, Conflict) as error:
            form.refuse(error)
            status = error.status
        else:
            flash(_("The change is saved."))
            return redirect(url_for("evidence.show", number=number), 303)
    if status == 409:  # somebody else saved meanwhile: what was typed stays, and the next try is a new decision
        form.revision.data = str(evidence.revision)
    body = page("evidence/revise.html", form=form, evidence=evidence, clash=status == 409, **file_choices())
    return body, status_of(form, status)


@blueprint.route("/evidence/<int:number>/withdraw", methods=["GET", "POST"])
@allow(Permission.EVIDENCE_WITHDRAW)
def withdraw(number: int) -> ResponseReturnValue:
    """Withdraw a piece of evidence for a reason."""
    evidence = to_change(number, Permission.EVIDENCE_WITHDRAW)
    form, rests = WithdrawForm(), uses.of(reading(), evidence)
    if request.method == "GET":
        form.revision.data = str(evidence.revision)
    status = 200
    if form.validate_on_submit():
        try:
            revising.withdraw(writing(), number, form.reason.data or "", form.seen(), no_cpr=form.is_no_cpr)
        except (Invalid, Conflict) as error:
            form.refuse(error)
            status = error.status
        else:
            flash(_("Evidence %(number)s is withdrawn.", number=number))
            if rests:
                flash(
                    ngettext_(
                        "%(num)s thing that it shows has lost its evidence. It is listed on this page.",
                        "%(num)s things that it shows have lost their evidence. They are listed on this page.",
                        len(rests),
                    ),
                    "warning",
                )
            return redirect(url_for("evidence.show", number=number), 303)
    if status == 409:
        form.revision.data = str(evidence.revision)
    return page("evidence/withdraw.html", form=form, evidence=evidence, uses=rests), status_of(form, status)
