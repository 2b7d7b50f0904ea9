"""The dossier's workbook."""

import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from sdg_tracker.dossier import workbook
from sdg_tracker.foundation.blobs import FolderBlobs
from sdg_tracker.foundation.documents import canonical, digest

NO_BLOBS = FolderBlobs(Path("/nonexistent"))
SHEETS = [
    "Overview",
    "Requirements",
    "Needed and found",
    "Activities",
    "Mappings",
    "Evidence",
    "Exhibits by requirement",
    "Pledges",
    "Initiatives",
    "Trail",
    "About",
]


def built(snapshot: dict[str, Any]) -> bytes:
    out = io.BytesIO()
    workbook.build(snapshot, digest(snapshot), NO_BLOBS, out)
    return out.getvalue()


@pytest.fixture(scope="module")
def content(dossier: dict[str, Any]) -> bytes:
    """The bytes of the demo dossier's workbook."""
    return built(dossier)


@pytest.fixture(scope="module")
def found(content: bytes) -> openpyxl.Workbook:
    """The workbook as openpyxl reads it."""
    return openpyxl.load_workbook(io.BytesIO(content))


def column(sheet: Any, heading: str) -> list[Any]:
    index = [cell.value for cell in sheet[1]].index(heading)
    return [row[index] for row in sheet.iter_rows(min_row=2, values_only=True)]


def overview(found: openpyxl.Workbook) -> dict[str, Any]:
    return {str(row[0]): row[1] for row in found["Overview"].iter_rows(values_only=True) if row[0]}


def test_the_sheets_and_their_rows_are_the_snapshots(found: openpyxl.Workbook, dossier: dict[str, Any]) -> None:
    assert found.sheetnames == SHEETS
    needs = [need for row in dossier["requirements"] for need in row["readiness"]["needs"]]
    mappings = [mapping for row in dossier["activities"] for mapping in row["mappings"]]
    expected = {
        "Requirements": dossier["requirements"],
        "Needed and found": needs,
        "Activities": dossier["activities"],
        "Mappings": mappings,
        "Evidence": dossier["evidence"],
        "Exhibits by requirement": [tie for row in dossier["requirements"] for tie in row["exhibits"]],
        "Pledges": dossier["plan"]["pledges"],
        "Initiatives": dossier["plan"]["initiatives"],
        "Trail": dossier["trail"]["events"],
    }
    assert {name: found[name].max_row - 1 for name in expected} == {name: len(rows) for name, rows in expected.items()}


def test_the_overview_counts_what_the_sheets_hold(found: openpyxl.Workbook, dossier: dict[str, Any]) -> None:
    said = overview(found)

    assert said["Activities"] == len(dossier["activities"]) == found["Activities"].max_row - 1
    assert said["Exhibits"] == len(dossier["evidence"]) == found["Evidence"].max_row - 1
    assert said["Mappings"] == found["Mappings"].max_row - 1
    assert said["Requirements"] == found["Requirements"].max_row - 1
    assert said["Events of the trail"] == found["Trail"].max_row - 1
    assert said["Activities in the period"] == column(found["Activities"], "In the period").count("yes")
    assert said["Activities with an exhibit"] == sum(count > 0 for count in column(found["Activities"], "Exhibits"))
    whole = next(row for row in found["Overview"].iter_rows(values_only=True) if row[0] == "Whole")
    counts = dossier["readiness"]["whole"]
    states = ("total", "met", "under_way", "missing", "not_pursuing", "not_applicable", "unassessed", "gaps")
    assert list(whole[1:9]) == [counts[state] for state in states]
    judged = column(found["Requirements"], "Assessment")
    assert judged.count("Met") == counts["met"]
    assert sum(value is not None for value in column(found["Requirements"], "Lacking")) == counts["gaps"]


def test_every_exhibit_has_its_file_its_digest_and_its_requirements(
    found: openpyxl.Workbook, dossier: dict[str, Any]
) -> None:
    sheet = found["Evidence"]
    assert column(sheet, "SHA-256") == [row["sha256"] for row in dossier["evidence"]]
    assert column(sheet, "Bytes") == [row["size"] for row in dossier["evidence"]]
    assert [value.split(", ") for value in column(sheet, "Requirements")] == [
        [tie["code"] for tie in row["requirements"]] for row in dossier["evidence"]
    ]
    files = [cell.value for cell in sheet[1]].index("File")
    links = [row[files].hyperlink for row in sheet.iter_rows(min_row=2)]
    targets = [str(link.target).replace("\\", "/") if link else "" for link in links]
    assert targets == [row["file"] for row in dossier["evidence"]]


def test_every_link_inside_the_book_leads_to_the_row_that_it_names(found: openpyxl.Workbook) -> None:
    followed = 0
    for sheet in found:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.hyperlink is not None and cell.hyperlink.location:
                    name, place = re.fullmatch(r"'(.+)'!([A-Z]+\d+)", cell.hyperlink.location).groups()  # type: ignore[union-attr]
                    target: Any = found[name]
                    assert target[place].value in (cell.value, target["A1"].value)
                    followed += 1
    assert followed > 300


def test_an_auditor_has_empty_columns_that_offer_what_can_be_said(found: openpyxl.Workbook) -> None:
    for name, offered in (
        ("Requirements", "Major nonconformity,Minor nonconformity"),
        ("Evidence", "Seen,Accepted as proof,Questioned"),
        ("Exhibits by requirement", "Seen,Accepted as proof,Questioned"),
    ):
        sheet = found[name]
        heads = [cell.value for cell in sheet[1]]
        assert heads[-3:] == ["Auditor: checked", "Auditor: judgement", "Auditor: note"]
        assert not any(row[-3:] != (None,) * 3 for row in sheet.iter_rows(min_row=2, values_only=True))
        checked, judged = sorted(sheet.data_validations.dataValidation, key=lambda rule: str(rule.sqref))
        assert (checked.type, checked.formula1) == ("list", '"yes,no"')
        assert str(judged.formula1).startswith(f'"{offered}')
        letters = [get_column_letter(len(heads) - back) for back in (2, 1)]
        assert [str(rule.sqref) for rule in (checked, judged)] == [f"{x}2:{x}{sheet.max_row}" for x in letters]
    meanings = {row[1]: row[2] for row in found["About"].iter_rows(values_only=True)}
    assert str(meanings["Auditor: checked"]).endswith("Choose one of: yes, no.")


def test_every_column_of_every_table_is_explained(found: openpyxl.Workbook) -> None:
    said = {(row[0], row[1]) for row in found["About"].iter_rows(values_only=True) if row[2]}
    for sheet in found:
        if sheet.auto_filter.ref:
            assert {(sheet.title, cell.value) for cell in sheet[1]} <= said
            assert sheet.page_setup.orientation == "landscape"
            assert sheet.print_title_rows == "$1:$1"


def test_days_are_danish_in_a_danish_book(dossier: dict[str, Any], found: openpyxl.Workbook) -> None:
    danish = openpyxl.load_workbook(io.BytesIO(built({**dossier, "language": "da"})))
    for book, sheet, heading, pattern in (
        (found, "Activities", "First day", "yyyy-mm-dd"),
        (danish, "Aktiviteter", "Første dag", "dd-mm-yyyy"),
    ):
        index = [cell.value for cell in book[sheet][1]].index(heading)
        cells: list[Any] = [row[index] for row in book[sheet].iter_rows(min_row=2) if row[index].value is not None]
        assert {cell.number_format for cell in cells} == {pattern}
        assert all(cell.is_date for cell in cells)


def test_nothing_in_it_is_a_formula_or_leads_out_but_the_check(content: bytes, dossier: dict[str, Any]) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        sheets = {name: archive.read(name).decode() for name in names if name.endswith((".xml", ".rels"))}
    assert not [name for name, text in sheets.items() if "<f>" in text or "<f " in text]
    assert not [name for name in names if "vba" in name.lower() or "external" in name.lower()]
    addresses = {found for text in sheets.values() for found in re.findall(r'Target="(https?:[^"]+)"', text)}
    code = "-".join(digest(dossier)[start : start + 4] for start in (0, 4, 8))
    assert addresses == {f"https://verdensmaal.demoby.example/verify?code={code}"}


def test_what_people_wrote_stays_text_everywhere(dossier: dict[str, Any]) -> None:
    changed = json.loads(canonical(dossier))
    for row in (*changed["activities"], *changed["evidence"]):
        row["title"] = "=1+1"
        row["description"] = "=cmd|' /C calc'!A0"
    for row in changed["requirements"]:
        row["assessment"]["narrative"] = "@SUM(1)"
    changed["library"]["name_en"] = changed["title"] = "=1+1"

    found = openpyxl.load_workbook(io.BytesIO(built(changed)))

    assert {cell.data_type for sheet in found for row in sheet.iter_rows() for cell in row} <= {"s", "n", "d"}
    assert set(column(found["Activities"], "Activity")) == {"=1+1"}


@pytest.mark.slow
@pytest.mark.parametrize(
    "environment",
    [
        {"TZ": "Pacific/Auckland", "LANG": "da_DK.UTF-8", "PYTHONHASHSEED": "1"},
        {"TZ": "America/Los_Angeles", "LANG": "C", "LC_ALL": "C", "PYTHONHASHSEED": "77"},
    ],
)
def test_the_same_bytes_come_whenever_and_wherever_it_is_made(
    content: bytes, dossier: dict[str, Any], tmp_path: Path, environment: dict[str, str]
) -> None:
    program = (
        "import sys, json, hashlib; from sdg_tracker.dossier import workbook, page;"
        "raw = open(sys.argv[1], 'rb').read(); f = hashlib.sha256(raw).hexdigest(); out = open(sys.argv[2], 'w+b');"
        "workbook.build(json.loads(raw), f, None, out)"
    )
    (tmp_path / "snapshot.json").write_bytes(canonical(dossier))
    command = [sys.executable, "-c", program, str(tmp_path / "snapshot.json"), str(tmp_path / "report.xlsx")]
    subprocess.run(command, env={**os.environ, **environment}, cwd=tmp_path, check=True, timeout=120)

    made = (tmp_path / "report.xlsx").read_bytes()
    assert hashlib.sha256(made).hexdigest() == hashlib.sha256(content).hexdigest()


@pytest.mark.slow
def test_libreoffice_reads_every_sheet_without_repair(content: bytes, found: openpyxl.Workbook, tmp_path: Path) -> None:
    office = shutil.which("soffice")
    assert office, "install libreoffice-calc-nogui"
    (tmp_path / "report.xlsx").write_bytes(content)
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [office, profile, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", "out"]
    done = subprocess.run(
        [*command, "report.xlsx"], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=180
    )

    assert "repair" not in (done.stdout + done.stderr).lower()
    again = openpyxl.load_workbook(tmp_path / "out" / "report.xlsx")
    assert again.sheetnames == found.sheetnames
    for sheet in found:
        values = [row for row in sheet.iter_rows(values_only=True) if any(row)]
        kept = [row for row in again[sheet.title].iter_rows(values_only=True) if any(row)]
        assert [[v for v in row if v is not None] for row in kept] == [
            [v for v in row if v is not None] for row in values
        ]


def test_an_empty_library_has_a_workbook_too(dossier: dict[str, Any]) -> None:
    bare = {**dossier, "activities": [], "evidence": [], "targets": {}, "strategy": None}
    bare["trail"] = {"length": 0, "head": "", "events": []}
    bare["requirements"] = [{**row, "exhibits": []} for row in dossier["requirements"]]

    found = openpyxl.load_workbook(io.BytesIO(built(bare)))

    assert [found[name].max_row for name in ("Activities", "Mappings", "Evidence", "Trail")] == [1, 1, 1, 1]
