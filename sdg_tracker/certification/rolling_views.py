"""The page on which a cycle takes over what the one before said and showed."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from sdg_tracker.access import Permission
from sdg_tracker.certification import leaving, queries, rolling, services, wording
from sdg_tracker.certification.forms import StepForm
from sdg_tracker.foundation.errors import Conflict, Invalid
from sdg_tracker.foundation.i18n import _, ngettext_
from sdg_tracker.schemes import queries as schemes
from sdg_tracker.schemes import words
from sdg_tracker.schemes.models import Cycle
from sdg_tracker.web import navigation
from sdg_tracker.web.identity import allow
from sdg_tracker.web.lifecycle import page, reading, writing
from sdg_tracker.web.paging import Pager, page_asked

blueprint = Blueprint("rolling", __name__)
navigation.belongs("rolling", "schemes")
SIZE = 100  # proposals on a page: they are ticked together


@blueprint.get("/certification/cycles/<int:number>/roll-forward")
@allow(Permission.CYCLE_MANAGE)
def show(number: int) -> ResponseReturnValue:
    """Show what can be taken over, what waits to be confirmed, and the evidence that is proposed again."""
    return _page(schemes.cycle(reading(), number), StepForm(formdata=None))


@blueprint.post("/certification/cycles/<int:number>/roll-forward")
@allow(Permission.CYCLE_MANAGE)
def take_over(number: int) -> ResponseReturnValue:
    """Take over texts and owners."""
    form, status = StepForm(), 422
    if form.validate():
        try:
            done = rolling.roll(writing(), number)
        except Conflict as error:
            form.refuse(error)
            status = error.status
        else:
            texts = ngettext_("%(num)s text is taken over.", "%(num)s texts are taken over.", done.texts)
            owners = ngettext_("%(num)s owner is kept.", "%(num)s owners are kept.", done.owners)
            flash(f"{texts} {owners}")
            return redirect(url_for("rolling.show", number=number), 303)
    return _page(schemes.cycle(reading(), number), form), status


@blueprint.post("/certification/cycles/<int:number>/roll-forward/evidence")
@allow(Permission.CYCLE_MANAGE)
def use_again(number: int) -> ResponseReturnValue:
    """Tie the ticked evidence of the cycle before to the same requirements."""
    form, status = StepForm(), 422
    if form.validate():
        try:
            tied = rolling.accept(writing(), number, request.form.getlist("key"))
        except (Invalid, Conflict) as error:
            form.refuse(error)
            status = error.status
        else:
            flash(ngettext_("%(num)s piece is tied again.", "%(num)s pieces are tied again.", tied))
            return redirect(url_for("rolling.show", number=number, _anchor="evidence"), 303)
    return _page(schemes.cycle(reading(), number), form), status


@blueprint.post("/certification/cycles/<int:number>/<code>/confirm")
@allow(Permission.ASSESSMENT_WRITE)
def confirm(number: int, code: str) -> ResponseReturnValue:
    """Confirm that what was said in the cycle before still holds."""
    form, status = StepForm(), 422
    if form.validate():
        try:
            services.confirm(writing(), number, code, form.seen())
        except Conflict as error:
            form.refuse(error)
            status = error.status
        else:
            flash(_("The assessment of %(code)s is confirmed.", code=code))
            return redirect(url_for("rolling.show", number=number, _anchor="texts"), 303)
    return _page(schemes.cycle(reading(), number), form), status


def _page(cycle: Cycle, form: StepForm) -> str:
    work, asked = reading(), page_asked()
    former = queries.former_cycle(work, cycle)
    proposed = rolling.proposals(work, cycle, former) if former else []
    pager = Pager(asked, len(proposed), SIZE)
    made = queries.assessments(work, cycle)
    requirements = schemes.requirements(work, cycle.scheme)
    before = queries.assessments(work, former) if former else {}
    codes = queries.codes_before(cycle, former) if former else {}
    return page(
        "certification/roll_forward.html",
        cycle=cycle,
        former=former,
        told=lambda said: leaving.told(cycle.scheme.document["decision"], said.omission, said.answers),
        words=words,
        form=form,
        left=sum(old in before and not before[old].unconfirmed and code not in made for code, old in codes.items()),
        unconfirmed=[
            (requirements[code], made[code]) for code in requirements if code in made and made[code].unconfirmed
        ],
        proposed=proposed[pager.offset : pager.offset + SIZE],
        pager=pager,
        ticked=request.form.getlist("key"),
        sent=request.method == "POST" and request.endpoint == "rolling.use_again",
        kinds={term.code: term.title for term in schemes.terms(work, "evidence-kind")},
        wording=wording,
    )
