"""Activities of a file are added, all or none."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from sdg_tracker import trail
from sdg_tracker.access import Permission
from sdg_tracker.activities import columns, importing, queries, rules
from sdg_tracker.activities.filling import IMPORT, apply, check_words, flush, made, put_mappings
from sdg_tracker.activities.models import Activity
from sdg_tracker.activities.queries import Vocabulary
from sdg_tracker.activities.sheets import ImportRow
from sdg_tracker.foundation import tables
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.work import Work

trail.declare(
    {
        "activity.imported": (lazy("Activity imported"), {"revision", "sha256", "sheet", "row", "codes"}),
    }
)


@dataclass(frozen=True)
class ImportReport:
    """What an import found, and the numbers of what it added: none after a dry run."""

    name: str
    sha256: str
    rows: tuple[ImportRow, ...]
    warnings: tuple[tables.Note, ...]
    numbers: tuple[int, ...] = ()

    @property
    def found(self) -> int:
        """Return how many activities the file holds."""
        return len(self.rows)

    @property
    def mapped(self) -> int:
        """Return how many of them have goals."""
        return sum(bool(row.choices) for row in self.rows)

    @property
    def undated(self) -> int:
        """Return how many of them have neither day nor year."""
        return sum(row.when == (None, None) for row in self.rows)

    @property
    def added(self) -> int:
        """Return how many activities were added."""
        return len(self.numbers)


def import_file(work: Work, source: Path | str | BinaryIO, name: str = "", *, dry_run: bool = False) -> ImportReport:
    """Add every activity of a .csv or .xlsx file, or none of them.

    Raises ImportRefused with all that is wrong. ``dry_run`` reads and checks the same and writes nothing.
    """
    work.require(Permission.ACTIVITY_IMPORT)
    if isinstance(source, (str, Path)):
        name = name or Path(source).name
        with Path(source).open("rb") as stream:
            content = tables.read_bytes(stream, name)
    else:
        content = tables.read_bytes(source, name)
    known = queries.vocabulary(work)
    rows, notes = importing.parse(tables.read(content, name, columns.KNOWN.knows), known)
    importing.refuse_twins(rows, queries.twins(work, {row.key for row in rows}))
    report = ImportReport(name, hashlib.sha256(content).hexdigest(), tuple(rows), tuple(notes))
    if dry_run:
        return report
    return replace(report, numbers=tuple(import_rows(work, rows, report.sha256, known)))


def import_rows(work: Work, rows: Sequence[ImportRow], sha256: str = "", known: Vocabulary | None = None) -> list[int]:
    """Add an activity for each row, in order, and return their numbers. ``sha256`` is that of the file."""
    work.require(Permission.ACTIVITY_IMPORT)
    known = known or queries.vocabulary(work)
    added: list[Activity] = []
    for row in rows:
        details = rules.checked(row.details)
        check_words(known, details)
        activity = made(work)
        apply(activity, details, known)
        put_mappings(work, activity, rules.arranged(row.choices, known.codes), IMPORT)
        added.append(activity)
    work.session.add_all(added)
    flush(work)
    for row, activity in zip(rows, added, strict=True):
        codes = [mapping.code for mapping in activity.mappings]
        trail.record(
            work,
            "activity.imported",
            activity,
            revision=activity.revision,
            sha256=sha256,
            sheet=row.sheet,
            row=row.row,
            codes=codes,
        )
    return [activity.number for activity in added]
