"""The list of readings as a workbook, a row for each period and branch that should have one. The import reads it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, BinaryIO

import xlsxwriter

from sdg_tracker.access import Permission
from sdg_tracker.accounts import queries as accounts
from sdg_tracker.foundation.columns import word
from sdg_tracker.foundation.i18n import in_locale
from sdg_tracker.measures import snapshot
from sdg_tracker.measures.columns import COLUMNS, QUALIFIER_WORDS
from sdg_tracker.measures.periods import Period, between
from sdg_tracker.measures.rules import read_in, reasons
from sdg_tracker.measures.states import Aggregation, Frequency, Qualifier
from sdg_tracker.work import Work

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EPOCH = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)  # says nothing: the same rows give the same bytes
Row = Mapping[str, Any]
Cell = str | int | Decimal | date | None


def write_workbook(work: Work, stream: BinaryIO) -> int:
    """Write every reading, and an empty row for each that is missing; return how many rows they are."""
    work.require(Permission.MEASURE_READ)
    branches = [branch.code for branch in accounts.branches(work)]
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(stream, {"constant_memory": True, **options}) as book:
        name = in_locale("Målinger", "Readings")
        book.set_properties({"title": f"{work.library.name}: {name}", "author": "", "created": EPOCH})
        sheet = book.add_worksheet(name)
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top", "bg_color": "#EEF1F4"})
        text = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
        number = book.add_format({"valign": "top"})
        day = book.add_format({"valign": "top", "num_format": "yyyy-mm-dd", "align": "left"})
        for index, column in enumerate(COLUMNS):
            sheet.set_column(index, index, column.width)
            sheet.write_string(0, index, column.heading, head)
        sheet.freeze_panes(1, 2)
        written = 0
        for written, row in enumerate(_rows(snapshot.rows(work), branches, work.today), 1):
            for index, column in enumerate(COLUMNS):
                value = row.get(column.key)
                if isinstance(value, str):
                    sheet.write_string(written, index, value, text)
                elif isinstance(value, date):
                    sheet.write_datetime(written, index, value, day)
                elif value is not None:
                    sheet.write_number(written, index, value, number)
        place = next(index for index, column in enumerate(COLUMNS) if column.key == "qualifier")
        known = [word(qualifier, QUALIFIER_WORDS) for qualifier in QUALIFIER_WORDS]
        sheet.data_validation(1, place, max(written, 1), place, {"validate": "list", "source": known})
        sheet.autofilter(0, 0, max(written, 1), len(COLUMNS) - 1)
    return written


def _rows(measures: Sequence[Row], branches: Sequence[str], today: date) -> Iterator[dict[str, Cell]]:
    for measure in measures:
        if measure["aggregation"] == Aggregation.RATE or measure.get("origin"):
            continue
        there = {(row["period"], row["branch"]): row for row in measure["readings"]}
        read, never = read_in(measure), reasons(measure)
        places = [*branches, *(place for place in read if place not in branches)] if measure["by_branch"] else [""]
        for period in periods(measure, today):
            for place in places:
                row = there.get((period.code, place))
                if row is not None or place in branches or not place:
                    yield {
                        "measure": measure["code"],
                        "name": in_locale(measure["title"]["da"], measure["title"]["en"]),
                        "unit": in_locale(measure["unit"]["da"], measure["unit"]["en"]),
                        "period": period.code,
                        "branch": place or None,
                        **(_said(row) if row is not None else {"unknown": never.get((period.code, place))}),
                    }


def _said(row: Row) -> dict[str, Cell]:
    return {
        "value": Decimal(row["value"]),
        "qualifier": word(Qualifier(row["qualifier"]), QUALIFIER_WORDS),
        "read_on": date.fromisoformat(row["read_on"]) if row["read_on"] else None,
        "source": row["source"] or None,
        "note": row["note"] or None,
        "evidence": row["evidence"],
        "number": row["number"],
    }


def periods(measure: Row, today: date) -> list[Period]:
    """Return the periods of a measure from its first reading, else from the beginning of this year, until today."""
    frequency = Frequency(measure["frequency"])
    days = [date.fromisoformat(row["first"]) for row in measure["readings"]] or [date(today.year, 1, 1)]
    return between(Period.of(min(days), frequency), Period.of(today, frequency))
