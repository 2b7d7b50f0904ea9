"""What a year's report freezes: the activities of the year, their evidence, the figures, the trail."""

from typing import Any

from sdg_tracker import collecting, impact
from sdg_tracker.editions.freeze import FORMAT
from sdg_tracker.foundation.i18n import _, use_locale
from sdg_tracker.impact import figures
from sdg_tracker.work import Work


def take(work: Work, year: int, number: int, language: str) -> dict[str, Any]:
    """Return the snapshot of a report under its edition's number, in a number of statements that does not grow."""
    first, last = figures.bounds(year)
    words = collecting.terms(work)
    known = collecting.activities(work, words, first, last)
    touched = figures.of_year(known, year, work.today)
    counted = [activity for activity in touched if figures.counted(activity)]
    pieces = figures.evidence_of_year(collecting.evidence(work, words, None), counted, year, work.today)
    evidence = collecting.number_exhibits(counted, pieces, longest=collecting.name_length(work.library.slug))
    head, told = collecting.head(work), collecting.trail(work)
    return {
        "format": FORMAT,
        "kind": impact.KIND,
        "number": number,
        "language": language,
        "title": title(year, language),
        **head,
        "year": year,
        "targets": collecting.targets(work, counted),
        "activities": counted,
        "evidence": evidence,
        "figures": figures.figures(touched, head["library"], head["goals"], head["strategy"]),
        "trail": told,
        "names": collecting.names(told, work.actor.role.value),
    }


def title(year: int, language: str) -> str:
    """Return what a report is called."""
    with use_locale(language):
        return _("Impact report %(year)s", year=str(year))
