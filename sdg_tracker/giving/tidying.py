"""What uploads leave behind is taken away: parts of those that ended, uploads that nobody went on with."""

import logging
from collections.abc import Iterable
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from sdg_tracker import jobs
from sdg_tracker.access import SYSTEM, Permission
from sdg_tracker.giving.models import Upload, UploadPart
from sdg_tracker.giving.rules import KEPT_AFTER_END, LIVES, TOLD_AFTER_END
from sdg_tracker.jobs import library_ids
from sdg_tracker.keeping import names
from sdg_tracker.keeping import services as keeping
from sdg_tracker.work import Work, Workplace

log = logging.getLogger(__name__)
AT_ONCE = 50  # uploads of a library in one round


@jobs.chore("giving.tidy")
def tidy(workplace: Workplace) -> None:
    """Let uploads end that nobody goes on with, and take away what ended ones leave; a few at a time."""
    for library_id in library_ids(workplace):
        with workplace.reading(SYSTEM, library_id) as work:
            due = work.session.scalar(sa.select(_due(work).exists()))
        if due:
            with workplace.writing(SYSTEM, library_id) as work:
                work.require(Permission.STORE_KEEP)
                left = _forget(work)
            _discard(workplace, left)


def _due(work: Work) -> sa.Select[Upload]:
    """Select what is to be forgotten: uploads that were left, and parts and rows of those that have ended."""
    has_parts = sa.select(UploadPart.id).where(UploadPart.upload_id == Upload.id).exists()
    left = sa.and_(Upload.ended_at.is_(None), Upload.touched_at < work.at - LIVES)
    ended = sa.and_(Upload.ended_at < work.at - KEPT_AFTER_END, sa.or_(has_parts, Upload.evidence_number.is_(None)))
    return sa.select(Upload).where(sa.or_(left, ended, Upload.ended_at < work.at - TOLD_AFTER_END))


def _forget(work: Work) -> set[str]:
    """Take the parts from uploads that are over, and the rows that nobody asks for again; return the parts' digests."""
    over = _due(work).options(selectinload(Upload.parts)).order_by(Upload.id).limit(AT_ONCE)
    digests: set[str] = set()
    for upload in work.session.scalars(over.with_for_update()):
        digests |= {part.sha256 for part in upload.parts}
        if upload.evidence_number is None or (upload.ended_at or work.at) < work.at - TOLD_AFTER_END:
            work.session.delete(upload)
        else:
            upload.parts.clear()
    return digests


def _discard(workplace: Workplace, digests: Iterable[str]) -> None:
    """Take blobs away that nothing names any more; what was put within the last day stays, somebody may be at it.

    When the program ends before it, they are loose, and ``evidence sweep`` takes them.
    """
    wanted = set(digests)
    for library_id in library_ids(workplace):
        with workplace.reading(SYSTEM, library_id) as work:
            wanted -= names.all_passing(work).keys()
            wanted = {sha256 for sha256 in wanted if not names.naming(work, sha256)}
            before = min(work.at, datetime.now(UTC)) - KEPT_AFTER_END
    if wanted:  # editions name blobs inside of their snapshots too: that takes longer to find out
        wanted -= keeping.named(workplace).keys()
    gone = sum(workplace.blobs.discard(sha256, before) for sha256 in sorted(wanted))
    if gone:
        log.info("%s parts of uploads are gone", gone)
