"""Reading lists of activities: what is taken in, what is refused, and with which words."""

import csv
import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
import sqlalchemy as sa

from sdg_tracker import trail
from sdg_tracker.access import Actor, Role
from sdg_tracker.activities import companions, filling, loading, outputs, queries, services
from sdg_tracker.activities.models import Activity
from sdg_tracker.activities.queries import Filters
from sdg_tracker.activities.rules import ActivityDetails, Figure, MappingChoice
from sdg_tracker.activities.states import Contribution, Qualifier, Stance
from sdg_tracker.foundation import tables
from sdg_tracker.foundation.errors import Forbidden
from sdg_tracker.foundation.i18n import use_locale
from sdg_tracker.foundation.resources import resource_dir
from sdg_tracker.foundation.tables import ImportRefused
from sdg_tracker.work import Library, Work, Workplace
from tests.factories import Factories

REAL = resource_dir("seed") / "demo" / "real-activities.csv"
DEMO = resource_dir("seed") / "demo" / "activities.csv"


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with use_locale("en"):
        yield


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def values(text: str) -> list[str]:
    return [part for part in text.split(";") if part]


def workbook(*rows: list[object], **sheets: list[list[object]]) -> io.BytesIO:
    book = openpyxl.Workbook()
    first = book.active
    assert first is not None
    first.title = "Ark1"
    for row in rows:
        first.append(row)
    for name, more in sheets.items():
        sheet = book.create_sheet(name)
        for row in more:
            sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    stream.seek(0)
    return stream


def text_file(*lines: str, encoding: str = "utf-8") -> io.BytesIO:
    return io.BytesIO("\r\n".join(lines).encode(encoding))


def faults(work: Work, stream: io.BytesIO, name: str = "list.csv") -> list[str]:
    with pytest.raises(ImportRefused) as refused:
        loading.import_file(work, stream, name)
    assert work.session.scalar(sa.select(sa.func.count()).select_from(Activity)) == 0
    return [str(fault) for fault in refused.value.faults]


def real_as_workbook() -> io.BytesIO:
    """The real file as somebody would have it in Excel: years and single goals as numbers, codes else as text."""
    rows = rows_of(REAL)
    lines: list[list[object]] = [list(rows[0])]
    for row in rows:
        line: list[object] = list(row.values())
        for index, column in enumerate(row):
            if column in ("year", "goals") and row[column].isdigit():
                line[index] = int(row[column])
        lines.append(line)
    return workbook(*lines)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_real_file_comes_in_with_goals_and_targets_as_it_has_them(work: Work, kind: str) -> None:
    expected = rows_of(REAL)
    if kind == "csv":
        report = loading.import_file(work, REAL)
    else:
        report = loading.import_file(work, real_as_workbook(), "real.xlsx")
    assert (report.found, report.added, report.numbers) == (133, 133, tuple(range(1, 134)))
    activities = list(queries.walk(work))
    assert len(activities) == len(expected) == 133
    for activity, row in zip(activities, expected, strict=True):
        goals, targets = values(row["goals"]), values(row["targets"])
        assert activity.title == row["title_da"]
        assert activity.description == row["description_da"]
        assert activity.type == row["type"]
        assert activity.source_library == row["library"]
        assert activity.source_url == row["source_url"]
        assert activity.year == (int(row["year"]) if row["year"] else None)
        assert activity.starts_on is None
        assert {mapping.goal for mapping in activity.mappings} == set(goals)
        assert {mapping.code for mapping in activity.mappings if mapping.code != mapping.goal} == set(targets)
        assert [mapping.goal for mapping in activity.mappings if mapping.main] == goals[:1]
        assert [mapping.code for mapping in activity.mappings if mapping.code == mapping.goal] == [
            goal for goal in goals if goal not in {target.split(".")[0] for target in targets}
        ]
        assert {(m.origin, m.confirmed, m.reason, m.contribution) for m in activity.mappings} == {
            ("import", False, "", None)
        }


def test_the_demo_file_comes_in_with_houses_campaigns_partners_and_figures(
    work: Work, make: Factories, library: Library
) -> None:
    prepare_demo(work)
    report = loading.import_file(work, DEMO)
    assert report.added == 120
    for activity, row in zip(queries.walk(work), rows_of(DEMO), strict=True):
        assert {branch.code for branch in activity.branches} == set(values(row["branch"]))
        assert {campaign.code for campaign in activity.campaigns} == set(values(row["campaign"]))
        assert {partner.code for partner in activity.partners} == set(values(row["partners"]))
        assert activity.audiences == values(row["audience"])
        assert activity.strategy_actions == values(row["strategy_action"])
        assert activity.starts_on == date.fromisoformat(row["starts_on"])
        assert activity.year == int(row["starts_on"][:4])
        assert str(activity.ends_on or "") == row["ends_on"]
        assert activity.status == row["status"]
        for figure in ("attendance", "signups", "helped"):
            assert getattr(activity, figure) == (int(row[figure]) if row[figure] else None)
        assert (activity.attendance_qualifier or "") == row["attendance_qualifier"]
        assert all(mapping.confirmed and mapping.reason == row["reason_da"] for mapping in activity.mappings)
        by_goal = dict(zip(values(row["goals"]), values(row["contribution"]), strict=True))
        assert {mapping.goal: mapping.contribution for mapping in activity.mappings} == by_goal
    wrong = [str(note) for note in report.warnings]
    assert len(wrong) == 1
    assert "“verdensmål 12, Bæredygtige byer og lokalsamfund”" in wrong[0]
    assert "row" in wrong[0]
    assert "column description_da" in wrong[0]


def prepare_demo(work: Work) -> None:
    from sdg_tracker.accounts.models import Branch

    work.library.strategy = "ballerup-2025-2029"
    for position, row in enumerate(rows_of(DEMO.with_name("branches.csv"))):
        work.session.add(Branch(code=row["code"], name=row["name_da"], position=position))
    for row in rows_of(DEMO.with_name("campaigns.csv")):
        companions.add_campaign(work, row["code"], row["name_da"], row["name_en"])
    for row in rows_of(DEMO.with_name("partners.csv")):
        companions.add_partner(work, row["code"], row["name_da"], row["name_en"], row["kind"])
    work.session.flush()


def test_the_same_file_again_is_refused_with_every_duplicate(work: Work) -> None:
    loading.import_file(work, REAL)
    with pytest.raises(ImportRefused) as refused:
        loading.import_file(work, REAL)
    assert len(refused.value.faults) == 133
    assert str(refused.value.faults[0]) == (
        "sheet real-activities.csv, row 2: This activity is here already, with number 1. Take the row out of the file."
    )
    assert work.session.scalar(sa.select(sa.func.count()).select_from(Activity)) == 133


def test_what_was_imported_wrongly_can_be_withdrawn_and_imported_again(work: Work) -> None:
    lines = ("title;type;date", "Sprogcafé;fællesskab;2025-01-04")
    (number,) = loading.import_file(work, text_file(*lines), "a.csv").numbers
    services.withdraw(work, number, "wrong file")
    assert loading.import_file(work, text_file(*lines), "a.csv").numbers == (2,)


def test_the_same_title_on_another_day_is_another_activity(work: Work) -> None:
    first = text_file("title;type;date", "Sprogcafé;fællesskab;2025-01-04")
    later = text_file("title;type;date", "Sprogcafé;fællesskab;2025-01-11", "Sprogcafé;fællesskab;2025-01-18")
    loading.import_file(work, first, "a.csv")
    assert loading.import_file(work, later, "a.csv").added == 2


def test_a_dry_run_finds_the_same_and_writes_nothing(workplace: Workplace, coordinator: Actor) -> None:
    with workplace.reading(coordinator) as work:
        report = loading.import_file(work, REAL, dry_run=True)
        assert (report.found, report.added, report.mapped, report.undated) == (133, 0, 133, 35)
        assert work.library.trail_length == 0
        assert work.library.numbers == {}


def test_headings_are_known_in_both_languages_and_any_order(work: Work) -> None:
    stream = text_file(
        "Delmål;MÅL;Beskrivelse;Titel;Type;År;Målgruppe;Fremmøde;Tilmeldte;Fik hjælp;Bidrag;Begrundelse;Bibliotek",
        "4.6;4;Øve dansk;Sprogcafé;fællesskab;2025;voksne;mere end 2.000;40;;direkte;Dansk øves;Nabobyen",
        ";17;;Netværksmøde;arrangement;;personale;ca. 15;;3;indirekte;;",
    )
    loading.import_file(work, stream, "kalender.csv")
    one, other = queries.walk(work)
    assert filling.details_of(one) == ActivityDetails(
        title="Sprogcafé",
        type="fællesskab",
        description="Øve dansk",
        year=2025,
        audiences=("voksne",),
        attendance=Figure(2000, Qualifier.MORE_THAN),
        signups=40,
        source_library="Nabobyen",
    )
    assert outputs.choices_of(one) == [
        MappingChoice("4.6", main=True, contribution=Contribution.DIRECT, reason="Dansk øves")
    ]
    assert [mapping.confirmed for mapping in one.mappings] == [True]
    assert (other.attendance, other.attendance_qualifier, other.helped, other.year) == (15, "about", 3, None)
    assert [(mapping.code, mapping.confirmed) for mapping in other.mappings] == [("17", False)]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_text_files_of_all_kinds_are_read(work: Work, separator: str, encoding: str) -> None:
    stream = text_file(
        separator.join(("titel", "type", "mål")),
        separator.join(('"Æbler, øl; å"', "fællesskab", "2")),
        encoding=encoding,
    )
    report = loading.import_file(work, stream, "a.csv")
    assert [activity.title for activity in queries.walk(work)] == ["Æbler, øl; å"]
    assert [str(note) for note in report.warnings] == (
        ["sheet a.csv: The file is not UTF-8 and was read as Windows-1252. Look whether æ, ø and å are right."]
        if encoding == "cp1252"
        else []
    )


def test_real_cells_of_a_workbook_are_read_with_sheet_and_row(work: Work) -> None:
    stream = workbook(
        ["title", "type", "starts_on", "ends_on", "year", "goals", "targets", "attendance", "signups"],
        [
            "Repair Café",
            "fællesskab",
            datetime.fromisoformat("2025-01-04"),
            date(2025, 6, 7),
            2025.0,
            12,
            12.5,
            148.0,
            20,
        ],
        [],
        ["Læsekreds", "fællesskab", None, None, 2024, "4;10", "4.6", "over 20", None],
        Noter=[["hvad", "hvornår"], ["x", 1]],
    )
    report = loading.import_file(work, stream, "kalender.xlsx")
    one, other = queries.walk(work)
    assert (one.starts_on, one.ends_on, one.year, one.attendance, one.signups) == (
        date(2025, 1, 4),
        date(2025, 6, 7),
        2025,
        148,
        20,
    )
    assert [mapping.code for mapping in one.mappings] == ["12.5"]
    assert [mapping.code for mapping in other.mappings] == ["4.6", "10"]
    assert (other.attendance, other.attendance_qualifier) == (20, "more_than")
    assert [(row.sheet, row.row) for row in report.rows] == [("Ark1", 2), ("Ark1", 4)]
    assert [str(note) for note in report.warnings] == [
        "sheet Noter: The sheet has no column for a title and was left out."
    ]


def test_a_column_that_is_not_known_is_named_and_left_out(work: Work) -> None:
    report = loading.import_file(work, text_file("title,type,gaols", "X,service,4"), "a.csv")
    assert [str(note) for note in report.warnings] == [
        "sheet a.csv, row 1, column gaols: The column is not known and was left out."
    ]
    assert [activity.mappings for activity in queries.walk(work)] == [[]]


def test_a_wrong_pair_of_number_and_name_is_a_remark_and_no_fault(work: Work) -> None:
    report = loading.import_file(
        work,
        text_file("title;type;goals", "Månedens mål: verdensmål 12 Bæredygtige byer;service;12 Bæredygtige byer"),
        "a.csv",
    )
    assert [note.place.column for note in report.warnings] == ["goals", "title"]
    assert all("number 12 with the name of goal 11" in str(note) for note in report.warnings)
    assert report.added == 1


@pytest.mark.parametrize(
    ("column", "cell", "fault"),
    [
        ("title", "", "Give the activity a title."),
        ("type", "", "Give the activity a type, one of: arrangement, driftstiltag"),
        ("type", "møde", "There is no type møde. Choose one of: arrangement, driftstiltag"),
        ("status", "måske", "There is no status måske. Write one of: planned, ongoing, held, cancelled."),
        ("date", "2025-13-01", "2025-13-01 is not a date. Write it as 2025-01-31 or 31-01-2025."),
        ("date", "sommer", "sommer is not a date."),
        ("ends_on", "2024-12-31", "The last day, 2024-12-31, is before the first, 2025-01-04."),
        ("year", "2024", "The date is in 2025, the year says 2024. Leave the year empty, or correct it."),
        ("year", "25", "25 is not a year. Write it with four digits, such as 2025."),
        ("branch", "Månen", "There is no branch Månen. Choose among: hovedbiblioteket."),
        ("audience", "hunde", "There is no audience hunde. Choose among: alle"),
        ("campaign", "uge99", "There is no campaign uge99."),
        ("partners", "ingen", "There is no partner ingen."),
        ("strategy", "9.9", "There is no strategy action 9.9."),
        ("attendance", "mange", "mange is not a number of people."),
        ("attendance", "12,5", "12,5 is not a number of people."),
        ("attendance", "under 20", "under 20 is not a number of people."),
        ("signups", "-4", "-4 is not a whole number."),
        ("helped", "1.5", "1.5 is not a whole number."),
        ("qualifier", "about", "There is a qualifier but no figure. Give the figure too."),
        ("qualifier", "næsten", "There is no qualifier næsten. Write one of: exact, more than, about."),
        ("goals", "18", "18 is not a goal. Goals are the numbers 1 to 17."),
        ("goals", "klima", "klima is not a goal."),
        ("goals", "4.7", "4.7 is a target. Write it in the column Targets, and goal 4 here."),
        ("goals", "1;2;3;5;6;7", "At most 4 secondary mappings; these are 5."),
        ("targets", "4.99", "4.99 is not a target. Targets are written such as 4.7 or 4.a."),
        ("targets", "delmål for huset", "delmål for huset is not a target."),
        ("contribution", "måske", "There is no contribution måske. Write one of: direct, indirect."),
        ("contribution", "direct", "There is a contribution but no goal. Write the goal too."),
        ("mappings", "rod", None),
        ("mappings", "12 | hovedsagelig", "“12 | hovedsagelig” can't be read as a mapping."),
        ("reason", "x" * 501, None),
        ("link", "kolding.dk", "A link begins with https:// or http://; this says kolding.dk."),
        ("language", "sv", "The language is one of da, en, not sv."),
        ("description", "#REF!", None),
        ("attendance", "#DIV/0!", "The cell holds Excel's error #DIV/0!. Write the value itself."),
    ],
)
def test_every_fault_names_sheet_row_and_column_and_what_would_be_right(
    work: Work, make: Factories, library: Library, column: str, cell: str, fault: str | None
) -> None:
    make_branch(work)
    good = {"title": "Repair Café", "type": "fællesskab", "date": "2025-01-04"}
    row = {**good, column: cell}
    lines = [list(row), list(good.values()) + [""] * (len(row) - 3), [*row.values()]]
    lines[1][0] = "Læsekreds"
    stream = io.StringIO()
    csv.writer(stream).writerows(lines)
    source = io.BytesIO(stream.getvalue().encode())
    if fault is None:
        if column == "mappings":
            assert len(faults(work, source, "kalender.csv")) == 1
        elif column == "reason":
            loading.import_file(work, source, "kalender.csv")  # a reason for nothing is left out
        return
    (found,) = faults(work, source, "kalender.csv")
    assert found.startswith(f"sheet kalender.csv, row 3, column {column}: {fault}")


def make_branch(work: Work) -> None:
    from sdg_tracker.accounts.models import Branch

    work.session.add(Branch(code="hovedbiblioteket", name="Hovedbiblioteket", position=1))
    work.session.flush()


def test_all_faults_of_a_file_are_said_at_once_and_one_bad_row_imports_nothing(work: Work) -> None:
    stream = workbook(
        ["title", "type", "goals", "targets", "date"],
        ["God", "service", "4", "4.7", "2025-01-01"],
        [None, "møde", "18", "4.99", "i går"],
        ["Også god", "service", None, None, None],
        Ark2=[["titel", "type", "mål"], ["Skidt", "service", "0"]],
    )
    assert [fault.split(": ")[0] for fault in faults(work, stream, "x.xlsx")] == [
        "sheet Ark1, row 3, column type",
        "sheet Ark1, row 3, column date",
        "sheet Ark1, row 3, column title",
        "sheet Ark1, row 3, column goals",
        "sheet Ark1, row 3, column targets",
        "sheet Ark2, row 2, column mål",
    ]
    assert work.library.numbers == {}


def test_a_target_of_a_goal_that_is_not_named_is_refused(work: Work) -> None:
    (found,) = faults(work, text_file("title;type;goals;targets", "X;service;4;5.1"))
    assert found == (
        "sheet list.csv, row 2, column targets: Target 5.1 belongs to goal 5, which is not in the column goals. "
        "Add the goal there, or take the target away."
    )


def test_contributions_have_to_be_as_many_as_the_goals(work: Work) -> None:
    (found,) = faults(work, text_file("title,type,goals,contribution", "X,service,4;5,direct"))
    assert "column contribution: There are 1 contributions for 2 goals." in found


def test_what_excel_made_of_a_target_is_not_guessed_at(work: Work) -> None:
    stream = workbook(
        ["title", "type", "goals", "targets"],
        ["A", "service", 17, 17.1],
        ["B", "service", 4, datetime.fromisoformat("2025-07-04")],
        ["C", "service", 4, 4.7],
    )
    one, other = faults(work, stream, "x.xlsx")
    assert "row 2, column targets: Excel has made the target into the number 17.1, so it may be 17.1 or 17.10." in one
    assert "row 3, column targets: Excel has made the target into a date, 2025-07-04." in other


def test_the_same_row_twice_in_a_file_is_refused(work: Work) -> None:
    (found,) = faults(work, text_file("title,type", "X,service", "Y,service", " x ,service"))
    assert found.startswith("sheet list.csv, row 4: The same activity stands in row 2 too.")


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "sheet f: There is nothing in the file."),
        (b"\xef\xbb\xbf\r\n\r\n", "sheet f: There is nothing in the file."),
        (b"title,type\r\n", "sheet f: There is nothing in the file."),
        (b"type,goals\r\nservice,4\r\n", "sheet f, row 1: There is no column for the title."),
        (b"title\r\nX\r\n", "sheet f, row 1: There is no column for the type. Add one headed Type."),
        (b"title,titel,type\r\nX,Y,service\r\n", "sheet f, row 1, column titel: Two columns mean the same"),
        (b"title,type\r\nX,service,4,5\r\n", "sheet f, row 2: The row has 4 cells, but there are 2 headings."),
        (b'title,type\r\n"X,service\r\n', "sheet f, row 2: The line can't be read as CSV."),
        (b"\xff\xfet\0i\0t\0l\0e\0", "sheet f: This is neither a workbook nor a text file."),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "sheet f: This is the old Excel format."),
        (b"PK\x03\x04 broken", "sheet f: The workbook can't be read."),
        (b"title,type\r\n" + b"x" * tables.FILE_LIMIT, "sheet f: The file is larger than 10 MB."),
        (b"title,type\r\n" + b"x,service\r\n" * 20_001, "sheet f: There are more than 20000 rows."),
    ],
)
def test_a_file_that_can_not_be_read_is_refused_with_its_reason(work: Work, content: bytes, fault: str) -> None:
    (found,) = faults(work, io.BytesIO(content), "f")
    assert found.startswith(fault)


def packed(parts: dict[str, bytes]) -> io.BytesIO:
    """A workbook with parts put in or exchanged."""
    base, stream = workbook(["title", "type"], ["X", "service"]), io.BytesIO()
    with zipfile.ZipFile(base) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            if entry.filename not in parts:
                new.writestr(entry.filename, old.read(entry))
        for name, content in parts.items():
            new.writestr(name, content)
    stream.seek(0)
    return stream


def test_a_workbook_that_unpacks_to_too_much_is_refused_unopened(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = packed({"xl/media/image1.png": b"\0" * (tables.UNPACKED_LIMIT + 1)})
    assert len(stream.getvalue()) < 200_000
    opened: list[object] = []
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda _archive, part, *_more: opened.append(part))
    (found,) = faults(work, stream, "bomb.xlsx")
    assert found.startswith("sheet bomb.xlsx: The workbook unpacks to more than 100 MB.")
    assert opened == []


def test_entities_in_a_workbook_are_refused(work: Work) -> None:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    sheet = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "lol">{entities}]><worksheet>&l11;</worksheet>'
    (found,) = faults(work, packed({"xl/worksheets/sheet1.xml": sheet.encode()}), "laughs.xlsx")
    assert found.startswith("sheet laughs.xlsx: The workbook can't be read.")


def test_a_sheet_that_claims_to_be_huge_is_read_by_what_is_in_it(work: Work) -> None:
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:XFD1048576"/>'
        '<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>title</t></is></c>'
        '<c r="B1" t="inlineStr"><is><t>type</t></is></c></row>'
        '<row r="9000"><c r="A9000" t="inlineStr"><is><t>X</t></is></c>'
        '<c r="B9000" t="inlineStr"><is><t>service</t></is></c></row></sheetData></worksheet>'
    )
    report = loading.import_file(work, packed({"xl/worksheets/sheet1.xml": sheet.encode()}), "wide.xlsx")
    assert [row.row for row in report.rows] == [9000]


def test_each_imported_activity_is_in_the_trail_with_its_row_and_the_digest_of_the_file(work: Work) -> None:
    report = loading.import_file(work, REAL)
    events = trail.of(work, "activity", 1)
    assert [(event.action, event.facts) for event in events] == [
        (
            "activity.imported",
            {
                "revision": 1,
                "sha256": report.sha256,
                "sheet": "real-activities.csv",
                "row": 2,
                "codes": ["12.5", "12.8"],
            },
        )
    ]
    assert list(trail.faults(work)) == []


@pytest.mark.parametrize("role", [Role.READER, Role.STAFF, Role.AUDITOR, Role.ADMINISTRATOR])
def test_only_the_coordinator_imports(workplace: Workplace, make: Factories, library: Library, role: Role) -> None:
    with pytest.raises(Forbidden), workplace.writing(make.member(library, role)) as work:
        loading.import_file(work, REAL)


@pytest.mark.parametrize("language", ["da", "en"])
def test_an_exported_workbook_is_imported_again_as_it_was(
    workplace: Workplace, make: Factories, library: Library, coordinator: Actor, language: str
) -> None:
    other = make.library("Nabobyen")
    neighbour = make.member(other, Role.COORDINATOR)
    for actor in (coordinator, neighbour):
        with workplace.writing(actor) as work:
            prepare_demo(work)
    with workplace.writing(coordinator) as work:
        loading.import_file(work, DEMO)
        services.map_activity(
            work,
            2,
            [
                MappingChoice("5", stance=Stance.AGAINST, reason="Kun mænd; ingen kvinder"),
                MappingChoice("12.5", main=True, contribution=Contribution.DIRECT, reason="En | to"),
                MappingChoice("12.8", contribution=Contribution.INDIRECT),
                MappingChoice("17", stance=Stance.UNKNOWN),
            ],
        )
        services.add(work, ActivityDetails(title='=HYPERLINK("x")', type="service", description="-1+1\nlinje to"))
    stream = io.BytesIO()
    with workplace.reading(coordinator) as work, use_locale(language):
        assert outputs.write_workbook(work, stream) == 121
        expected = [(filling.details_of(a), outputs.choices_of(a)) for a in queries.walk(work)]
    stream.seek(0)
    sheet = openpyxl.load_workbook(stream)[{"da": "Aktiviteter", "en": "Activities"}[language]]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("C2", "A1:Z122")
    assert sheet.cell(122, 2).value == '=HYPERLINK("x")'
    assert sheet.cell(122, 2).data_type == "s"
    assert not any(cell.data_type == "f" for row in sheet.iter_rows() for cell in row)
    stream.seek(0)
    with workplace.writing(neighbour) as work:
        report = loading.import_file(work, stream, "export.xlsx")
        assert report.added == 121
        found = [(filling.details_of(a), outputs.choices_of(a)) for a in queries.walk(work)]
    assert [details for details, _ in found] == [details for details, _ in expected]
    assert [choices for _, choices in found] == [choices for _, choices in expected]


def test_the_same_list_gives_the_same_bytes(work: Work) -> None:
    loading.import_file(work, REAL)
    one, other = io.BytesIO(), io.BytesIO()
    outputs.write_workbook(work, one)
    outputs.write_workbook(work, other)
    assert one.getvalue() == other.getvalue()


def test_an_export_holds_only_what_the_filters_leave(work: Work) -> None:
    loading.import_file(work, REAL)
    stream = io.BytesIO()
    expected = sum("13" in values(row["goals"]) for row in rows_of(REAL))
    assert outputs.write_workbook(work, stream, Filters(goal="13")) == expected


def test_a_changed_cell_beside_the_column_of_mappings_is_not_overlooked(work: Work) -> None:
    (found,) = faults(
        work, text_file("title,type,goals,mappings", "X,service,4,5 | main | supports | direct | because")
    )
    assert "column goals: This cell and the column mappings say different things." in found
