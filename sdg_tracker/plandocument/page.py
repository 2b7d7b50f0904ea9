"""The printed plan's page in the bag: HTML that is read from the folder, with links to every file."""

from collections.abc import Mapping
from typing import Any, BinaryIO

from sdg_tracker.foundation.blobs import Blobs
from sdg_tracker.foundation.i18n import use_locale
from sdg_tracker.plandocument.shown import values
from sdg_tracker.printing import bagpage
from sdg_tracker.printing.head import Head
from sdg_tracker.printing.texts import render


def build(snapshot: Mapping[str, Any], fingerprint: str, _blobs: Blobs, target: BinaryIO) -> None:
    """Write the page, a function of the snapshot alone."""
    head = Head(snapshot, fingerprint)
    with use_locale(head.language):
        told = {**values(snapshot), **bagpage.values(snapshot)}
    target.write(render("print/index_plan.html", head.language, head=head, edition=snapshot, **told).encode())
