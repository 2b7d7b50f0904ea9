"""An edition on paper: its template, filled from the snapshot and from nothing else."""

from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any

from sdg_tracker.foundation.blobs import Blobs
from sdg_tracker.foundation.documents import canonical
from sdg_tracker.foundation.errors import Conflict, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.printing.glyphs import printable
from sdg_tracker.printing.head import Head, Snapshot
from sdg_tracker.printing.paper import Attachment, render_pdf
from sdg_tracker.printing.texts import render, utc

words(
    {"print-snapshot-other": lazy("The data are not those of the fingerprint: expected %(expected)s, found %(found)s.")}
)
Shown = Callable[[Snapshot], Mapping[str, Any]]


def compose(template: str, snapshot: Snapshot, fingerprint: str, shown: Shown, *, with_data: bool) -> tuple[Head, str]:
    """Return an edition's head and its pages as HTML; ``shown`` returns what the template needs beside the snapshot."""
    edition = printable(snapshot)
    head = Head(edition, fingerprint)
    return head, render(template, head.language, head=head, edition=edition, with_data=with_data, **shown(edition))


def print_edition(
    template: str, snapshot: Snapshot, fingerprint: str, blobs: Blobs, shown: Shown, *, with_data: bool
) -> bytes:
    """Return an edition as PDF, made of its snapshot and of nothing else; ``with_data`` puts the snapshot into it.

    Raises Conflict when the snapshot is not that of the fingerprint; Conflict, Invalid or NotFound when a picture is
    not what the snapshot says.
    """
    data = canonical(snapshot)
    found = sha256(data).hexdigest()
    if found != fingerprint:
        raise Conflict("print-snapshot-other", expected=fingerprint, found=found)
    head, html = compose(template, snapshot, fingerprint, shown, with_data=with_data)
    return render_pdf(
        html,
        title=f"{head.snapshot['title']} – {head.library}",
        language=head.language,
        created=utc(head.snapshot["frozen_at"]),
        sources=head.sources(blobs),
        author=head.library,
        attachments=[Attachment("snapshot.json", data, fingerprint)] if with_data else (),
    )
