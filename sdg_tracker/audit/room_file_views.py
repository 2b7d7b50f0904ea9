"""The pictures and files of exhibits in the auditor's room."""

from flask import Response, make_response, request
from flask.typing import ResponseReturnValue

from sdg_tracker.audit import showing
from sdg_tracker.audit.room import Room, Row
from sdg_tracker.audit.room_views import both, note_file
from sdg_tracker.audit.showing import Picture
from sdg_tracker.foundation.errors import NotFound
from sdg_tracker.web import files
from sdg_tracker.web.lifecycle import reading


def _given(room: Room, exhibit: int) -> Row:
    """Return an exhibit whose file belongs to the edition. Raises NotFound."""
    row = room.frozen.exhibit(exhibit)
    if not room.frozen.with_files:
        raise NotFound("audit-exhibit-kept-back", exhibit=exhibit)
    return row


@both("/exhibits/<int:exhibit>/picture", "picture")
def picture(room: Room, exhibit: int) -> ResponseReturnValue:
    """Send the picture of an exhibit: the small one, or with ``large`` the exhibit itself where it is a picture."""
    row = room.frozen.exhibit(exhibit) if room.frozen.exhibit(exhibit)["thumbnail"] else _given(room, exhibit)
    kept = showing.picture(row, large="large" in request.args and room.frozen.with_files)
    response = _inline(kept)
    if kept.sha256 == row["sha256"] and files.was_sent(response):
        note_file(room, row["file"], row["sha256"])
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
        note_file(room, row["file"], row["sha256"])
    return response
