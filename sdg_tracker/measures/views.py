"""Pages of measures, and of entering their readings."""

import io
from typing import Any

from flask import Blueprint, flash, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue

from sdg_tracker.access import Permission
from sdg_tracker.accounts import queries as accounts
from sdg_tracker.activities import queries as activities
from sdg_tracker.evidence import uses
from sdg_tracker.foundation.errors import Conflict, Invalid, words
from sdg_tracker.foundation.i18n import _, lazy, ngettext_
from sdg_tracker.foundation.text import slug
from sdg_tracker.goals import queries as goals
from sdg_tracker.goals import sections
from sdg_tracker.measures import (
    entering,
    evidenced,
    goal_figures,
    outputs,
    queries,
    rules,
    services,
    showing,
    snapshot,
    standard,
)
from sdg_tracker.measures.forms import AddForm, DefineForm, EnterForm, MeasureForm, ReasonForm, enter_form, typed
from sdg_tracker.measures.models import Measure
from sdg_tracker.measures.periods import Period
from sdg_tracker.measures.states import (
    AGGREGATION_NAMES,
    COUNTED_NAMES,
    DIRECTION_NAMES,
    FREQUENCY_NAMES,
    QUALIFIER_NAMES,
    Frequency,
)
from sdg_tracker.web import navigation
from sdg_tracker.web.identity import allow
from sdg_tracker.web.lifecycle import page, reading, writing
from sdg_tracker.work import Work

blueprint = Blueprint("measures", __name__)
sections.register(20, goal_figures.section)
uses.register_uses(10, evidenced.of)
navigation.add(48, lazy("Measures"), "measures.index", Permission.MEASURE_READ)
words({"readings-none": lazy("Write at least one value.")})
PROOFS = 100  # pieces of evidence to choose from, the newest


@blueprint.get("/measures")
@allow(Permission.MEASURE_READ)
def index() -> ResponseReturnValue:
    """Show the measures with this year and the last one, and what waits to be read."""
    work = reading()
    branches = accounts.branches(work)
    listed = showing.listed(snapshot.rows(work), work.today, [branch.code for branch in branches])
    return page(
        "measures/index.html", listed=listed, year=work.today.year, **_names(work), showing=showing, period=Period
    )


@blueprint.get("/measures/<int:number>")
@allow(Permission.MEASURE_READ)
def show(number: int) -> ResponseReturnValue:
    """Show a measure: its figures, what it counts, what was corrected."""
    work = reading()
    measure = queries.get(work, number)
    rows = {row["code"]: row for row in snapshot.rows(work)}
    row = rows.get(measure.code)
    branches = accounts.branches(work, disabled=True)
    in_use = [branch.code for branch in branches if branch.disabled_at is None]
    read = rules.read_in(row) if row else []
    shown = [branch.code for branch in branches if branch.code in read or branch.code in in_use]
    return page(
        "measures/show.html",
        measure=measure,
        row=row,
        lines=showing.lines(row, shown, work.today, rows) if row else [],
        points=showing.chart(row, rows) if row else [],
        years=[(year, rules.figure(row, str(year), measures=rows)) for year in rules.years(row, rows)] if row else [],
        due=snapshot.by_period(rules.due(row, work.today, in_use)) if row else [],
        never=rules.reasons(row, rows) if row else {},
        latest=showing.whole_year(row, rows) if row else None,
        told=showing.told(row, rows) if row else "",
        baseline_now=showing.baseline_now(row, rows) if row else None,
        places=shown if measure.by_branch else [],
        rate=[rows[code] for code in (measure.numerator, measure.denominator) if code in rows],
        titles=goals.titles(work),
        types={term.code: term.title for term in activities.types(work)},
        showing=showing,
        period=Period,
        **_names(work),
        **_words(),
    )


@blueprint.route("/measures/new", methods=["GET", "POST"])
@allow(Permission.MEASURE_MANAGE)
def add() -> ResponseReturnValue:
    """Add a measure, from the standard set or from nothing."""
    work = reading()
    there = queries.by_code(work, withdrawn=True)
    chosen = standard.measures().get(request.args.get("standard", ""))
    values = {**typed(chosen.details), **vars(chosen.definition), "code": chosen.code} if chosen else {}
    form = AddForm(data=values)
    _offer(work, form)
    if form.validate_on_submit():
        try:
            measure = services.add(writing(), form.code.data or "", form.details(), form.said())
        except Invalid as problem:
            form.refuse(problem)
        else:
            flash(_("The measure is saved. Now enter its readings."))
            return redirect(url_for("measures.show", number=measure.number), 303)
    offered = [one for code, one in standard.measures().items() if code not in there]
    return page("measures/add.html", form=form, offered=offered, chosen=chosen, **_words()), 422 if form.errors else 200


@blueprint.route("/measures/<int:number>/edit", methods=["GET", "POST"])
@allow(Permission.MEASURE_MANAGE)
def revise(number: int) -> ResponseReturnValue:
    """Change a measure."""
    work = reading()
    measure = _open(work, number)
    form = MeasureForm(data={**typed(services.details_of(measure)), "revision": str(measure.revision)})
    _offer(work, form, measure)
    status = 200
    if form.validate_on_submit():
        try:
            services.revise(writing(), number, form.seen(), form.details())
        except Invalid as problem:
            form.refuse(problem)
        except Conflict as problem:
            measure, status = _clash(problem, number, form), 409
        else:
            flash(_("The measure is saved."))
            return redirect(url_for("measures.show", number=number), 303)
    return page("measures/revise.html", measure=measure, form=form, clash=status == 409), 422 if form.errors else status


@blueprint.route("/measures/<int:number>/define", methods=["GET", "POST"])
@allow(Permission.MEASURE_MANAGE)
def define(number: int) -> ResponseReturnValue:
    """Say anew what a measure counts."""
    measure = _open(reading(), number)
    said = vars(services.definition_of(measure.versions[-1]))
    form = DefineForm(data={**said, "revision": str(measure.revision)})
    status = 200
    if form.validate_on_submit():
        try:
            more = {"reason": form.reason.data or "", "period": form.begins()}
            services.define(writing(), number, form.seen(), form.said(), **more)
        except Invalid as problem:
            form.refuse(problem)
        except Conflict as problem:
            measure, status = _clash(problem, number, form), 409
        else:
            flash(_("The definition is saved."))
            return redirect(url_for("measures.show", number=number), 303)
    example = Period.of(reading().today, Frequency(measure.frequency)).code
    values: dict[str, Any] = {"measure": measure, "form": form, "clash": status == 409, "example": example}
    return page("measures/define.html", **values), 422 if form.errors else status


@blueprint.route("/measures/<int:number>/withdraw", methods=["GET", "POST"])
@allow(Permission.MEASURE_MANAGE)
def withdraw(number: int) -> ResponseReturnValue:
    """Take a measure out of lists and coming editions."""
    measure = _open(reading(), number)
    form = ReasonForm(data={"revision": str(measure.revision)})
    status = 200
    if form.validate_on_submit():
        try:
            services.withdraw(writing(), number, form.reason.data or "", form.seen())
        except Invalid as problem:
            form.refuse(problem)
        except Conflict as problem:
            measure, status = _clash(problem, number, form), 409
        else:
            flash(_("The measure is withdrawn."))
            return redirect(url_for("measures.index"), 303)
    values: dict[str, Any] = {"measure": measure, "form": form, "clash": status == 409}
    return page("measures/withdraw.html", **values), 422 if form.errors else status


@blueprint.route("/measures/<int:number>/enter", methods=["GET", "POST"])
@allow(Permission.READING_ENTER)
def enter(number: int) -> ResponseReturnValue:
    """Enter the readings of a period, all branches at once."""
    work = reading()
    measure = _open(work, number)
    if not measure.entered:
        raise Conflict("reading-not-entered", measure=measure.title)
    row = next(row for row in snapshot.rows(work) if row["number"] == number)
    branches = {branch.code: branch.title for branch in accounts.branches(work)}
    periods = outputs.periods(row, work.today)[::-1]
    asked, never = _asked(row, work, list(branches), periods), rules.reasons(row)
    there = {reading["branch"]: reading for reading in row["readings"] if reading["period"] == asked.code}
    places = list(branches.items()) if measure.by_branch else [("", showing.whole_name())]
    unknown = {code: never[asked.code, code] for code, _name in places if (asked.code, code) in never}
    free = [(code, name) for code, name in places if code not in there and code not in unknown]
    form = enter_form(free, data={"read_on": work.today, "source": measure.source})
    form.evidence.choices = proofs(work)
    if form.validate_on_submit() and (saved := _entered(form, measure, asked)):
        return saved
    values: dict[str, Any] = {"measure": measure, "row": row, "form": form, "asked": asked, "periods": periods}
    more: dict[str, Any] = {
        "there": there,
        "unknown": unknown,
        "places": places,
        "free": free,
        "showing": showing,
        **_words(),
    }
    return page("measures/enter.html", **values, **more), 422 if form.errors else 200


def _asked(row: showing.Row, work: Work, branches: list[str], periods: list[Period]) -> Period:
    """Return the period to enter: the one asked for, else the oldest that is due, else the last one."""
    text = request.args.get("period", "")
    if text:
        asked = Period.parse(text)
        if asked.frequency is not Frequency(row["frequency"]):
            raise Invalid("period-unreadable", field="period", value=text)
        return asked
    due = rules.due(row, work.today, branches)
    return Period.parse(due[0][0]) if due else periods[0]


def _entered(form: EnterForm, measure: Measure, asked: Period) -> ResponseReturnValue | None:
    """Keep what was typed, all of it; None when something is to be put right, which then stands in the form."""
    entries = form.entries(measure.code, asked.code)
    if form.errors:
        return None
    if not entries:
        form.refuse(Invalid("readings-none", field="value_0"))
        return None
    known = entering.known_for(reading(), [entry for _row, entry in entries])
    for row, entry in entries:
        try:
            entering.checked(entry, known)
        except Invalid as problem:
            form.refuse_row(row, problem)
    if form.errors:
        return None
    try:
        saved = entering.enter(writing(), [entry for _row, entry in entries])
    except Invalid as problem:
        form.refuse_row(0, problem)
        return None
    flash(ngettext_("%(num)s reading is saved.", "%(num)s readings are saved.", len(saved)))
    return redirect(url_for("measures.show", number=measure.number), 303)


@blueprint.get("/measures/export.xlsx")
@allow(Permission.MEASURE_READ)
def export() -> ResponseReturnValue:
    """Give all readings as a workbook, with an empty row for each that is missing."""
    stream = io.BytesIO()
    outputs.write_workbook(reading(), stream)
    stream.seek(0)
    name = f"{slug(reading().library.name)}-{slug(_('Readings'))}-{reading().today.isoformat()}.xlsx"
    return send_file(stream, outputs.MEDIA_TYPE, as_attachment=True, download_name=name, max_age=0)


def proofs(work: Work, kept: int | None = None) -> list[tuple[str, str]]:
    """Return the evidence that a reading can be shown by, the newest first; ``kept`` is among it."""
    rows = queries.recent_evidence(work, PROOFS, kept)
    return [("", _("None")), *((str(number), f"{number} {title}") for number, title in rows)]


def _offer(work: Work, form: MeasureForm, measure: Measure | None = None) -> None:
    others = [row for row in queries.measures(work) if row is not measure and not row.numerator]
    form.offer([(row.code, row.title) for row in others], [(t.code, t.title) for t in activities.types(work)])


def _open(work: Work, number: int) -> Measure:
    """Return a measure that is about to be changed or read."""
    measure = queries.get(work, number)
    if measure.withdrawn_at is not None:
        raise Conflict("measure-withdrawn", measure=measure.title)
    return measure


def _clash(problem: Conflict, number: int, form: Any) -> Measure:
    """Return the measure as it is saved now, and let the form be sent again over it; other conflicts go on."""
    if problem.code != "changed-meanwhile":
        raise problem
    reading().session.rollback()
    measure = queries.get(reading(), number)
    form.renew(measure.revision)
    return measure


def _names(work: Work) -> dict[str, Any]:
    return {"branches": {branch.code: branch.title for branch in accounts.branches(work, disabled=True)}}


def _words() -> dict[str, Any]:
    return {
        "aggregations": AGGREGATION_NAMES,
        "directions": DIRECTION_NAMES,
        "frequencies": FREQUENCY_NAMES,
        "qualifiers": QUALIFIER_NAMES,
        "counteds": COUNTED_NAMES,
    }
