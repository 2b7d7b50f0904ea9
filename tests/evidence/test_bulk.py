"""Many files at once by a list."""

import io
from collections.abc import Iterator
from datetime import date

import openpyxl
import pytest

from sdg_tracker.access import Actor
from sdg_tracker.evidence import bulk, queries
from sdg_tracker.evidence.bulk import Planned
from sdg_tracker.foundation.tables import ImportRefused
from sdg_tracker.work import Library, Work, Workplace
from tests.evidence import files
from tests.factories import Factories

CONTENT = {
    "foto.jpg": files.jpeg(),
    "under/Å-referat.txt": b"Vi talte om b\xc3\xa6redygtighed.\n",
    "tal.csv": b"a;b\n1;2\n",
}


def opened(name: str) -> io.BytesIO:
    return io.BytesIO(CONTENT[name])


def nothing(_row: Planned) -> None:
    pass


@pytest.fixture
def reading(workplace: Workplace, coordinator: Actor, library: Library, make: Factories) -> Iterator[Work]:
    """A reading step in a library with two activities of one name and one of another."""
    make.cycle(library)
    for title in ("Byttemarked", "Byttemarked", "Læsegruppe"):
        make.activity(library, title)
    with workplace.reading(coordinator) as work:
        yield work


def faults_of(work: Work, text: str) -> list[tuple[str, int, str]]:
    with pytest.raises(ImportRefused) as refused:
        bulk.read(work, text.encode(), "liste.csv", CONTENT)
    return [(fault.problem.code, fault.place.row, fault.place.column) for fault in refused.value.faults]


def test_a_list_says_of_each_file_where_it_goes(workplace: Workplace, coordinator: Actor, reading: Work) -> None:
    text = "Fil;Aktivitet;Krav;Type;Titel;Dato;Personer\nFOTO.JPG;1;;;;;Nej\n"
    text += "under/A\u030a-referat.txt;læsegruppe;B2.1;minutes;Mødet;03-02-2025\n"
    planned, notes = bulk.read(reading, text.encode(), "liste.csv", CONTENT)
    assert [row.file for row in planned] == ["foto.jpg", "under/Å-referat.txt"]
    assert ["tal.csv" in str(note) for note in notes] == [True]
    received = bulk.receive(reading, planned, opened, nothing)
    with workplace.writing(coordinator) as work:
        bulk.add(work, planned, received)
    with workplace.reading(coordinator) as work:
        photo, minutes = queries.get(work, 1), queries.get(work, 2)
        assert (photo.people, minutes.people) == ("no", "")
        assert (photo.title, photo.kind, photo.activity and photo.activity.number) == ("foto", "photo", 1)
        assert (minutes.title, minutes.kind, minutes.activity and minutes.activity.number) == ("Mødet", "minutes", 3)
        assert (minutes.collected_on, [tie.requirement_code for tie in minutes.ties]) == (date(2025, 2, 3), ["B2.1"])
        again, _notes = bulk.read(work, text.encode(), "liste.csv", CONTENT)
        for way in (bulk.receive, bulk.check):
            with pytest.raises(ImportRefused) as refused:
                way(work, again, opened, nothing)
            assert [fault.problem.code for fault in refused.value.faults] == ["bulk-already-here"] * 2


def test_a_workbook_will_do_as_well(reading: Work) -> None:
    book, target = openpyxl.Workbook(), io.BytesIO()
    sheet = book.create_sheet("List", 0)
    for row in (["File", "Activity", "Valid until"], ["tal.csv", 3, date(2030, 1, 1)]):
        sheet.append(row)
    book.save(target)
    planned, _notes = bulk.read(reading, target.getvalue(), "list.xlsx", CONTENT)
    assert [(row.details.activity, row.details.valid_until) for row in planned] == [(3, date(2030, 1, 1))]


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        (";1;;;", "bulk-file-missing", "Fil"),
        ("mangler.pdf;1;;;", "bulk-file-unknown", "Fil"),
        ("tal.csv;9;;;", "bulk-activity-unknown", "Aktivitet"),
        ("tal.csv;byttemarked;;;", "bulk-activity-several", "Aktivitet"),
        ("tal.csv;;Z9;;", "bulk-requirement-unknown", "Krav"),
        ("tal.csv;;;plakat;", "bulk-kind-unknown", "Type"),
        ("tal.csv;;;;31-02-2025", "not-a-date", "Dato"),
        ("tal.csv;;;;2999-01-01", "evidence-day-ahead", "Dato"),
        ("tal.csv;;;;;x", "row-too-long", ""),
    ],
)
def test_what_is_wrong_is_told_with_its_place(reading: Work, row: str, code: str, column: str) -> None:
    assert faults_of(reading, f"Fil;Aktivitet;Krav;Type;Dato\nfoto.jpg;;;;\n{row}\n") == [(code, 3, column)]


def test_the_list_has_to_name_files_once(reading: Work) -> None:
    assert faults_of(reading, "Aktivitet\n1\n") == [("bulk-no-heading", 1, "")]
    assert faults_of(reading, "Fil,Aktivitet\ntal.csv,1\ntal.csv,1\ntal.csv,3\n") == [("bulk-row-twice", 3, "")]


def test_nothing_is_kept_when_only_looked_at(reading: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    planned, _notes = bulk.read(reading, b"Fil\nfoto.jpg\ntal.csv\n", "liste.csv", CONTENT)
    assert list(bulk.check(reading, planned, opened, nothing)) == []
    assert list(reading.blobs.entries()) == []
    monkeypatch.setitem(CONTENT, "tal.csv", b"")
    told: list[str] = []
    with pytest.raises(ImportRefused) as refused:
        bulk.check(reading, planned, opened, lambda row: told.append(row.file))
    assert [fault.place.row for fault in refused.value.faults] == [3]
    assert told == ["foto.jpg", "tal.csv"]
