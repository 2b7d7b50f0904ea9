"""The list of activities as a workbook. Its columns are read again by the import."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any, BinaryIO

import xlsxwriter

from sdg_tracker.access import Permission
from sdg_tracker.activities import columns, queries
from sdg_tracker.activities.columns import COLUMNS, QUALIFIER_WORDS, STATUS_WORDS
from sdg_tracker.activities.models import Activity
from sdg_tracker.activities.queries import Filters
from sdg_tracker.activities.rules import MappingChoice
from sdg_tracker.activities.states import Contribution, Qualifier, Stance, Status
from sdg_tracker.foundation.columns import SEPARATOR, word
from sdg_tracker.foundation.i18n import in_locale
from sdg_tracker.work import Work

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EPOCH = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)  # says nothing: the same rows give the same bytes
BATCH = 500
Cell = str | int | date | None


def write_workbook(work: Work, stream: BinaryIO, filters: Filters | None = None) -> int:
    """Write the activities that the filters leave, by number, and return how many they are."""
    work.require(Permission.ACTIVITY_EXPORT)
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(stream, options) as book:
        name = in_locale("Aktiviteter", "Activities")
        book.set_properties({"title": f"{work.library.name}: {name}", "author": "", "created": EPOCH})
        return _write_sheet(work, book, name, filters or Filters())


def _write_sheet(work: Work, book: Any, name: str, filters: Filters) -> int:
    sheet = book.add_worksheet(name)
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top", "bg_color": "#EEF1F4"})
    text = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
    number = book.add_format({"valign": "top", "num_format": "0"})
    day = book.add_format({"valign": "top", "num_format": "yyyy-mm-dd", "align": "left"})
    for index, column in enumerate(COLUMNS):
        sheet.set_column(index, index, column.width)
        sheet.write_string(0, index, column.heading, head)
    sheet.freeze_panes(1, 2)
    written = 0
    for written, (activity, evidence) in enumerate(_with_evidence(work, filters), 1):
        for index, value in enumerate(row_of(activity, evidence)):
            if isinstance(value, str):
                sheet.write_string(written, index, value, text)
            elif isinstance(value, date):
                sheet.write_datetime(written, index, value, day)
            elif value is not None:
                sheet.write_number(written, index, value, number)
    sheet.autofilter(0, 0, max(written, 1), len(COLUMNS) - 1)
    return written


def _with_evidence(work: Work, filters: Filters) -> Any:
    batch: list[Activity] = []
    for activity in queries.walk(work, filters):
        batch.append(activity)
        if len(batch) == BATCH:
            yield from _counted(work, batch)
            batch = []
    yield from _counted(work, batch)


def _counted(work: Work, batch: Sequence[Activity]) -> list[tuple[Activity, int]]:
    counts = queries.evidence_counts(work, batch)
    return [(activity, counts.get(activity.id, 0)) for activity in batch]


def row_of(activity: Activity, evidence: int) -> list[Cell]:
    """Return the cells of an activity in the order of COLUMNS; None is an empty cell."""
    mapped = columns.cells_of(choices_of(activity))
    qualifier = Qualifier(activity.attendance_qualifier) if activity.attendance_qualifier else None
    cells: dict[str, Cell] = {
        "number": activity.number,
        "title": activity.title,
        "description": activity.description,
        "language": activity.language,
        "type": activity.type,
        "status": word(Status(activity.status), STATUS_WORDS),
        "starts_on": activity.starts_on,
        "ends_on": activity.ends_on,
        "year": activity.year,
        "branch": SEPARATOR.join(branch.code for branch in activity.branches),
        "audience": SEPARATOR.join(activity.audiences),
        "attendance": activity.attendance,
        "attendance_qualifier": word(qualifier, QUALIFIER_WORDS),
        "signups": activity.signups,
        "helped": activity.helped,
        "campaign": SEPARATOR.join(campaign.code for campaign in activity.campaigns),
        "partners": SEPARATOR.join(partner.code for partner in activity.partners),
        "goals": mapped.goals,
        "targets": mapped.targets,
        "contribution": mapped.contribution,
        "reason": mapped.reason,
        "mappings": mapped.mappings,
        "strategy_action": SEPARATOR.join(activity.strategy_actions),
        "source_library": activity.source_library,
        "source_url": activity.source_url,
        "evidence": evidence,
    }
    return [cells[column.key] if cells[column.key] != "" else None for column in COLUMNS]


def choices_of(activity: Activity) -> list[MappingChoice]:
    """Return an activity's mappings as values."""
    return [
        MappingChoice(
            code=mapping.code,
            main=mapping.main,
            stance=Stance(mapping.stance),
            contribution=Contribution(mapping.contribution) if mapping.contribution else None,
            reason=mapping.reason,
        )
        for mapping in activity.mappings
    ]
