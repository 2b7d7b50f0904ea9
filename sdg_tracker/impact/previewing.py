"""The pages of a year's report before it is frozen, made outside the request like those of an edition."""

from sdg_tracker import drafts, impact, jobs, trail
from sdg_tracker.access import Permission
from sdg_tracker.attempts import Attempts
from sdg_tracker.editions.kinds import Snapshot
from sdg_tracker.foundation.errors import NotFound
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.impact import queries, snapshot
from sdg_tracker.impact.models import ReportComposition, ReportPreview
from sdg_tracker.work import Work, Workplace

trail.declare({"report_composition.previewed": (lazy("Pages of a yearly report made to look at"), {"year"})})
JOB = "impact.preview"
PREVIEWS = Attempts(ReportPreview, JOB)


def draft(work: Work, row: ReportComposition) -> Snapshot:
    """Return what a report frozen now would hold, marked as a draft under the next number."""
    return {**snapshot.take(work, row.year, drafts.next_number(work), row.language, row.composed), "draft": True}


def ask(work: Work, year: int) -> ReportPreview:
    """Take what a report frozen now would hold, and owe its pages. Raises NotFound when nothing was composed."""
    work.require(Permission.EDITION_FREEZE)
    row = queries.composition(work, year)
    if row is None:
        raise NotFound("preview-none")
    work.lock_library()
    preview: ReportPreview = drafts.begin(work, row, ReportPreview, draft(work, row), JOB)
    trail.record(work, "report_composition.previewed", row, year=str(year))
    return preview


@jobs.task(JOB)
def make(workplace: Workplace, library_id: int, preview_id: int, attempt: int) -> None:
    """Make the pages, if ``attempt`` is still the last one: so a job that comes twice works once."""
    drafts.make(workplace, library_id, preview_id, attempt, kind=impact.KIND, previews=PREVIEWS)


@jobs.sweep(JOB)
def owe_again(work: Work, at_start: bool) -> None:
    """Owe again what was lost."""
    PREVIEWS.owe_lost(work, drafts.PATIENCE, at_start=at_start)


def page(work: Work, year: int, digest: str, number: int) -> bytes:
    """Return one page as a PNG; ``digest`` begins that of the PDF. Raises NotFound for what is not there any more."""
    work.require(Permission.EDITION_APPROVE)
    row = queries.composition(work, year)
    return drafts.page(work, row.preview if row else None, digest, number)
