"""Requirements and exhibits in the auditor's room, and the marks on them."""

from collections.abc import Callable, Iterator, Sequence

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue

from sdg_tracker.access import Permission
from sdg_tracker.audit import auditing, showing
from sdg_tracker.audit.auditing import Marking
from sdg_tracker.audit.forms import ExhibitsForm, RequirementsForm, seen
from sdg_tracker.audit.room import Room, Row
from sdg_tracker.audit.room_views import blueprint, both, marking, room_here, room_page
from sdg_tracker.audit.states import MarkState
from sdg_tracker.foundation.errors import Conflict, Invalid, NotFound
from sdg_tracker.foundation.i18n import _
from sdg_tracker.web.identity import allow
from sdg_tracker.web.lifecycle import reading, writing
from sdg_tracker.web.paging import Pager, page_asked


@both("/requirements", "requirements")
def requirements(room: Room) -> ResponseReturnValue:
    """List the requirements with what is left to do."""
    form = RequirementsForm(request.args)
    if not any(row["roles"] for row in room.frozen.requirements.values()):
        del form.role
    role = form.role.data or "" if form.role else ""
    state, left = form.state.data or "", form.left.data == "1"
    lines = room.lines(state, role=role, left=left, order=form.order.data or "scheme")
    return room_page(room, "audit/requirements.html", "requirements", form=form, lines=lines)


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
    return room_page(
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
        **marking(),
    )


def _texts(room: Room, rows: Sequence[Row]) -> dict[int, str]:
    return showing.texts(reading().blobs, rows) if room.frozen.with_files else {}


@both("/exhibits", "exhibits")
def exhibits(room: Room) -> ResponseReturnValue:
    """List the exhibits."""
    form = ExhibitsForm(request.args)
    chosen = [room.frozen.exhibits[number] for number in _chosen(room, form.show.data or "")]
    pager = Pager(page_asked(), len(chosen))
    rows = chosen[pager.offset : pager.offset + pager.size]
    asked = {"show": form.show.data} if form.show.data else {}
    return room_page(
        room, "audit/exhibits.html", "exhibits", form=form, rows=rows, pager=pager, asked=asked, **marking()
    )


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
    return room_page(
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
        **marking(),
    )


@blueprint.post("/audit/marks")
@allow(Permission.AUDIT_WRITE)
def mark() -> ResponseReturnValue:
    """Say of the exhibits of a page what they are."""
    room, code = room_here(), request.form.get("requirement", "")
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
