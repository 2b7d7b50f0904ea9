"""Small pictures of evidence, made outside the request. The row says how far each is; the attempt is the fence."""

import logging
import tempfile
from dataclasses import dataclass
from datetime import timedelta

from sdg_tracker import jobs
from sdg_tracker.access import SYSTEM, Permission
from sdg_tracker.evidence.intake import APART, MEMORY, SECONDS
from sdg_tracker.evidence.models import Version
from sdg_tracker.evidence.preparing import THUMBNAIL_JOB, THUMBNAILS
from sdg_tracker.evidence.states import ThumbnailState
from sdg_tracker.foundation import children
from sdg_tracker.foundation.blobs import Blobs, StoredBlob, on_disk
from sdg_tracker.foundation.errors import NotFound, Problem, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.work import Work, Workplace

log = logging.getLogger(__name__)
words({"thumbnail-none": lazy("There is no preview of this file yet.")})
ATTEMPTS = 3  # that ended in a failure; then the picture is given up
PATIENCE = timedelta(seconds=60)  # longer than an attempt takes


@dataclass(frozen=True)
class Claim:
    """An attempt that is ours: what to draw, and the number under which the result is taken."""

    version_id: int
    attempt: int
    sha256: str
    size: int  # bytes
    media_type: str


def kept(version: Version) -> StoredBlob:
    """Return the bytes of a version's thumbnail. Raises NotFound while there is none."""
    if version.thumbnail_state != ThumbnailState.DONE.value or version.thumbnail_sha256 is None:
        raise NotFound("thumbnail-none")
    return StoredBlob(version.thumbnail_sha256, version.thumbnail_size or 0)


@jobs.task(THUMBNAIL_JOB)
def make(workplace: Workplace, library_id: int, version_id: int, attempt: int) -> None:
    """Make the thumbnail of a version, if ``attempt`` is still the last one: so a job that comes twice works once."""
    with workplace.writing(SYSTEM, library_id) as work:
        claimed = claim(work, version_id, attempt)
    if claimed is None:
        return
    try:
        stored = draw(workplace.blobs, claimed)
    except (children.ChildFailed, Problem, OSError) as failure:
        log.warning("thumbnail of version %s, attempt %s: %s", version_id, claimed.attempt, failure)
        stored = None
    with workplace.writing(SYSTEM, library_id) as work:
        finish(work, claimed, stored)


def make_owed(workplace: Workplace, library_id: int) -> None:
    """Make at once what a library still lacks, for an edition frozen by a command; the worker then finds it done."""
    with workplace.reading(SYSTEM, library_id) as work:
        open_ones = [tuple(row) for row in work.session.execute(THUMBNAILS.unfinished())]
    for version_id, attempt in open_ones:
        make(workplace, library_id, version_id, attempt)


def claim(work: Work, version_id: int, attempt: int) -> Claim | None:
    """Begin the attempt after ``attempt``; None when another one has begun, or nothing is owed."""
    work.require(Permission.EVIDENCE_PREPARE)
    version = THUMBNAILS.claim(work, version_id, attempt)
    if version is None:
        return None
    return Claim(version.id, attempt + 1, version.rendition_sha256, version.rendition_size, version.media_type)


def draw(blobs: Blobs, claimed: Claim) -> StoredBlob:
    """Draw the picture in a child process and keep its bytes. Raises ChildFailed, or a Problem of the store."""
    with blobs.open(claimed.sha256, claimed.size) as kept, tempfile.TemporaryFile() as drawn:
        with on_disk(kept) as source:
            children.run(
                APART,
                "thumbnail",
                claimed.media_type,
                source=source.fileno(),
                target=drawn.fileno(),
                memory=MEMORY,
                seconds=SECONDS,
            )
        drawn.seek(0)
        return blobs.put(drawn)


def finish(work: Work, claimed: Claim, stored: StoredBlob | None) -> bool:
    """Keep the result of an attempt, or count its failure; False when another attempt has begun meanwhile."""
    work.require(Permission.EVIDENCE_PREPARE)
    version = THUMBNAILS.held(work, claimed.version_id, claimed.attempt)
    if version is None:
        return False
    if stored is not None:
        version.thumbnail_state = ThumbnailState.DONE.value
        version.thumbnail_sha256, version.thumbnail_size = stored.sha256, stored.size
    else:
        THUMBNAILS.miss(version, ATTEMPTS)
    return True


@jobs.sweep("evidence.thumbnails")
def owe_again(work: Work, at_start: bool) -> None:
    """Owe again what was lost: at a worker's start everything that is open, later only what has waited long."""
    THUMBNAILS.owe_lost(work, PATIENCE, at_start=at_start)
