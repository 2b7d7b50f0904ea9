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
from sdg_tracker.evidence.preparing import TEXT_JOB
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
LOST = 20  # attempts at all, also those whose worker was killed
AT_A_TIME = 200  # that a later sweep owes again: after an upgrade everything waits long
PATIENCE = timedelta(seconds=120)  # longer than an attempt takes
_OPEN = (TextState.OWED.value, TextState.READING.value)


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
        if not finish(work, claimed, text, found):
            log.info("text of evidence %s, attempt %s: another attempt has begun", evidence_id, claimed.attempt)


def claim(work: Work, evidence_id: int, attempt: int) -> Claim | None:
    """Begin the attempt after ``attempt``; None when another one has begun, or there is nothing to read."""
    work.require(Permission.EVIDENCE_PREPARE)
    work.lock_library()  # before the row, as those do who add evidence
    row = searching.entry(work, evidence_id, lock=True)
    if row is None or row.attempt != attempt or row.state not in _OPEN:
        return None
    number = work.session.scalar(sa.select(Evidence.number).where(Evidence.id == evidence_id))
    evidence = queries.get(work, number or 0)
    if not row.said:  # it was here before there was a search
        searching.index(work, evidence)
    version = evidence.current
    row.attempt, row.beat = attempt + 1, work.at
    if version.media_type not in reading.READABLE or attempt >= LOST:
        row.state = (TextState.FAILED if attempt >= LOST else TextState.NONE).value
        row.text = row.read = ""
        return None
    row.state = TextState.READING.value
    return Claim(evidence_id, attempt + 1, version.rendition_sha256, version.rendition_size, version.media_type)


def finish(work: Work, claimed: Claim, text: str | None, found: Mapping[str, str]) -> bool:
    """Keep the text with its words, or count the failure; False when another attempt has begun meanwhile."""
    work.require(Permission.EVIDENCE_PREPARE)
    work.lock_library()
    row = searching.entry(work, claimed.evidence_id, lock=True)
    if row is None or (row.state, row.attempt) != (TextState.READING.value, claimed.attempt):
        return False
    row.beat = work.at
    if text is not None:
        row.state, row.text, row.read = TextState.DONE.value, text, searching.joined(found)
        searching.remember(work, found)
    elif claimed.attempt >= ATTEMPTS:
        row.state, row.text, row.read = TextState.FAILED.value, "", ""
        log.error("text of evidence %s is given up after %s attempts", claimed.evidence_id, claimed.attempt)
    else:
        row.state = TextState.OWED.value
    return True


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


def _open() -> sa.Select[int, int]:
    rows = sa.select(Searchable.evidence_id, Searchable.attempt).where(Searchable.state.in_(_OPEN))
    return rows.order_by(Searchable.id)


def read_owed(workplace: Workplace, library_id: int) -> None:
    """Read at once what a library still lacks; the worker then finds it done."""
    with workplace.reading(SYSTEM, library_id) as work:
        open_ones = [tuple(row) for row in work.session.execute(_open())]
    for evidence_id, attempt in open_ones:
        read(workplace, library_id, evidence_id, attempt)


@jobs.sweep("evidence.texts")
def owe_again(work: Work, at_start: bool) -> None:
    """Owe again what was lost: at a worker's start everything that is open, later only what has waited long."""
    rows = _open()
    if not at_start:
        waited = sa.or_(Searchable.beat.is_(None), Searchable.beat < work.at - PATIENCE)
        rows = rows.where(waited).limit(AT_A_TIME)
    for evidence_id, attempt in work.session.execute(rows):
        work.owe(TEXT_JOB, work.library.id, evidence_id, attempt)
