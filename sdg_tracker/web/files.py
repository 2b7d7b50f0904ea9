"""Answers that are stored files: streamed, in parts when asked, and unable to do anything in a browser."""

from typing import BinaryIO
from urllib.parse import quote

from flask import request
from flask.wrappers import Response
from werkzeug.exceptions import HTTPException
from werkzeug.wsgi import wrap_file

from sdg_tracker.foundation.blobs import CHUNK
from sdg_tracker.foundation.text import search_text

POLICY = "sandbox; default-src 'none'"


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


def attachment(name: str) -> str:
    """Return the header that makes a browser save a file under its name (RFC 6266, RFC 8187)."""
    plain = "".join(c if c.isascii() and c.isprintable() and c not in '"\\%;' else "-" for c in _ascii(name))
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _ascii(name: str) -> str:
    """Return a name with æ, ø, å written out, for old programs."""
    return name if name.isascii() else search_text(name)


def was_sent(response: Response) -> bool:
    """Return whether the answer carries bytes: neither a check without a body nor "not modified"."""
    return request.method == "GET" and response.status_code in (200, 206)
