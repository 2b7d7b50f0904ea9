"""The page for a phone at an event: a picture, what it is of, done. And the code that leads there from paper."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from sdg_tracker.access import Permission
from sdg_tracker.activities import queries as activities
from sdg_tracker.activities.models import Activity
from sdg_tracker.evidence.add_views import activity_asked
from sdg_tracker.evidence.telling import tell
from sdg_tracker.foundation.i18n import format_size, lazy
from sdg_tracker.giving import queries, rules, saving
from sdg_tracker.giving.forms import CaptureForm
from sdg_tracker.printing import codes
from sdg_tracker.web import lifecycle, navigation
from sdg_tracker.web.identity import actor, allow
from sdg_tracker.web.lifecycle import page, reading

blueprint = Blueprint("capture", __name__, url_prefix="/capture")
navigation.add(45, lazy("Take a photo"), "capture.index", Permission.EVIDENCE_ADD, phone=True)
OFFERED, FOUND = 6, 12  # activities


@blueprint.route("", methods=["GET", "POST"])
@allow(Permission.EVIDENCE_ADD)
def index() -> ResponseReturnValue:
    """Take pictures in: with a script in parts, else with the form."""
    form, status = CaptureForm(), 200
    chosen = _chosen(form)
    if request.method == "POST":
        if form.validate():
            activity = activities.get(reading(), number) if (number := form.activity_number()) else None
            details = form.details(activity)
            if form.keys():
                added, problems = saving.save_uploads(form.keys(), details)
            else:
                added, problems = saving.save_files(form.files(), details)
            if not problems:
                where = url_for("capture.index", activity=activity.number if activity else None)
                if lifecycle.wants_json():
                    return saving.told(added, where)
                tell(added)
                return redirect(where, 303)
            status = saving.refuse(form, problems)
        else:
            status = 422
        if lifecycle.wants_json():
            return saving.refused(form, status)
    return _shown(form, chosen), status


def _chosen(form: CaptureForm) -> Activity | None:
    """Choose what is probably meant: the activity of the address, or the only one of today."""
    work, asked = reading(), activity_asked()
    words = request.args.get("q", "")[:200]
    offered = queries.called(work, words, FOUND) if words else queries.near(work, work.today, OFFERED)
    today = [one for one in offered if one.starts_on and not rules.days_away(one.starts_on, one.ends_on, work.today)]
    if asked is not None:
        offered = [asked, *(one for one in offered if one.number != asked.number)]
    form.offer(offered)
    chosen = asked or (today[0] if len(today) == 1 and not words else None)
    if request.method == "GET" and chosen is not None:
        form.activity.data = str(chosen.number)
    return asked


def _shown(form: CaptureForm, asked: Activity | None) -> str:
    work = reading()
    return page(
        "capture/index.html",
        fragment="capture/_choices.html",
        form=form,
        asked=asked,
        words=request.args.get("q", "")[:200],
        owner=f"{work.library.id}-{actor().number}",
        limit=format_size(work.settings.upload_limit),
    )


@blueprint.get("/code/<int:number>")
@allow(Permission.EVIDENCE_ADD)
def code(number: int) -> ResponseReturnValue:
    """Show the code of an activity, to be printed and put up where it takes place."""
    work = reading()
    activity = activities.get(work, number)
    address = work.settings.url.rstrip("/") + url_for("capture.index", activity=number)
    path, side = codes.qr(address)
    return page("capture/code.html", activity=activity, address=address, path=path, side=side)
