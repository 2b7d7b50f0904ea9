"""Workbooks: text stays text, limits hold, the edition is named on every sheet, the bytes are always the same."""

import io
import json
import zipfile
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.escape import unescape

from sdg_tracker.printing.head import Head
from sdg_tracker.workbooks import book
from sdg_tracker.workbooks.book import Cell, Column, Link, Sheet, Strong, beside, place

FINGERPRINT = "12ab" * 16
SNAPSHOT = {
    "format": 1,
    "kind": "dossier",
    "number": 3,
    "language": "en",
    "title": "2025 & more",
    "site": "https://goals.example.org",
    "frozen_at": "2026-11-20T13:42:08Z",
    "library": {"slug": "x", "name": "=Biblioteket", "name_en": "", "timezone": "Europe/Copenhagen", "branches": []},
}


def written(rows: Iterable[Sequence[Cell]], columns: int = 3, **values: Any) -> bytes:
    out = io.BytesIO()
    heads = [Column(f"Column {number}", f"Meaning {number}") for number in range(columns)]
    book.write(out, Head(SNAPSHOT, FINGERPRINT), [Sheet("Rows", "One row for each.", heads, rows, **values)])
    return out.getvalue()


def opened(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


HOSTILE = [
    "=1+1",
    "=cmd|' /C calc'!A0",
    "@SUM(A1)",
    "+1",
    "-1+1",
    "\t=1",
    "{=1+1}",
    '=HYPERLINK("http://example.org","x")',
    "http://example.org/",
    "internal:'Rows'!A1",
    "0012",
    "1e5",
    " leading and trailing ",
    "two\nlines",
    "_x0041_",
    "<b>&amp;</b>",
    "æøå ÆØÅ – 😀",
    "TRUE",
    "#REF!",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_text_stays_the_text_that_it_is(text: str) -> None:
    content = written([(text, Strong(text), Link(place("Rows", 1), text))])
    row = opened(content)["Rows"][2]
    assert [(cell.data_type, unescape(str(cell.value))) for cell in row] == [("s", text)] * 3
    assert not _parts(content, b"<f>")


def _parts(content: bytes, wanted: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return [name for name in archive.namelist() if wanted in archive.read(name)]


def test_characters_that_no_cell_can_hold_are_left_out() -> None:
    text = "a" + "".join(map(chr, range(32))) + "\x7f\x80\x85\x9f\ufffe\uffff" + "b\r\nc\rd"

    assert opened(written([(text,)]))["Rows"]["A2"].value == "a\t\n\n\x85b\nc\nd"


@pytest.mark.parametrize(("letter", "length"), [("a", 40_000), ("😀", 20_000), ("\n", 40_000)])
def test_a_text_too_long_for_a_cell_is_cut_and_said_to_be(letter: str, length: int) -> None:
    found = opened(written([(letter * length,)]))

    value = str(found["Rows"]["A2"].value)
    assert value.endswith("…")
    assert book.TEXT_LIMIT - 1 <= len(value.encode("utf-16-le")) // 2 <= book.TEXT_LIMIT
    assert any("1 text is longer" in str(row[2].value) for row in found["About"].rows)
    whole = "a" * book.TEXT_LIMIT
    assert opened(written([(whole,)]))["Rows"]["A2"].value == whole


def test_days_moments_and_numbers_are_what_they_are() -> None:
    moment = datetime(2026, 3, 29, 1, 30, 59, tzinfo=UTC)
    row = opened(written([(date(2025, 12, 31), moment, 1234567, None, "")], columns=5))["Rows"][2]

    assert [cell.value for cell in row[:3]] == [datetime(2025, 12, 31), moment.replace(tzinfo=None), 1234567]  # noqa: DTZ001
    assert [cell.number_format for cell in row[:3]] == ["yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss", "#,##0"]
    assert [cell.value for cell in row[3:]] == [None, None]


def test_a_table_can_be_filtered_and_keeps_its_head_in_sight() -> None:
    sheet = opened(written([("a", "b", 1), ("c", "d", 2)], kept=2))["Rows"]

    assert (sheet.auto_filter.ref, sheet.freeze_panes, sheet.print_title_rows) == ("A1:C3", "C2", "$1:$1")
    assert [cell.value for cell in sheet[1]] == ["Column 0", "Column 1", "Column 2"]


def test_a_table_without_rows_is_whole() -> None:
    assert opened(written([]))["Rows"].auto_filter.ref == "A1:C2"


def test_links_lead_to_rows_and_to_files_beside_the_book() -> None:
    links = (Link(place("Rows", 2), 7), Link(beside("evidence/Bilag-001-a.pdf"), "Bilag 1"), Link("https://x.dk/", "x"))
    sheet = opened(written([links]))["Rows"]

    assert sheet["A2"].hyperlink.location == "'Rows'!A2"
    assert sheet["A2"].value == 7
    assert sheet["B2"].hyperlink.target.replace("\\", "/") == "evidence/Bilag-001-a.pdf"
    assert sheet["C2"].hyperlink.target == "https://x.dk/"


@pytest.mark.slow
def test_more_links_than_a_sheet_can_hold_become_text_and_are_said_to_be() -> None:
    rows = ((Link(place("Rows", 2), number),) for number in range(book.LINK_LIMIT + 5))

    content = written(rows, columns=1)

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    assert sheet.count(b"<hyperlink ") == book.LINK_LIMIT
    assert sheet.count(b"<row ") == book.LINK_LIMIT + 6
    about = openpyxl.load_workbook(io.BytesIO(content), read_only=True)["About"]
    assert any("only the first 65530 links" in str(row[2]) for row in about.iter_rows(values_only=True) if row[2:])


def test_every_sheet_and_the_book_itself_carry_the_fingerprint() -> None:
    found: Any = opened(written([("a",)]))

    for sheet in found:
        assert sheet.oddFooter.left.text == f"SHA-256 {FINGERPRINT}"
        assert sheet.oddFooter.center.text == "12ab-12ab-12ab"
        assert sheet.oddHeader.left.text.replace("&&", "&") == "=Biblioteket: 2025 & more"
    assert found.properties.keywords == FINGERPRINT
    assert {prop.name: prop.value for prop in found.custom_doc_props.props}["Fingerprint"] == FINGERPRINT
    assert found.properties.created == datetime(2026, 11, 20, 13, 42, 8)  # noqa: DTZ001 - as openpyxl reads it


def test_about_says_what_each_column_means_and_where_to_check() -> None:
    rows = [[cell.value for cell in row] for row in opened(written([("a",)]))["About"].rows]

    assert ["Rows", "Column 1", "Meaning 1"] in rows
    assert ["Rows", None, "One row for each."] in rows
    assert ["Check it here", None, "https://goals.example.org/verify?code=12ab-12ab-12ab"] in rows


def test_a_long_title_does_not_break_the_book() -> None:
    snapshot = {**SNAPSHOT, "title": "&" * 400, "site": f"https://goals.example.org/{'x' * 300}"}
    out = io.BytesIO()
    book.write(out, Head(snapshot, FINGERPRINT), [])

    assert opened(out.getvalue()).sheetnames == ["About"]
    json.dumps(snapshot)
