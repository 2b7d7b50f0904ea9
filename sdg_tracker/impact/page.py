"""The report's page in the bag: HTML that is read from the folder, with links to every file."""

from collections.abc import Mapping
from typing import Any, BinaryIO

from sdg_tracker.foundation.blobs import Blobs
from sdg_tracker.foundation.i18n import use_locale
from sdg_tracker.impact import following
from sdg_tracker.impact.workbook import rules
from sdg_tracker.measures.states import QUALIFIER_NAMES
from sdg_tracker.plans.wording import STATUS_NAMES, proof
from sdg_tracker.printing import bagpage
from sdg_tracker.printing.head import Head
from sdg_tracker.printing.texts import render


def build(snapshot: Mapping[str, Any], fingerprint: str, _blobs: Blobs, target: BinaryIO) -> None:
    """Write the page, a function of the snapshot alone."""
    head = Head(snapshot, fingerprint)
    strategy = snapshot["strategy"] or {"actions": []}
    with use_locale(head.language):
        values: dict[str, Any] = {
            **bagpage.values(snapshot),
            "rules": rules(snapshot),
            "actions": {row["code"]: row for row in strategy["actions"]},
            "measures": {row["code"]: row for row in snapshot.get("measures", ())},
            "measured": following.measured(snapshot),
            "STATUSES": STATUS_NAMES,
            "QUALIFIERS": QUALIFIER_NAMES,
            "proof": proof,
        }
    target.write(render("print/index_impact.html", head.language, head=head, edition=snapshot, **values).encode())
