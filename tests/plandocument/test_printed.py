"""The plan on paper, as a workbook and as a page, from snapshots alone."""

import io
from pathlib import Path
from typing import Any

import openpyxl
import pikepdf
import pytest

from sdg_tracker.foundation.blobs import FolderBlobs
from sdg_tracker.foundation.documents import digest
from sdg_tracker.plandocument import page, pdf, workbook
from sdg_tracker.plandocument.rules import Variant
from sdg_tracker.printing.edition import compose, print_edition
from tests.demo_library import faults
from tests.pages import read
from tests.printing import plans
from tests.printing.structure import Structure

Row = dict[str, Any]


@pytest.fixture(scope="module")
def blobs(tmp_path_factory: pytest.TempPathFactory) -> FolderBlobs:
    return FolderBlobs(tmp_path_factory.mktemp("blobs"))


def html(snapshot: Row) -> str:
    return compose(pdf.TEMPLATE, snapshot, digest(snapshot))[1]


def test_the_approved_plan_says_what_is_promised_and_not_how_it_stands(blobs: FolderBlobs) -> None:
    snapshot = plans.document(blobs, "plan")
    assert faults(snapshot) == []
    said = html(snapshot)
    for text in (
        "Kulturudvalget",
        "sag 25-1234",
        "Strøm og klima hører sammen",
        "fra 315.400 i 2024 til 268.090 i 2027",
    ):
        assert text in said
    for text in (
        "Lokal haveforening",
        "Fristen er flyttet.",
        "Dogme D1",
        "intet i planen",
        "ingen måling",
        "aldrig kendt: Tælleren",
    ):
        assert text in said
    for text in ("sign-missing", "Hvad der er bagud", "Nyt anlæg", "Tillæg B"):
        assert text not in said


def test_a_years_status_tells_each_pledge_with_its_proof_and_all_that_is_behind(blobs: FolderBlobs) -> None:
    snapshot = plans.document(blobs, "status", language="en")
    assert faults(snapshot) == []
    said = html(snapshot)
    behind = said.partition('id="behind"')[2].partition('id="pledges"')[0]
    for text in (
        "Pledge D1",
        "Pledge D2",
        "Pledge D3",
        "Indsats I2",
        "Readings are missing: quarter 3 of 2025 (Main library).",
    ):
        assert text in behind
    assert "Counted: Behind. The library says: On track." in behind  # overruled: both stand there
    assert "Pledge D4" not in behind
    assert "Indsats I1" not in behind
    for text in (
        "2025: 2 of 2, 1 of them late",
        "exhibit 1, evidence no. 99",
        '<td lang="da">Flasker ved et møde.',
        "about 22,000",
    ):
        assert text in said
    assert 'id="progress-D1"' in said or 'id="progress-D1-title"' in said
    assert "What was reached" not in said


def test_what_people_wrote_and_the_proposed_lines_stand_in_the_evaluation(blobs: FolderBlobs) -> None:
    snapshot = plans.document(blobs, "evaluation")
    snapshot["composition"] = {**snapshot["composition"], "reached": "Vi nåede det.\n\n<b>Alt</b>"}
    assert faults(snapshot) == []
    said = html(snapshot)
    assert "Vi nåede det." in said
    assert "&lt;b&gt;Alt&lt;/b&gt;" in said
    assert said.count("Biblioteket har ikke skrevet noget her.") == 2
    for text in ("Version 3, foreslået, mod version 2, godkendt.", "Mere af det", "Forslag til 2026", "Indsats I1"):
        assert text in said
    assert " lang=" not in said.partition("<body")[2]
    english = html({**snapshot, "language": "en"})
    assert '<div class="narrative" lang="da"><p>Vi nåede det.</p>' in english  # the library's own words, in Danish
    assert 'I1 <span lang="da">Indsats I1</span>' in english
    without = html({**snapshot, "proposal": None})
    assert "Der er ikke foreslået ændringer i den godkendte plan." in without


def test_it_is_one_tagged_pdf_with_its_data_and_workbook(blobs: FolderBlobs) -> None:
    snapshot = plans.document(blobs, "evaluation")
    printed = print_edition(pdf.TEMPLATE, snapshot, digest(snapshot), blobs)
    assert list(Structure(printed).faults()) == []
    with pikepdf.open(io.BytesIO(printed)) as document:
        assert set(document.attachments) == {"snapshot.json", "report.xlsx"}


@pytest.mark.parametrize("variant", list(Variant))
def test_the_workbook_holds_plan_pledges_initiatives_and_readings(blobs: FolderBlobs, variant: Variant) -> None:
    snapshot = plans.document(blobs, variant.value)
    out = io.BytesIO()
    workbook.build(snapshot, digest(snapshot), blobs, out)
    book = openpyxl.load_workbook(out)
    assert {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row} <= {"s", "n", "d"}
    names = ["Handleplan", "Dogmer", "Indsatser", "Målinger"]
    assert book.sheetnames[:4] == names
    assert [book[name].max_row - 1 for name in names[1:]] == [4, 3, 4]
    assert ("Aktiviteter" in book.sheetnames) is (variant is not Variant.PLAN)
    told = {cell.value for row in book["Målinger"].iter_rows() for cell in row}
    assert {32100, "32100", "Tastefejl.", 31200.5} & told >= {"32100", "Tastefejl.", 31200.5}
    assert "Bliver aldrig kendt: Tælleren var i stykker." in told


def test_the_page_in_the_bag_shows_it_without_a_network(blobs: FolderBlobs, tmp_path: Path) -> None:
    snapshot = plans.document(blobs, "evaluation")
    out = io.BytesIO()
    page.build(snapshot, digest(snapshot), blobs, out)
    shown = read(out.getvalue())
    assert shown.faults() == []
    assert shown.lost_links(snapshot, digest(snapshot)) == []
    for text in ("Dogme D3", "Indsats I2", "Bortfaldet", "Mere af det"):
        assert text in shown.text
