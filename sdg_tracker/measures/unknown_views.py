"""The pages on which a gap of a measure is marked as never to be known, and asked for again."""

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from sdg_tracker.access import Permission
from sdg_tracker.accounts import queries as accounts
from sdg_tracker.foundation.errors import Conflict, Invalid
from sdg_tracker.foundation.i18n import _
from sdg_tracker.measures import queries, rules, showing, snapshot, unknowns
from sdg_tracker.measures.forms import ReasonForm, UnknownForm
from sdg_tracker.measures.periods import Period
from sdg_tracker.web import navigation
from sdg_tracker.web.identity import allow
from sdg_tracker.web.lifecycle import page, reading, writing

blueprint = Blueprint("unknowns", __name__)
navigation.belongs("unknowns", "measures")


@blueprint.route("/measures/<int:number>/unknown", methods=["GET", "POST"])
@allow(Permission.READING_ENTER)
def mark(number: int) -> ResponseReturnValue:
    """Say that readings of a period will never be known, and why."""
    work = reading()
    measure = queries.get(work, number)
    if measure.withdrawn_at is not None:
        raise Conflict("measure-withdrawn", measure=measure.title)
    if not measure.entered:
        raise Conflict("reading-not-entered", measure=measure.title)
    row = next(row for row in snapshot.rows(work) if row["number"] == number)
    names = {branch.code: branch.title for branch in accounts.branches(work)} if measure.by_branch else {}
    period = _period(row, request.args.get("period", ""), list(names) or [""])
    gaps = [code for code in names or [""] if period is not None and _missing(row, period.code, code)]
    form, status = UnknownForm(data={"branches": gaps}), None
    form.offer([(code, names[code]) for code in gaps if code])
    if period is not None and gaps and form.validate_on_submit():
        chosen = list(form.branches.data or ()) if measure.by_branch else [""]
        try:
            unknowns.mark(writing(), number, period.code, chosen, form.reason.data or "")
        except Invalid as problem:
            form.refuse(problem)
        else:
            flash(_("The gap is marked. It stays a gap, and nobody is asked for it any more."))
            return redirect(url_for("measures.show", number=number, _anchor="unknown"), 303)
        status = 422
    values: dict[str, Any] = {"measure": measure, "period": period, "gaps": gaps, "showing": showing}
    return page("measures/unknown.html", form=form, **values), status or (422 if form.errors else 200)


def _period(row: showing.Row, asked: str, branches: list[str]) -> Period | None:
    """Return the period asked for, else the oldest that is due; None where nothing is."""
    if asked:
        return Period.parse(asked)
    due = rules.due(row, reading().today, branches)
    return Period.parse(due[0][0]) if due else None


def _missing(row: showing.Row, period: str, branch: str) -> bool:
    there = {(one["period"], one["branch"]) for one in (*row["readings"], *row.get("unknown", ()))}
    return (period, branch) not in there


@blueprint.route("/measures/unknown/<int:number>/withdraw", methods=["GET", "POST"])
@allow(Permission.READING_CORRECT)
def take_back(number: int) -> ResponseReturnValue:
    """Let a reading be asked for again."""
    work = reading()
    row = queries.unknown_reading(work, number)
    work.require(Permission.READING_CORRECT, row)
    form, status = ReasonForm(data={"revision": str(row.revision)}), 200
    if form.validate_on_submit():
        try:
            unknowns.take_back(writing(), number, form.reason.data or "", form.seen())
        except Invalid as problem:
            form.refuse(problem)
        except Conflict as problem:
            if problem.code != "changed-meanwhile":
                raise
            reading().session.rollback()
            row = queries.unknown_reading(reading(), number)
            form.renew(row.revision)
            form.refuse(problem)
            status = 409
        else:
            flash(_("It is asked for again."))
            return redirect(url_for("measures.show", number=row.measure.number), 303)
    names = {branch.code: branch.title for branch in accounts.branches(work, disabled=True)}
    shown = page("measures/unknown_back.html", row=row, form=form, period=Period.parse(row.period), branches=names)
    return shown, status if status != 200 else 422 if form.errors else 200
