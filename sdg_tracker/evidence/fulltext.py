"""The text of evidence, read outside the request so that it can be searched. The row says how far each piece is."""

import logging
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from sdg_tracker import jobs
from sdg_tracker.access import SYSTEM, Permission
from sdg_tracker.evidence import queries, reading, searching
from sdg_tracker.evidence.models import Evidence
from sdg_tracker.evidence.preparing import TEXT_JOB, TEXTS
from sdg_tracker.evidence.search_models import Searchable
from sdg_tracker.evidence.states import TextState
from sdg_tracker.foundation import children
from sdg_tracker.foundation.blobs import CHUNK, Blobs
from sdg_tracker.foundation.errors import Problem
from sdg_tracker.foundation.text import stems
from sdg_tracker.work import Work, Workplace

log = logging.getLogger(__name__)
PROGRAM = "sdg_tracker.evidence.reading"
MEMORY = 1_000_000_000  # bytes of address space for one file
SECONDS = 30  # of CPU for one file
ATTEMPTS = 3  # that ended in a failure; then the text is given up
AT_A_TIME = 200  # that a later sweep owes again: after an upgrade everything waits long
PATIENCE = timedelta(seconds=120)  # longer than an attempt takes


@dataclass(frozen=True)
class Claim:
    """An attempt that is ours: what to read, and the number under which the result is taken."""

    evidence_id: int
    attempt: int
    sha256: str
    size: int  # bytes
    media_type: str


@jobs.task(TEXT_JOB)
def read(workplace: Workplace, library_id: int, evidence_id: int, attempt: int) -> None:
    """Read the text of the newest version, if ``attempt`` is still the last one: a job that comes twice works once."""
    with workplace.writing(SYSTEM, library_id) as work:
        claimed = claim(work, evidence_id, attempt)
    if claimed is None:
        return
    try:
        text = text_of(workplace.blobs, claimed.sha256, claimed.size, claimed.media_type)
    except (children.ChildFailed, Problem, OSError) as failure:
        log.warning("text of evidence %s, attempt %s: %s", evidence_id, claimed.attempt, failure)
        text = None
    found = stems(text)
    with workplace.writing(SYSTEM, library_id) as work:
        finish(work, claimed, text, found)


def claim(work: Work, evidence_id: int, attempt: int) -> Claim | None:
    """Begin the attempt after ``attempt``; None when another one has begun, or there is nothing to read."""
    work.require(Permission.EVIDENCE_PREPARE)
    work.lock_library()  # before the row, as those do who add evidence
    row = TEXTS.claim(work, evidence_id, attempt, _without_text)
    if row is None:
        return None
    number = work.session.scalar(sa.select(Evidence.number).where(Evidence.id == evidence_id))
    evidence = queries.get(work, number or 0)
    if not row.said:  # it was here before there was a search
        searching.index(work, evidence)
    version = evidence.current
    if version.media_type not in reading.READABLE:
        row.state = TextState.NONE.value
        _without_text(row)
        return None
    return Claim(evidence_id, attempt + 1, version.rendition_sha256, version.rendition_size, version.media_type)


def finish(work: Work, claimed: Claim, text: str | None, found: Mapping[str, str]) -> bool:
    """Keep the text with its words, or count the failure; False when another attempt has begun meanwhile."""
    work.require(Permission.EVIDENCE_PREPARE)
    work.lock_library()
    row = TEXTS.held(work, claimed.evidence_id, claimed.attempt)
    if row is None:
        return False
    if text is not None:
        row.state, row.text, row.read = TextState.DONE.value, text, searching.joined(found)
        searching.remember(work, found)
    elif TEXTS.miss(row, ATTEMPTS):
        _without_text(row)
    return True


def _without_text(row: Searchable) -> None:
    row.text = row.read = ""


def text_of(blobs: Blobs, sha256: str, size: int, media_type: str) -> str:
    """Return the text of a file. Raises ChildFailed for one that can't be read, or a Problem of the store."""
    with blobs.open(sha256, size) as kept:
        if media_type in reading.PLAIN:
            return reading.plain(kept)
        with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as target:
            while chunk := kept.read(CHUNK):
                source.write(chunk)
            source.flush()
            children.run(
                PROGRAM,
                media_type,
                source=source.fileno(),
                target=target.fileno(),
                memory=MEMORY,
                seconds=SECONDS,
            )
            target.seek(0)
            return target.read().decode()


def read_owed(workplace: Workplace, library_id: int) -> None:
    """Read at once what a library still lacks; the worker then finds it done."""
    with workplace.reading(SYSTEM, library_id) as work:
        open_ones = [tuple(row) for row in work.session.execute(TEXTS.unfinished())]
    for evidence_id, attempt in open_ones:
        read(workplace, library_id, evidence_id, attempt)


@jobs.sweep("evidence.texts")
def owe_again(work: Work, at_start: bool) -> None:
    """Owe again what was lost: at a worker's start everything that is open, later only what has waited long."""
    TEXTS.owe_lost(work, PATIENCE, at_start=at_start, most=AT_A_TIME)
