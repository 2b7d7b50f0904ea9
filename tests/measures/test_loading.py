"""Numbers as people write them, and readings from files: all of a file or nothing."""

import io
from collections.abc import Iterator
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sdg_tracker.foundation.errors import Invalid
from sdg_tracker.foundation.i18n import use_locale
from sdg_tracker.foundation.tables import ImportRefused
from sdg_tracker.measures import entering, loading, outputs, queries, services
from sdg_tracker.measures.details import Entry, MeasureDetails
from sdg_tracker.measures.importing import CounterColumns
from sdg_tracker.measures.numbers import Ambiguous, certain, of_cell, read_number
from sdg_tracker.work import Library, Work
from tests.factories import Factories

HEAD = "Måltal;Periode;Filial;Tal;Forbehold;Bemærkning;Begrundelse for rettelse\n"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("1.234,5", "1234.5"),
        ("1234.5", "1234.5"),
        ("1,234.5", "1234.5"),
        ("12.345.678", "12345678"),
        ("1 234,5", "1234.5"),
        (" 40473 ", "40473"),
        ("0,125", "0.125"),
        ("12345.678", "12345.678"),
        ("1.2345", "1.2345"),
        ("1.23.4", None),
        ("1,234,5", None),
        ("mange", None),
        ("", None),
    ],
)
def test_a_number_with_one_meaning_is_read(text: str, meant: str | None) -> None:
    if meant is None:
        with pytest.raises(Invalid):
            read_number(text)
    else:
        assert read_number(text) == Decimal(meant)


@given(st.integers(1, 999), st.integers(0, 999), st.sampled_from(",."))
@settings(max_examples=20)
def test_a_number_with_two_meanings_is_never_guessed(ones: int, rest: int, sign: str) -> None:
    text = f"{ones}{sign}{rest:03d}"
    found = read_number(text)
    assert isinstance(found, Ambiguous)
    assert (found.whole, found.part) == (Decimal(ones * 1000 + rest), Decimal(f"{ones}.{rest:03d}"))
    assert {read_number(text, ","), read_number(text, ".")} == {found.whole, found.part}
    with pytest.raises(Invalid) as problem:
        certain(text)
    assert (problem.value.facts["whole"], problem.value.facts["ones"]) == (found.whole, str(ones))
    assert of_cell(float(found.part)) == found.part  # a spreadsheet's own number has one meaning


@pytest.fixture
def readings(library: Library, make: Factories, work: Work) -> Iterator[Work]:
    """A measure by branch with a reading, and one of the whole library that is a mean."""
    usual = {"goals": ("11",), "frequency": "quarter"}
    services.add(work, "visits", MeasureDetails("Besøg", "besøg", by_branch=True, **usual))  # type: ignore[arg-type]
    services.add(work, "rating", MeasureDetails("Tilfreds", "point", aggregation="mean", decimals=1, **usual))  # type: ignore[arg-type]
    entering.enter(work, [Entry("visits", "2025-Q3", Decimal(100), "nord", source="Tæller")])
    with use_locale("da"):
        yield work


@pytest.fixture
def library(library: Library, make: Factories) -> Library:
    make.branch(library, "Nord")
    make.branch(library, "Syd")
    return library


def refused(work: Work, text: str, **options: object) -> list[tuple[str, str]]:
    with pytest.raises(ImportRefused) as problem:
        loading.load(work, text.encode(), "tal.csv", **options)  # type: ignore[arg-type]
    return [(str(fault.place).partition(", ")[2], fault.problem.code) for fault in problem.value.faults]


def test_a_workbook_goes_out_and_comes_back(readings: Work) -> None:
    stream = io.BytesIO()
    assert outputs.write_workbook(readings, stream) == 7  # three quarters in two houses, and this quarter of the other
    again = loading.look(readings, stream.getvalue(), "tal.xlsx")
    assert (again.unchanged, again.blank, again.changes) == (1, 6, 0)
    book = openpyxl.load_workbook(stream)
    sheet = book.active
    assert sheet is not None
    columns = {str(cell.value): int(cell.column or 0) for cell in sheet[1]}
    assert [sheet.cell(2, columns[name]).value for name in ("Måltal", "Periode", "Filial", "Tal")] == [
        "visits",
        "2025-Q3",
        "nord",
        100,
    ]
    sheet.cell(2, columns["Tal"]).value = 90
    sheet.cell(2, columns["Begrundelse for rettelse"]).value = "Talt forkert"
    sheet.cell(3, columns["Tal"]).value = 55
    sheet.cell(8, columns["Tal"]).value = 4.2
    target = io.BytesIO()
    book.save(target)
    report = loading.load(readings, target.getvalue(), "tal.xlsx")
    assert (len(report.lines), len(report.corrections), len(report.described)) == (2, 1, 0)
    assert [(row.period, row.branch, str(row.value.normalize())) for row in queries.listed(readings)] == [
        ("2025-Q3", "nord", "9E+1"),
        ("2025-Q3", "syd", "55"),
        ("2026-Q1", None, "4.2"),
    ]
    assert [(row.old_value, row.reason) for row in queries.corrections(readings)] == [(100, "Talt forkert")]


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_what_is_wrong_in_a_file_is_told_with_its_place_and_nothing_is_kept(readings: Work) -> None:
    rows = [
        "visits;2025-Q4;Nord;1.234;;;",
        "visits;2025-Q4;Øst;7;;;",
        "loans;2025-Q4;;7;;;",
        "Besøg;efterår;nord;7;;;",
        "visits;2025-Q4;syd;7;nogenlunde;;",
        "visits;2025-Q3;nord;7;;;",
        "rating;2025-Q4;;4,25;;;",
        "rating;2025-Q3;;4,2;cirka;;",
        "visits;2025-Q4;nord;;;;",
    ]
    found = refused(readings, HEAD + "\n".join(rows))
    assert found == [
        ("række 2, kolonne Tal", "number-ambiguous"),
        ("række 3, kolonne Filial", "reading-branch-unknown"),
        ("række 4, kolonne Måltal", "measure-code-unknown"),
        ("række 5, kolonne Periode", "period-unreadable"),
        ("række 6, kolonne Forbehold", "readings-qualifier-unknown"),
        ("række 7, kolonne Tal", "reading-differs"),
        ("række 8, kolonne Tal", "value-decimals"),
        ("række 9, kolonne Bemærkning", "reading-note-missing"),
    ]
    assert len(queries.listed(readings)) == 1
    assert refused(readings, "Dag;Antal\n2025-10-01;7\n") == [("række 1", "readings-no-heading")]
    report = loading.load(readings, (HEAD + rows[0]).encode(), "tal.csv", decimal=",")
    assert [line.entry.value for line in report.lines] == [1234]


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_what_a_counter_wrote_is_added_up_by_period_and_branch(readings: Work) -> None:
    rows = ("01-10-2025 08:00;Nord;1.100", "01-10-2025 09:00;Nord;20", "2025-10-02;syd;5", "2025-12-31;Nord;4")
    text = "\n".join(("Dato;Indgang;Gæster", *rows))
    columns = CounterColumns("visits", "Dato", "Gæster", branch_column="Indgang", decimal=",")
    assert refused(readings, text, mapping=CounterColumns("visits", "Dato", "Gæster", branch_column="Indgang")) == [
        ("række 2, kolonne Gæster", "number-ambiguous")
    ]
    report = loading.load(readings, text.encode(), "tæller.csv", mapping=columns)
    assert [(line.entry.period, line.entry.branch, int(line.entry.value)) for line in report.lines] == [
        ("2025-Q4", "nord", 1124),
        ("2025-Q4", "syd", 5),
    ]
    assert "2 af 92" in str(report.notes[0])
    for wrong, code in (
        (CounterColumns("visits", "Dag", "Gæster", branch="nord"), "mapping-column-unknown"),
        (CounterColumns("visits", "Dato", "Gæster"), "mapping-branch-missing"),
        (CounterColumns("loans", "Dato", "Gæster"), "mapping-measure-missing"),
    ):
        with pytest.raises(Invalid) as problem:
            loading.look(readings, text.encode(), "tæller.csv", mapping=wrong)
        assert problem.value.code == code
    other = text.replace("Nord;4", "Nord;5")
    assert refused(readings, other, mapping=columns) == [("række 2", "reading-there")]
    means = "Måned;Point\n2026-01;4,1\n2026-02;4,3\n"
    assert refused(readings, means, mapping=CounterColumns("rating", "Måned", "Point")) == [
        ("række 2", "mapping-not-added-up")
    ]
