"""The dossier's page in the bag: HTML that is read from the folder, with links to every file."""

from collections.abc import Mapping
from typing import Any, BinaryIO

from sdg_tracker.certification.wording import STATE_NAMES
from sdg_tracker.dossier.workbook import lacking
from sdg_tracker.foundation.blobs import Blobs
from sdg_tracker.foundation.i18n import use_locale
from sdg_tracker.printing import bagpage, served
from sdg_tracker.printing.head import Head
from sdg_tracker.printing.texts import render
from sdg_tracker.schemes.words import decision


def build(snapshot: Mapping[str, Any], fingerprint: str, _blobs: Blobs, target: BinaryIO) -> None:
    """Write the page, a function of the snapshot alone."""
    head = Head(snapshot, fingerprint)
    with use_locale(head.language):
        values: dict[str, Any] = {
            **bagpage.values(snapshot),
            "STATES": STATE_NAMES,
            "requirements": {row["code"]: row for row in snapshot["requirements"]},
            "lacks": {row["code"]: lacking(head, row) for row in snapshot["requirements"]},
            "gaps": [row for row in snapshot["requirements"] if lacking(head, row)],
            "rule": decision({"decision": snapshot["scheme"]["decision"]}),
            "served": served.by_goal(snapshot),
        }
    target.write(render("print/index_dossier.html", head.language, head=head, edition=snapshot, **values).encode())
