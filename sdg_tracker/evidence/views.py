"""Pages of evidence, and the way out for its files."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from sdg_tracker.access import Permission
from sdg_tracker.accounts import queries as accounts
from sdg_tracker.activities import queries as activities
from sdg_tracker.activities.models import Activity
from sdg_tracker.evidence import (
    disposal,
    findings,
    fulltext,
    intake,
    media,
    quarantine,
    queries,
    rules,
    services,
    thumbnails,
    uses,
    wording,
)
from sdg_tracker.evidence.forms import (
    AddForm,
    FilterForm,
    JudgeForm,
    ReviewForm,
    ReviseForm,
    TieForm,
    VersionForm,
    WithdrawForm,
    activity_text,
)
from sdg_tracker.evidence.models import Evidence, Tie, Version
from sdg_tracker.evidence.services import Added
from sdg_tracker.evidence.states import Decision, State
from sdg_tracker.evidence.validity import validity
from sdg_tracker.foundation.errors import Conflict, Invalid, NotFound, Problem
from sdg_tracker.foundation.i18n import _, format_size, in_locale, language_name, lazy, ngettext_
from sdg_tracker.goals import queries as goals
from sdg_tracker.keeping import queries as keeping
from sdg_tracker.schemes.models import Cycle
from sdg_tracker.web import lifecycle, navigation
from sdg_tracker.web.files import download as download_of
from sdg_tracker.web.files import file_answer, was_sent
from sdg_tracker.web.identity import allow, can
from sdg_tracker.web.lifecycle import page, reading, writing
from sdg_tracker.web.paging import SIZE, Pager, page_asked
from sdg_tracker.work import Work

log = logging.getLogger(__name__)
blueprint = Blueprint("evidence", __name__)
navigation.add(40, lazy("Evidence"), "evidence.index", Permission.EVIDENCE_READ)
ICONS = {
    media.PDF: "file-pdf",
    media.DOCX: "file-word",
    media.ODT: "file-word",
    media.XLSX: "file-excel",
    media.ODS: "file-excel",
    media.CSV: "file-excel",
    media.PPTX: "document",
    media.ODP: "document",
    media.TXT: "document",
}
READ = fulltext.read  # importing it has registered it
TYPE_NAMES = {ending: ending.upper() for ending in media.ENDINGS.values()} | {"jpg": "JPEG", "webp": "WebP"}


@blueprint.app_context_processor
def _functions() -> dict[str, Any]:
    """Give templates, also those of other parts, what they need to show evidence."""
    return {
        "evidence_of": evidence_of,
        "type_of": type_of,
        "icon_of": lambda found: ICONS.get(found, "file-image"),
        "findings_of": lambda version: findings.of(version.findings),
        "language_name": language_name,
        "evidence_words": wording,
        "validity_of": validity_of,
    }


def validity_of(evidence: Evidence) -> str:
    """Return how a piece stands today: open, valid, soon or expired."""
    return validity(evidence.valid_until, reading().today).value


def evidence_of(activity: Activity) -> list[Evidence]:
    """Return the evidence that stands for an activity; none for those who may not see it."""
    return queries.of_activity(reading(), activity) if can(Permission.EVIDENCE_READ, activity) else []


def type_of(version: Version) -> str:
    """Return a file's type in a few letters, such as PDF."""
    return TYPE_NAMES[media.ENDINGS[version.media_type]]


@blueprint.get("/evidence")
@allow(Permission.EVIDENCE_READ)
def index() -> ResponseReturnValue:
    """List the evidence."""
    work = reading()
    kinds, cycles = queries.kinds(work), queries.cycles(work)
    form = FilterForm(request.args)
    form.offer(kinds, goal_names(), queries.years(work), cycles, accounts.branches(work))
    order = request.args.get("order", "-number")
    if order.removeprefix("-") not in queries.ORDERS:
        order = "-number"
    asked = page_asked()
    rows, total = queries.one_page(work, form.filters(work.actor.number), order, SIZE, (asked - 1) * SIZE)
    return page(
        "evidence/index.html",
        fragment="evidence/_rows.html",
        form=form,
        rows=rows,
        pager=Pager(asked, total),
        order=order,
        kinds=kinds,
        disposal_months=work.library.disposal_months,
    )


def goal_names() -> dict[str, str]:
    """Return the goals' names by code."""
    return {goal.code: in_locale(goal.title_short_da, goal.title_short_en) for goal in goals.goals(reading())}


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
                added = services.add_all(writing(), received, form.details(), form.ties())
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


def status_of(form: Any, found: int = 200) -> int:
    """Return the status of a page with a form: what was refused is 422 unless it is something else."""
    return 422 if found == 200 and form.errors else found


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


def tell(added: list[Added]) -> None:
    """Say what was saved, and what should be known of it."""
    numbers = ", ".join(str(one.evidence.number) for one in added)
    flash(
        ngettext_(
            "The evidence is saved as number %(numbers)s.",
            "%(num)s files are saved as evidence %(numbers)s.",
            len(added),
            numbers=numbers,
        )
    )
    for one in added:
        tell_held(one)
        tell_findings(one)
    for code in sorted({code for one in added for code in one.unaccepted}):
        tell_unaccepted(code)


def tell_held(one: Added) -> None:
    """Say when the library had a file already."""
    if one.held_by:
        held = ", ".join(str(number) for number in one.held_by)
        name = one.evidence.current.file_name
        flash(
            _("“%(name)s” was here already: the same file is kept as evidence %(numbers)s.", name=name, numbers=held),
            "info",
        )


def tell_findings(one: Added) -> None:
    """Say what the check of a file found, and what follows."""
    version = one.evidence.current
    found = " ".join(f"{finding.text} {finding.advice}" for finding in findings.of(version.findings))
    if version.quarantined:
        text = _("“%(name)s” is in quarantine until the coordinator has looked at it.", name=version.file_name)
        flash(f"{text} {found}", "warning")
    elif found:
        flash(_("About “%(name)s”: %(found)s", name=version.file_name, found=found), "info")


def tell_unaccepted(code: str) -> None:
    """Say that a requirement asks for other kinds of evidence."""
    flash(
        _("Requirement %(code)s asks for other kinds of evidence. The tie is saved all the same.", code=code), "warning"
    )


@blueprint.get("/evidence/<int:number>")
@allow(Permission.EVIDENCE_READ)
def show(number: int) -> ResponseReturnValue:
    """Show a piece of evidence."""
    evidence = reached(number)
    form = TieForm()
    return page(
        "evidence/show.html", fragment="evidence/_preview.html", evidence=evidence, form=form, **_shown(evidence, form)
    )


def reached(number: int) -> Evidence:
    """Return a piece of evidence; one in quarantine only to those who may look into it."""
    evidence = queries.get(reading(), number)
    if evidence.quarantined_at is not None:
        reading().require(Permission.EVIDENCE_QUARANTINE, evidence)
    return evidence


def _shown(evidence: Evidence, form: TieForm, review_form: ReviewForm | None = None) -> dict[str, Any]:
    if lifecycle.wants_fragment():
        return {}
    work = reading()
    if review_form is None:
        review_form = ReviewForm(formdata=None, version=str(evidence.current.ordinal))
        review_form.offer(evidence)
    changeable = evidence.stands and can(Permission.EVIDENCE_TIE, evidence)
    if changeable:
        form.offer(queries.cycles(work), evidence)
    people = [evidence.added_by, evidence.withdrawn_by, *(version.added_by for version in evidence.versions)]
    people += [version.released_by for version in evidence.versions]
    people += [made.decided_by for made in evidence.reviews]
    return {
        "names": accounts.names(work, people),
        "kinds": queries.kinds(work),
        "requirements": queries.requirements_of(work, evidence.ties),
        "changeable": changeable,
        "checks": _checks(work, evidence),
        "review_form": review_form,
        "reviewable": _reviewable(evidence),
        "uses": uses.of(work, evidence),
        "own": services.is_own(work, evidence) and not work.library.own_review,
        "sent_back": evidence.reviews[-1] if evidence.state == State.RETURNED.value and evidence.reviews else None,
    }


def _checks(work: Work, evidence: Evidence) -> dict[int, keeping.Checked]:
    """Return how the files of each version were when they were last read, by the version's ordinal."""
    files = {version.ordinal: {version.original_sha256, version.rendition_sha256} for version in evidence.versions}
    known = keeping.of(work, set().union(*files.values()))
    return {ordinal: keeping.together(known, digests) for ordinal, digests in files.items()}


def _reviewable(evidence: Evidence) -> bool:
    waits = evidence.state in (State.SUBMITTED.value, State.ACCEPTED.value)
    return waits and evidence.stands and can(Permission.EVIDENCE_REVIEW, evidence)


@blueprint.post("/evidence/<int:number>/submit")
@allow(Permission.EVIDENCE_REVISE)
def submit(number: int) -> ResponseReturnValue:
    """Let a draft, or what was sent back, be reviewed."""
    services.submit(writing(), number)
    flash(_("Evidence %(number)s is submitted for review.", number=number))
    return redirect(url_for("evidence.show", number=number), 303)


@blueprint.post("/evidence/<int:number>/review")
@allow(Permission.EVIDENCE_REVIEW)
def review(number: int) -> ResponseReturnValue:
    """Accept a piece of evidence, or send it back with a comment."""
    evidence = reached(number)
    form, status = ReviewForm(), 422
    form.offer(evidence)
    if form.validate():
        try:
            services.review(
                writing(), number, form.chosen(), form.comment.data or "", form.seen(), no_cpr=form.is_no_cpr
            )
        except (Invalid, Conflict) as error:
            form.refuse(error)
            form.version.data = str(evidence.current.ordinal)
            status = error.status
        else:
            accepted = form.chosen() is Decision.ACCEPTED
            flash(_("The evidence is accepted.") if accepted else _("The evidence is sent back."))
            return redirect(url_for("evidence.show", number=number), 303)
    shown = TieForm(formdata=None)
    return page("evidence/show.html", evidence=evidence, form=shown, **_shown(evidence, shown, form)), status


@blueprint.route("/evidence/<int:number>/requirements/<int:cycle>/<code>", methods=["GET", "POST"])
@allow(Permission.EVIDENCE_TIE)
def judge(number: int, cycle: int, code: str) -> ResponseReturnValue:
    """Say how a piece of evidence shows something for a requirement."""
    evidence = to_change(number, Permission.EVIDENCE_TIE)
    tie = _tie_of(evidence, cycle, code)
    form = JudgeForm()
    if request.method == "GET":
        form.show(tie)
    elif form.validate():
        try:
            services.judge_tie(writing(), number, cycle, code, form.details())
        except Invalid as error:
            form.refuse(error)
        else:
            flash(_("The change is saved."))
            return redirect(url_for("evidence.show", number=number, _anchor="requirements"), 303)
    requirement = queries.requirements_of(reading(), [tie]).get((tie.cycle_id, code))
    body = page("evidence/judge.html", form=form, evidence=evidence, tie=tie, requirement=requirement, wording=wording)
    return body, status_of(form)


def _tie_of(evidence: Evidence, cycle: int, code: str) -> Tie:
    for tie in evidence.ties:
        if (tie.cycle.number, tie.requirement_code) == (cycle, code):
            return tie
    raise NotFound("tie-none", number=evidence.number, requirement=code)


@blueprint.route("/evidence/<int:number>/edit", methods=["GET", "POST"])
@allow(Permission.EVIDENCE_REVISE)
def revise(number: int) -> ResponseReturnValue:
    """Change what is said of a piece of evidence."""
    work = reading()
    evidence = to_change(number, Permission.EVIDENCE_REVISE)
    form = ReviseForm()
    form.offer(queries.kinds(work), guess=False)
    status = 200
    if request.method == "GET":
        form.show(evidence)
    elif form.validate():
        try:
            services.revise(writing(), number, form.details(), form.seen())
        except (Invalid, Conflict) as error:
            form.refuse(error)
            status = error.status
        else:
            flash(_("The change is saved."))
            return redirect(url_for("evidence.show", number=number), 303)
    if status == 409:  # somebody else saved meanwhile: what was typed stays, and the next try is a new decision
        form.revision.data = str(evidence.revision)
    body = page("evidence/revise.html", form=form, evidence=evidence, clash=status == 409, **file_choices())
    return body, status_of(form, status)


def to_change(number: int, permission: Permission) -> Evidence:
    """Return a piece of evidence for a page that changes it. Raises Conflict for one that is withdrawn."""
    evidence = reached(number)
    reading().require(permission, evidence)
    if evidence.withdrawn_at is not None:
        raise Conflict("evidence-withdrawn", number=number)
    return evidence


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
            added = services.add_version(writing(), number, received, form.seen())
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


@blueprint.route("/evidence/<int:number>/withdraw", methods=["GET", "POST"])
@allow(Permission.EVIDENCE_WITHDRAW)
def withdraw(number: int) -> ResponseReturnValue:
    """Withdraw a piece of evidence for a reason."""
    evidence = to_change(number, Permission.EVIDENCE_WITHDRAW)
    form, rests = WithdrawForm(), uses.of(reading(), evidence)
    if request.method == "GET":
        form.revision.data = str(evidence.revision)
    status = 200
    if form.validate_on_submit():
        try:
            services.withdraw(writing(), number, form.reason.data or "", form.seen(), no_cpr=form.is_no_cpr)
        except (Invalid, Conflict) as error:
            form.refuse(error)
            status = error.status
        else:
            flash(_("Evidence %(number)s is withdrawn.", number=number))
            if rests:
                flash(
                    ngettext_(
                        "%(num)s thing that it shows has lost its evidence. It is listed on this page.",
                        "%(num)s things that it shows have lost their evidence. They are listed on this page.",
                        len(rests),
                    ),
                    "warning",
                )
            return redirect(url_for("evidence.show", number=number), 303)
    if status == 409:
        form.revision.data = str(evidence.revision)
    return page("evidence/withdraw.html", form=form, evidence=evidence, uses=rests), status_of(form, status)


@blueprint.post("/evidence/<int:number>/requirements")
@allow(Permission.EVIDENCE_TIE)
def tie(number: int) -> ResponseReturnValue:
    """Tie a piece of evidence to a requirement."""
    evidence = to_change(number, Permission.EVIDENCE_TIE)
    form = TieForm()
    shown = _shown(evidence, form)
    if form.validate():
        wanted = form.wanted()
        try:
            accepted = services.tie(writing(), number, wanted)
        except Invalid as error:
            form.refuse(error)
        else:
            flash(_("Tied to requirement %(code)s.", code=wanted.requirement))
            if not accepted:
                tell_unaccepted(wanted.requirement)
            return redirect(url_for("evidence.show", number=number, _anchor="requirements"), 303)
    return page("evidence/show.html", evidence=evidence, form=form, **shown), 422


@blueprint.post("/evidence/<int:number>/requirements/remove")
@allow(Permission.EVIDENCE_TIE)
def untie(number: int) -> ResponseReturnValue:
    """Take the tie to a requirement away."""
    cycle, code = request.form.get("cycle", ""), request.form.get("requirement", "")
    services.untie(writing(), number, int(cycle) if cycle.isascii() and cycle.isdigit() else 0, code)
    flash(_("No longer tied to requirement %(code)s.", code=code))
    return redirect(url_for("evidence.show", number=number, _anchor="requirements"), 303)


@blueprint.get("/evidence/quarantine")
@allow(Permission.EVIDENCE_QUARANTINE)
def kept_apart() -> ResponseReturnValue:
    """List what is in quarantine, with what was found."""
    work = reading()
    rows = queries.quarantined(work)
    names = accounts.names(work, [evidence.current.added_by for evidence in rows])
    return page("evidence/quarantine.html", rows=rows, names=names)


@blueprint.post("/evidence/<int:number>/release")
@allow(Permission.EVIDENCE_QUARANTINE)
def release(number: int) -> ResponseReturnValue:
    """Let a piece stand although its check found something."""
    seen = request.form.get("revision", "")
    revision = int(seen) if seen.isascii() and seen.isdigit() else None
    for code in quarantine.release(writing(), number, revision):
        tell_unaccepted(code)
    flash(_("Evidence %(number)s is released from quarantine.", number=number))
    return redirect(url_for("evidence.show", number=number), 303)


@blueprint.get("/evidence/disposal")
@allow(Permission.EVIDENCE_DISPOSE)
def to_dispose_of() -> ResponseReturnValue:
    """List what the library's rule lets go."""
    work = reading()
    return page("evidence/disposal.html", rows=disposal.due(work), months=work.library.disposal_months)


@blueprint.post("/evidence/disposal")
@allow(Permission.EVIDENCE_DISPOSE)
def dispose() -> ResponseReturnValue:
    """Take the chosen pieces away for good."""
    chosen = [int(text) for text in request.form.getlist("number") if text.isascii() and text.isdigit()]
    disposal.dispose(writing(), chosen)
    if chosen:
        done = ngettext_("%(num)s piece of evidence is gone.", "%(num)s pieces of evidence are gone.", len(chosen))
        flash(done + " " + _("That it existed stands in the trail."))
    else:
        flash(_("Nothing was chosen, so nothing was disposed of."))
    return redirect(url_for("evidence.to_dispose_of"), 303)


# Files ---------------------------------------------------------------------------------------------------------------


@blueprint.get("/evidence/<int:number>/versions/<int:ordinal>/file")
@allow(Permission.EVIDENCE_READ, logged=True)
def download(number: int, ordinal: int) -> ResponseReturnValue:
    """Send a version as others see it."""
    evidence = reached(number)
    version = queries.version(evidence, ordinal)
    if version.quarantined:  # an earlier one that a later one has superseded
        reading().require(Permission.EVIDENCE_QUARANTINE, evidence)
    if version.closed_at is not None:  # it shows what is blurred now, or whom somebody objected for
        reading().require(Permission.EVIDENCE_ORIGINAL, evidence)
    return _sent(evidence, version, "rendition")


@blueprint.get("/evidence/<int:number>/versions/<int:ordinal>/original")
@allow(Permission.EVIDENCE_ORIGINAL, logged=True)
def original(number: int, ordinal: int) -> ResponseReturnValue:
    """Send a version as it was received, to those who may."""
    evidence = queries.get(reading(), number)
    reading().require(Permission.EVIDENCE_ORIGINAL, evidence)
    version = queries.version(evidence, ordinal)
    return _sent(evidence, version, "original")


@blueprint.get("/evidence/<int:number>/thumbnail")
@allow(Permission.EVIDENCE_READ)
def thumbnail(number: int) -> ResponseReturnValue:
    """Send the small picture of the current version."""
    evidence = reached(number)
    kept = thumbnails.kept(evidence.current)
    response = file_of(number, kept.sha256, kept.size, media.JPEG)
    response.headers["Content-Disposition"] = "inline"
    response.headers["Cache-Control"] = "private, max-age=86400"  # its address names the version
    return response


def _sent(evidence: Evidence, version: Version, role: str) -> Response:
    name = version.file_name
    if role == "original":
        media_type = version.original_type or version.media_type
        name = rules.name_of_rendition(name, media_type)
        shown_as = "application/octet-stream" if media_type == media.HTML else media_type  # never a page of ours
        kept = (version.original_sha256, version.original_size, shown_as)
    else:
        kept = (version.rendition_sha256, version.rendition_size, version.media_type)
    with told_damaged(evidence.number):
        response = download_of(reading(), *kept, name)
    if was_sent(response):
        lifecycle.note_access("evidence.downloaded", evidence, version=version.ordinal, role=role)
    return response


def file_of(number: int, sha256: str, size: int, media_type: str) -> Response:
    """Return an answer that streams a blob, whole or in part, and can do nothing in a browser."""
    with told_damaged(number):
        return file_answer(reading().blobs.open(sha256, size), sha256, size, media_type)


@contextmanager
def told_damaged(number: int) -> Iterator[None]:
    """Say of a file that is missing or changed which evidence it belongs to."""
    try:
        yield
    except Problem as problem:
        log.error("evidence %s: %s", number, problem)
        raise Conflict("evidence-damaged", number=number) from problem
