"""The auditor's room. The library sees the same pages before it invites, and can write nothing there."""

import secrets
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from sdg_tracker.access import Permission
from sdg_tracker.audit import auditing, findings, queries, sampling, showing, wording
from sdg_tracker.audit import room as rooms
from sdg_tracker.audit.auditing import Conclusion, Marking
from sdg_tracker.audit.forms import (
    ConclusionForm,
    ExhibitsForm,
    FindingForm,
    QuestionForm,
    ReplyForm,
    RequirementsForm,
    SampleForm,
    seen,
)
from sdg_tracker.audit.models import AuditorAccess, Finding
from sdg_tracker.audit.room import Room, Row, room_of
from sdg_tracker.audit.showing import Picture
from sdg_tracker.audit.states import Decision, MarkState, Method
from sdg_tracker.certification.wording import STATE_NAMES, STATUS_NAMES
from sdg_tracker.editions import kinds
from sdg_tracker.editions import queries as editions
from sdg_tracker.editions.views import offered, sent
from sdg_tracker.evidence.wording import STRENGTH_NAMES, TICK_NAMES
from sdg_tracker.foundation.errors import Conflict, Forbidden, Invalid, NotFound
from sdg_tracker.foundation.i18n import _
from sdg_tracker.web import files
from sdg_tracker.web.identity import allow
from sdg_tracker.web.lifecycle import note_access, page, reading, writing
from sdg_tracker.web.paging import Pager, page_asked

blueprint = Blueprint("room", __name__)
Shown = Callable[..., ResponseReturnValue]
PREVIEW = "preview_"  # before the names of the pages as the library sees them
PLACES = ("start", "requirements", "exhibits", "sample", "findings", "questions", "conclusion")
DRAWN = 10  # exhibits that a sample is offered to have


def both(rule: str, name: str) -> Callable[[Shown], Shown]:
    """Open a page of the room to its auditor, and to the library that looks before it invites."""

    def mark(view: Shown) -> Shown:
        @allow(Permission.AUDIT_ROOM, logged=True)
        def inside(**values: Any) -> ResponseReturnValue:
            return view(_room(), **values)

        @allow(Permission.AUDITOR_INVITE)
        def before(number: int, **values: Any) -> ResponseReturnValue:
            return view(_preview(number), **values)

        blueprint.add_url_rule(f"/audit{rule}", name, inside)
        blueprint.add_url_rule(f"/editions/<int:number>/as-auditor{rule}", PREVIEW + name, before)
        return view

    return mark


def _access() -> AuditorAccess:
    """Return the access of the one who asks. Raises Forbidden when it ended since the request began."""
    access = queries.by_key(reading(), session.get("audit", 0))
    if access is None:
        raise Forbidden("forbidden")
    reading().require(Permission.EDITION_READ, access.edition)
    return access


def _room() -> Room:
    access = _access()
    audit = queries.audit_of(reading(), access.edition)
    return room_of(reading(), access.edition, audit, access, lambda name, **values: url_for(f"room.{name}", **values))


def _preview(number: int) -> Room:
    edition = editions.get(reading(), number)
    reading().require(Permission.AUDITOR_INVITE, edition)

    def to(name: str, **values: Any) -> str:
        return url_for(f"room.{PREVIEW}{name}", number=number, **values)

    return room_of(reading(), edition, queries.audit_of(reading(), edition), None, to)


def _page(room: Room, template: str, named: str, exhibits: Sequence[int] = (), **values: Any) -> str:
    """Return a page of the room; that the auditor opened it is noted, with the exhibits that it shows."""
    if room.access is not None and request.method == "GET":
        note_access("audit.page_opened", room.access, page=named, exhibits=list(exhibits))
    place = named.partition(" ")[0]
    return page(
        template,
        room=room,
        place=place if place in PLACES else f"{place}s",
        said=rooms.said,
        day=rooms.day,
        moment=rooms.moment,
        state_of=rooms.state_of,
        words=wording,
        STATES=STATE_NAMES,
        STATUSES=STATUS_NAMES,
        STRENGTHS=STRENGTH_NAMES,
        TICKS=TICK_NAMES,
        **values,
    )


@both("", "start")
def start(room: Room) -> ResponseReturnValue:
    """Show what this is, how far the auditor is, and the files."""
    edition = room.edition
    return _page(
        room,
        "audit/room.html",
        "start",
        edition=edition,
        kind=kinds.get(edition.kind),
        files=offered(edition),
        waiting=False,
        sealing=False,
        download_endpoint="room.download" if room.access else "editions.download",
    )


@blueprint.get("/audit/editions/<int:number>/files/<name>")
@allow(Permission.AUDIT_ROOM, logged=True)
def download(number: int, name: str) -> ResponseReturnValue:
    """Send one of the files of the edition or of a supplement to it."""
    room = _room()
    edition = room.edition
    if number != edition.number:
        if number not in room.supplements:
            raise NotFound("edition-none", number=number)
        edition = editions.get(reading(), number)
    answer = sent(edition, reading().library.slug, name)
    if isinstance(answer, Response) and files.was_sent(answer):
        artefact = edition.artefact(name)
        _note_file(room, f"{number}/{name}", artefact.sha256 if artefact else "")
    return answer


def _note_file(room: Room, name: str, sha256: str) -> None:
    if room.access is not None:
        note_access("audit.file_opened", room.access, file=name, sha256=sha256)


@both("/requirements", "requirements")
def requirements(room: Room) -> ResponseReturnValue:
    """List the requirements with what is left to do."""
    form = RequirementsForm(request.args)
    if not any(row["roles"] for row in room.frozen.requirements.values()):
        del form.role
    role = form.role.data or "" if form.role else ""
    state, left = form.state.data or "", form.left.data == "1"
    lines = room.lines(state, role=role, left=left, order=form.order.data or "scheme")
    return _page(room, "audit/requirements.html", "requirements", form=form, lines=lines)


@both("/requirements/<code>", "requirement")
def requirement(room: Room, code: str) -> ResponseReturnValue:
    """Show a requirement with its exhibits side by side."""
    return _requirement(room, code)


def _requirement(room: Room, code: str, typed: dict[int, Marking] | None = None, told: str = "") -> str:
    row = room.frozen.requirement(code)
    everything = room.frozen.shown_for(code)
    pager = Pager(min(page_asked(), Pager(1, len(everything)).pages), len(everything))
    shown = everything[pager.offset : pager.offset + pager.size]
    before, after = room.neighbours(code)
    return _page(
        room,
        "audit/requirement.html",
        f"requirement {code}",
        [exhibit["exhibit"] for exhibit, _tie in shown],
        requirement=row,
        shown=shown,
        pager=pager,
        typed=typed or {},
        told=told,
        before=before,
        after=after,
        texts=_texts(room, [exhibit for exhibit, _tie in shown]),
        **_marking(),
    )


def _texts(room: Room, rows: Sequence[Row]) -> dict[int, str]:
    return showing.texts(reading().blobs, rows) if room.frozen.with_files else {}


def _given(room: Room, exhibit: int) -> Row:
    """Return an exhibit whose file belongs to the edition. Raises NotFound."""
    row = room.frozen.exhibit(exhibit)
    if not room.frozen.with_files:
        raise NotFound("audit-exhibit-kept-back", exhibit=exhibit)
    return row


def _marking() -> dict[str, Any]:
    return {"MARKS": wording.MARK_NAMES}


@both("/exhibits", "exhibits")
def exhibits(room: Room) -> ResponseReturnValue:
    """List the exhibits."""
    form = ExhibitsForm(request.args)
    chosen = [room.frozen.exhibits[number] for number in _chosen(room, form.show.data or "")]
    pager = Pager(page_asked(), len(chosen))
    rows = chosen[pager.offset : pager.offset + pager.size]
    asked = {"show": form.show.data} if form.show.data else {}
    return _page(room, "audit/exhibits.html", "exhibits", form=form, rows=rows, pager=pager, asked=asked, **_marking())


def _chosen(room: Room, show: str) -> list[int]:
    numbers = sorted(room.frozen.exhibits)
    if show == "sample":
        return room.sample.exhibits if room.sample else []
    tests: dict[str, Callable[[int], bool]] = {
        "unmarked": lambda number: number not in room.marks,
        "questioned": lambda number: number in room.marks and room.marks[number].mark == MarkState.QUESTIONED,
        "weak": lambda number: bool(room.weaknesses[number]),
    }
    return list(filter(tests[show], numbers)) if show in tests else numbers


@both("/exhibits/<int:exhibit>", "exhibit")
def exhibit(room: Room, exhibit: int) -> ResponseReturnValue:
    """Show an exhibit with a large preview and its trail."""
    return _exhibit(room, exhibit)


def _exhibit(room: Room, number: int, typed: dict[int, Marking] | None = None, told: str = "") -> str:
    row = room.frozen.exhibit(number)
    before, after = room.beside(number)
    pages = showing.pages(reading().blobs, row) if room.frozen.with_files else 0
    return _page(
        room,
        "audit/exhibit.html",
        f"exhibit {number}",
        [number],
        row=row,
        typed=typed or {},
        told=told,
        before=before,
        after=after,
        texts=_texts(room, [row]),
        sheet=min(page_asked(), pages),
        sheets=pages,
        **_marking(),
    )


@both("/exhibits/<int:exhibit>/picture", "picture")
def picture(room: Room, exhibit: int) -> ResponseReturnValue:
    """Send the picture of an exhibit: the small one, or with ``large`` the exhibit itself where it is a picture."""
    row = room.frozen.exhibit(exhibit) if room.frozen.exhibit(exhibit)["thumbnail"] else _given(room, exhibit)
    kept = showing.picture(row, large="large" in request.args and room.frozen.with_files)
    response = _inline(kept)
    if kept.sha256 == row["sha256"] and files.was_sent(response):
        _note_file(room, row["file"], row["sha256"])
    return response


@both("/exhibits/<int:exhibit>/pages/<int:page>", "sheet")
def sheet(room: Room, exhibit: int, page: int) -> ResponseReturnValue:
    """Send a picture of one page of an exhibit that is a PDF."""
    row = _given(room, exhibit)
    response = make_response(showing.sheet(reading().blobs, row, page))
    response.headers["Content-Type"] = "image/jpeg"
    response.headers["Content-Security-Policy"] = files.POLICY
    response.headers["Cache-Control"] = "private, max-age=86400"  # the file never changes
    return response


@both("/requirements/<code>/exhibits/<int:exhibit>/proof", "proof")
def proof(room: Room, code: str, exhibit: int) -> ResponseReturnValue:
    """Send the picture of the page that the library marked for a requirement."""
    kept = showing.proof(room.frozen.exhibit(exhibit), code)
    return _inline(kept)


def _inline(kept: Picture) -> Response:
    response = files.file_answer(reading().blobs.open(kept.sha256, kept.size), kept.sha256, kept.size, kept.media_type)
    response.headers["Content-Disposition"] = "inline"
    return response


@both("/exhibits/<int:exhibit>/file", "file")
def file(room: Room, exhibit: int) -> ResponseReturnValue:
    """Send an exhibit's file as it is in the bag."""
    row = _given(room, exhibit)
    name = row["file"].rpartition("/")[2]
    response = files.download(reading(), row["sha256"], row["size"], row["media_type"], name)
    if files.was_sent(response):
        _note_file(room, row["file"], row["sha256"])
    return response


# Marks ---------------------------------------------------------------------------------------------------------------


@blueprint.post("/audit/marks")
@allow(Permission.AUDIT_WRITE)
def mark() -> ResponseReturnValue:
    """Say of the exhibits of a page what they are."""
    room, code = _room(), request.form.get("requirement", "")
    typed = {marking.exhibit: marking for marking in _markings()}
    try:
        auditing.mark(writing(), room.edition.number, typed.values())
    except (Conflict, Invalid, NotFound) as problem:
        if code in room.frozen.requirements:
            return _requirement(room, code, typed, str(problem)), problem.status
        if len(typed) == 1 and next(iter(typed)) in room.frozen.exhibits:
            return _exhibit(room, next(iter(typed)), typed, str(problem)), problem.status
        raise
    flash(_("Your marks are saved."))
    if code in room.frozen.requirements:
        here = request.form.get("page", "")
        return redirect(room.to("requirement", code=code, **({"page": here} if here.isdigit() else {})), 303)
    if len(typed) == 1:
        number = next(iter(typed))
        following = room.beside(number)[1] if "next" in request.form else None
        return redirect(room.to("exhibit", exhibit=following["exhibit"] if following else number), 303)
    return redirect(room.to("exhibits"), 303)


def _markings() -> Iterator[Marking]:
    for name in request.form:
        number = name.removeprefix("revision-")
        if number != name and number.isascii() and number.isdigit() and len(number) < 10:
            said = request.form.get(f"mark-{number}", "")
            mark = MarkState(said) if said in set(MarkState) else None
            note = request.form.get(f"note-{number}", "")
            yield Marking(int(number), mark, note, seen(request.form[name]))


# The sample ----------------------------------------------------------------------------------------------------------


@both("/sample", "sample")
def sample(room: Room) -> ResponseReturnValue:
    """Show the sample, and draw another."""
    there = len(room.frozen.exhibits)
    form = SampleForm(seed=secrets.token_hex(4), size=min(DRAWN, there), method=Method.WEIGHTED.value)
    return _sample(room, form)


def _sample(room: Room, form: SampleForm) -> str:
    return _page(
        room,
        "audit/sample.html",
        "sample",
        list(room.sample.exhibits) if room.sample else [],
        form=form,
        sampling=sampling,
        **_marking(),
    )


@blueprint.post("/audit/sample")
@allow(Permission.AUDIT_WRITE)
def draw() -> ResponseReturnValue:
    """Draw a sample."""
    room, form = _room(), SampleForm()
    if form.validate_on_submit():
        try:
            auditing.draw(
                writing(), room.edition.number, form.seed.data or "", form.size.data or 0, Method(form.method.data)
            )
        except (Invalid, Conflict) as problem:
            form.refuse(problem)
            return _sample(room, form), problem.status
        flash(_("The sample is drawn."))
        return redirect(room.to("sample"), 303)
    return _sample(room, form), 422


# Findings ------------------------------------------------------------------------------------------------------------


@both("/findings", "findings")
def finding_list(room: Room) -> ResponseReturnValue:
    """List the findings, and write one."""
    form = FindingForm(requirement=request.args.get("requirement", ""), exhibits=request.args.get("exhibits", "")[:400])
    return _findings(room, form)


def _findings(room: Room, form: FindingForm) -> str:
    form.fill(_codes(room))
    return _page(room, "audit/findings.html", "findings", form=form)


def _codes(room: Room) -> list[tuple[str, str]]:
    return [(code, f"{code} {rooms.said(row['text'])}"[:90]) for code, row in room.frozen.requirements.items()]


@blueprint.post("/audit/findings")
@allow(Permission.AUDIT_WRITE)
def raise_finding() -> ResponseReturnValue:
    """Write a finding down."""
    room, form = _room(), FindingForm()
    form.fill(_codes(room))
    if form.validate_on_submit():
        try:
            raised = findings.raise_finding(writing(), room.edition.number, form.details())
        except (Invalid, Conflict, NotFound) as problem:
            form.refuse(problem)
            return _findings(room, form), problem.status
        flash(_("Finding %(number)s is saved.", number=raised.number))
        return redirect(room.to("finding", finding=raised.number), 303)
    return _findings(room, form), 422


@both("/findings/<int:finding>", "finding")
def finding(room: Room, finding: int) -> ResponseReturnValue:
    """Show a finding with the library's answer."""
    return _finding(room, queries.finding(room.audit, finding))


def _finding(room: Room, found: Finding, form: FindingForm | None = None, reply: ReplyForm | None = None) -> str:
    shown = form or FindingForm(formdata=None, obj=found, exhibits=", ".join(map(str, found.exhibits)))
    shown.fill(_codes(room))
    answered = reply or ReplyForm(formdata=None)
    shown.revision.data = answered.revision.data = str(found.revision)
    return _page(room, "audit/finding.html", f"finding {found.number}", finding=found, form=shown, reply=answered)


@blueprint.post("/audit/findings/<int:finding>")
@allow(Permission.AUDIT_WRITE)
def revise(finding: int) -> ResponseReturnValue:
    """Change a finding."""
    room, form = _room(), FindingForm()
    found = queries.finding(room.audit, finding)
    form.fill(_codes(room))
    if form.validate_on_submit():
        try:
            findings.revise(writing(), room.edition.number, finding, form.details(), seen(form.revision.data))
        except (Invalid, Conflict, NotFound) as problem:
            form.refuse(problem)
            return _finding(room, found, form), problem.status
        flash(_("The change is saved."))
        return redirect(room.to("finding", finding=finding), 303)
    return _finding(room, found, form), 422


@blueprint.post("/audit/findings/<int:finding>/close")
@allow(Permission.AUDIT_WRITE)
def close(finding: int) -> ResponseReturnValue:
    """Close a finding."""
    return _replied(finding, findings.close, _("The finding is closed."))


@blueprint.post("/audit/findings/<int:finding>/send-back")
@allow(Permission.AUDIT_WRITE)
def send_back(finding: int) -> ResponseReturnValue:
    """Ask the library to answer again."""
    return _replied(finding, findings.send_back, _("The answer is sent back to the library."))


def _replied(number: int, step: Callable[..., Finding], done: str) -> ResponseReturnValue:
    room, reply = _room(), ReplyForm()
    found = queries.finding(room.audit, number)
    if reply.validate_on_submit():
        try:
            step(writing(), room.edition.number, number, reply.reply.data or "", seen(reply.revision.data))
        except (Invalid, Conflict) as problem:
            reply.refuse(problem)
            return _finding(room, found, reply=reply), problem.status
        flash(done)
        return redirect(room.to("finding", finding=number), 303)
    return _finding(room, found, reply=reply), 422


# Questions -----------------------------------------------------------------------------------------------------------


@both("/questions", "questions")
def questions(room: Room) -> ResponseReturnValue:
    """List what the library was asked for, and ask."""
    return _questions(room, QuestionForm(requirement=request.args.get("requirement", "")))


def _questions(room: Room, form: QuestionForm) -> str:
    form.fill(_codes(room))
    numbers = sorted(room.supplements)
    supplements = {number: editions.get(reading(), number) for number in numbers}
    return _page(room, "audit/questions.html", "questions", form=form, supplements=supplements, offered=offered)


@blueprint.post("/audit/questions")
@allow(Permission.AUDIT_WRITE)
def ask() -> ResponseReturnValue:
    """Ask the library for something."""
    room, form = _room(), QuestionForm()
    form.fill(_codes(room))
    if form.validate_on_submit():
        try:
            findings.ask(writing(), room.edition.number, form.text.data or "", form.requirement.data or "")
        except (Invalid, Conflict) as problem:
            form.refuse(problem)
            return _questions(room, form), problem.status
        flash(_("The library sees your question now."))
        return redirect(room.to("questions"), 303)
    return _questions(room, form), 422


# The conclusion ------------------------------------------------------------------------------------------------------


@both("/conclusion", "conclusion")
def conclusion(room: Room) -> ResponseReturnValue:
    """Show how the audit ended, or end it."""
    return _conclusion(room, ConclusionForm(formdata=None, obj=room.audit))


def _conclusion(room: Room, form: ConclusionForm) -> str:
    form.revision.data = str(room.audit.revision if room.audit else 1)
    return _page(room, "audit/conclusion.html", "conclusion", form=form)


@blueprint.post("/audit/conclusion")
@allow(Permission.AUDIT_WRITE)
def conclude() -> ResponseReturnValue:
    """End the audit with a decision."""
    room, form = _room(), ConclusionForm()
    if form.validate_on_submit():
        decided = Conclusion(Decision(form.decision.data), form.conditions.data or "", form.text.data or "")
        try:
            auditing.conclude(writing(), room.edition.number, decided, seen(form.revision.data))
        except (Invalid, Conflict) as problem:
            form.refuse(problem)
            return _conclusion(room, form), problem.status
        flash(_("The audit is concluded. The library sees it now."))
        return redirect(room.to("conclusion"), 303)
    return _conclusion(room, form), 422


@blueprint.post("/audit/reopen")
@allow(Permission.AUDIT_WRITE)
def reopen() -> ResponseReturnValue:
    """Open a concluded audit again."""
    room = _room()
    auditing.reopen(writing(), room.edition.number)
    flash(_("The audit is open again."))
    return redirect(room.to("conclusion"), 303)
