"""Pages of one pledge and one initiative: how they stand, what proves it, and the steps that do."""

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from sdg_tracker.access import Permission
from sdg_tracker.activities import queries as activities
from sdg_tracker.foundation.errors import Conflict, NotFound
from sdg_tracker.foundation.i18n import _
from sdg_tracker.measures import snapshot as measured
from sdg_tracker.plans import charts, proving, queries, rules, snapshot, wording
from sdg_tracker.plans.document import Row
from sdg_tracker.plans.forms import COMPUTED, CheckForm, DayForm, NoteForm, OverruleForm, ReasonForm, TieForm
from sdg_tracker.plans.models import Initiative, Pledge
from sdg_tracker.plans.states import Kind, Status
from sdg_tracker.plans.trying import refused
from sdg_tracker.plans.views import asked_day, words
from sdg_tracker.web import navigation
from sdg_tracker.web.identity import allow
from sdg_tracker.web.lifecycle import page, reading, writing

blueprint = Blueprint("pledges", __name__)
navigation.belongs("pledges", "plans")


@blueprint.get("/plan/pledges/<int:number>")
@allow(Permission.PLAN_READ)
def show(number: int) -> ResponseReturnValue:
    """Show a pledge and what proves it."""
    work, on = reading(), asked_day()
    pledge = queries.pledge(work, number)
    rows = measured.rows(work)
    found, plan = _row(pledge, "pledges", rows)
    measure = next((row for row in rows if row["code"] == found["measure"]), None)
    proof = queries.proof(work, queries.plan_of(work, pledge), on)
    samples = [piece for check in proof.checks.get(number, ()) for piece in check.sample]
    noted = proof.noted.get(number, ())
    lines = charts.lines(found, measure) if measure else None
    return page(
        "plans/pledge.html",
        pledge=found,
        plan=plan,
        part=pledge,
        on=on,
        form=DayForm(data={"on": on}),
        measure=measure,
        progress=charts.progress(found, measure) if measure else None,
        lines=lines,
        rows=charts.rows(found, lines) if lines else [],
        noted=noted,
        overrules=queries.overrules(work, pledge),
        activities=queries.activity_titles(work, found["activities"]),
        evidence=queries.evidence_titles(
            work, {*found["evidence"], *samples, *(piece for _row, piece in noted if piece)}
        ),
        initiatives=[row for row in plan["initiatives"] if pledge.code in row["pledges"]],
        **words(work, rows),
    )


@blueprint.get("/plan/initiatives/<int:number>")
@allow(Permission.PLAN_READ)
def initiative(number: int) -> ResponseReturnValue:
    """Show an initiative and what was done for it."""
    work = reading()
    part = queries.initiative(work, number)
    rows = measured.rows(work)
    found, plan = _row(part, "initiatives", rows)
    known = activities.vocabulary(work)
    return page(
        "plans/initiative.html",
        initiative=found,
        plan=plan,
        part=part,
        on=asked_day(),
        form=DayForm(data={"on": asked_day()}),
        activities=queries.activity_titles(work, found["activities"]),
        evidence=queries.evidence_titles(work, found["evidence"]),
        partners={code: row.title for code, row in known.partners.items()},
        actions={code: row.title for code, row in known.strategy_actions.items()},
        pledges=[row for row in plan["pledges"] if row["code"] in found["pledges"]],
        **words(work, rows),
    )


def _row(part: Pledge | Initiative, key: str, measures: list[Row]) -> tuple[Row, Row]:
    """Return a part as it stands on the day that is asked for, and its plan; as drafted where it is not approved."""
    work, plan = reading(), queries.plan_of(reading(), part)
    if plan.withdrawn_at is not None:
        raise Conflict("plan-withdrawn")
    for draft in (False, True):
        row = snapshot.row(work, asked_day(), measures, plan=plan, draft=draft) or {}
        found = next((one for one in row[key] if one["number"] == part.number), None)
        if found is not None and (not draft or not row["versions"] or work.can(Permission.PLAN_WRITE)):
            return found, row
    raise NotFound("pledge-unknown" if key == "pledges" else "initiative-unknown", number=part.number)


@blueprint.route("/plan/pledges/<int:number>/note", methods=["GET", "POST"])
@allow(Permission.PLAN_WRITE)
def note(number: int) -> ResponseReturnValue:
    """Note that what a pledge promises happened."""
    pledge = _open(number, Kind.RECURRING)
    form, status = NoteForm(data={"day": reading().today, "count": 1}), None
    if form.validate_on_submit():
        status = refused(form, lambda: proving.note(writing(), number, form.noted()))
        if status is None:
            flash(_("It is noted."))
            return redirect(url_for("pledges.show", number=number), 303)
    values: dict[str, Any] = {"pledge": pledge, "length": proving.counted_by(pledge).value, "wording": wording}
    return page("plans/note.html", form=form, **values), status or (422 if form.errors else 200)


@blueprint.route("/plan/pledges/<int:number>/notes/<int:row>/withdraw", methods=["GET", "POST"])
@allow(Permission.PLAN_WRITE)
def take_back_note(number: int, row: int) -> ResponseReturnValue:
    """Take back that it happened."""
    pledge = _open(number)
    form, status = ReasonForm(), None
    if form.validate_on_submit():
        status = refused(form, lambda: proving.take_back_note(writing(), number, row, form.reason.data or ""))
        if status is None:
            flash(_("The note is taken back."))
            return redirect(url_for("pledges.show", number=number), 303)
    return _reason_page(form, pledge, _("Take the note back")), status or (422 if form.errors else 200)


@blueprint.route("/plan/pledges/<int:number>/check", methods=["GET", "POST"])
@allow(Permission.PLAN_WRITE)
def check(number: int) -> ResponseReturnValue:
    """Check a standing rule against a sample of evidence; ``?year=`` and ``?seed=`` draw another one."""
    pledge, work = _open(number, Kind.STANDING), reading()
    year = request.args.get("year", work.today.year, type=int)
    year = year if 1900 < year <= work.today.year else work.today.year
    seed = (request.args.get("seed") or f"{pledge.code}-{year}")[:100]
    form, status = CheckForm(data={"year": year, "day": work.today, "seed": seed}), None
    if form.validate_on_submit():
        status = refused(form, lambda: proving.check(writing(), number, form.checked()))
        if status is None:
            flash(_("The self-check is saved."))
            return redirect(url_for("pledges.show", number=number), 303)
    pool = proving.evidence_of(work, pledge, year)
    drawn = rules.sample(pool, seed)
    values: dict[str, Any] = {"pledge": pledge, "year": year, "seed": seed, "pool": pool, "drawn": drawn}
    titles = queries.evidence_titles(work, drawn)
    return page("plans/check.html", form=form, evidence=titles, **values), status or (422 if form.errors else 200)


@blueprint.route("/plan/pledges/<int:number>/checks/<int:row>/withdraw", methods=["GET", "POST"])
@allow(Permission.PLAN_WRITE)
def take_back_check(number: int, row: int) -> ResponseReturnValue:
    """Take a self-check back."""
    pledge = _open(number)
    form, status = ReasonForm(), None
    if form.validate_on_submit():
        status = refused(form, lambda: proving.take_back_check(writing(), number, row, form.reason.data or ""))
        if status is None:
            flash(_("The self-check is taken back."))
            return redirect(url_for("pledges.show", number=number), 303)
    return _reason_page(form, pledge, _("Take the self-check back")), status or (422 if form.errors else 200)


def _reason_page(form: ReasonForm, pledge: Pledge, title: str) -> str:
    said = _("It stays in the trail, with the reason, and counts no longer.")
    values = {"title": title, "lead": f"{pledge.code} {pledge.title}", "said": said}
    return page("plans/reason.html", form=form, back=url_for("pledges.show", number=pledge.number), **values)


@blueprint.route("/plan/pledges/<int:number>/overrule", methods=["GET", "POST"])
@allow(Permission.PLAN_WRITE)
def overrule(number: int) -> ResponseReturnValue:
    """Say how a pledge stands, otherwise than computed, or let it stand as computed again."""
    pledge, work = _open(number), reading()
    found, plan = _row(pledge, "pledges", measured.rows(work))
    form, status = OverruleForm(data={"since": work.today}), None
    form.offer(found["status"]["computed"], overruled=found["status"]["overruled"] is not None)
    if form.validate_on_submit():
        reason, since = form.reason.data or "", form.since.data
        step = (
            (lambda: proving.restore(writing(), number, reason, since))
            if form.status.data == COMPUTED
            else (lambda: proving.overrule(writing(), number, Status(form.status.data), reason, since))
        )
        status = refused(form, step)
        if status is None:
            flash(_("The status is saved."))
            return redirect(url_for("pledges.show", number=number), 303)
    values: dict[str, Any] = {"pledge": found, "part": pledge, "plan": plan, **words(work)}
    return page("plans/overrule.html", form=form, **values), status or (422 if form.errors else 200)


@blueprint.route("/plan/activities/<int:number>", methods=["GET", "POST"])
@allow(Permission.PLAN_TIE)
def tie(number: int) -> ResponseReturnValue:
    """Say which pledges and initiatives an activity belongs to."""
    work = reading()
    activity = activities.get(work, number)
    work.require(Permission.PLAN_TIE, activity)
    if activity.withdrawn_at is not None:
        raise Conflict("tie-activity-withdrawn")
    of_pledge, of_initiative = queries.ties(work, activity)
    plan = queries.of_day(work, activity.starts_on or work.today)
    pledges = list(dict.fromkeys([*(queries.pledges(work, plan) if plan else []), *of_pledge]))
    initiatives = list(dict.fromkeys([*(queries.initiatives(work, plan) if plan else []), *of_initiative]))
    chosen = {
        "pledges": [str(row.number) for row in of_pledge],
        "initiatives": [str(row.number) for row in of_initiative],
    }
    form, status = TieForm(data=chosen), None
    form.offer(
        [(row.number, f"{row.code} {row.title}") for row in pledges],
        [(row.number, f"{row.code} {row.title}") for row in initiatives],
    )
    if form.validate_on_submit():
        numbers = ([int(text) for text in form[name].data or ()] for name in ("pledges", "initiatives"))
        status = refused(form, lambda: proving.tie(writing(), number, *numbers))
        if status is None:
            flash(_("The ties are saved."))
            return redirect(url_for("activities.show", number=number, _anchor="plan"), 303)
    shared = [row for row in initiatives if set(row.goals) & {mapping.goal for mapping in activity.mappings}]
    values: dict[str, Any] = {"activity": activity, "plan": plan, "likely": [row.code for row in shared]}
    return page("plans/tie.html", form=form, **values), status or (422 if form.errors else 200)


def _open(number: int, kind: Kind | None = None) -> Pledge:
    """Return a pledge that something is said about."""
    pledge = queries.pledge(reading(), number)
    reading().require(Permission.PLAN_WRITE, pledge)
    if pledge.withdrawn_at is not None:
        raise Conflict("pledge-withdrawn", name=pledge.code)
    if kind is not None and pledge.kind != kind:
        raise Conflict("occurrence-of-recurring" if kind is Kind.RECURRING else "check-of-standing")
    return pledge
