"""The difference on paper: a page or two in place of two hundred."""

from pathlib import Path
from typing import Any, BinaryIO

from sdg_tracker.comparison import shown
from sdg_tracker.comparison.difference import Difference
from sdg_tracker.foundation.blobs import FolderBlobs
from sdg_tracker.foundation.i18n import use_locale
from sdg_tracker.printing.edition import plan_of, print_plan
from sdg_tracker.printing.glyphs import printable
from sdg_tracker.printing.head import Head
from sdg_tracker.printing.texts import render

NO_PICTURES = FolderBlobs(Path("/nonexistent"))
MOST = {"figures": 24, "requirements": 20, "evidence": 20, "activities": 8, "plan": 12}  # lines; the workbook has all


def build(found: Difference, title: str, later: dict[str, Any], language: str, target: BinaryIO) -> None:
    """Write the PDF in a language; ``later`` is the later snapshot, whose library, place and time head the pages."""
    head = Head(printable({**later, "language": language, "title": title}), found.new.fingerprint)
    with use_locale(language):
        values: dict[str, Any] = {
            "sections": shown.sections(found),
            "notes": shown.notes(found),
            "most": MOST,
            "KINDS": shown.KIND_NAMES,
        }
    html = render("print/comparison.html", language, head=head, edition=head.snapshot, found=found, **values)
    target.write(print_plan(plan_of(head, html), NO_PICTURES))
