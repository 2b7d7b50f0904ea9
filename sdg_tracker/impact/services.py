"""The step that freezes a year's report."""

from typing import Any

from sdg_tracker import drafts, impact
from sdg_tracker.access import Permission
from sdg_tracker.editions import freeze as editions
from sdg_tracker.editions.models import Edition
from sdg_tracker.foundation.errors import Conflict, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.impact import composing, queries, snapshot
from sdg_tracker.impact.sections import Composed
from sdg_tracker.work import Work

words(
    {
        "report-changed-since-approved": lazy(
            "Something has changed since the report was approved. Make the pages again and have them approved, or"
            " freeze without an approval."
        )
    }
)


def freeze(work: Work, year: int, language: str | None = None, *, unapproved: bool = False) -> Edition:
    """Freeze the report of a year as it was composed; its files are owed.

    ``language`` takes the place of the one chosen; without either it is the installation's. An approval goes in as long
    as everything is as it was approved; ``unapproved`` freezes without it. A year that is not over yet is frozen as far
    as it has come. Raises Invalid for a year that has not begun, Conflict for a change since the approval.
    """
    work.require(Permission.EDITION_FREEZE)
    composing.check_year(work, year)
    work.lock_library()  # before anything is read, so that the whole snapshot is of one moment
    row = queries.composition(work, year)
    said_in = language or (row.language if row else work.settings.language)
    composed = row.composed.mainly_in(said_in, row.language) if row else Composed()

    def take(number: int) -> dict[str, Any]:
        taken = snapshot.take(work, year, number, said_in, composed)
        if row is None or row.approved_essence is None or unapproved:
            return taken
        if drafts.essence(taken) != row.approved_essence:
            raise Conflict("report-changed-since-approved", field="unapproved")
        return drafts.same_but_approved(taken, drafts.approval(work, row))

    edition = editions.freeze(
        work,
        impact.KIND,
        take,
        title=composed.title or snapshot.title(year, said_in),
        language=said_in,
        year=year,
    )
    if row is not None:
        drafts.forget_approval(row)
    return edition
