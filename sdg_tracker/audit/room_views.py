"""The auditor's room: its first page, and what all its pages share.

The library sees the same pages before it invites, and can write nothing there.
"""

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, Response, request, session, url_for
from flask.typing import ResponseReturnValue

from sdg_tracker.access import Permission
from sdg_tracker.audit import queries, wording
from sdg_tracker.audit import room as rooms
from sdg_tracker.audit.models import AuditorAccess
from sdg_tracker.audit.room import Room, room_of
from sdg_tracker.certification.wording import STATE_NAMES, STATUS_NAMES
from sdg_tracker.editions import kinds
from sdg_tracker.editions import queries as editions
from sdg_tracker.editions.views import offered, sent
from sdg_tracker.evidence.wording import STRENGTH_NAMES, TICK_NAMES
from sdg_tracker.foundation.errors import Forbidden, NotFound
from sdg_tracker.web import files
from sdg_tracker.web.identity import allow
from sdg_tracker.web.lifecycle import note_access, page, reading

blueprint = Blueprint("room", __name__)
Shown = Callable[..., ResponseReturnValue]
PREVIEW = "preview_"  # before the names of the pages as the library sees them
PLACES = ("start", "requirements", "exhibits", "sample", "findings", "questions", "conclusion")


def both(rule: str, name: str) -> Callable[[Shown], Shown]:
    """Open a page of the room to its auditor, and to the library that looks before it invites."""

    def mark(view: Shown) -> Shown:
        @allow(Permission.AUDIT_ROOM, logged=True)
        def inside(**values: Any) -> ResponseReturnValue:
            return view(room_here(), **values)

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


def room_here() -> Room:
    """Return the room of the auditor who asks."""
    access = _access()
    audit = queries.audit_of(reading(), access.edition)
    return room_of(reading(), access.edition, audit, access, lambda name, **values: url_for(f"room.{name}", **values))


def _preview(number: int) -> Room:
    edition = editions.get(reading(), number)
    reading().require(Permission.AUDITOR_INVITE, edition)

    def to(name: str, **values: Any) -> str:
        return url_for(f"room.{PREVIEW}{name}", number=number, **values)

    return room_of(reading(), edition, queries.audit_of(reading(), edition), None, to)


def room_page(room: Room, template: str, named: str, exhibits: Sequence[int] = (), **values: Any) -> str:
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
    return room_page(
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
    room = room_here()
    edition = room.edition
    if number != edition.number:
        if number not in room.supplements:
            raise NotFound("edition-none", number=number)
        edition = editions.get(reading(), number)
    answer = sent(edition, reading().library.slug, name)
    if isinstance(answer, Response) and files.was_sent(answer):
        artefact = edition.artefact(name)
        note_file(room, f"{number}/{name}", artefact.sha256 if artefact else "")
    return answer


def note_file(room: Room, name: str, sha256: str) -> None:
    """Note that the auditor opened a file; what the library opens is not noted."""
    if room.access is not None:
        note_access("audit.file_opened", room.access, file=name, sha256=sha256)


def marking() -> dict[str, Any]:
    """Return what pages with marks show."""
    return {"MARKS": wording.MARK_NAMES}
