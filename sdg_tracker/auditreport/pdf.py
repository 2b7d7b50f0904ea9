"""The audit report on paper."""

from collections.abc import Mapping
from typing import Any, BinaryIO

from sdg_tracker.auditreport.shown import values
from sdg_tracker.foundation.blobs import Blobs
from sdg_tracker.printing.edition import print_edition


def build(snapshot: Mapping[str, Any], fingerprint: str, blobs: Blobs, target: BinaryIO) -> None:
    """Write the report as PDF, a function of the snapshot alone; the snapshot is put into it.

    Raises Conflict when the snapshot is not that of the fingerprint.
    """
    target.write(print_edition("print/audit.html", snapshot, fingerprint, blobs, values, with_data=True))
