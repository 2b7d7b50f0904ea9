"""Readings from a file: looked at as a whole, then kept as a whole or not at all."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sdg_tracker.access import Permission
from sdg_tracker.accounts import queries as accounts
from sdg_tracker.foundation import tables
from sdg_tracker.foundation.errors import Invalid, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.foundation.tables import Fault, ImportRefused, Note, Sheet
from sdg_tracker.measures import columns, entering, importing, queries
from sdg_tracker.measures import details as rules
from sdg_tracker.measures.entering import Known
from sdg_tracker.measures.importing import CounterColumns, Line
from sdg_tracker.measures.models import Measure, Reading
from sdg_tracker.measures.rules import written
from sdg_tracker.work import Work

words(
    {
        "reading-differs": lazy(
            "Reading %(number)s says %(value)s for this period. Write why it is corrected in the column “%(column)s”, "
            "or empty this row's value."
        ),
    }
)
DESCRIBED = {"read_on": "read_on", "source": "source", "note": "note", "evidence": "evidence_number"}  # column -> field


@dataclass(frozen=True)
class Correction:
    """A row that gives a reading another value, with a reason."""

    line: Line
    reading: Reading


@dataclass(frozen=True)
class Report:
    """What a file holds: new readings, corrections, readings that are only described anew, and what changes nothing."""

    name: str
    sha256: str
    lines: tuple[Line, ...]
    corrections: tuple[Correction, ...]
    described: tuple[Correction, ...]
    unchanged: int
    blank: int
    notes: tuple[Note, ...]

    @property
    def changes(self) -> int:
        """Return how many readings are added or changed."""
        return len(self.lines) + len(self.corrections) + len(self.described)


def sheets(content: bytes, name: str) -> list[Sheet]:
    """Return the tables of a file. Raises ImportRefused."""
    return tables.read(content, name, columns.KNOWN.knows)


def look(work: Work, content: bytes, name: str, *, decimal: str = "", mapping: CounterColumns | None = None) -> Report:
    """Return what a file would add and change, writing nothing. Raises ImportRefused with all that is wrong.

    ``mapping`` says what the columns of a counter's file mean; ``decimal`` is the decimal sign where it was said.
    """
    work.require(Permission.READING_IMPORT)
    measures = queries.by_code(work)
    branches = {branch.code: branch.name for branch in accounts.branches(work)}
    read = sheets(content, name)
    if mapping is not None:
        found = importing.parse_counter(read, mapping, measures, branches)
    else:
        found = importing.parse(read, measures, branches, decimal)
    known = entering.known_for(work, [line.entry for line in found.lines])
    sorted_out = _Sorted(known)
    faults = [*found.faults, *(fault for line in found.lines if (fault := sorted_out.take(line)) is not None)]
    if faults:
        raise ImportRefused(sorted(faults, key=lambda fault: (fault.place.sheet, fault.place.row)))
    if not found.lines:
        raise tables.whole_file(read[0].name, Invalid("readings-nothing"))
    return Report(
        name=name,
        sha256=hashlib.sha256(content).hexdigest(),
        lines=tuple(sorted_out.lines),
        corrections=tuple(sorted_out.corrections),
        described=tuple(sorted_out.described),
        unchanged=sorted_out.unchanged,
        blank=found.blank,
        notes=tuple(found.notes),
    )


def load(work: Work, content: bytes, name: str, *, decimal: str = "", mapping: CounterColumns | None = None) -> Report:
    """Add and correct what a file holds, all of it or nothing."""
    report = look(work, content, name, decimal=decimal, mapping=mapping)
    entering.enter(work, [line.entry for line in report.lines], report.sha256)
    for one in report.corrections:
        entry = one.line.entry
        note = entry.note if "note" in one.line.said else None
        said: dict[str, Any] = {"qualifier": entry.qualifier, "reason": one.line.reason, "note": note}
        entering.correct(work, one.reading.number, None, entry.value, **said)
    for one in [*report.corrections, *report.described]:
        wanted: dict[str, Any] = {key: _kept(one, key) for key in DESCRIBED}
        entering.describe(work, one.reading.number, None, **wanted)
    return report


def _kept(one: Correction, key: str) -> object:
    """Return what the file says, or what stands where it has no such column."""
    return getattr(one.line.entry, key) if key in one.line.said else getattr(one.reading, DESCRIBED[key])


class _Sorted:
    """Tells new readings from those that are there."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self.lines: list[Line] = []
        self.corrections: list[Correction] = []
        self.described: list[Correction] = []
        self.unchanged = 0

    def take(self, line: Line) -> Fault | None:
        """Sort a line; return what is wrong with it."""
        try:
            self._take(line)
        except Invalid as problem:
            column = columns.KNOWN.by_key.get(problem.field or "")
            heading = column.heading if column is not None and problem.field in line.said else ""
            return Fault(replace(line.place, column=heading), problem)
        return None

    def _take(self, line: Line) -> None:
        measure = self.known.measures.get(line.entry.measure)
        there = self._there(measure, line)
        if measure is None or there is None:
            self.lines.append(replace(line, entry=entering.checked(line.entry, self.known)))
            return
        entry = line.entry if "qualifier" in line.said else replace(line.entry, qualifier=there.qualifier)
        if "note" not in line.said:
            entry = replace(entry, note=there.note)
        entry = rules.checked_entry(entry, measure, self.known.branches, self.known.today)
        if entry.evidence is not None and entry.evidence not in self.known.evidence:
            raise Invalid("reading-evidence-unknown", field="evidence", number=entry.evidence)
        one = Correction(replace(line, entry=entry), there)
        if (entry.value, entry.qualifier) != (there.value, there.qualifier):
            if not line.said:  # a counter's file has no place for a reason
                entering.checked(entry, self.known)
            if not line.reason.strip():
                facts = {"number": there.number, "value": written(there.value)}
                heading = columns.KNOWN.by_key["reason"].heading
                raise Invalid("reading-differs", field="value", column=heading, **facts)
            self.corrections.append(one)
        elif any(getattr(there, DESCRIBED[key]) != _kept(one, key) for key in DESCRIBED):
            self.described.append(one)
        else:
            self.unchanged += 1

    def _there(self, measure: Measure | None, line: Line) -> Reading | None:
        if measure is None:
            return None
        return self.known.standing.get((measure.id, line.entry.period, line.entry.branch))


def headings(content: bytes, name: str) -> Sequence[str]:
    """Return the headings of a counter's file."""
    return importing.headings(sheets(content, name))


def is_list(content: bytes, name: str) -> bool:
    """Return whether a file is a list of readings with headings that are known."""
    return importing.is_list(sheets(content, name))
