"""A workbook that has the same bytes wherever and whenever it is made, and in which no text is ever a formula.

Rows are written as they come, so memory stays flat. Every sheet carries the edition's fingerprint in its foot; the last
one says what the book is, how to check it, and what each sheet and column means.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, BinaryIO

import xlsxwriter

from sdg_tracker.foundation.i18n import _, ngettext_, use_locale
from sdg_tracker.printing.head import Head
from sdg_tracker.printing.texts import utc

OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "max_url_length": 2079,
}
TEXT_LIMIT = 32_767  # UTF-16 units in a cell, as Excel counts
LINK_LIMIT = 65_530  # links on a sheet; Excel repairs a book that has more
ROW_LIMIT = 1_048_576  # rows of a sheet, the head among them
PROPERTY_LIMIT = 255  # characters of a property
TITLE_LIMIT = 32  # characters of the title of a message of Excel
HEAD_LIMIT = 100  # characters of the title in a sheet's head, which holds 255 with all its marks
PAPER_A4 = 9
LINE = 15  # points
BUTTON = 3  # characters that the button of a filter takes from a heading
DAYS = {"da": "dd-mm-yyyy", "en": "yyyy-mm-dd"}  # how a day is shown; in the cell it is a day
MOST_LINES = 12  # of a row that are seen at once; the rest is in the cell all the same
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Link:
    """A cell that leads somewhere; ``target`` comes from ``place``, ``beside`` or is an address of the web.

    A ``figure`` looks like the numbers around it.
    """

    target: str
    text: str | int
    figure: bool = False


class Strong(str):
    """A text that heads what follows it."""

    __slots__ = ()


Cell = str | int | Decimal | date | datetime | Link | None  # None and "" leave the cell empty


@dataclass(frozen=True)
class Column:
    """A column; ``width`` is in characters, ``meaning`` says what its cells hold.

    One that is ``open`` stays empty for whoever works with the book; with ``choices``, which hold no comma, its cells
    offer these and take nothing else.
    """

    heading: str
    meaning: str
    width: int = 12
    open: bool = False
    choices: Sequence[str] = ()


@dataclass(frozen=True)
class Sheet:
    """A sheet. With ``table`` its first row holds the headings and can be filtered; else it is a page of its own."""

    name: str
    meaning: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Cell]]
    kept: int = 1  # columns that stay when the others move
    table: bool = True


def place(sheet: str, row: int) -> str:
    """Return the target of a link to a row, counted from 1 with the head as the first."""
    return f"internal:'{sheet}'!A{row}"


def beside(path: str) -> str:
    """Return the target of a link to a file in the folder of the workbook or below it."""
    return f"external:{path}"


def clean(text: str) -> str:
    """Return the text without characters that no cell can hold, with one kind of line end."""
    if text.isprintable():
        return text
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def fitted(text: str) -> str:
    """Return the text cut to what a cell holds; one that was cut ends in an ellipsis."""
    if len(text) * 2 <= TEXT_LIMIT:
        return text
    units = text.encode("utf-16-le")
    if len(units) <= 2 * TEXT_LIMIT:
        return text
    return units[: 2 * (TEXT_LIMIT - 1)].decode("utf-16-le", "ignore") + "…"


def _width(column: Column) -> int:
    """Return the width of a column, at least that of the longest word of its heading."""
    return max(column.width, max(map(len, column.heading.split()), default=0) + BUTTON)


def _lines(cells: Sequence[Cell], widths: Sequence[int]) -> int:
    """Return how many lines a row needs, about; not every program finds that out by itself."""
    most = 1
    for value, width in zip(cells, widths, strict=False):
        if isinstance(value, str) and (len(value) > width or "\n" in value):
            most = max(most, sum(1 + len(part) // width for part in value.split("\n")))
    return min(most, MOST_LINES)


def _meaning(column: Column) -> str:
    if not column.choices:
        return column.meaning
    return _("%(text)s Choose one of: %(choices)s.", text=column.meaning, choices=", ".join(column.choices))


def write(target: BinaryIO, head: Head, sheets: Iterable[Sheet]) -> None:
    """Write the book of an edition: the sheets, and one about them."""
    with use_locale(head.language), xlsxwriter.Workbook(target, OPTIONS) as book:
        _Book(book, head).write(list(sheets))


class _Book:
    def __init__(self, book: Any, head: Head) -> None:
        self.book, self.head = book, head
        self.links = 0  # on the sheet that is being written
        self.notes: list[str] = []
        self.cut = 0
        whole = {"valign": "top"}
        self.heading = book.add_format({**whole, "bold": True, "bottom": 1, "text_wrap": True, "bg_color": "#E7ECF1"})
        self.strong = book.add_format({**whole, "bold": True})
        self.text = book.add_format({**whole, "text_wrap": True, "num_format": "@"})
        self.line = book.add_format({**whole, "num_format": "@"})
        self.right = book.add_format({**whole, "num_format": "#,##0", "align": "right", "indent": 1})
        self.left = book.add_format({**whole, "num_format": "#,##0", "align": "left"})
        self.number = self.right
        self.decimal = book.add_format({**whole, "num_format": "#,##0.00", "align": "right", "indent": 1})
        day = DAYS[head.language]
        self.day = book.add_format({**whole, "num_format": day, "align": "left"})
        self.moment = book.add_format({**whole, "num_format": f"{day} hh:mm:ss", "align": "left"})
        self.open = book.add_format({**whole, "text_wrap": True, "bg_color": "#FFF8DB", "border": 4})
        leading = {**whole, "font_color": "#0B4F8A", "underline": 1}
        self.link = book.add_format({**leading, "align": "left"})
        self.linked_right = book.add_format({**leading, "num_format": "#,##0", "align": "right", "indent": 1})
        self.linked_left = book.add_format({**leading, "num_format": "#,##0", "align": "left"})
        self.linked = self.linked_right
        self.writers: dict[type, Callable[[Any, int, int, Any], None]] = {
            str: self._text,
            Strong: lambda sheet, row, column, value: self._styled(sheet, row, column, value, self.strong),
            int: lambda sheet, row, column, value: sheet.write_number(row, column, value, self.number),
            Decimal: lambda sheet, row, column, value: sheet.write_number(row, column, value, self.decimal),
            date: lambda sheet, row, column, value: sheet.write_datetime(row, column, value, self.day),
            datetime: lambda sheet, row, column, value: sheet.write_datetime(
                row, column, value.replace(tzinfo=None), self.moment
            ),
            Link: self._link,
        }

    def write(self, sheets: list[Sheet]) -> None:
        """Write everything."""
        self._properties()
        for sheet in sheets:
            self._sheet(sheet)
        self._sheet(self._about(sheets))

    def _properties(self) -> None:
        head = self.head
        self.book.set_properties(
            {
                "title": self._short(f"{head.library}: {head.snapshot['title']}"),
                "subject": self._short(_("Edition %(number)s", number=head.number)),
                "author": self._short(head.library),
                "keywords": head.fingerprint,
                "comments": self._short(head.check_address),
                "created": utc(head.snapshot["frozen_at"]).replace(tzinfo=None),
            }
        )
        self.book.set_custom_property("Fingerprint", head.fingerprint, "text")
        self.book.set_custom_property("Code", head.code, "text")
        self.book.set_custom_property("Check", self._short(head.check_address), "text")

    @staticmethod
    def _short(text: str) -> str:
        return " ".join(clean(text).split())[:PROPERTY_LIMIT]

    def _sheet(self, sheet: Sheet) -> None:
        page = self.book.add_worksheet(sheet.name)
        self.links = 0
        self._paper(page)
        widths = [_width(column) for column in sheet.columns]
        for index, (column, width) in enumerate(zip(sheet.columns, widths, strict=True)):
            page.set_column(index, index, width, self.open if column.open else None)
        first = 1 if sheet.table else 0
        if sheet.table:
            page.set_row(0, LINE * _lines([column.heading for column in sheet.columns], [w - BUTTON for w in widths]))
            for index, column in enumerate(sheet.columns):
                page.write_string(0, index, clean(column.heading), self.heading)
            page.freeze_panes(1, sheet.kept)
            page.repeat_rows(0)
        rows = self._rows(page, sheet, first)
        self._choices(page, sheet, first, rows)
        if sheet.table:
            page.autofilter(0, 0, max(rows - 1, 1), len(sheet.columns) - 1)
        page.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
        if self.links > LINK_LIMIT:
            self.notes.append(
                _("%(sheet)s: only the first %(number)s links lead somewhere.", sheet=sheet.name, number=LINK_LIMIT)
            )

    def _choices(self, page: Any, sheet: Sheet, first: int, rows: int) -> None:
        """Let cells take only what their column offers."""
        for index, column in enumerate(sheet.columns):
            if column.choices and rows > first:
                text = _("Choose one of: %(choices)s.", choices=", ".join(column.choices))
                rule = {
                    "validate": "list",
                    "source": list(column.choices),
                    "error_title": column.heading[:TITLE_LIMIT],
                    "error_message": text[:PROPERTY_LIMIT],
                }
                page.data_validation(first, index, rows - 1, index, rule)

    def _rows(self, page: Any, sheet: Sheet, first: int) -> int:
        """Write the rows below ``first`` others; return how many rows the sheet has then."""
        writers, row = self.writers, first - 1
        writers[str], self.number = (self._text, self.right) if sheet.table else (self._free, self.left)
        self.linked = self.linked_right if sheet.table else self.linked_left
        widths = [_width(column) for column in sheet.columns]
        for row, cells in enumerate(sheet.rows, first):
            if row >= ROW_LIMIT:
                continue
            if sheet.table and (lines := _lines(cells, widths)) > 1:
                page.set_row(row, LINE * lines)
            for column, value in enumerate(cells):
                if value is not None and value != "":
                    writers[type(value)](page, row, column, value)
        if row >= ROW_LIMIT:
            left = row + 1 - ROW_LIMIT
            self.notes.append(
                _("%(sheet)s: %(number)s rows had no room; all are in snapshot.json.", sheet=sheet.name, number=left)
            )
        return min(row + 1, ROW_LIMIT)

    def _text(self, page: Any, row: int, column: int, value: str) -> None:
        if len(value) * 2 > TEXT_LIMIT or not value.isprintable():
            value = self._kept(value)
        page.write_string(row, column, value, self.text)

    def _free(self, page: Any, row: int, column: int, value: str) -> None:
        page.write_string(row, column, self._kept(value), self.line)

    def _kept(self, value: str) -> str:
        cleaned = clean(value)
        short = fitted(cleaned)
        self.cut += short is not cleaned
        return short

    def _styled(self, page: Any, row: int, column: int, value: str, style: Any) -> None:
        page.write_string(row, column, self._kept(str(value)), style)

    def _link(self, page: Any, row: int, column: int, link: Link) -> None:
        self.links += 1
        text = self._kept(str(link.text))
        style = self.linked if link.figure else self.link
        if self.links <= LINK_LIMIT:
            page.write_url(row, column, link.target, style, text)
        if isinstance(link.text, int):  # a number stays one, so that it can be sorted and found
            page.write_number(row, column, link.text, style if self.links <= LINK_LIMIT else self.number)
        elif self.links > LINK_LIMIT:
            page.write_string(row, column, text, self.text)

    def _paper(self, page: Any) -> None:
        head = self.head
        page.set_landscape()
        page.set_paper(PAPER_A4)
        page.fit_to_pages(1, 0)
        number = _("Edition %(number)s", number=head.number)
        title = self._short(f"{head.library}: {head.snapshot['title']}")[:HEAD_LIMIT].replace("&", "&&")
        page.set_header(f"&L{title}&R{number}")
        page.set_footer(f"&L&8SHA-256 {head.fingerprint}&C&8 {head.code}&R&P/&N")

    def _about(self, sheets: list[Sheet]) -> Sheet:
        columns = (Column("", "", 26), Column("", "", 26), Column("", "", 90))
        return Sheet(_("About"), "", columns, self._about_rows(sheets), table=False)

    def _about_rows(self, sheets: list[Sheet]) -> Iterable[Sequence[Cell]]:
        head = self.head
        yield (Strong(head.snapshot["title"]),)
        yield (head.library,)
        yield ()
        yield (_("Edition"), "", head.number)
        yield (_("Frozen (UTC)"), "", utc(head.snapshot["frozen_at"]))
        yield (_("Fingerprint (SHA-256 of snapshot.json)"), "", head.fingerprint)
        yield (_("Short code"), "", head.code)
        yield (_("Check it here"), "", Link(head.check_address, head.check_address))
        yield ()
        yield (Strong(_("How far it can be trusted")),)
        yield (
            "",
            "",
            _("This book was written by a program from the frozen data of the edition and from nothing else."),
        )
        yield ("", "", _("What people wrote is text in every cell; the book holds no formulas and no macros."))
        yield (
            "",
            "",
            _("A book that was changed and saved again looks the same. Compare its SHA-256 with the bag's list."),
        )
        yield ("", "", _("Links to files work when the book lies in the unpacked bag."))
        if self.cut:
            yield ("", "", self._cut_note())
        for note in self.notes:
            yield ("", "", note)
        yield ()
        yield (Strong(_("Sheet")), Strong(_("Column")), Strong(_("Meaning")))
        for sheet in sheets:
            yield (Link(place(sheet.name, 1), sheet.name), "", sheet.meaning)
            for column in sheet.columns if sheet.table else ():
                yield (sheet.name, column.heading, _meaning(column))

    def _cut_note(self) -> str:
        return ngettext_(
            "%(num)s text is longer than a cell can hold and ends in …; it is whole in snapshot.json.",
            "%(num)s texts are longer than a cell can hold and end in …; they are whole in snapshot.json.",
            self.cut,
        )
