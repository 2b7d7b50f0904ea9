"""The columns of tables that people fill in, and reading their rows: each cell with what is wrong with it.

Headings and words are data in both languages, not messages: a file that was written in one language is read in any.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar

from sdg_tracker.foundation.errors import Invalid, words
from sdg_tracker.foundation.i18n import in_locale, lazy
from sdg_tracker.foundation.tables import Cell, Fault, Note, Place, Sheet, trimmed
from sdg_tracker.foundation.text import search_text

SEPARATOR = ";"  # between several values of a cell
Value = TypeVar("Value")
Word = TypeVar("Word", bound=StrEnum)

words(
    {
        "heading-twice": lazy("Two columns mean the same, here and %(other)s. Take one of them away or rename it."),
        "row-too-long": lazy(
            "The row has %(found)s cells, but there are %(expected)s headings. Give the column a heading, "
            "or put a text that holds the separator in quotation marks."
        ),
        "cell-error": lazy("The cell holds Excel's error %(value)s. Write the value itself."),
        "not-a-date": lazy("%(value)s is not a date. Write it as 2025-01-31 or 31-01-2025."),
    }
)


@dataclass(frozen=True)
class Column:
    """A column: the field it fills, its headings, and what else people call it."""

    key: str
    da: str
    en: str
    width: int  # characters in a workbook
    aliases: tuple[str, ...] = ()
    read: bool = True  # False: written for people, left out when a file is read

    @property
    def heading(self) -> str:
        """Return the heading in the current language."""
        return in_locale(self.da, self.en)


def folded_heading(text: str) -> str:
    """Return a heading in the form in which headings are compared."""
    return " ".join(search_text(text).replace("_", " ").replace("-", " ").split())


class Columns:
    """The columns of one kind of table, found by their key and by what a heading says."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.by_key = {column.key: column for column in columns}
        self._headings = {
            folded_heading(name): column
            for column in columns
            for name in (column.key, column.da, column.en, *column.aliases)
        }

    def of_heading(self, text: str) -> Column | None:
        """Return the column that a heading means, None for one that is not known."""
        return self._headings.get(folded_heading(text))

    def knows(self, text: str) -> bool:
        """Return whether a heading means a column."""
        return self.of_heading(text) is not None

    def has(self, sheet: Sheet, key: str) -> bool:
        """Return whether a table has a column."""
        return any((column := self.of_heading(text)) is not None and column.key == key for text in sheet.headings)


class RowReader:
    """Goes through the rows of one table, and collects what is wrong on the way."""

    columns: Columns

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.notes: list[Note] = []
        self.faults: list[Fault] = []
        self.places: dict[str, int] = {}  # key of a column -> where it stands
        self.row = 0
        self._cells: list[Cell] = []
        self._read_headings()

    def each_row(self) -> Iterator[int]:
        """Yield the number of every row that has no more cells than headings, while its cells can be asked for."""
        for number, cells in self.sheet.rows:
            self.row, self._cells = number, trimmed(cells)
            if len(self._cells) > len(self.sheet.headings):
                self.fault("", Invalid("row-too-long", found=len(self._cells), expected=len(self.sheet.headings)))
            else:
                yield self.row

    def _read_headings(self) -> None:
        for index, heading in enumerate(self.sheet.headings):
            column = self.columns.of_heading(heading)
            place = Place(self.sheet.name, 1, heading)
            if column is None:
                if heading.strip():
                    self.notes.append(Note(place, lazy("The column is not known and was left out.")))
            elif column.key in self.places:
                other = self.sheet.headings[self.places[column.key]]
                self.faults.append(Fault(place, Invalid("heading-twice", other=other)))
            elif column.read:
                self.places[column.key] = index

    def heading(self, key: str) -> str:
        """Return what the table calls a column, else what it should be called."""
        place = self.places.get(key)
        return self.columns.by_key[key].heading if place is None else self.sheet.headings[place].strip()

    def place(self, key: str) -> Place:
        """Return where a cell of the present row stands; of the whole row for an empty key."""
        return Place(self.sheet.name, self.row, self.heading(key) if key else "")

    def fault(self, key: str, problem: Invalid) -> None:
        """Note what is wrong with a cell, or with the whole row for an empty key."""
        self.faults.append(Fault(self.place(key), problem))

    def cell(self, key: str) -> Cell:
        """Return a cell of the present row, None where the table has no such column."""
        place = self.places.get(key)
        found = self._cells[place] if place is not None and place < len(self._cells) else None
        return found.strip() if isinstance(found, str) else found

    def text(self, key: str) -> str:
        """Return a cell as a person would write it."""
        found = self.cell(key)
        if isinstance(found, float) and found.is_integer():
            return str(int(found))
        if isinstance(found, datetime):
            return found.date().isoformat()
        return "" if found is None else str(found)

    def take(self, key: str, convert: Callable[[Cell], Value], otherwise: Value) -> Value:
        """Return a cell's value; notes the fault and returns ``otherwise`` when it has none."""
        found = self.cell(key)
        if found is None or found == "":
            return otherwise
        if isinstance(found, str) and re.fullmatch(r"#[A-Z/0]+[!?]?", found):
            self.fault(key, Invalid("cell-error", value=found))
            return otherwise
        try:
            return convert(found)
        except Invalid as problem:
            self.fault(key, problem)
            return otherwise

    def several(self, key: str, names: Mapping[str, Sequence[str]], problem: str) -> tuple[str, ...]:
        """Return the codes of a cell with several values; ``names`` has what each code may be called."""
        written = parts(self.text(key))
        if not written:
            return ()
        known = {search_text(name): code for code, called in names.items() for name in (code, *called) if name}
        found = []
        for part in written:
            code = known.get(search_text(part))
            if code is None:
                self.fault(key, Invalid(problem, value=part, known=", ".join(names)))
            else:
                found.append(code)
        return tuple(dict.fromkeys(found))


def word(value: Word | None, known: Mapping[Word, tuple[str, ...]]) -> str:
    """Return the word of a value in the current language, empty for None."""
    return "" if value is None else in_locale(known[value][0], known[value][1])


def value_of(text: str, known: Mapping[Word, tuple[str, ...]]) -> Word | None:
    """Return the value that a word in any language means, None for another word."""
    wanted = search_text(text.strip())
    for value, names in known.items():
        if wanted in {search_text(name) for name in (value.value, *names)}:
            return value
    return None


def parts(text: str) -> list[str]:
    """Return the values of a cell that holds several."""
    return [part.strip() for part in re.split(r"[;\n]", text) if part.strip()]


_DAY_FIRST = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})")
_YEAR_FIRST = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?")


def day(cell: Cell) -> date:
    """Return the day that a cell means. Raises Invalid (``not-a-date``)."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = str(cell)
    year_first, day_first = _YEAR_FIRST.fullmatch(text), _DAY_FIRST.fullmatch(text)
    try:
        if year_first:
            return date(int(year_first[1]), int(year_first[2]), int(year_first[3]))
        if day_first:
            return date(int(day_first[3]), int(day_first[2]), int(day_first[1]))
    except ValueError:
        pass
    raise Invalid("not-a-date", value=text)
