"""What a supplement freezes: which edition it adds to, the question, the answer, the new exhibits, the trail."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sdg_tracker import supplement
from sdg_tracker.audit.models import Question
from sdg_tracker.collecting import activity_rows, events, evidence_rows, exhibits, heading, plain, vocabulary
from sdg_tracker.editions.freeze import FORMAT
from sdg_tracker.editions.models import Edition
from sdg_tracker.foundation.errors import Invalid, words
from sdg_tracker.foundation.i18n import _, lazy, use_locale
from sdg_tracker.work import Work

words(
    {
        "supplement-evidence-none": lazy(
            "There is no evidence that counts with these numbers: %(numbers)s. Drafts, what was sent back and what is "
            "withdrawn can't be in an edition."
        )
    }
)


def take(work: Work, question: Question, edition: Edition, pieces: Sequence[int], number: int) -> dict[str, Any]:
    """Return the snapshot of a supplement under its own number. Raises Invalid for evidence that is not there."""
    terms, wanted = vocabulary.terms(work), set(pieces)
    found = [row for row in evidence_rows.evidence(work, terms, edition.cycle) if row["number"] in wanted]
    lacking = sorted(wanted - {row["number"] for row in found})
    if lacking:
        raise Invalid("supplement-evidence-none", field="evidence", numbers=", ".join(map(str, lacking)))
    about = {row["activity"] for row in found}
    first, last = _period(edition)
    activities = [row for row in activity_rows.activities(work, terms, first, last) if row["number"] in about]
    codes = sorted({tie["code"] for row in found for tie in row["requirements"]})
    told = events.trail(work)
    return {
        "format": FORMAT,
        "kind": supplement.KIND,
        "number": number,
        "language": edition.language,
        "title": title(question, edition),
        **heading.head(work),
        "targets": heading.targets(work, activities),
        "activities": activities,
        "evidence": exhibits.number_exhibits(activities, found, codes),
        "supplements": {
            "number": edition.number,
            "title": edition.title,
            "fingerprint": edition.fingerprint,
        },
        "question": {
            "number": question.number,
            "requirement": question.requirement,
            "text": question.text,
            "asked_at": plain.moment(question.asked_at),
            "answer": question.answer,
        },
        "trail": told,
        "names": events.names(told, work.actor.role.value),
    }


def title(question: Question, edition: Edition) -> str:
    """Return what a supplement is called."""
    with use_locale(edition.language):
        return _(
            "Supplement to edition %(edition)s: question %(number)s", edition=edition.number, number=question.number
        )


def _period(edition: Edition) -> tuple[date, date]:
    if edition.cycle is not None:
        return edition.cycle.starts_on, edition.cycle.ends_on
    year = edition.year or edition.frozen_at.year
    return date(year, 1, 1), date(year, 12, 31)
