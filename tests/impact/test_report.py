"""A year's report: what is frozen, its workbook and its page."""

import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from sdg_tracker.access import Actor
from sdg_tracker.activities.models import Activity
from sdg_tracker.activities.states import Status
from sdg_tracker.dossier import outputs as dossier_outputs
from sdg_tracker.dossier import services as dossiers
from sdg_tracker.foundation.blobs import FolderBlobs
from sdg_tracker.foundation.documents import digest
from sdg_tracker.foundation.errors import Forbidden, Invalid
from sdg_tracker.impact import outputs, page, services, snapshot, workbook
from sdg_tracker.work import Library, Workplace
from tests import demo_library
from tests.factories import Factories
from tests.pages import Page, read
from tests.statements import counted

NO_BLOBS = FolderBlobs(Path("/nonexistent"))
SHEETS = [
    *("Overview", "Goals", "Strategy actions", "Houses", "Figures", "Readings", "Pledges", "Effects"),
    *("Activities", "Mappings", "Evidence", "Trail", "About"),
]
assert (outputs.KIND.name, dossier_outputs.KIND.name) == ("impact", "dossier")


def built(snapshot: dict[str, Any]) -> bytes:
    out = io.BytesIO()
    workbook.build(snapshot, digest(snapshot), NO_BLOBS, out)
    return out.getvalue()


def paged(snapshot: dict[str, Any]) -> Page:
    out = io.BytesIO()
    page.build(snapshot, digest(snapshot), NO_BLOBS, out)
    return read(out.getvalue())


@pytest.fixture(scope="module")
def found(report: dict[str, Any]) -> openpyxl.Workbook:
    """The workbook of the demo report as openpyxl reads it."""
    return openpyxl.load_workbook(io.BytesIO(built(report)))


def test_the_demo_report_is_of_format_1(report: dict[str, Any]) -> None:
    assert demo_library.faults(report) == []


def test_an_empty_year_is_a_whole_report(
    workplace: Workplace, make: Factories, library: Library, coordinator: Actor
) -> None:
    make.branch(library)
    with workplace.reading(coordinator) as work:
        taken = snapshot.take(work, 2019, 1, "da")

    assert demo_library.faults(taken) == []
    assert [row["all"] for row in taken["figures"]["by_goal"]] == [0] * 17
    assert [row["activities"] for row in taken["figures"]["by_branch"]] == [0, 0]
    assert taken["figures"]["by_action"] == []
    assert paged(taken).faults() == []
    assert openpyxl.load_workbook(io.BytesIO(built(taken))).active is not None


def test_the_number_of_statements_does_not_grow(
    workplace: Workplace, make: Factories, library: Library, coordinator: Actor
) -> None:
    make.evidence(library, activity=make.activity(library, "Nummer 1", "4.6"))
    with workplace.reading(coordinator) as work, counted(workplace.engine) as few:
        snapshot.take(work, 2026, 1, "da")
    with workplace.writing(coordinator) as work:
        for number in range(1100):
            values = {"sort_key": f"{number:05}", "search_text": "", "type": "arrangement", "status": "held"}
            day = date(2026, 1, 15)
            row = Activity(
                number=work.next_number("activity"), title=f"{number}", year=2026, added_at=work.at, **values
            )
            row.starts_on = day
            work.session.add(row)

    with workplace.reading(coordinator) as work, counted(workplace.engine) as many:
        taken = snapshot.take(work, 2026, 1, "da")

    assert taken["figures"]["totals"]["activities"] == 1101
    assert len(many) == len(few) < 45


def test_freezing_keeps_the_year_and_numbers_run_across_kinds(
    workplace: Workplace, make: Factories, library: Library, coordinator: Actor
) -> None:
    make.cycle(library)
    make.activity(library, "Frøbibliotek", "15.5", status=Status.ONGOING.value, starts_on=date(2024, 3, 1), year=2024)
    with workplace.writing(coordinator) as work:
        first = dossiers.freeze(work, 1)
        second = services.freeze(work, 2025, "en")

    assert [(edition.number, edition.kind, edition.year) for edition in (first, second)] == [
        (1, "dossier", None),
        (2, "impact", 2025),
    ]
    with workplace.blobs.open(second.fingerprint, second.snapshot_size) as file:
        kept = json.loads(file.read())
    assert demo_library.faults(kept) == []
    assert [row["title"] for row in kept["activities"]] == ["Frøbibliotek"]
    assert (kept["title"], second.title) == ("Impact report 2025", "Impact report 2025")


@pytest.mark.parametrize("year", [2027, 1899, 20255])
def test_a_year_that_has_not_begun_is_refused(workplace: Workplace, coordinator: Actor, year: int) -> None:
    with workplace.writing(coordinator) as work, pytest.raises(Invalid) as refused:
        services.freeze(work, year)
    assert refused.value.field == "year"


def test_staff_do_not_freeze(workplace: Workplace, staff: Actor) -> None:
    with workplace.writing(staff) as work, pytest.raises(Forbidden):
        services.freeze(work, 2025)


def test_the_sheets_and_their_rows_are_the_snapshots(found: openpyxl.Workbook, report: dict[str, Any]) -> None:
    assert found.sheetnames == SHEETS
    figures = report["figures"]
    expected = {
        "Goals": 17,
        "Strategy actions": len(figures["by_action"]),
        "Houses": len(figures["by_branch"]),
        "Activities": figures["totals"]["activities"],
        "Mappings": sum(len(row["mappings"]) for row in report["activities"]),
        "Evidence": figures["totals"]["evidence"],
        "Trail": report["trail"]["length"],
    }
    assert {name: found[name].max_row - 1 for name in expected} == expected


def test_the_figures_of_the_sheets_are_the_snapshots(found: openpyxl.Workbook, report: dict[str, Any]) -> None:
    words = {"exact": "exactly", "more_than": "more than", "about": "about"}

    def people(row: dict[str, Any]) -> list[Any]:
        came = row["attendance"]
        return [came and came["value"], came and words[came["qualifier"]], row["signups"], row["helped"]]

    def sheet(name: str, skip: int) -> list[list[Any]]:
        return [list(row[skip:]) for row in found[name].iter_rows(min_row=2, values_only=True)]

    figures = report["figures"]
    assert sheet("Goals", 2) == [[row["main"], row["all"], row["evidence"], *people(row)] for row in figures["by_goal"]]
    for name, key, skip in (("Strategy actions", "by_action", 3), ("Houses", "by_branch", 1)):
        assert sheet(name, skip) == [[row["activities"], row["evidence"], *people(row)] for row in figures[key]]
    said = {row[0]: list(row[1:3]) for row in found["Overview"].iter_rows(values_only=True) if row[0]}
    totals = figures["totals"]
    assert said["Came"] == people(totals)[:2]
    assert (said["Signed up"][0], said["Helped"][0]) == (totals["signups"], totals["helped"])
    assert said["Activities of the year"][0] == totals["activities"]
    assert said["Cancelled, not counted in anything"][0] == totals["cancelled"]


def test_every_figure_stands_with_its_formula_and_leads_to_its_rows(
    found: openpyxl.Workbook, report: dict[str, Any]
) -> None:
    cells = list(found["Figures"].iter_rows(min_row=2))
    rows = [["" if cell.value is None else str(cell.value) for cell in row] for row in cells]
    assert [row[0] for row in rows] == [str(one["mark"]) for one in report["followed"]]
    assert {cell.data_type for row in cells for cell in row} <= {"s", "n", "inlineStr"}  # no formula computes
    named = {one["name"]: (one, place) for place, one in enumerate(report["followed"])}
    one, place = named["goal:12:attendance"]
    came = {row["number"]: row["attendance"]["value"] for row in report["activities"] if row["attendance"]}
    assert rows[place][2] == one["value"] == str(sum(came[number] for number in one["of"][0]["activities"]))
    assert rows[place][3].startswith("added up: Activities, rows ")
    one, place = named["measure:electricity_kwh:2025"]
    link = cells[place][5].hyperlink
    assert link is not None
    readings = [[str(value) for value in row] for row in found["Readings"].iter_rows(min_row=2, values_only=True)]
    assert readings[int(str(link.location).rpartition("A")[2]) - 2][1] == "Electricity use"
    mine = [int(row[5]) for row in readings if row[1] == "Electricity use" and row[3].endswith("2025")]
    assert str(sum(mine)) == one["value"] == rows[place][2]
    assert rows[place][7] == "quarter 3 of 2025 (The Station, library and culture house)"


def test_the_sheet_of_activities_adds_up_to_the_totals(found: openpyxl.Workbook, report: dict[str, Any]) -> None:
    heads = [cell.value for cell in found["Activities"][1]]
    rows = list(found["Activities"].iter_rows(min_row=2, values_only=True))
    totals = report["figures"]["totals"]

    def added(heading: str) -> int:
        return sum(int(str(row[heads.index(heading)] or 0)) for row in rows)

    assert added("Came") == totals["attendance"]["value"]
    assert (added("Signed up"), added("Helped"), added("Exhibits")) == (
        totals["signups"],
        totals["helped"],
        totals["evidence"],
    )


def test_its_bytes_are_a_function_of_the_snapshot(report: dict[str, Any]) -> None:
    assert built(report) == built(json.loads(json.dumps(report)))


def test_the_page_is_whole_and_every_link_leads_somewhere(report: dict[str, Any], fingerprint: str) -> None:
    shown = paged(report)

    assert shown.faults() == []
    assert shown.lost_links(report, fingerprint) == []
    assert {row["file"] for row in report["evidence"]} <= set(shown.links)
    assert not {"link", "img", "iframe"} & shown.tags
    assert fingerprint in shown.text


def test_the_page_keeps_more_than_and_shows_empty_goals(report: dict[str, Any]) -> None:
    text = " ".join(paged(report).text.split())

    assert f"more than {report['figures']['totals']['attendance']['value']:,}" in text
    for goal in report["goals"]:
        assert f"{goal['code']} {goal['title']['en']}" in text
