"""An edition on paper: its template, filled from the snapshot and nothing else, laid out in chapters and merged."""

import base64
import io
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import Any, BinaryIO

from sdg_tracker.foundation.blobs import Blobs
from sdg_tracker.foundation.documents import canonical
from sdg_tracker.foundation.errors import Conflict, words
from sdg_tracker.foundation.i18n import _, lazy, use_locale
from sdg_tracker.printing import layout
from sdg_tracker.printing.frame import About, Attachment
from sdg_tracker.printing.glyphs import printable
from sdg_tracker.printing.head import Head, Snapshot
from sdg_tracker.printing.merge import Source, merge
from sdg_tracker.printing.sources import Sources
from sdg_tracker.printing.splitting import split
from sdg_tracker.printing.texts import render, utc

words(
    {"print-snapshot-other": lazy("The data are not those of the fingerprint: expected %(expected)s, found %(found)s.")}
)
Shown = Callable[[Snapshot], Mapping[str, Any]]
_BODY = re.compile(r"<body>(.*)</body>", re.DOTALL)
_NAMED = re.compile(r"<p\b[^>]*\sdata-fingerprint=[^>]*>.*?</p>", re.DOTALL)
_STYLES = re.compile(r'<link rel="stylesheet" href="(styles:[^"]+)">')


@dataclass(frozen=True)
class Template:
    """How a kind of edition is printed; ``shown`` returns what the template needs beside the snapshot."""

    name: Callable[[Snapshot], str]
    shown: Shown
    with_data: bool  # whether the snapshot is put into the file


@dataclass(frozen=True)
class Plan:
    """What is left to do when the template is filled: chapters to lay out, and what joins them."""

    about: About
    qr: bytes  # the code at the foot of each page
    with_data: bool
    requests: Sequence[bytes]  # see layout.request

    def as_json(self) -> str:
        """Return all but the requests."""
        about = {**asdict(self.about), "created": self.about.created.isoformat()}
        return json.dumps({"about": about, "qr": base64.b64encode(self.qr).decode(), "with_data": self.with_data})

    @classmethod
    def from_json(cls, text: str) -> "Plan":
        """Return a plan without its requests."""
        found = json.loads(text)
        about = About(
            **{
                **found["about"],
                "created": datetime.fromisoformat(found["about"]["created"]),
                "styles": tuple(found["about"]["styles"]),
            }
        )
        return cls(about, base64.b64decode(found["qr"]), found["with_data"], ())


def compose(template: Template, snapshot: Snapshot, fingerprint: str) -> tuple[Head, str]:
    """Return an edition's head and all its pages as HTML."""
    edition = printable(snapshot)
    head = Head(edition, fingerprint)
    name, more = template.name(edition), template.shown(edition)
    return head, render(name, head.language, head=head, edition=edition, with_data=template.with_data, **more)


def plan(template: Template, snapshot: Snapshot, fingerprint: str) -> Plan:
    """Fill the template and cut it into chapters.

    Raises Conflict when the snapshot is not that of the fingerprint.
    """
    found = sha256(canonical(snapshot)).hexdigest()
    if found != fingerprint:
        raise Conflict("print-snapshot-other", expected=fingerprint, found=found)
    head, html = compose(template, snapshot, fingerprint)
    return plan_of(head, html, with_data=template.with_data)


def plan_of(head: Head, html: str, *, with_data: bool = False) -> Plan:
    """Cut pages into chapters; one element of them gives head and foot their texts (``data-fingerprint``)."""
    body, named = _BODY.search(html), _NAMED.search(html)
    if body is None or named is None:
        raise ValueError("the pages have no body or name no library")
    styles = tuple(_STYLES.findall(html))
    with use_locale(head.language):
        about = About(
            title=f"{head.snapshot['title']} – {head.library}",
            language=head.language,
            author=head.library,
            created=utc(head.snapshot["frozen_at"]),
            named=named[0],
            styles=styles,
            page=_("Page"),
            of=_("of"),
        )
    look = layout.Look(head.language, styles, head.pictures)
    requests = [layout.request(chapter, look) for chapter in split(body[1].strip())]
    return Plan(about, head.small_qr(), with_data, requests)


def join(
    planned: Plan, chapters: Sequence[Source], *, data: bytes, fingerprint: str, blobs: Blobs, target: BinaryIO
) -> int:
    """Write the edition, made of its laid out chapters, and return its number of pages. See merge."""
    sources = Sources(blobs, {}, {"qr": (planned.qr, "image/png")})
    attachments = [Attachment("snapshot.json", data, fingerprint)] if planned.with_data else []
    return merge(chapters, planned.about, sources, target, attachments)


def print_edition(template: Template, snapshot: Snapshot, fingerprint: str, blobs: Blobs) -> bytes:
    """Return an edition as PDF, made of its snapshot and of nothing else, in this process.

    Raises Conflict when the snapshot is not that of the fingerprint; Conflict, Invalid or NotFound when a picture is
    not what the snapshot says.
    """
    planned = plan(template, snapshot, fingerprint)
    return print_plan(planned, blobs, data=canonical(snapshot), fingerprint=fingerprint)


def print_plan(planned: Plan, blobs: Blobs, *, data: bytes = b"", fingerprint: str = "") -> bytes:
    """Lay out and merge in this process."""
    pieces = [layout.lay_out(request, blobs) for request in planned.requests]
    out = io.BytesIO()
    kept = [partial(bytes, piece) for piece in pieces]
    join(planned, kept, data=data, fingerprint=fingerprint, blobs=blobs, target=out)
    return out.getvalue()
