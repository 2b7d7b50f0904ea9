"""Reading a table from a .csv or .xlsx file, and telling what is wrong with its place."""

import csv
import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, BinaryIO

from sdg_tracker.foundation.errors import Invalid, words
from sdg_tracker.foundation.i18n import Text, _, format_size, lazy

if TYPE_CHECKING:
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

FILE_LIMIT = 10_000_000  # bytes as received
UNPACKED_LIMIT = 100_000_000  # bytes of all parts of a workbook
PART_LIMIT = 1000  # parts of a workbook
ROW_LIMIT = 20_000  # rows of a sheet
COLUMN_LIMIT = 100
FAULT_LIMIT = 200  # more are counted, not listed
WORKBOOK_MARK = b"PK\x03\x04"
OLD_EXCEL_MARK = b"\xd0\xcf\x11\xe0"
Cell = str | int | float | bool | date | datetime | None

words(
    {
        "import-too-large": lazy("The file is larger than %(limit)s. Divide it into several files."),
        "import-refused": lazy("Nothing was imported. What is wrong: %(faults)s"),
        "import-empty": lazy("There is nothing in the file. It needs a row of headings, and a row below them."),
        "import-old-excel": lazy("This is the old Excel format. Open it in Excel and save it as .xlsx."),
        "import-not-text": lazy("This is neither a workbook nor a text file. Save it as .xlsx or as CSV UTF-8."),
        "import-broken-workbook": lazy("The workbook can't be read. Open it in Excel and save it again as .xlsx."),
        "import-unpacks-too-large": lazy(
            "The workbook unpacks to more than %(limit)s. Take pictures and unused sheets out of it."
        ),
        "import-too-many-rows": lazy("There are more than %(limit)s rows. Divide the file into several."),
        "import-broken-csv": lazy("The line can't be read as CSV. A quotation mark is probably not closed."),
    }
)


@dataclass(frozen=True)
class Place:
    """Where in a file something stands. The sheet of a text file is the file's name; row 0 is the whole sheet."""

    sheet: str
    row: int = 0  # counted from 1 with the headings, as a spreadsheet shows it
    column: str = ""  # the heading as the file has it

    def __str__(self) -> str:
        parts = [_("sheet %(name)s", name=self.sheet)]
        if self.row:
            parts.append(_("row %(number)s", number=self.row))
        if self.column:
            parts.append(_("column %(name)s", name=self.column))
        return ", ".join(parts)


@dataclass(frozen=True)
class Note:
    """Something that the reader of a file should know, though it stops nothing."""

    place: Place
    text: Text

    def __str__(self) -> str:
        return f"{self.place}: {self.text}"


@dataclass(frozen=True)
class Fault:
    """Something that stops an import."""

    place: Place
    problem: Invalid

    def __str__(self) -> str:
        return f"{self.place}: {self.problem}"


class ImportRefused(Invalid):
    """A file of which nothing is imported. ``faults`` has all that is wrong with it, in the order of the file."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("import-refused", field="document", faults=" ".join(map(str, faults[:FAULT_LIMIT])))
        self.faults = list(faults)


@dataclass(frozen=True)
class Sheet:
    """A table as the file has it: the headings, and each row that is not empty with its number."""

    name: str
    headings: list[str]
    rows: list[tuple[int, list[Cell]]]
    notes: list[Note] = field(default_factory=list)


def read_bytes(stream: BinaryIO, name: str) -> bytes:
    """Return all bytes of a file. Raises ImportRefused above the limit, having read no more than that."""
    content = stream.read(FILE_LIMIT + 1)
    if len(content) > FILE_LIMIT:
        raise whole_file(name, Invalid("import-too-large", limit=format_size(FILE_LIMIT)))
    return content


def read(content: bytes, name: str, known: Callable[[str], bool]) -> list[Sheet]:
    """Return the tables of a file; what it is comes from its bytes, not from its name.

    ``known`` tells whether a heading means something: a text file's separator is the one that gives most of these.
    """
    if not content.strip():
        raise whole_file(name, Invalid("import-empty"))
    if content.startswith(WORKBOOK_MARK):
        return _read_workbook(content, name)
    if content.startswith(OLD_EXCEL_MARK):
        raise whole_file(name, Invalid("import-old-excel"))
    return [_read_text(content, name, known)]


def whole_file(name: str, problem: Invalid) -> ImportRefused:
    """Return the refusal of a file for what is wrong with it as a whole."""
    return ImportRefused([Fault(Place(name), problem)])


def _read_text(content: bytes, name: str, known: Callable[[str], bool]) -> Sheet:
    notes: list[Note] = []
    if b"\0" in content:
        raise whole_file(name, Invalid("import-not-text"))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = content.decode("cp1252")
        except UnicodeDecodeError:
            raise whole_file(name, Invalid("import-not-text")) from None
        notes.append(
            Note(
                Place(name),
                lazy("The file is not UTF-8 and was read as Windows-1252. Look whether æ, ø and å are right."),
            )
        )
    rows = _csv_rows(text, name, _separator(text, known))
    if not rows:
        raise whole_file(name, Invalid("import-empty"))
    headings = [str(cell) for cell in rows[0][1]]
    return Sheet(name, headings, rows[1:], notes)


def _separator(text: str, known: Callable[[str], bool]) -> str:
    """Return the separator by which the first line has the most known headings."""
    first = text.lstrip("\r\n").splitlines()[:1]

    def found(separator: str) -> int:
        try:
            cells = next(csv.reader(first, delimiter=separator), [])
        except csv.Error:
            return 0
        return sum(known(cell) for cell in cells)

    return max(",;\t", key=found)


def _csv_rows(text: str, name: str, separator: str) -> list[tuple[int, list[Cell]]]:
    rows: list[tuple[int, list[Cell]]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return rows
        except csv.Error:
            raise ImportRefused([Fault(Place(name, number), Invalid("import-broken-csv"))]) from None
        if any(cell.strip() for cell in cells):
            rows.append((number, list(cells)))
        if len(rows) > ROW_LIMIT + 1:
            raise whole_file(name, Invalid("import-too-many-rows", limit=ROW_LIMIT))


def _read_workbook(content: bytes, name: str) -> list[Sheet]:
    import openpyxl  # noqa: PLC0415 - it is large, and most processes never read a workbook
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet  # noqa: PLC0415 - see above

    _check_unpacked(content, name)
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        try:
            sheets = [
                _read_worksheet(sheet.title, sheet)
                for sheet in book.worksheets
                if sheet.sheet_state == "visible" and isinstance(sheet, ReadOnlyWorksheet)
            ]
        finally:
            book.close()
    except Invalid:
        raise
    except Exception as error:  # openpyxl raises whatever a broken part leads to
        raise whole_file(name, Invalid("import-broken-workbook")) from error
    found = [sheet for sheet in sheets if sheet is not None]
    if not found:
        raise whole_file(name, Invalid("import-empty"))
    return found


def _check_unpacked(content: bytes, name: str) -> None:
    """Refuse a workbook that unpacks to too much. zipfile gives no more bytes of a part than its entry says."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            if len(entries) > PART_LIMIT or sum(entry.file_size for entry in entries) > UNPACKED_LIMIT:
                raise whole_file(name, Invalid("import-unpacks-too-large", limit=format_size(UNPACKED_LIMIT)))
            for entry in entries:
                with archive.open(entry) as part:
                    if b"<!DOCTYPE" in part.read(4096).upper():
                        raise whole_file(name, Invalid("import-broken-workbook"))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise whole_file(name, Invalid("import-broken-workbook")) from error


def _read_worksheet(name: str, sheet: "ReadOnlyWorksheet") -> Sheet | None:
    """Return a sheet, None for an empty one. The size that the sheet claims to have is not believed."""
    sheet.reset_dimensions()
    headings: list[str] | None = None
    rows: list[tuple[int, list[Cell]]] = []
    found = sheet.iter_rows(values_only=True, max_col=COLUMN_LIMIT)  # type: ignore[misc] # typed for another class
    for number, cells in enumerate(found, 1):
        if cells.count(None) == len(cells):
            continue
        values = trimmed([_plain(cell) for cell in cells])
        if not values:
            continue
        if headings is None:
            headings = ["" if value is None else str(value) for value in values]
            continue
        rows.append((number, values))
        if len(rows) > ROW_LIMIT:
            raise whole_file(name, Invalid("import-too-many-rows", limit=ROW_LIMIT))
    return None if headings is None else Sheet(name, headings, rows)


def trimmed(values: Sequence[Cell]) -> list[Cell]:
    """Return a row without the empty cells at its end."""
    kept = list(values)
    while kept and (kept[-1] is None or kept[-1] == ""):
        kept.pop()
    return kept


def _plain(value: object) -> Cell:
    if isinstance(value, datetime) or value is None or isinstance(value, (str, bool, int, float, date)):
        return value.strip() if isinstance(value, str) else value
    return str(value)
