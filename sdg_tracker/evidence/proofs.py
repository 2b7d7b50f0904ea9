"""The page of a PDF that shows something for a requirement, as a picture with the place marked.

What is marked is kept at the tie: ``{"page": 3, "box": [left, top, width, height] | None, "of": digest}``; the box is
in percent of the page, ``of`` is the rendition that the page is of: a newer version of the file makes it no proof.
"""

import json
import tempfile
from dataclasses import asdict, dataclass

from sdg_tracker import trail
from sdg_tracker.access import Permission
from sdg_tracker.evidence.blurring import SMALLEST, Box
from sdg_tracker.evidence.changing import changeable
from sdg_tracker.evidence.intake import APART, MEMORY, SECONDS
from sdg_tracker.evidence.media import PDF
from sdg_tracker.evidence.models import Evidence, Tie, Version
from sdg_tracker.evidence.tying import tied
from sdg_tracker.foundation import children
from sdg_tracker.foundation.blobs import Blobs, StoredBlob, on_disk
from sdg_tracker.foundation.errors import Conflict, Invalid, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.work import Work

MEDIA_TYPE = "image/jpeg"  # of the picture
words(
    {
        "proof-no-pdf": lazy("Evidence %(number)s is no PDF, so no page of it can be marked."),
        "proof-page": lazy("The file has the pages 1 to %(pages)s."),
        "proof-box": lazy("The place does not lie on the page, or it is too small."),
        "proof-failed": lazy("The page could not be drawn. Nothing was changed; try another one."),
    }
)
trail.declare(
    {
        "evidence.proof_marked": (lazy("Page marked as proof"), {"cycle", "requirement", "page"}),
        "evidence.proof_removed": (lazy("Mark of the page removed"), {"cycle", "requirement"}),
    }
)


@dataclass(frozen=True)
class Drawn:
    """A page that was drawn, of which file, and how many there are."""

    source: str  # digest of the rendition
    picture: StoredBlob
    pages: int
    page: int
    box: Box | None


def can_be_marked(evidence: Evidence) -> bool:
    """Return whether it stands and what counts of it is a PDF."""
    return evidence.stands and shown(evidence).media_type == PDF


def shown(evidence: Evidence) -> Version:
    """Return the version that goes into editions: the one accepted last, else the newest."""
    accepted = [one for one in evidence.versions if one.ordinal == evidence.accepted_version]
    return accepted[0] if accepted else evidence.current


def draw(work: Work, evidence: Evidence, page: int, box: Box | None = None) -> Drawn:
    """Draw a page, counted from 1, with the place marked, and keep the picture; call it before the writing step.

    Raises Conflict for a file that is no PDF, Invalid for a page or place that is not there.
    """
    work.require(Permission.EVIDENCE_TIE, evidence)
    if not can_be_marked(evidence):
        raise Conflict("proof-no-pdf", number=evidence.number)
    if box is not None and not _inside(box):
        raise Invalid("proof-box", field="box")
    version = shown(evidence)
    source = StoredBlob(version.rendition_sha256, version.rendition_size)
    picture, pages = _drawn(work.blobs, source, page, box)
    return Drawn(source.sha256, picture, pages, page, box)


def _inside(box: Box) -> bool:
    starts = 0 <= box.left < 100 and 0 <= box.top < 100
    ends = box.left + box.width <= 100.05 and box.top + box.height <= 100.05  # rounded percent
    return starts and ends and min(box.width, box.height) >= SMALLEST


def _drawn(blobs: Blobs, source: StoredBlob, page: int, box: Box | None) -> tuple[StoredBlob, int]:
    place = json.dumps({"page": page, "box": list(asdict(box).values()) if box else None})
    with blobs.open(source.sha256, source.size) as kept, tempfile.TemporaryFile() as drawn:
        with on_disk(kept) as file:
            descriptors = {"source": file.fileno(), "target": drawn.fileno()}
            try:
                answer = children.run(APART, "sheet", PDF, place, **descriptors, memory=MEMORY, seconds=SECONDS)
            except children.ChildFailed as failure:
                raise Invalid("proof-failed", field="page") from failure
        pages = int(answer["pages"])
        if not answer["drawn"]:
            raise Invalid("proof-page", field="page", pages=pages)
        drawn.seek(0)
        return blobs.put(drawn), pages


def mark(work: Work, number: int, cycle: int, code: str, drawn: Drawn) -> Tie:
    """Keep a drawn page as the proof of a requirement. Raises Conflict when the file is another one by now."""
    evidence = changeable(work, number, Permission.EVIDENCE_TIE)
    if shown(evidence).rendition_sha256 != drawn.source:
        raise Conflict("changed-meanwhile")
    found = tied(evidence, cycle, code)
    box = list(asdict(drawn.box).values()) if drawn.box else None
    found.proof = {"page": drawn.page, "box": box, "of": drawn.source}
    found.proof_sha256, found.proof_size = drawn.picture.sha256, drawn.picture.size
    work.session.flush()
    trail.record(work, "evidence.proof_marked", evidence, cycle=cycle, requirement=code, page=drawn.page)
    return found


def remove(work: Work, number: int, cycle: int, code: str) -> None:
    """Take the mark away; nothing happens where there is none."""
    evidence = changeable(work, number, Permission.EVIDENCE_TIE)
    found = tied(evidence, cycle, code)
    if found.proof is None:
        return
    found.proof = found.proof_sha256 = found.proof_size = None
    work.session.flush()
    trail.record(work, "evidence.proof_removed", evidence, cycle=cycle, requirement=code)


def holds(tie: Tie, version: Version) -> bool:
    """Return whether a page is marked, and of this version."""
    return tie.proof is not None and tie.proof["of"] == version.rendition_sha256
