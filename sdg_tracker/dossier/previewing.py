"""The pages of a dossier before it is frozen, made outside the request like those of an edition."""

import io
import json
import logging
from datetime import timedelta

from sdg_tracker import dossier, jobs, trail
from sdg_tracker.access import SYSTEM, Permission
from sdg_tracker.dossier import queries, rules, snapshot
from sdg_tracker.dossier.models import Composition, Preview
from sdg_tracker.editions import build, chapters
from sdg_tracker.editions.kinds import Snapshot
from sdg_tracker.foundation.blobs import StoredBlob
from sdg_tracker.foundation.documents import canonical
from sdg_tracker.foundation.errors import NotFound, Problem, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.jobs import Progress
from sdg_tracker.printing import pictures
from sdg_tracker.schemes import queries as schemes
from sdg_tracker.work import Work, Workplace

log = logging.getLogger(__name__)
words({"preview-none": lazy("There are no pages yet. Ask for them on the page where the dossier is composed.")})
trail.declare({"composition.previewed": (lazy("Pages of a dossier made to look at"), {"cycle"})})
JOB = "dossier.preview"
FILE = "report.pdf"
PATIENCE = timedelta(minutes=10)  # longer than an attempt takes
ATTEMPTS = 3


def draft(work: Work, composition: Composition) -> Snapshot:
    """Return what a dossier frozen now would hold, marked as a draft under the next number."""
    number = work.library.numbers.get("edition", 0) + 1
    taken = snapshot.take(work, composition.cycle, number, composition.language, composition.composed)
    return {**taken, "draft": True}


def ask(work: Work, cycle_number: int) -> Preview:
    """Take what a dossier frozen now would hold, and owe its pages. Raises NotFound when nothing was composed."""
    work.require(Permission.EDITION_FREEZE)
    cycle = schemes.cycle(work, cycle_number)
    composition = queries.composition(work, cycle)
    if composition is None:
        raise NotFound("preview-none")
    work.lock_library()
    taken = draft(work, composition)
    kept = work.blobs.put(io.BytesIO(canonical(taken)))
    preview = composition.preview
    if preview is None:
        preview = Preview(composition_id=composition.id, composition=composition)
        work.session.add(preview)
    preview.essence = rules.essence(taken)
    preview.snapshot_sha256, preview.snapshot_size = kept.sha256, kept.size
    preview.state, preview.asked_at, preview.attempt, preview.beat = Progress.QUEUED.value, work.at, 0, None
    preview.sha256 = preview.size = preview.pages = None
    preview.fault = ""
    work.session.flush()
    trail.record(work, "composition.previewed", cycle, cycle=cycle.number)
    work.owe(JOB, work.library.id, preview.id, 0)
    return preview


@jobs.task(JOB)
def make(workplace: Workplace, library_id: int, preview_id: int, attempt: int) -> None:
    """Make the pages, if ``attempt`` is still the last one: so a job that comes twice works once."""
    with workplace.writing(SYSTEM, library_id) as work:
        claimed = _claim(work, preview_id, attempt)
    if claimed is None:
        return
    made, why = None, ""
    try:
        shelf = chapters.Shelf(workplace, library_id)
        stored = build.in_child(workplace, dossier.KIND, claimed, FILE, shelf=shelf)
        with workplace.blobs.open(stored.sha256, stored.size) as file:
            made = stored, pictures.count(file)
    except Problem as problem:
        log.warning("pages of preview %s, attempt %s: %s", preview_id, attempt + 1, problem)
        why = json.dumps({"code": problem.code, "facts": problem.facts}, default=str)
    with workplace.writing(SYSTEM, library_id) as work:
        _finish(work, preview_id, attempt + 1, made, why)


def _claim(work: Work, preview_id: int, attempt: int) -> StoredBlob | None:
    """Begin the attempt after ``attempt`` and return the snapshot to print; None when another has begun."""
    work.require(Permission.EDITION_BUILD)
    row = jobs.claim(work, Preview, preview_id, attempt)
    return None if row is None else StoredBlob(row.snapshot_sha256, row.snapshot_size)


def _finish(work: Work, preview_id: int, attempt: int, made: tuple[StoredBlob, int] | None, why: str) -> None:
    row = jobs.held(work, Preview, preview_id, attempt)
    if row is None:
        return
    row.fault = why
    if made is not None:
        stored, row.pages = made
        row.state, row.sha256, row.size = Progress.READY.value, stored.sha256, stored.size
    else:
        row.state = (Progress.FAILED if attempt >= ATTEMPTS else Progress.QUEUED).value


@jobs.sweep(JOB)
def owe_again(work: Work, at_start: bool) -> None:
    """Owe again what was lost."""
    jobs.owe_again(work, Preview, JOB, PATIENCE, at_start=at_start)


def fault(preview: Preview) -> str:
    """Return in words why the pages could not be made; empty unless that is so."""
    if not preview.fault:
        return ""
    kept = json.loads(preview.fault)
    return str(Problem(kept["code"], **kept["facts"]))


def page(work: Work, cycle_number: int, digest: str, number: int) -> bytes:
    """Return one page as a PNG; ``digest`` begins that of the PDF. Raises NotFound for what is not there any more."""
    work.require(Permission.EDITION_APPROVE)
    composition = queries.composition(work, schemes.cycle(work, cycle_number))
    preview = composition.preview if composition else None
    if preview is None or preview.sha256 is None or not preview.sha256.startswith(digest):
        raise NotFound("preview-none")
    if not 1 <= number <= (preview.pages or 0):
        raise NotFound("preview-none")
    with work.blobs.open(preview.sha256, preview.size) as file:
        return pictures.page(file, number)
