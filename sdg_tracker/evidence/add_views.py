"""Pages on which files become evidence, or a new version of it."""

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from sdg_tracker.access import Permission
from sdg_tracker.activities import queries as activities
from sdg_tracker.activities.models import Activity
from sdg_tracker.evidence import adding, intake, media, queries
from sdg_tracker.evidence.adding import Added
from sdg_tracker.evidence.forms import AddForm, VersionForm, activity_text
from sdg_tracker.evidence.models import Evidence
from sdg_tracker.evidence.telling import tell, tell_findings, tell_held
from sdg_tracker.evidence.views import blueprint, status_of, to_change
from sdg_tracker.foundation.errors import Conflict, Invalid
from sdg_tracker.foundation.i18n import _, format_size
from sdg_tracker.schemes.models import Cycle
from sdg_tracker.web.identity import allow, can
from sdg_tracker.web.lifecycle import page, reading, writing


@blueprint.route("/evidence/new", methods=["GET", "POST"])
@allow(Permission.EVIDENCE_ADD)
def add() -> ResponseReturnValue:
    """Add a piece of evidence for each file."""
    work = reading()
    activity = activity_asked()
    form, cycles = AddForm(), queries.cycles(work)
    form.offer(queries.kinds(work), guess=True)
    form.offer_requirements(cycles)
    if request.method == "GET":
        form.activity.data = activity_text(activity)
        form.requirements.data = requirement_asked(cycles)
    if form.validate_on_submit():
        received, refused = intake.receive_all(work, form.files())  # checked and stored: no lock is held
        try:
            if not refused:
                added = adding.add_all(writing(), received, form.details(), form.ties())
                tell(added)
                return redirect(after(added, activity), 303)
        except Invalid as error:
            refused = [error]
        refuse_all(form, refused)
    return page("evidence/add.html", form=form, activity=activity, cycles=cycles, **file_choices()), status_of(form)


def activity_asked() -> Activity | None:
    """Return the activity that the address names. Raises NotFound when there is none of this number."""
    asked = request.args.get("activity", "")
    return activities.get(reading(), int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 10 else None


def refuse_all(form: AddForm, refused: list[Invalid]) -> None:
    """Show why nothing was saved: one refusal at its field, those of several files one by one above the form."""
    if len(form.document.data) == 1 or any(refusal.field != "document" for refusal in refused):
        for refusal in refused:
            form.refuse(refusal)
    else:
        form.form_errors.extend(str(refusal) for refusal in refused)
        form.document.errors = [_("Nothing was saved. Choose the files again, without those that can't be kept.")]


def requirement_asked(cycles: Sequence[Cycle]) -> list[str]:
    """Return the choice of the requirement that the address names, in the cycle that it names or else the latest."""
    number, code = request.args.get("cycle", ""), request.args.get("requirement", "")
    named = [cycle for cycle in cycles if number in ("", str(cycle.number))]
    return [f"{cycle.number}:{code}" for cycle in named if code in {r.code for r in cycle.scheme.requirements()}][:1]


def file_choices() -> dict[str, Any]:
    """Return what pages with a file to choose show: activities, types, the largest size."""
    work = reading()
    offered = [activity_text(activity) for activity in queries.recent_activities(work)]
    return {"offered": offered, "accepted": media.ACCEPTED, "limit": format_size(work.settings.upload_limit)}


def after(added: list[Added], activity: Activity | None) -> str:
    """Return where whoever added evidence goes next: to what is still wanted, to what they came from, or to it."""
    asked = next((one.evidence for one in added if one.evidence.unfinished and one.evidence.stands), None)
    if asked is not None:
        return url_for("finishing.finish", number=asked.number)
    if activity is not None:
        return url_for("activities.show", number=activity.number)
    cycle, code = request.args.get("cycle", 0, type=int), request.args.get("requirement", "")
    if cycle and any(tie.requirement_code == code for one in added for tie in one.evidence.ties):
        return url_for("certification.requirement", number=cycle, code=code, _anchor="evidence")
    if len(added) == 1:
        return where(added[0].evidence)
    return url_for("evidence.index")


def where(evidence: Evidence) -> str:
    """Return the page of a piece of evidence; the list for those who may not see it because it is in quarantine."""
    reached = evidence.quarantined_at is None or can(Permission.EVIDENCE_QUARANTINE, evidence)
    return url_for("evidence.show", number=evidence.number) if reached else url_for("evidence.index")


@blueprint.route("/evidence/<int:number>/versions/new", methods=["GET", "POST"])
@allow(Permission.EVIDENCE_REVISE)
def add_version(number: int) -> ResponseReturnValue:
    """Let a new file supersede the current one."""
    evidence = to_change(number, Permission.EVIDENCE_REVISE)
    form = VersionForm()
    if request.method == "GET":
        form.revision.data = str(evidence.revision)
    status = 200
    if form.validate_on_submit():
        file = form.document.data
        try:
            received = intake.receive(reading(), file.stream, file.filename or "", file.mimetype)
            added = adding.add_version(writing(), number, received, form.seen())
        except (Invalid, Conflict) as error:
            form.refuse(error)
            status = error.status
        else:
            flash(_("Version %(ordinal)s is saved.", ordinal=added.evidence.current.ordinal))
            tell_held(added)
            tell_findings(added)
            return redirect(where(added.evidence), 303)
    if status == 409:
        form.revision.data = str(evidence.revision)
    return page("evidence/version.html", form=form, evidence=evidence, **file_choices()), status_of(form, status)
