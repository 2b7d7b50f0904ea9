"""The page of a reading: where it comes from, and what was corrected."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from sdg_tracker.access import Permission
from sdg_tracker.accounts import queries as accounts
from sdg_tracker.foundation.errors import Conflict, Invalid
from sdg_tracker.foundation.i18n import _
from sdg_tracker.measures import entering, queries, showing
from sdg_tracker.measures.forms import CorrectForm, DescribeForm, ReasonForm, plain
from sdg_tracker.measures.models import Reading
from sdg_tracker.measures.periods import Period
from sdg_tracker.measures.states import QUALIFIER_NAMES
from sdg_tracker.measures.views import proofs
from sdg_tracker.web import navigation
from sdg_tracker.web.identity import allow
from sdg_tracker.web.lifecycle import page, reading, writing

blueprint = Blueprint("readings", __name__)
navigation.belongs("readings", "measures")


@blueprint.get("/measures/readings/<int:number>")
@allow(Permission.MEASURE_READ)
def show(number: int) -> ResponseReturnValue:
    """Show a reading."""
    return _page(queries.reading(reading(), number))


@blueprint.post("/measures/readings/<int:number>/correct")
@allow(Permission.READING_CORRECT)
def correct(number: int) -> ResponseReturnValue:
    """Give a reading another value, with a reason."""
    form = CorrectForm(prefix="correct")
    found = queries.reading(reading(), number)
    if form.validate_on_submit():
        value = form.number("value")
        if value is not None:
            said = {"qualifier": form.qualifier.data, "reason": form.reason.data or "", "note": form.note.data or ""}
            try:
                entering.correct(writing(), number, form.seen(), value, **said)
            except (Invalid, Conflict) as problem:
                return _refused(problem, number, form, "correct")
            flash(_("The reading is corrected. The old value is kept beside it."))
            return redirect(url_for("readings.show", number=number), 303)
    return _page(found, correct=form), 422


@blueprint.post("/measures/readings/<int:number>/describe")
@allow(Permission.READING_CORRECT)
def describe(number: int) -> ResponseReturnValue:
    """Say where a reading comes from."""
    form = DescribeForm(prefix="describe")
    found = queries.reading(reading(), number)
    if form.validate_on_submit():
        try:
            entering.describe(writing(), number, form.seen(), **form.said())
        except (Invalid, Conflict) as problem:
            return _refused(problem, number, form, "describe")
        flash(_("The reading is saved."))
        return redirect(url_for("readings.show", number=number), 303)
    return _page(found, describe=form), 422


@blueprint.post("/measures/readings/<int:number>/withdraw")
@allow(Permission.READING_CORRECT)
def withdraw(number: int) -> ResponseReturnValue:
    """Take a reading out of all figures."""
    form = ReasonForm(prefix="withdraw")
    found = queries.reading(reading(), number)
    if form.validate_on_submit():
        try:
            entering.withdraw(writing(), number, form.reason.data or "", form.seen())
        except (Invalid, Conflict) as problem:
            return _refused(problem, number, form, "withdraw")
        flash(_("The reading is withdrawn. Its period is empty again."))
        return redirect(url_for("measures.show", number=found.measure.number), 303)
    return _page(found, withdraw=form), 422


def _refused(problem: Invalid | Conflict, number: int, form: Any, name: str) -> ResponseReturnValue:
    """Show a form again with what was typed, over what is saved now where somebody else was first."""
    if isinstance(problem, Invalid):
        form.refuse(problem)
        return _page(queries.reading(reading(), number), **{name: form}), 422
    if problem.code != "changed-meanwhile":
        raise problem
    reading().session.rollback()
    found = queries.reading(reading(), number)
    form.renew(found.revision)
    return _page(found, clash=True, **{name: form}), 409


def _page(found: Reading, *, clash: bool = False, **forms: Any) -> str:
    """Return the page of a reading; a form that was sent stands in it with what was typed."""
    work = reading()
    seen = str(found.revision)
    fresh: dict[str, Callable[[], Any]] = {
        "correct": lambda: CorrectForm(
            prefix="correct",
            formdata=None,
            data={"value": plain(found.value), "qualifier": found.qualifier, "note": found.note, "revision": seen},
        ),
        "describe": lambda: DescribeForm(
            prefix="describe",
            formdata=None,
            data={
                "read_on": found.read_on,
                "source": found.source,
                "note": found.note,
                "evidence": str(found.evidence_number or ""),
                "revision": seen,
            },
        ),
        "withdraw": lambda: ReasonForm(prefix="withdraw", formdata=None, data={"revision": seen}),
    }
    made = {f"{name}_form": forms.get(name) or make() for name, make in fresh.items()}
    made["describe_form"].evidence.choices = proofs(work, found.evidence_number)
    numbers = {found.added_by, found.withdrawn_by, *(one.made_by for one in found.corrections)}
    return page(
        "measures/reading.html",
        found=found,
        **made,
        sent=next((form for form in forms.values() if form.errors), None),
        clash=clash,
        period=Period.parse(found.period),
        names=accounts.names(work, numbers),
        branches={branch.code: branch.title for branch in accounts.branches(work, disabled=True)},
        qualifiers=QUALIFIER_NAMES,
        showing=showing,
    )
