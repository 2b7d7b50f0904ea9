"""The pages of a printed plan before it is frozen, made outside the request like those of an edition."""

from sdg_tracker import drafts, jobs, plandocument, trail
from sdg_tracker.access import Permission
from sdg_tracker.attempts import Attempts
from sdg_tracker.editions.kinds import Snapshot
from sdg_tracker.foundation.errors import NotFound
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.plandocument import queries, snapshot
from sdg_tracker.plandocument.models import PlanComposition, PlanPreview
from sdg_tracker.plandocument.rules import parsed
from sdg_tracker.work import Work, Workplace

trail.declare({"plan_composition.previewed": (lazy("Pages of a printed plan made to look at"), {"variant"})})
JOB = "plandocument.preview"
PREVIEWS = Attempts(PlanPreview, JOB)


def draft(work: Work, row: PlanComposition) -> Snapshot:
    """Return what a print frozen now would hold, marked as a draft under the next number."""
    return {**snapshot.take(work, row.choices), "number": drafts.next_number(work), "draft": True}


def ask(work: Work, what: str) -> PlanPreview:
    """Take what a print frozen now would hold, and owe its pages. Raises NotFound when nothing was composed."""
    work.require(Permission.EDITION_FREEZE)
    row = queries.composition(work, *parsed(what))
    if row is None:
        raise NotFound("preview-none")
    work.lock_library()
    preview: PlanPreview = drafts.begin(work, row, PlanPreview, draft(work, row), JOB)
    trail.record(work, "plan_composition.previewed", row, variant=what)
    return preview


@jobs.task(JOB)
def make(workplace: Workplace, library_id: int, preview_id: int, attempt: int) -> None:
    """Make the pages, if ``attempt`` is still the last one: so a job that comes twice works once."""
    drafts.make(workplace, library_id, preview_id, attempt, kind=plandocument.KIND, previews=PREVIEWS)


@jobs.sweep(JOB)
def owe_again(work: Work, at_start: bool) -> None:
    """Owe again what was lost."""
    PREVIEWS.owe_lost(work, drafts.PATIENCE, at_start=at_start)


def page(work: Work, what: str, digest: str, number: int) -> bytes:
    """Return one page as a PNG; ``digest`` begins that of the PDF. Raises NotFound for what is not there any more."""
    work.require(Permission.EDITION_APPROVE)
    row = queries.composition(work, *parsed(what))
    return drafts.page(work, row.preview if row else None, digest, number)
