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
from pathlib import Path
from typing import Any, BinaryIO

from sdg_tracker.foundation.blobs import Blobs
from sdg_tracker.foundation.documents import canonical
from sdg_tracker.foundation.errors import Conflict, words
from sdg_tracker.foundation.i18n import _, lazy, use_locale
from sdg_tracker.printing import layout
from sdg_tracker.printing.frame import About, Attachment
from sdg_tracker.printing.glyphs import printable
from sdg_tracker.printing.head import Head, Snapshot, in_language
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
    language: str = ""  # a second one; empty: the edition's own
    workbook: Callable[[Snapshot, str, Blobs, BinaryIO], None] | None = None  # writes what is put beside the data

    @property
    def workbook_name(self) -> str:
        """Return the name of the workbook that is put into the file."""
        return f"report-{self.language}.xlsx" if self.language else "report.xlsx"

    def attachments(self, data: bytes, fingerprint: str, blobs: Blobs, ready: Path | None = None) -> list[Attachment]:
        """Return what is put into the file: the snapshot, and the workbook in the same language.

        The workbook is taken from ``ready`` where it was made of the same snapshot before.
        """
        if not self.with_data:
            return []
        found = [Attachment("snapshot.json", data, fingerprint)]
        if self.workbook is not None:
            content = ready.read_bytes() if ready and ready.exists() else self.made_workbook(data, fingerprint, blobs)
            found.append(Attachment(self.workbook_name, content, sha256(content).hexdigest(), "Alternative"))
        return found

    def made_workbook(self, data: bytes, fingerprint: str, blobs: Blobs) -> bytes:
        """Return the workbook that is put into the file; empty where there is none."""
        made = io.BytesIO()
        if self.with_data and self.workbook is not None:
            self.workbook(in_language(json.loads(data), self.language), fingerprint, blobs, made)
        return made.getvalue()


@dataclass(frozen=True)
class Plan:
    """What is left to do when the template is filled: chapters to lay out, and what joins them."""

    about: About
    qr: bytes  # the code at the foot of each page
    requests: Sequence[bytes]  # see layout.request

    def as_json(self) -> str:
        """Return all but the requests."""
        about = {**asdict(self.about), "created": self.about.created.isoformat()}
        return json.dumps({"about": about, "qr": base64.b64encode(self.qr).decode()})

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
        return cls(about, base64.b64decode(found["qr"]), ())


def compose(template: Template, snapshot: Snapshot, fingerprint: str) -> tuple[Head, str]:
    """Return an edition's head and all its pages as HTML."""
    edition = printable(in_language(snapshot, template.language))
    head = Head(edition, fingerprint)
    name, more = template.name(edition), template.shown(edition)
    return head, render(name, head.language, head=head, edition=edition, with_data=template.with_data, **more)


def plan(template: Template, snapshot: Snapshot, fingerprint: str) -> Plan:
    """Fill the template and cut it into chapters.

    Raises Conflict when the snapshot is not that of the fingerprint.
    """
    return plan_data(template, canonical(snapshot), fingerprint)


def plan_data(template: Template, data: bytes, fingerprint: str) -> Plan:
    """Fill the template from canonical JSON and cut it into chapters. Raises Conflict as ``plan`` does."""
    found = sha256(data).hexdigest()
    if found != fingerprint:
        raise Conflict("print-snapshot-other", expected=fingerprint, found=found)
    return plan_of(*compose(template, json.loads(data), fingerprint))


def plan_of(head: Head, html: str) -> Plan:
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
    return Plan(about, head.small_qr(), requests)


def join(
    planned: Plan, chapters: Sequence[Source], attachments: Sequence[Attachment], *, blobs: Blobs, target: BinaryIO
) -> int:
    """Write the edition, made of its laid out chapters, and return its number of pages. See merge."""
    sources = Sources(blobs, {}, {"qr": (planned.qr, "image/png")})
    return merge(chapters, planned.about, sources, target, attachments)


def print_edition(template: Template, snapshot: Snapshot, fingerprint: str, blobs: Blobs) -> bytes:
    """Return an edition as PDF, made of its snapshot and of nothing else, in this process.

    Raises Conflict when the snapshot is not that of the fingerprint; Conflict, Invalid or NotFound when a picture is
    not what the snapshot says.
    """
    planned = plan(template, snapshot, fingerprint)
    return print_plan(planned, blobs, template.attachments(canonical(snapshot), fingerprint, blobs))


def print_plan(planned: Plan, blobs: Blobs, attachments: Sequence[Attachment] = ()) -> bytes:
    """Lay out and merge in this process."""
    pieces = [layout.lay_out(request, blobs) for request in planned.requests]
    out = io.BytesIO()
    kept = [partial(bytes, piece) for piece in pieces]
    join(planned, kept, attachments, blobs=blobs, target=out)
    return out.getvalue()
