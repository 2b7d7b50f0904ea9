"""Reading a list of readings, or what a counter has written, from a .csv or .xlsx file: all that is wrong at once."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import TypeVar

from sdg_tracker.foundation.columns import RowReader, day, folded_heading, value_of
from sdg_tracker.foundation.errors import Invalid, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.foundation.tables import Cell, Fault, ImportRefused, Note, Place, Sheet, whole_file
from sdg_tracker.measures import columns
from sdg_tracker.measures.columns import QUALIFIER_WORDS
from sdg_tracker.measures.details import Entry
from sdg_tracker.measures.models import Measure
from sdg_tracker.measures.numbers import certain
from sdg_tracker.measures.periods import Period
from sdg_tracker.measures.states import Aggregation, Frequency, Qualifier

Value = TypeVar("Value")
_TIME = re.compile(r"[T ]\d{1,2}[:.]\d{2}.*$")

words(
    {
        "readings-no-heading": lazy(
            "There is no column for %(missing)s. Headings are such as %(known)s. For a counter's file say "
            "which column is which."
        ),
        "readings-qualifier-unknown": lazy("There is no qualifier %(value)s. Write one of: %(known)s."),
        "readings-evidence-unreadable": lazy("%(value)s is not the number of a piece of evidence."),
        "readings-row-twice": lazy("The same reading stands in row %(other)s too. Take one of them away."),
        "readings-nothing": lazy("No row has a value. Fill in the column of values, and choose the file again."),
        "mapping-column-unknown": lazy("The file has no column “%(value)s”. It has: %(known)s."),
        "mapping-measure-missing": lazy("Say which measure the file counts."),
        "mapping-period-long": lazy("%(value)s is longer than the measure's periods. Write such as %(wanted)s."),
        "mapping-not-added-up": lazy(
            "There are several rows for %(period)s, and this measure is not added up. Keep one row for each period."
        ),
        "mapping-branch-missing": lazy("Say which branch the file is from, or which column has the branches."),
    }
)


@dataclass(frozen=True)
class Line:
    """A reading of a file, and where it stands. ``reason`` is why it replaces one that is there."""

    place: Place
    entry: Entry
    reason: str = ""
    said: frozenset[str] = frozenset()  # keys of the columns that the file has


@dataclass(frozen=True)
class CounterColumns:
    """What the columns of a counter's file mean, by their headings; each row is a day or a period of one measure."""

    measure: str  # code
    period: str
    value: str
    branch_column: str = ""
    branch: str = ""  # code, where the file has no column for it
    decimal: str = ""  # the decimal sign; empty: what can mean two things is asked about


@dataclass
class Found:
    """What a file holds."""

    lines: list[Line] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    blank: int = 0  # rows without a value


def is_list(sheets: Sequence[Sheet]) -> bool:
    """Return whether a file is a list of readings; else somebody has to say what its columns mean."""
    return any(all(columns.KNOWN.has(sheet, key) for key in columns.NEEDED) for sheet in sheets)


def parse(sheets: Sequence[Sheet], measures: Mapping[str, Measure], branches: Mapping[str, str], decimal: str) -> Found:
    """Return the readings of a list. ``branches``: what each is called, by code. Raises ImportRefused for no list."""
    found = Found()
    named = {folded_heading(name): measure.code for measure in measures.values() for name in _names(measure)}
    for sheet in sheets:
        missing = [columns.KNOWN.by_key[key].heading for key in columns.NEEDED if not columns.KNOWN.has(sheet, key)]
        if missing:
            if len(sheets) == 1:
                known = [columns.KNOWN.by_key[key].heading for key in columns.NEEDED]
                problem = Invalid("readings-no-heading", missing=missing, known=known)
                raise ImportRefused([Fault(Place(sheet.name, 1), problem)])
            found.notes.append(Note(Place(sheet.name), lazy("The sheet is no list of readings and was left out.")))
            continue
        reader = _SheetReader(sheet, named, branches, decimal)
        found.lines += reader.lines()
        found.blank += reader.blank
        found.notes += sheet.notes + reader.notes
        found.faults += reader.faults
    found.faults += _repeated(found.lines)
    return found


def _names(measure: Measure) -> tuple[str, ...]:
    return measure.code, measure.name, measure.name_en or measure.name


def _repeated(lines: Sequence[Line]) -> Iterator[Fault]:
    seen: dict[tuple[str, str, str], Line] = {}
    for line in lines:
        first = seen.setdefault((line.entry.measure, line.entry.period, line.entry.branch), line)
        if first is not line:
            yield Fault(line.place, Invalid("readings-row-twice", other=first.place.row))


class _SheetReader(RowReader):
    """Turns the rows of one sheet into readings."""

    columns = columns.KNOWN

    def __init__(self, sheet: Sheet, named: Mapping[str, str], branches: Mapping[str, str], decimal: str) -> None:
        self.named, self.decimal, self.blank = named, decimal, 0
        self.branches = {code: (name,) for code, name in branches.items()}
        super().__init__(sheet)
        headings = {column.key: column.heading for column in columns.COLUMNS if not column.read}
        self.notes = [note for note in self.notes if note.place.column not in headings.values()]

    def lines(self) -> Iterator[Line]:
        """Yield every reading; a row with a fault is noted and left out."""
        if self.faults:
            return
        for _row in self.each_row():
            if self.text("value") == "":
                self.blank += 1
                continue
            before = len(self.faults)
            entry = self._entry()
            if len(self.faults) == before:
                yield Line(self.place(""), entry, self.text("reason"), frozenset(self.places))

    def _entry(self) -> Entry:
        return Entry(
            measure=self._measure(),
            period=self.take("period", self._period, ""),
            branch=next(iter(self.several("branch", self.branches, "reading-branch-unknown")), ""),
            value=self.take("value", lambda cell: certain(cell, self.decimal), Decimal(0)),
            qualifier=self.take("qualifier", self._qualifier, Qualifier.EXACT.value),
            read_on=self.take("read_on", day, None),
            source=self.text("source"),
            note=self.text("note"),
            evidence=self.take("evidence", self._evidence, None),
        )

    def _measure(self) -> str:
        text = self.text("measure")
        found = self.named.get(folded_heading(text))
        if found is None:
            known = list(dict.fromkeys(self.named.values()))
            self.fault("measure", Invalid("measure-code-unknown", value=text or "–", known=known))
        return found or ""

    @staticmethod
    def _period(cell: Cell) -> str:
        return Period.parse(_whole(cell)).code

    @staticmethod
    def _qualifier(cell: Cell) -> str:
        found = value_of(str(cell), QUALIFIER_WORDS)
        if found is None:
            known = ", ".join(names[0] for names in QUALIFIER_WORDS.values())
            raise Invalid("readings-qualifier-unknown", value=cell, known=known)
        return found.value

    @staticmethod
    def _evidence(cell: Cell) -> int:
        text = str(cell).removesuffix(".0").lstrip("#")
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            raise Invalid("readings-evidence-unreadable", value=cell)
        return int(text)


def _whole(cell: Cell) -> str:
    """Return a cell as text; a year that a spreadsheet keeps as a number too."""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def headings(sheets: Sequence[Sheet]) -> list[str]:
    """Return the headings of a file's first table."""
    return [heading for heading in sheets[0].headings if heading.strip()] if sheets else []


def parse_counter(
    sheets: Sequence[Sheet], mapping: CounterColumns, measures: Mapping[str, Measure], branches: Mapping[str, str]
) -> Found:
    """Return the readings that a counter's file adds up to: its days or periods, in those of the measure.

    Raises Invalid for a mapping that does not fit the file, and ImportRefused for an empty one.
    """
    measure = measures.get(mapping.measure)
    if measure is None or not measure.entered:
        raise Invalid("mapping-measure-missing", field="measure")
    if measure.by_branch and not (mapping.branch or mapping.branch_column):
        raise Invalid("mapping-branch-missing", field="branch")
    if not sheets or not sheets[0].rows:
        raise whole_file(sheets[0].name if sheets else "–", Invalid("import-empty"))
    return _Counter(sheets[0], mapping, measure, branches).found()


class _Counter:
    """Adds up the rows of one sheet."""

    def __init__(self, sheet: Sheet, mapping: CounterColumns, measure: Measure, branches: Mapping[str, str]) -> None:
        self.sheet, self.mapping, self.measure = sheet, mapping, measure
        self.frequency = Frequency(measure.frequency)
        self.named = {folded_heading(name): code for code, one in branches.items() for name in (code, one)}
        self.branches = branches
        self.places = {
            field: self._column(getattr(mapping, field), field)
            for field in ("period", "value", *(("branch_column",) if mapping.branch_column else ()))
        }
        self.made = Found(notes=list(sheet.notes))

    def _column(self, heading: str, field: str) -> int:
        wanted = [folded_heading(name) for name in self.sheet.headings]
        if not heading or folded_heading(heading) not in wanted:
            known = headings([self.sheet])
            raise Invalid("mapping-column-unknown", field=field, value=heading or "–", known=known)
        return wanted.index(folded_heading(heading))

    def found(self) -> Found:
        """Return the sums, with what is wrong by row and column."""
        sums: dict[tuple[Period, str], list[tuple[int, Decimal]]] = defaultdict(list)
        days: dict[tuple[Period, str], set[date]] = defaultdict(set)
        for number, cells in self.sheet.rows:
            row = dict(enumerate(cells))
            if row.get(self.places["value"]) in (None, ""):
                self.made.blank += 1
                continue
            when = self._take(number, "period", row, self._when)
            value = self._take(number, "value", row, lambda cell: certain(cell, self.mapping.decimal))
            branch = self._branch(number, row)
            if when is None or value is None or branch is None:
                continue
            sums[when[0], branch].append((number, value))
            if when[1] is not None:
                days[when[0], branch].add(when[1])
        for (period, branch), values in sorted(sums.items(), key=lambda item: (item[0][0], item[0][1])):
            self._add(period, branch, values, days[period, branch])
        return self.made

    def _add(self, period: Period, branch: str, values: list[tuple[int, Decimal]], days: set[date]) -> None:
        place = Place(self.sheet.name, values[0][0])
        if len(values) > 1 and self.measure.aggregation != Aggregation.SUM:
            self.made.faults.append(Fault(place, Invalid("mapping-not-added-up", period=period.name)))
            return
        whole = (period.last - period.first).days + 1
        if days and len(days) < whole:
            facts = {"period": period.name, "branch": branch or "–", "found": len(days), "all": whole}
            text = lazy(
                "%(period)s, %(branch)s: rows for %(found)s of %(all)s days. The others count nothing.", **facts
            )
            self.made.notes.append(Note(place, text))
        entry = Entry(self.measure.code, period.code, sum((v for _row, v in values), Decimal(0)), branch)
        self.made.lines.append(Line(place, replace(entry, source=self.measure.source)))

    def _take(self, row: int, key: str, cells: Mapping[int, Cell], convert: Callable[[Cell], Value]) -> Value | None:
        try:
            return convert(cells.get(self.places[key]))
        except Invalid as problem:
            place = Place(self.sheet.name, row, self.sheet.headings[self.places[key]])
            self.made.faults.append(Fault(place, problem))
            return None

    def _when(self, cell: Cell) -> tuple[Period, date | None]:
        text = str(cell).strip()
        try:
            found = day(cell if isinstance(cell, date) else _TIME.sub("", text))
        except Invalid:
            period = Period.parse(_whole(cell))
            whole = Period.of(period.first, self.frequency)
            if period.last > whole.last:
                raise Invalid("mapping-period-long", value=period.name, wanted=whole.code) from None
            return whole, None
        return Period.of(found, self.frequency), found

    def _branch(self, row: int, cells: Mapping[int, Cell]) -> str | None:
        if "branch_column" not in self.places:
            return self.mapping.branch

        def named(cell: Cell) -> str:
            found = self.named.get(folded_heading(str(cell or "")))
            if found is None:
                known = ", ".join(self.branches)
                raise Invalid("reading-branch-unknown", value=cell or "–", known=known)
            return found

        return self._take(row, "branch_column", cells, named)
