"""The pages of a dossier before it is frozen, made outside the request like those of an edition."""

from sdg_tracker import dossier, drafts, jobs, trail
from sdg_tracker.access import Permission
from sdg_tracker.attempts import Attempts
from sdg_tracker.dossier import queries, snapshot
from sdg_tracker.dossier.models import Composition, Preview
from sdg_tracker.editions.kinds import Snapshot
from sdg_tracker.foundation.errors import NotFound
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.schemes import queries as schemes
from sdg_tracker.work import Work, Workplace

trail.declare({"composition.previewed": (lazy("Pages of a dossier made to look at"), {"cycle"})})
JOB = "dossier.preview"
PREVIEWS = Attempts(Preview, JOB)


def draft(work: Work, composition: Composition) -> Snapshot:
    """Return what a dossier frozen now would hold, marked as a draft under the next number."""
    number = drafts.next_number(work)
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
    preview: Preview = drafts.begin(work, composition, Preview, draft(work, composition), JOB)
    trail.record(work, "composition.previewed", cycle, cycle=cycle.number)
    return preview


@jobs.task(JOB)
def make(workplace: Workplace, library_id: int, preview_id: int, attempt: int) -> None:
    """Make the pages, if ``attempt`` is still the last one: so a job that comes twice works once."""
    drafts.make(workplace, library_id, preview_id, attempt, kind=dossier.KIND, previews=PREVIEWS)


@jobs.sweep(JOB)
def owe_again(work: Work, at_start: bool) -> None:
    """Owe again what was lost."""
    PREVIEWS.owe_lost(work, drafts.PATIENCE, at_start=at_start)


def page(work: Work, cycle_number: int, digest: str, number: int) -> bytes:
    """Return one page as a PNG; ``digest`` begins that of the PDF. Raises NotFound for what is not there any more."""
    work.require(Permission.EDITION_APPROVE)
    composition = queries.composition(work, schemes.cycle(work, cycle_number))
    return drafts.page(work, composition.preview if composition else None, digest, number)
