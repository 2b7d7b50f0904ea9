"""Pages of activities."""

import io
from collections.abc import Callable
from typing import Any

from flask import Blueprint, current_app, flash, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, URLSafeTimedSerializer

from sdg_tracker import trail
from sdg_tracker.access import Permission
from sdg_tracker.accounts import queries as accounts
from sdg_tracker.accounts.models import Membership
from sdg_tracker.activities import filling, goal_years, loading, outputs, queries, rules, services, wording
from sdg_tracker.activities.columns import COLUMNS
from sdg_tracker.activities.forms import (
    ActivityForm,
    ConfirmForm,
    FilterForm,
    MapForm,
    Offers,
    UploadForm,
    WithdrawForm,
    typed,
)
from sdg_tracker.activities.loading import ImportReport
from sdg_tracker.activities.models import Activity
from sdg_tracker.activities.wording import Difference
from sdg_tracker.foundation.errors import Conflict, Invalid, words
from sdg_tracker.foundation.i18n import _, lazy, ngettext_
from sdg_tracker.foundation.tables import FILE_LIMIT, Fault, ImportRefused
from sdg_tracker.foundation.text import slug
from sdg_tracker.goals import queries as goals
from sdg_tracker.goals import sections
from sdg_tracker.web import navigation
from sdg_tracker.web.identity import actor, allow
from sdg_tracker.web.lifecycle import page, reading, writing
from sdg_tracker.web.paging import Pager, page_asked
from sdg_tracker.work import Work

blueprint = Blueprint("activities", __name__)
sections.register(10, goal_years.section)
navigation.add(30, lazy("Activities"), "activities.index", Permission.ACTIVITY_READ)

TICKET_SECONDS = 24 * 60 * 60
NAME_SHOWN = 100  # characters of the name of a file
ROWS_SHOWN = 50  # of a file that is looked at before it is imported

words({"import-ticket-spent": lazy("The file was looked at too long ago, or by somebody else. Choose it once more.")})


@blueprint.get("/activities")
@allow(Permission.ACTIVITY_READ)
def index() -> ResponseReturnValue:
    """Show the list, narrowed and in order."""
    work = reading()
    form = FilterForm(request.args)
    types = queries.types(work)
    members = accounts.members(work)
    form.offer(_offers(work, [(term.code, term.title) for term in types], members))
    order = request.args.get("order", "-date")
    if order.removeprefix("-") not in queries.ORDERS:
        order = "-date"
    asked = page_asked()
    filters = form.filters()
    rows, total = queries.one_page(work, filters, order, Pager(asked, 0).size, Pager(asked, 0).offset)
    arguments = {key: value for key, value in request.args.items() if value and key != "page"}
    return page(
        "activities/index.html",
        fragment="activities/_rows.html",
        form=form,
        order=order,
        activities=rows,
        pager=Pager(asked, total),
        arguments=arguments,
        filtered=any(key != "order" for key in arguments),
        evidence=queries.evidence_counts(work, rows),
        titles=goals.titles(work),
        types={term.code: term.title for term in types},
        owners=accounts.names(work, {row.owner_number for row in rows}),
        statuses={status.value: text for status, text in rules.STATUS_NAMES.items()},
        period=wording.period,
    )


@blueprint.route("/activities/new", methods=["GET", "POST"])
@allow(Permission.ACTIVITY_ADD)
def add() -> ResponseReturnValue:
    """Add an activity."""
    work = reading()
    form = ActivityForm(data={"owner_number": str(actor().number or "")})
    form.offer(queries.vocabulary(work), accounts.members(work))
    if form.validate_on_submit():
        try:
            activity = services.add(writing(), form.details())
        except Invalid as problem:
            form.refuse(problem)
        else:
            flash(_("The activity is saved. Now say which goals it supports."))
            return redirect(url_for("activities.show", number=activity.number), 303)
    return page("activities/add.html", form=form), 422 if form.errors else 200


@blueprint.get("/activities/<int:number>")
@allow(Permission.ACTIVITY_READ)
def show(number: int) -> ResponseReturnValue:
    """Show an activity."""
    work = reading()
    activity = queries.get(work, number)
    work.require(Permission.ACTIVITY_READ, activity)
    events = trail.of(work, Activity.__tablename__, number) if work.can(Permission.TRAIL_READ) else []
    numbers = {activity.owner_number, activity.added_by, activity.withdrawn_by, *(e.actor_number for e in events)}
    names = accounts.names(work, numbers)
    details = filling.details_of(activity)
    return page(
        "activities/show.html",
        activity=activity,
        said=wording.words(details, queries.vocabulary(work), names),
        period=wording.period(activity.starts_on, activity.ends_on, activity.year),
        names=names,
        titles=goals.titles(work),
        wrong_pairs=wording.wrong_pairs(activity, goals.names(work)),
        happenings=wording.happenings(events, names),
        stances={stance.value: text for stance, text in rules.STANCE_NAMES.items()},
        contributions={value.value: text for value, text in rules.CONTRIBUTION_NAMES.items()},
    )


@blueprint.route("/activities/<int:number>/edit", methods=["GET", "POST"])
@allow(Permission.ACTIVITY_REVISE)
def revise(number: int) -> ResponseReturnValue:
    """Change an activity."""
    work = reading()
    activity = _open(work, number, Permission.ACTIVITY_REVISE)
    details = filling.details_of(activity)
    form = ActivityForm(data={**typed(details), "revision": str(activity.revision)})
    form.offer(queries.vocabulary(work), accounts.members(work), details)
    clash: dict[str, Any] = {}
    status = 200
    if form.validate_on_submit():
        try:
            services.revise(writing(), number, form.seen(), form.details())
        except Invalid as problem:
            form.refuse(problem)
        except Conflict as problem:
            if problem.code != "changed-meanwhile":
                raise
            clash, status = _clash(number, form), 409
        else:
            flash(_("The activity is saved."))
            return redirect(url_for("activities.show", number=number), 303)
    return page("activities/revise.html", activity=activity, form=form, **clash), 422 if form.errors else status


@blueprint.route("/activities/<int:number>/map", methods=["GET", "POST"])
@allow(Permission.ACTIVITY_MAP)
def map(number: int) -> ResponseReturnValue:  # noqa: A001 - the name of the step
    """Say which goals and targets an activity supports."""
    work = reading()
    activity = _open(work, number, Permission.ACTIVITY_MAP)
    form = MapForm(data={"revision": str(activity.revision)})
    form.offer(goals.goals_with_targets(work))
    if not form.is_submitted():
        form.show(outputs.choices_of(activity))
    status = 200
    if form.validate_on_submit():
        status = _taken(form, number, lambda: services.map_activity(writing(), number, form.choices(), form.seen()))
        if status == 303:
            flash(_("The mapping is saved."))
            return redirect(url_for("activities.show", number=number), 303)
        activity = _fresh(number) if status == 409 else activity
    values: dict[str, Any] = {"activity": activity, "form": form, "titles": goals.titles(work), "clash": status == 409}
    return page("activities/map.html", **values), 422 if form.errors else status


@blueprint.route("/activities/<int:number>/withdraw", methods=["GET", "POST"])
@allow(Permission.ACTIVITY_REVISE)
def withdraw(number: int) -> ResponseReturnValue:
    """Take an activity out of lists and counts."""
    activity = _open(reading(), number, Permission.ACTIVITY_REVISE)
    form = WithdrawForm(data={"revision": str(activity.revision)})
    status = 200
    if form.validate_on_submit():
        status = _taken(form, number, lambda: services.withdraw(writing(), number, form.reason.data or "", form.seen()))
        if status == 303:
            flash(_("The activity is withdrawn."))
            return redirect(url_for("activities.show", number=number), 303)
        activity = _fresh(number) if status == 409 else activity
    values: dict[str, Any] = {"activity": activity, "form": form, "clash": status == 409}
    return page("activities/withdraw.html", **values), 422 if form.errors else status


@blueprint.route("/activities/import", methods=["GET", "POST"])
@allow(Permission.ACTIVITY_IMPORT)
def import_() -> ResponseReturnValue:
    """Import a file in two steps: look at what is in it, then add it all."""
    form, confirm = UploadForm(), ConfirmForm()
    report: ImportReport | None = None
    faults: list[Fault] = []
    try:
        if confirm.is_submitted() and confirm.ticket.data:
            if confirm.validate():
                return _imported(confirm.ticket.data)
        elif form.validate_on_submit():
            report = _looked_at(form)
            confirm.ticket.data = _tickets().dumps([report.sha256, report.name, actor().number, actor().library_id])
    except ImportRefused as refused:
        faults = refused.faults
    except Invalid as problem:
        form.refuse(problem)
    values: dict[str, Any] = {"form": form, "confirm": confirm, "report": report, "faults": faults, "columns": COLUMNS}
    status = 422 if form.errors or faults else 200
    return page(
        "activities/import.html", **values, rows_shown=ROWS_SHOWN, limit=FILE_LIMIT, period=wording.period
    ), status


@blueprint.get("/activities/export.xlsx")
@allow(Permission.ACTIVITY_EXPORT)
def export() -> ResponseReturnValue:
    """Give the list as a workbook, narrowed as the page is."""
    form = FilterForm(request.args)
    stream = io.BytesIO()
    outputs.write_workbook(reading(), stream, form.filters())
    stream.seek(0)
    name = f"{slug(reading().library.name)}-{slug(_('Activities'))}-{reading().today.isoformat()}.xlsx"
    return send_file(stream, outputs.MEDIA_TYPE, as_attachment=True, download_name=name, max_age=0)


def _offers(work: Work, types: list[tuple[str, str]], members: list[Membership]) -> Offers:
    return Offers(
        goals=[(goal.code, f"{goal.code} {goal.title}") for goal in goals.goals(work)],
        years=[(str(year), str(year)) for year in queries.years(work)],
        branches=[(branch.code, branch.name) for branch in accounts.branches(work, disabled=True)],
        types=types,
        owners=[(str(member.user_number), member.user.name or member.user.email) for member in members],
        actions=[(code, f"{code} {action.title}") for code, action in queries.strategy_actions(work).items()],
    )


def _open(work: Work, number: int, permission: Permission) -> Activity:
    """Return an activity that is about to be changed."""
    activity = queries.get(work, number)
    work.require(permission, activity)
    if activity.withdrawn_at is not None:
        raise Conflict("activity-withdrawn", number=number)
    return activity


def _taken(form: MapForm | WithdrawForm, number: int, step: Callable[[], object]) -> int:
    """Take a step; return 303, or the status of the page that shows the form again with what refuses it."""
    try:
        step()
    except Invalid as problem:
        form.refuse(problem)
        return 422
    except Conflict as problem:
        if problem.code != "changed-meanwhile":
            raise
        form.renew(_fresh(number).revision)
        return 409
    return 303


def _fresh(number: int) -> Activity:
    """Return the activity as it is saved now, not as this request first saw it."""
    reading().session.rollback()
    return queries.get(reading(), number)


def _clash(number: int, form: ActivityForm) -> dict[str, Any]:
    """Return what somebody else changed since the form was opened, and let the form be sent again over it."""
    seen = form.seen() or 0
    activity = _fresh(number)
    work = reading()
    events = queries.changes_since(work, activity, seen)
    saved, mine = filling.details_of(activity), form.details()
    numbers = {saved.owner_number, mine.owner_number, *(event.actor_number for event in events)}
    names = accounts.names(work, numbers)
    fields = {name for event in events for name in event.facts.get("fields", ())}
    known = queries.vocabulary(work)
    found: list[Difference] = wording.differences(fields, saved, mine, known, names)
    form.renew(activity.revision)
    return {"clash": True, "differences": found, "happenings": wording.happenings(events, names)}


def _looked_at(form: UploadForm) -> ImportReport:
    """Check a file without adding anything, and keep its bytes for the second step."""
    stream, name = form.document.data.stream, (form.document.data.filename or "")[-NAME_SHOWN:]
    report = loading.import_file(reading(), stream, name, dry_run=True)
    stream.seek(0)
    reading().blobs.put(stream, FILE_LIMIT)
    return report


def _imported(ticket: str) -> ResponseReturnValue:
    try:
        sha256, name, user, library = _tickets().loads(ticket, max_age=TICKET_SECONDS)
    except BadSignature:
        raise Invalid("import-ticket-spent", field="document") from None
    if (user, library) != (actor().number, actor().library_id):
        raise Invalid("import-ticket-spent", field="document")
    with reading().blobs.open(sha256) as stream:
        report = loading.import_file(writing(), stream, name)
    flash(ngettext_("%(num)s activity was imported.", "%(num)s activities were imported.", report.added))
    return redirect(url_for("activities.index", order="-number"), 303)


def _tickets() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="activities.import")
