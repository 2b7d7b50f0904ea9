"""Pages about the people in a picture: what is said of them, their consents, blurring, objections."""

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from sdg_tracker.access import Permission
from sdg_tracker.accounts import queries as accounts
from sdg_tracker.evidence import blurring, consents, objections, people, wording
from sdg_tracker.evidence.file_views import file_of
from sdg_tracker.evidence.models import Evidence
from sdg_tracker.evidence.people import Scope
from sdg_tracker.evidence.people_forms import BlurForm, ConsentForm, ConsentWithdrawForm, ObjectionForm, PeopleForm
from sdg_tracker.evidence.views import reached, status_of, to_change
from sdg_tracker.foundation.errors import Conflict, Invalid, words
from sdg_tracker.foundation.i18n import _, lazy
from sdg_tracker.web import navigation
from sdg_tracker.web.identity import allow, can
from sdg_tracker.web.lifecycle import page, reading, writing

blueprint = Blueprint("people", __name__)
navigation.belongs("people", "evidence")
words({"people-none": lazy("Evidence %(number)s is no picture.")})


@blueprint.app_context_processor
def _functions() -> dict[str, Any]:
    """Give templates what they need to say who is in a picture and where it may be shown."""
    return {
        "people_in": people.status,
        "publication_of": publication_of,
        "consent_holds": lambda consent: people.stands(consent, reading().today),
        "scopes_of": lambda consent: [scope.value for scope in Scope if people.covers(consent, scope)],
        "can_be_blurred": blurring.can_be_blurred,
    }


def publication_of(evidence: Evidence) -> dict[str, tuple[str, ...]]:
    """Return for each use why a piece may not be shown there today; nothing where it may."""
    found = {scope: people.publication(evidence, evidence.consents, scope, reading().today) for scope in Scope}
    return {scope.value: tuple(reason.value for reason in reasons) for scope, reasons in found.items()}


@blueprint.route("/evidence/<int:number>/people", methods=["GET", "POST"])
@allow(Permission.EVIDENCE_REVISE)
def show(number: int) -> ResponseReturnValue:
    """Say who is in a picture and by what right it is used; list the consents."""
    evidence = to_change(number, Permission.EVIDENCE_REVISE)
    form, status = PeopleForm(), 200
    if form.is_submitted():
        if form.validate():
            try:
                consents.describe(writing(), number, form.about(), form.seen(), no_cpr=form.is_no_cpr)
            except (Invalid, Conflict) as error:
                form.refuse(error)
                status = error.status
            else:
                flash(_("The change is saved."))
                return redirect(url_for("people.show", number=number), 303)
    else:
        form.show(evidence)
    if status == 409:  # somebody else saved meanwhile; the next try is a new decision
        form.revision.data = str(evidence.revision)
    names = accounts.names(reading(), [consent.added_by for consent in evidence.consents])
    shown = page("evidence/people.html", evidence=evidence, form=form, names=names, wording=wording)
    return shown, status_of(form, status)


@blueprint.route("/evidence/<int:number>/consents/new", methods=["GET", "POST"])
@allow(Permission.EVIDENCE_REVISE)
def add_consent(number: int) -> ResponseReturnValue:
    """Write down a consent."""
    evidence = to_change(number, Permission.EVIDENCE_REVISE)
    form = ConsentForm()
    if form.validate_on_submit():
        try:
            consents.add(writing(), number, form.details(), no_cpr=form.is_no_cpr)
        except Invalid as error:
            form.refuse(error)
        else:
            flash(_("The consent is saved."))
            return redirect(url_for("people.show", number=number, _anchor="consents"), 303)
    return page("evidence/consent.html", evidence=evidence, form=form), status_of(form)


@blueprint.route("/evidence/<int:number>/consents/<int:ordinal>/withdraw", methods=["GET", "POST"])
@allow(Permission.EVIDENCE_REVISE)
def withdraw_consent(number: int, ordinal: int) -> ResponseReturnValue:
    """Write down that a consent was taken back."""
    evidence = to_change(number, Permission.EVIDENCE_REVISE)
    consent = consents.find(evidence, ordinal)
    form = ConsentWithdrawForm(withdrawn_on=reading().today)
    if form.validate_on_submit() and form.withdrawn_on.data:
        try:
            consents.withdraw(writing(), number, ordinal, form.withdrawn_on.data)
        except Invalid as error:
            form.refuse(error)
        else:
            flash(_("The consent is withdrawn."))
            return redirect(url_for("people.show", number=number, _anchor="consents"), 303)
    return page("evidence/consent_withdraw.html", evidence=evidence, consent=consent, form=form), status_of(form)


@blueprint.route("/evidence/<int:number>/blur", methods=["GET", "POST"])
@allow(Permission.EVIDENCE_REVISE)
def blur(number: int) -> ResponseReturnValue:
    """Make parts of a picture unrecognisable."""
    evidence = _picture(number)
    form, status = BlurForm(), 200
    if not form.is_submitted():
        form.revision.data = str(evidence.revision)
    elif form.validate():
        try:
            blurred = blurring.make(reading(), evidence, form.places())  # drawn and stored: no lock is held
            version = blurring.add(writing(), number, blurred, form.seen())
        except (Invalid, Conflict) as error:
            form.refuse(error)
            status = error.status
        else:
            flash(_("The picture is blurred and saved as version %(ordinal)s.", ordinal=version.ordinal))
            return redirect(url_for("evidence.show", number=number), 303)
    if status == 409:
        form.revision.data = str(evidence.revision)
    return page("evidence/blur.html", evidence=evidence, form=form), status_of(form, status)


@blueprint.get("/evidence/<int:number>/blur/picture")
@allow(Permission.EVIDENCE_REVISE)
def picture(number: int) -> ResponseReturnValue:
    """Send the picture that is to be blurred, as others see it."""
    version = _picture(number).current
    response = file_of(number, version.rendition_sha256, version.rendition_size, version.media_type)
    response.headers["Content-Disposition"] = "inline"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _picture(number: int) -> Evidence:
    evidence = to_change(number, Permission.EVIDENCE_REVISE)
    if not blurring.can_be_blurred(evidence):
        raise Conflict("blur-no-picture", number=number)
    return evidence


@blueprint.route("/evidence/<int:number>/objection", methods=["GET", "POST"])
@allow(Permission.EVIDENCE_OBJECT)
def objection(number: int) -> ResponseReturnValue:
    """Find every copy and use of a picture, and act on an objection. The page can be printed.

    ``version`` in the address is the ordinal of a picture that is not the newest one.
    """
    evidence, version = reached(number), request.args.get("version", type=int)
    reading().require(Permission.EVIDENCE_OBJECT, evidence)
    if people.status(evidence) is None:
        raise Conflict("people-none", number=number)
    form, status = ObjectionForm(received_on=reading().today), 200
    form.offer(blurred=objections.can_be_replaced(evidence, version))
    if form.validate_on_submit():
        try:
            made = objections.raise_objection(writing(), number, form.details(version), no_cpr=form.is_no_cpr)
        except (Invalid, Conflict) as error:
            form.refuse(error)
            status = error.status
        else:
            flash(_("Objection %(number)s is written down, and the picture replaced.", number=made.number))
            return redirect(url_for("people.objection", number=number, version=version), 303)
    found, raised = objections.find(reading(), evidence, version), objections.of(reading(), number)
    shown = page(
        "evidence/objection.html",
        evidence=evidence,
        form=form,
        found=found,
        picture=objections.picture(evidence, version),
        raised=raised,
        names=accounts.names(reading(), [one.recorded_by for one in raised]),
        wording=wording,
        linked=can(Permission.EDITION_LIST),
    )
    return shown, status_of(form, status)
