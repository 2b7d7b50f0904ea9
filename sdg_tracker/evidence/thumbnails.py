"""Small pictures of evidence, made outside the request. The row says how far each is; the attempt is the fence."""

import logging
import tempfile
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from sdg_tracker import jobs
from sdg_tracker.access import SYSTEM, Permission
from sdg_tracker.evidence.intake import APART, MEMORY, SECONDS
from sdg_tracker.evidence.models import Version
from sdg_tracker.evidence.preparing import THUMBNAIL_JOB
from sdg_tracker.evidence.states import ThumbnailState
from sdg_tracker.foundation import children
from sdg_tracker.foundation.blobs import Blobs, StoredBlob, on_disk
from sdg_tracker.foundation.errors import NotFound, Problem, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.work import Work, Workplace

log = logging.getLogger(__name__)
words({"thumbnail-none": lazy("There is no preview of this file yet.")})
ATTEMPTS = 3  # that ended in a failure; then the picture is given up
LOST = 20  # attempts at all, also those whose worker was killed
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
        if not finish(work, claimed, stored):
            log.info("thumbnail of version %s, attempt %s: another attempt has begun", version_id, claimed.attempt)


def make_owed(workplace: Workplace, library_id: int) -> None:
    """Make at once what a library still lacks, for an edition frozen by a command; the worker then finds it done."""
    with workplace.reading(SYSTEM, library_id) as work:
        open_ones = [tuple(row) for row in work.session.execute(_open())]
    for version_id, attempt in open_ones:
        make(workplace, library_id, version_id, attempt)


def claim(work: Work, version_id: int, attempt: int) -> Claim | None:
    """Begin the attempt after ``attempt``; None when another one has begun, or nothing is owed."""
    work.require(Permission.EVIDENCE_PREPARE)
    version = work.session.scalars(sa.select(Version).where(Version.id == version_id).with_for_update()).one_or_none()
    if version is None or version.thumbnail_attempt != attempt or version.thumbnail_state not in _OPEN:
        return None
    if attempt >= LOST:
        version.thumbnail_state = ThumbnailState.FAILED.value
        log.error("thumbnail of version %s is given up: %s attempts were lost", version_id, attempt)
        return None
    version.thumbnail_state, version.thumbnail_beat = ThumbnailState.MAKING.value, work.at
    version.thumbnail_attempt = attempt + 1
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
    rows = sa.select(Version).where(Version.id == claimed.version_id).with_for_update()
    version = work.session.scalars(rows).one_or_none()
    making = ThumbnailState.MAKING.value
    if version is None or (version.thumbnail_state, version.thumbnail_attempt) != (making, claimed.attempt):
        return False
    version.thumbnail_beat = work.at
    if stored is not None:
        version.thumbnail_state = ThumbnailState.DONE.value
        version.thumbnail_sha256, version.thumbnail_size = stored.sha256, stored.size
    elif claimed.attempt >= ATTEMPTS:
        version.thumbnail_state = ThumbnailState.FAILED.value
        log.error("thumbnail of version %s is given up after %s attempts", claimed.version_id, claimed.attempt)
    else:
        version.thumbnail_state = ThumbnailState.OWED.value
    return True


_OPEN = (ThumbnailState.OWED.value, ThumbnailState.MAKING.value)


def _open() -> sa.Select[int, int]:
    rows = sa.select(Version.id, Version.thumbnail_attempt).where(Version.thumbnail_state.in_(_OPEN))
    return rows.order_by(Version.id)


@jobs.sweep("evidence.thumbnails")
def owe_again(work: Work, at_start: bool) -> None:
    """Owe again what was lost: at a worker's start everything that is open, later only what has waited long."""
    rows = _open()
    if not at_start:
        since = sa.func.coalesce(Version.thumbnail_beat, Version.added_at)
        rows = rows.where(since < work.at - PATIENCE)
    for version_id, attempt in work.session.execute(rows):
        work.owe(THUMBNAIL_JOB, work.library.id, version_id, attempt)
