"""The supplement on paper: the question, the answer and the new exhibits."""

from collections.abc import Mapping
from typing import Any, BinaryIO

from sdg_tracker.foundation.blobs import Blobs
from sdg_tracker.printing.edition import print_edition


def build(snapshot: Mapping[str, Any], fingerprint: str, blobs: Blobs, target: BinaryIO) -> None:
    """Write the supplement as PDF, a function of the snapshot and of the pictures that it names.

    Raises Conflict or NotFound when a picture is not what the snapshot says.
    """
    pdf = print_edition("print/supplement.html", snapshot, fingerprint, blobs, lambda _snapshot: {}, with_data=True)
    target.write(pdf)
