"""Parts of a picture made unrecognisable: a new version of the same original, with another rendition."""

import json
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy.orm.attributes import flag_modified

from sdg_tracker import trail
from sdg_tracker.access import Permission
from sdg_tracker.evidence.changing import changeable
from sdg_tracker.evidence.guarding import settle
from sdg_tracker.evidence.intake import APART, MEMORY, SECONDS
from sdg_tracker.evidence.media import PICTURES
from sdg_tracker.evidence.models import Evidence, Version
from sdg_tracker.evidence.preparing import index, owe_thumbnail
from sdg_tracker.evidence.states import State, ThumbnailState
from sdg_tracker.foundation import children
from sdg_tracker.foundation.blobs import Blobs, StoredBlob, on_disk
from sdg_tracker.foundation.errors import Conflict, Invalid, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.work import Work

MOST = 24  # boxes at a time
SMALLEST = 0.2  # percent of the picture's side

words(
    {
        "blur-no-picture": lazy("Evidence %(number)s is no picture, so nothing in it can be blurred."),
        "blur-no-box": lazy("Mark at least one place that is to be blurred."),
        "blur-too-many": lazy("Mark at most %(limit)s places at a time; blur once more for others."),
        "blur-box-outside": lazy("Place %(place)s does not lie inside the picture, or it is too small."),
        "blur-failed": lazy("The picture could not be blurred. Nothing was changed; try once more."),
    }
)
trail.declare(
    {
        "evidence.blurred": (
            lazy("Picture blurred"),
            {"version", "original", "before", "rendition", "places"},
        )
    }
)


@dataclass(frozen=True)
class Box:
    """A place in a picture, from its upper left corner; all in percent of the picture's sides."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True)
class Blurred:
    """A rendition that was made, and of what."""

    source: str  # digest of the rendition before it
    rendition: StoredBlob
    boxes: tuple[Box, ...]


def check(boxes: Sequence[Box]) -> None:
    """Raise Invalid unless there are boxes, all of them inside the picture."""
    if not boxes:
        raise Invalid("blur-no-box")
    if len(boxes) > MOST:
        raise Invalid("blur-too-many", limit=MOST)
    for place, box in enumerate(boxes, 1):
        starts = 0 <= box.left < 100 and 0 <= box.top < 100
        inside = box.left + box.width <= 100.05 and box.top + box.height <= 100.05  # rounded percent
        if not (starts and inside and min(box.width, box.height) >= SMALLEST):
            raise Invalid("blur-box-outside", place=place)


def can_be_blurred(evidence: Evidence) -> bool:
    """Return whether it stands and its newest version is a picture."""
    return evidence.stands and evidence.current.media_type in PICTURES


def make(work: Work, evidence: Evidence, boxes: Sequence[Box]) -> Blurred:
    """Make the newest version's rendition with the boxes blurred, in a child process, and keep its bytes.

    Call it before the writing step. Raises Invalid.
    """
    work.require(Permission.EVIDENCE_REVISE, evidence)
    if not can_be_blurred(evidence):
        raise Conflict("blur-no-picture", number=evidence.number)
    check(boxes)
    version = evidence.current
    source = StoredBlob(version.rendition_sha256, version.rendition_size)
    return Blurred(source.sha256, _drawn(work.blobs, source, version.media_type, boxes), tuple(boxes))


def _drawn(blobs: Blobs, source: StoredBlob, media_type: str, boxes: Sequence[Box]) -> StoredBlob:
    places = json.dumps([list(asdict(box).values()) for box in boxes])
    with blobs.open(source.sha256, source.size) as kept, tempfile.TemporaryFile() as drawn:
        with on_disk(kept) as file:
            descriptors = {"source": file.fileno(), "target": drawn.fileno()}
            try:
                children.run(APART, "blur", media_type, places, **descriptors, memory=MEMORY, seconds=SECONDS)
            except children.ChildFailed as failure:
                raise Invalid("blur-failed") from failure
        drawn.seek(0)
        return blobs.put(drawn)


def add(work: Work, number: int, blurred: Blurred, revision: int | None = None) -> Version:
    """Let a blurred rendition take the place of the one it was made of, which only few see from now on.

    What was accepted stays accepted, for it shows less than before; it is reviewed again if somebody did this who does
    not review. Raises Conflict when another version came meanwhile.
    """
    evidence = changeable(work, number, Permission.EVIDENCE_REVISE, revision)
    if evidence.current.rendition_sha256 != blurred.source:
        raise Conflict("changed-meanwhile")
    version = put(work, evidence, evidence.current, blurred.rendition, blurred.boxes)
    if evidence.state == State.ACCEPTED.value and not work.can(Permission.EVIDENCE_REVIEW, evidence):
        evidence.state = State.SUBMITTED.value
        work.session.flush()
        trail.record(work, "evidence.submitted", evidence, version=version.ordinal)
    return version


def close(work: Work, version: Version) -> None:
    """Let only those see a version who may fetch originals; its small picture is shown to nobody."""
    version.closed_at = version.closed_at or work.at
    version.thumbnail_state = ThumbnailState.NONE.value


def put(work: Work, evidence: Evidence, before: Version, rendition: StoredBlob, boxes: Sequence[Box]) -> Version:
    """Add a version with a blurred rendition after the newest one, and close those that show the same unblurred."""
    version = Version(
        ordinal=evidence.current.ordinal + 1,
        file_name=before.file_name,
        media_type=before.media_type,
        original_type=before.original_type,
        original_sha256=before.original_sha256,
        original_size=before.original_size,
        rendition_sha256=rendition.sha256,
        rendition_size=rendition.size,
        thumbnail_state=ThumbnailState.OWED.value,
        findings=before.findings,
        scan_state=before.scan_state,
        boxes=[*before.boxes, *(asdict(box) for box in boxes)],
        added_by=work.actor.number,
        added_at=work.at,
    )
    same = [one for one in evidence.versions if one.original_sha256 == before.original_sha256]
    for one in same:
        close(work, one)
    if evidence.accepted_version in [one.ordinal for one in same]:
        evidence.accepted_version = version.ordinal
    evidence.versions.append(version)
    work.session.flush()
    settle(work, evidence)
    index(work, evidence)
    flag_modified(evidence, "search_text")  # it is a change, also for those who have the page open
    work.session.flush()
    trail.record(
        work,
        "evidence.blurred",
        evidence,
        version=version.ordinal,
        original=before.original_sha256,
        before=before.rendition_sha256,
        rendition=rendition.sha256,
        places=len(boxes),
    )
    owe_thumbnail(work, version)
    return version
