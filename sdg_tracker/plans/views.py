"""Pages of the plan: as it stands on a day, its draft, its versions, and the approval."""

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from sdg_tracker.access import Permission
from sdg_tracker.accounts import queries as accounts
from sdg_tracker.evidence import uses
from sdg_tracker.foundation.documents import digest
from sdg_tracker.foundation.errors import Conflict
from sdg_tracker.foundation.i18n import _, lazy
from sdg_tracker.goals import queries as goals
from sdg_tracker.measures import snapshot as measured
from sdg_tracker.plans import asking, details, discarding, document, evidenced, queries, services, snapshot, wording
from sdg_tracker.plans.asking import Wish
from sdg_tracker.plans.details import PlanDetails
from sdg_tracker.plans.document import Row
from sdg_tracker.plans.forms import ApproveForm, DayForm, DiscardForm, PlanForm, ReasonForm, typed
from sdg_tracker.plans.models import Plan
from sdg_tracker.plans.trying import refused
from sdg_tracker.schemes import queries as schemes
from sdg_tracker.schemes.models import Cycle
from sdg_tracker.web import navigation
from sdg_tracker.web.identity import allow
from sdg_tracker.web.lifecycle import page, reading, writing
from sdg_tracker.work import Work

blueprint = Blueprint("plans", __name__)
uses.register_uses(30, evidenced.of)
navigation.add(35, lazy("Action plan"), "plans.index", Permission.PLAN_READ)


@blueprint.get("/plan")
@allow(Permission.PLAN_READ)
def index() -> ResponseReturnValue:
    """Show the plan of today, or of a day."""
    plan = queries.of_day(reading(), asked_day())
    return _shown(plan) if plan else page("plans/none.html")


@blueprint.get("/plan/<int:number>")
@allow(Permission.PLAN_READ)
def show(number: int) -> ResponseReturnValue:
    """Show one of the library's plans."""
    plan = queries.plan(reading(), number)
    if plan.withdrawn_at is not None:
        raise Conflict("plan-withdrawn")
    return _shown(plan)


def _shown(plan: Plan) -> str:
    work, on = reading(), asked_day()
    rows = measured.rows(work)
    row = snapshot.row(work, on, rows, plan=plan) or {}
    cycle, wishes = _wishes(work, row)
    draft = queries.draft(work, plan) if row["version"] and work.can(Permission.PLAN_WRITE) else None
    return page(
        "plans/show.html",
        plan=row,
        on=on,
        today=work.today,
        form=DayForm(data={"on": on}),
        waiting=document.difference(_last(row, plan, work), draft) if draft else [],
        others=[other for other in queries.plans(work) if other.number != plan.number],
        cycle=cycle,
        wishes=wishes,
        **words(work, rows),
    )


def asked_day() -> date:
    """Return the day that a page is asked to show, today unless told."""
    form = DayForm(request.args)
    found: date | None = form.on.data if form.validate() else None
    return found or reading().today


def words(work: Work, rows: list[Row] | None = None) -> dict[str, Any]:
    """Return what all pages of the plan look names up in."""
    rows = measured.rows(work) if rows is None else rows
    return {
        "wording": wording,
        "titles": goals.titles(work),
        "measures": {row["code"]: row for row in rows},
        "houses": {branch.code: branch.name for branch in accounts.branches(work, disabled=True)},
    }


def _last(row: Row, plan: Plan, work: Work) -> Row:
    """Return the text of the version that was approved last, however early the day that is shown."""
    return queries.versions(work, plan)[-1].document if row["version"] else {}


def _wishes(work: Work, row: Row) -> tuple[Cycle | None, list[Wish]]:
    """Return the current cycle and what its scheme asks of the plan in numbers."""
    cycle = schemes.current_cycle(work)
    return cycle, list(asking.wishes(cycle.scheme.document, cycle.settings, row)) if cycle else []


@blueprint.route("/plan/new", methods=["GET", "POST"])
@allow(Permission.PLAN_WRITE)
def add() -> ResponseReturnValue:
    """Begin a plan."""
    year = reading().today.year
    days = {"starts_on": date(year, 1, 1), "ends_on": date(year + 2, 12, 31)}
    form, status = PlanForm(data={"title": _("Action plan %(years)s", years=f"{year}-{year + 2}"), **days}), None
    if form.validate_on_submit():
        status = refused(form, lambda: services.add(writing(), form.details()))
        if status is None:
            flash(_("The plan is begun. Add focus goals, pledges and initiatives."))
            return redirect(url_for("plans.index"), 303)
    return page("plans/add.html", form=form), status or (422 if form.errors else 200)


@blueprint.route("/plan/<int:number>/edit", methods=["GET", "POST"])
@allow(Permission.PLAN_WRITE)
def revise(number: int) -> ResponseReturnValue:
    """Change title and time in the draft."""
    plan = _open(number)
    form = PlanForm(data={**typed(details.of(PlanDetails, plan)), "revision": str(plan.revision)})
    status = None
    if form.validate_on_submit():
        status = refused(
            form,
            lambda: services.revise(writing(), number, form.details(), form.seen()),
            lambda: queries.plan(reading(), number).revision,
        )
        if status is None:
            flash(_("The plan is saved."))
            return redirect(url_for("plans.draft", number=number), 303)
    return page("plans/revise.html", plan=plan, form=form), status or (422 if form.errors else 200)


@blueprint.route("/plan/<int:number>/withdraw", methods=["GET", "POST"])
@allow(Permission.PLAN_WRITE)
def withdraw(number: int) -> ResponseReturnValue:
    """Take a plan away."""
    plan = _open(number)
    form, status = ReasonForm(data={"revision": str(plan.revision)}), None
    if form.validate_on_submit():
        status = refused(
            form,
            lambda: services.withdraw(writing(), number, form.reason.data or "", form.seen()),
            lambda: queries.plan(reading(), number).revision,
        )
        if status is None:
            flash(_("The plan is withdrawn."))
            return redirect(url_for("plans.index"), 303)
    said = _("A withdrawn plan is no longer shown, and its number is not used again. It can't be brought back.")
    values: dict[str, Any] = {"title": _("Withdraw the plan"), "lead": plan.title, "said": said}
    back = url_for("plans.draft", number=number)
    return page("plans/reason.html", form=form, back=back, **values), status or (422 if form.errors else 200)


@blueprint.get("/plan/<int:number>/draft")
@allow(Permission.PLAN_WRITE)
def draft(number: int) -> ResponseReturnValue:
    """Show what is worked on, and what it changes of the last approved version."""
    plan, work = _open(number), reading()
    text = queries.draft(work, plan)
    approved = queries.versions(work, plan)
    return page(
        "plans/draft.html",
        plan=plan,
        draft=text,
        approved=approved,
        changes=document.difference(approved[-1].document, text) if approved else [],
        **words(work),
    )


@blueprint.route("/plan/<int:number>/discard", methods=["GET", "POST"])
@allow(Permission.PLAN_WRITE)
def discard(number: int) -> ResponseReturnValue:
    """Throw the draft away, after a look at what is lost."""
    plan, work = _open(number), reading()
    text, approved = queries.draft(work, plan), queries.versions(work, plan)
    form, status = DiscardForm(data={"seen": digest(text)}), None
    if form.validate_on_submit():
        status = refused(
            form, lambda: discarding.discard(writing(), number, form.reason.data or "", form.seen.data or "")
        )
        if status is None:
            flash(_("The draft is thrown away. It says again what is approved."))
            return redirect(url_for("plans.draft", number=number), 303)
        form.seen.data = digest(text)
    changes = document.difference(approved[-1].document, text) if approved else []
    values: dict[str, Any] = {"plan": plan, "approved": approved, "changes": changes, "wording": wording}
    return page("plans/discard.html", form=form, **values), status or (422 if form.errors else 200)


@blueprint.route("/plan/<int:number>/approve", methods=["GET", "POST"])
@allow(Permission.PLAN_APPROVE)
def approve(number: int) -> ResponseReturnValue:
    """Note that the draft is approved."""
    plan, work = _open(number, Permission.PLAN_APPROVE), reading()
    text = queries.draft(work, plan)
    approved = queries.versions(work, plan)
    form, status = ApproveForm(data={"approved_on": work.today, "seen": digest(text)}), None
    if form.validate_on_submit():
        status = refused(form, lambda: services.approve(writing(), number, form.approval(), form.seen.data or ""))
        if status is None:
            flash(_("The plan is approved."))
            return redirect(url_for("plans.show", number=number), 303)
        form.seen.data = digest(text)
    changes = document.difference(approved[-1].document, text) if approved else []
    values: dict[str, Any] = {"plan": plan, "draft": text, "approved": approved, "changes": changes}
    return page("plans/approve.html", form=form, wording=wording, **values), status or (422 if form.errors else 200)


@blueprint.get("/plan/<int:number>/versions")
@allow(Permission.PLAN_READ)
def versions(number: int) -> ResponseReturnValue:
    """Show the approved versions, and what differs between two of them."""
    work, plan = reading(), queries.plan(reading(), number)
    approved = queries.versions(work, plan)
    last = approved[-1].version if approved else 0
    known = {version.version: version for version in approved}
    new = known.get(request.args.get("new", last, type=int))
    old = known.get(request.args.get("old", new.version - 1 if new else 0, type=int))
    return page(
        "plans/versions.html",
        plan=plan,
        versions=list(reversed(snapshot.told(approved))),
        old=old,
        new=new,
        changes=document.difference(old.document, new.document) if old and new else [],
        wording=wording,
    )


def _open(number: int, permission: Permission = Permission.PLAN_WRITE) -> Plan:
    plan = queries.plan(reading(), number)
    reading().require(permission, plan)
    if plan.withdrawn_at is not None:
        raise Conflict("plan-withdrawn")
    return plan


@blueprint.app_template_global()
def plan_of_activity(activity: Any) -> dict[str, Any] | None:
    """Return what an activity belongs to in the plan, for its page; None for who may not see it."""
    work = reading()
    if not work.can(Permission.PLAN_READ):
        return None
    pledges, initiatives = queries.ties(work, activity)
    there = bool(pledges or initiatives or queries.plans(work))
    return {"pledges": pledges, "initiatives": initiatives} if there else None
