"""Composing the report of a year: which sections, in which order, with which texts, and who approves it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sdg_tracker import drafts, trail
from sdg_tracker.access import Permission
from sdg_tracker.activities.rules import FIRST_YEAR
from sdg_tracker.foundation.errors import Conflict, Invalid, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.impact import queries, sections
from sdg_tracker.impact.models import ReportComposition
from sdg_tracker.impact.sections import Chosen
from sdg_tracker.work import Work, check_revision

words(
    {
        "report-year-not-begun": lazy("A report is about a year from %(first)s to %(last)s, not about %(found)s."),
        "report-languages": lazy("Choose two different languages, or only one."),
        "report-empty": lazy("Choose at least one section beside the foreword; a report holds something."),
        "report-too-long": lazy("A text may be %(most)s characters long; this one has %(found)s."),
    }
)
trail.declare(
    {
        "report_composition.changed": (lazy("Yearly report composed"), {"year", "fields"}),
        "report_composition.approved": (lazy("Yearly report approved"), {"year", "essence"}),
    }
)
FIELDS = ("language", "also", "title", "title_also", "foreword_by", "sections")
TITLE_LIMIT, TEXT_LIMIT = 200, 20_000


@dataclass(frozen=True)
class Choices:
    """What somebody chose. ``seen`` is the revision that was shown; None when there was none yet."""

    language: str
    also: str = ""
    title: str = ""
    title_also: str = ""
    foreword_by: str = ""
    sections: tuple[Chosen, ...] = field(default=sections.USUAL)
    seen: int | None = None


def check_year(work: Work, year: int) -> None:
    """Raise Invalid for a year that no report can be about."""
    if not FIRST_YEAR <= year <= work.today.year:
        raise Invalid("report-year-not-begun", field="year", first=FIRST_YEAR, last=work.today.year, found=year)


def save(work: Work, year: int, choices: Choices) -> ReportComposition:
    """Keep what was chosen for a year. Raises Invalid, and Conflict when somebody else changed it meanwhile."""
    work.require(Permission.EDITION_FREEZE)
    check_year(work, year)
    values = _checked(choices)
    row = queries.composition(work, year)
    if row is None:
        row = ReportComposition(number=work.next_number("report_composition"), year=year, **values)
        work.session.add(row)
        changed = list(FIELDS)
    else:
        check_revision(row, choices.seen)
        changed = [name for name in FIELDS if getattr(row, name) != values[name]]
        for name in changed:
            setattr(row, name, values[name])
    work.session.flush()
    if changed:
        trail.record(work, "report_composition.changed", row, year=str(year), fields=sorted(changed))
    return row


def _checked(choices: Choices) -> Mapping[str, Any]:
    if choices.also == choices.language:
        raise Invalid("report-languages", field="also")
    if not any(one.on and one.section is not sections.Section.FOREWORD for one in choices.sections):
        raise Invalid("report-empty")
    for one in choices.sections:
        for name, text in (("text", one.text), ("also", one.text_also)):
            if len(text) > TEXT_LIMIT:
                field_name = f"{name}_{one.section.value}"
                raise Invalid("report-too-long", field=field_name, most=TEXT_LIMIT, found=len(text))
    return {
        "language": choices.language,
        "also": choices.also,
        "title": choices.title.strip(),
        "title_also": choices.title_also.strip() if choices.also else "",
        "foreword_by": " ".join(choices.foreword_by.split()),
        "sections": [
            Chosen(one.section, one.on, one.text.strip(), one.text_also.strip()).row() for one in choices.sections
        ],
    }


def approve(work: Work, year: int, acting_as: str, essence: str) -> ReportComposition:
    """Approve the pages as they were seen; ``acting_as`` is what the person is at the library, in words.

    Raises Conflict when the pages that are there now are others than those seen, Invalid without ``acting_as``.
    """
    work.require(Permission.EDITION_APPROVE)
    row = queries.composition(work, year)
    if row is None:
        raise Conflict("approve-no-preview")
    drafts.approve(work, row, row.preview, acting_as, essence)
    work.session.flush()
    trail.record(work, "report_composition.approved", row, year=str(year), essence=essence)
    return row
