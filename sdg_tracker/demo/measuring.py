"""The figures that the demo library follows, with all their readings, what was corrected, and what was defined anew."""

import csv
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from sdg_tracker.demo.files import seed_file
from sdg_tracker.foundation.columns import parts
from sdg_tracker.measures import entering, queries, services
from sdg_tracker.measures.details import Definition, Entry, MeasureDetails
from sdg_tracker.work import Work

Row = Mapping[str, str]


def _rows(name: str) -> list[dict[str, str]]:
    with seed_file(name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def fill(work: Work) -> int:
    """Add the measures that are not there, with the readings made until today; return how many measures were added."""
    there = queries.by_code(work, withdrawn=True)
    rows = [row for row in _rows("measures.csv") if row["code"] not in there]
    numbers = {row["code"]: services.add(work, row["code"], _details(row), _definition(row)).number for row in rows}
    read = [_entry(row) for row in _rows("readings.csv") if row["measure"] in numbers]
    entries = [entry for entry in read if entry.read_on is None or entry.read_on <= work.today]
    before = {(row["measure"], row["period"], row["branch"]): row for row in _rows("readings-corrected.csv")}
    as_read = [_as_read(entry, before.get((entry.measure, entry.period, entry.branch))) for entry in entries]
    for entry, reading in zip(entries, entering.enter(work, as_read), strict=True):
        row = before.get((entry.measure, entry.period, entry.branch))
        if row is not None:
            said = {"qualifier": entry.qualifier, "reason": row["reason_da"], "note": entry.note}
            entering.correct(work, reading.number, None, entry.value, **said)
    for row in _rows("measures-defined.csv"):
        if row["measure"] in numbers:
            said = {"reason": row["reason_da"], "period": row["period"]}
            services.define(work, numbers[row["measure"]], None, _definition(row), **said)
    return len(numbers)


def _details(row: Row) -> MeasureDetails:
    return MeasureDetails(
        name=row["name_da"],
        name_en=row["name_en"],
        unit=row["unit_da"],
        unit_en=row["unit_en"],
        aggregation=row["aggregation"],
        direction=row["direction"],
        frequency=row["frequency"],
        by_branch=row["by_branch"] == "yes",
        decimals=int(row["decimals"]),
        goals=tuple(parts(row["goal"])),
        targets=tuple(parts(row["target"])),
        indicator=row["indicator"],
        source=row["source_da"],
        baseline_period=row["baseline_period"] or None,
        baseline_value=_number(row["baseline_value"]),
        target_period=row["target_period"] or None,
        target_value=_number(row["target_value"]),
    )


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _definition(row: Row) -> Definition:
    keys = ("definition", "includes", "excludes")
    return Definition(**{key: row[f"{key}_da"] for key in keys}, **{f"{key}_en": row[f"{key}_en"] for key in keys})


def _entry(row: Row) -> Entry:
    return Entry(
        measure=row["measure"],
        period=row["period"],
        branch=row["branch"],
        value=Decimal(row["value"]),
        qualifier=row["qualifier"],
        read_on=date.fromisoformat(row["read_on"]) if row["read_on"] else None,
        source=row["source_da"],
        note=row["note_da"],
    )


def _as_read(entry: Entry, row: Row | None) -> Entry:
    """Return a reading as it was entered first: with the value that somebody corrected later."""
    if row is None:
        return entry
    return replace(entry, value=Decimal(row["old_value"]), qualifier=row["old_qualifier"], note=row["old_note_da"])
