"""The step that freezes a year's report."""

from sdg_tracker import impact
from sdg_tracker.access import Permission
from sdg_tracker.activities.rules import FIRST_YEAR
from sdg_tracker.editions import freeze as editions
from sdg_tracker.editions.models import Edition
from sdg_tracker.foundation.errors import Invalid, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.impact import snapshot
from sdg_tracker.work import Work

words({"report-year-not-begun": lazy("A report is about a year from %(first)s to %(last)s, not about %(found)s.")})


def freeze(work: Work, year: int, language: str | None = None) -> Edition:
    """Freeze the report of a year, in the installation's language unless another is given; its files are owed.

    Raises Invalid for a year that has not begun. One that is not over yet is frozen as far as it has come.
    """
    work.require(Permission.EDITION_FREEZE)
    if not FIRST_YEAR <= year <= work.today.year:
        raise Invalid("report-year-not-begun", field="year", first=FIRST_YEAR, last=work.today.year, found=year)
    said_in = language or work.settings.language
    return editions.freeze(
        work,
        impact.KIND,
        lambda number: snapshot.take(work, year, number, said_in),
        title=snapshot.title(year, said_in),
        language=said_in,
        year=year,
    )
