"""Previews of exhibits: pictures, pages of PDFs and the beginning of texts, of blobs that the snapshot names only."""

import io
import json
import re
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sdg_tracker.evidence import fulltext, media, reading
from sdg_tracker.evidence.intake import APART, MEMORY, SECONDS
from sdg_tracker.foundation import children
from sdg_tracker.foundation.blobs import Blobs, on_disk
from sdg_tracker.foundation.errors import NotFound, Problem, words
from sdg_tracker.foundation.i18n import lazy

Row = Mapping[str, Any]
PICTURES = frozenset({media.JPEG, media.PNG, media.WEBP})  # that a browser draws and that hold nothing else
TEXTS = frozenset({"text/plain", "text/csv"})
SHOWN = 6_000  # bytes of a text
FRESH = 4  # documents that are read for one page
KNOWN = 1000  # files of which something is kept in memory
_pages: dict[str, int] = {}  # of PDFs, by digest; 0 for a file that can't be drawn
_read: dict[str, str] = {}  # beginnings of documents, by digest; empty for a file that can't be read
_BLANKS = re.compile(r"\s*\n\s*")
words(
    {
        "audit-picture-none": lazy("There is no picture of exhibit %(exhibit)s."),
        "audit-sheet-none": lazy("Exhibit %(exhibit)s has no page %(page)s that can be drawn."),
    }
)


@dataclass(frozen=True)
class Picture:
    """A picture that is sent as such, never as a page."""

    sha256: str
    size: int  # bytes
    media_type: str


def picture(exhibit: Row, *, large: bool) -> Picture:
    """Return the small picture of an exhibit, or the exhibit itself where it is a picture. Raises NotFound."""
    small = exhibit["thumbnail"]
    if is_picture(exhibit) and (large or small is None):
        return Picture(exhibit["sha256"], exhibit["size"], exhibit["media_type"])
    if small is None or small["media_type"] not in PICTURES:
        raise NotFound("audit-picture-none", exhibit=exhibit["exhibit"])
    return Picture(small["sha256"], small["size"], small["media_type"])


def is_picture(exhibit: Row) -> bool:
    """Return whether an exhibit is itself a picture that a browser draws."""
    return exhibit["media_type"] in PICTURES


def texts(blobs: Blobs, exhibits: Iterable[Row]) -> dict[int, str]:
    """Return the beginning of each exhibit that is a text or a document of an office.

    What is damaged is left out, its page tells so; of documents that nobody has opened yet a few are read at a time.
    """
    found, left = {}, FRESH
    for exhibit in exhibits:
        digest, text = exhibit["sha256"], ""
        if exhibit["media_type"] in TEXTS:
            text = _plain(blobs, exhibit)
        elif exhibit["media_type"] in reading.OFFICE and (left or digest in _read):
            left -= digest not in _read
            text = _office(blobs, exhibit)
        if text:
            found[exhibit["exhibit"]] = text
    return found


def _plain(blobs: Blobs, exhibit: Row) -> str:
    try:
        with blobs.open(exhibit["sha256"], exhibit["size"]) as file:
            head = file.read(SHOWN)
    except Problem:
        return ""
    return reading.plain(io.BytesIO(head)) + ("…" if exhibit["size"] > SHOWN else "")


def _office(blobs: Blobs, exhibit: Row) -> str:
    digest = exhibit["sha256"]
    if digest not in _read:
        try:
            text = fulltext.text_of(blobs, digest, exhibit["size"], exhibit["media_type"])
        except (children.ChildFailed, Problem):
            text = ""
        if len(_read) >= KNOWN:
            _read.clear()
        text = _BLANKS.sub("\n", text.strip())
        _read[digest] = text[:SHOWN] + ("…" if len(text) > SHOWN else "")
    return _read[digest]


def proof(exhibit: Row, code: str) -> Picture:
    """Return the picture of the page that the library marked for a requirement. Raises NotFound."""
    for tie in exhibit["requirements"]:
        marked = tie.get("proof")
        if tie["code"] == code and marked and marked["media_type"] in PICTURES:
            return Picture(marked["sha256"], marked["size"], marked["media_type"])
    raise NotFound("audit-picture-none", exhibit=exhibit["exhibit"])


def pages(blobs: Blobs, exhibit: Row) -> int:
    """Return how many pages of an exhibit can be drawn; 0 for what is no PDF or can't be read."""
    if exhibit["media_type"] != media.PDF:
        return 0
    found = _pages.get(exhibit["sha256"])
    if found is None:
        try:
            found = _sheet(blobs, exhibit, 0)[1]
        except (children.ChildFailed, Problem):
            found = 0
        if len(_pages) >= KNOWN:
            _pages.clear()
        _pages[exhibit["sha256"]] = found
    return found


def sheet(blobs: Blobs, exhibit: Row, page: int) -> bytes:
    """Return one page of an exhibit that is a PDF as JPEG, drawn in a process of its own. Raises NotFound."""
    if 1 <= page <= pages(blobs, exhibit):
        try:
            return _sheet(blobs, exhibit, page)[0]
        except children.ChildFailed:
            pass
    raise NotFound("audit-sheet-none", exhibit=exhibit["exhibit"], page=page)


def _sheet(blobs: Blobs, exhibit: Row, page: int) -> tuple[bytes, int]:
    place = json.dumps({"page": page, "box": None})
    with blobs.open(exhibit["sha256"], exhibit["size"]) as kept, tempfile.TemporaryFile() as drawn:
        with on_disk(kept) as file:
            descriptors = {"source": file.fileno(), "target": drawn.fileno()}
            answer = children.run(APART, "sheet", media.PDF, place, **descriptors, memory=MEMORY, seconds=SECONDS)
        drawn.seek(0)
        return drawn.read(), int(answer["pages"])
