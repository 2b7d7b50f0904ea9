"""Answers that are stored files: streamed, in parts when asked, and unable to do anything in a browser."""

from typing import BinaryIO
from urllib.parse import quote

from flask import request
from flask.wrappers import Response
from werkzeug.exceptions import HTTPException
from werkzeug.wsgi import wrap_file

from sdg_tracker.foundation.blobs import CHUNK
from sdg_tracker.foundation.text import search_text
from sdg_tracker.work import Work

POLICY = "sandbox; default-src 'none'"


def download(work: Work, sha256: str, size: int, media_type: str, name: str) -> Response:
    """Return an answer that makes a browser save a blob under a name: its bytes, or the way to them in the bucket.

    Whoever calls it has asked whether the person may. Raises NotFound, or Invalid for a blob of another length.
    """
    if work.settings.downloads == "presigned" and request.method == "GET" and work.blobs.size(sha256) == size:
        address = work.blobs.link(sha256, media_type, attachment(name))
        if address is not None:
            response = Response(status=302, headers={"Location": address, "Cache-Control": "no-store"})
            response.autocorrect_location_header = False
            return response
    response = file_answer(work.blobs.open(sha256, size), sha256, size, media_type)
    response.headers["Content-Disposition"] = attachment(name)
    return response


def file_answer(file: BinaryIO, sha256: str, size: int, media_type: str) -> Response:
    """Return an answer that streams an opened blob, whole or in part; its digest is the entity tag."""
    response = Response(wrap_file(request.environ, file, CHUNK // 8), direct_passthrough=True)
    response.headers["Content-Type"] = media_type
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cache-Control"] = "private, no-cache"
    response.content_length = size
    response.set_etag(sha256)
    try:
        response.make_conditional(request, accept_ranges=True, complete_length=size)
    except HTTPException:  # a part that the file does not have
        file.close()
        raise
    return response


def text_answer(text: str, media_type: str, name: str) -> Response:
    """Return a text that a browser saves under a name."""
    response = Response(text, content_type=media_type)
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Content-Disposition"] = attachment(name)
    return response


def made(file: BinaryIO, media_type: str, name: str) -> Response:
    """Return a file that was made for this answer; it is closed when it is sent."""
    response = Response(wrap_file(request.environ, file, CHUNK // 8), content_type=media_type, direct_passthrough=True)
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Disposition"] = attachment(name)
    return response


def attachment(name: str) -> str:
    """Return the header that makes a browser save a file under its name (RFC 6266, RFC 8187)."""
    plain = "".join(c if c.isascii() and c.isprintable() and c not in '"\\%;' else "-" for c in _ascii(name))
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _ascii(name: str) -> str:
    """Return a name with æ, ø, å written out, for old programs."""
    return name if name.isascii() else search_text(name)


def was_sent(response: Response) -> bool:
    """Return whether the answer carries bytes or leads to them: neither a check without a body nor "not modified"."""
    return request.method == "GET" and response.status_code in (200, 206, 302)
