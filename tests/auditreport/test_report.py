"""The report of a concluded audit: frozen, printed, as a workbook, as a page, in a bag."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pikepdf
import pytest
from flask.testing import FlaskClient

from sdg_tracker.access import SYSTEM, Actor
from sdg_tracker.auditreport import outputs, page, pdf, services, workbook
from sdg_tracker.editions import build, verify
from sdg_tracker.editions import queries as editions
from sdg_tracker.editions.models import Edition
from sdg_tracker.foundation.errors import Conflict, Forbidden
from sdg_tracker.printing.edition import print_edition
from sdg_tracker.work import Workplace
from tests.demo_library import faults
from tests.pages import read
from tests.printing.structure import Structure

Clients = Callable[[Actor | None], FlaskClient]
assert outputs.KIND.slug == "audit"


@pytest.fixture
def report(workplace: Workplace, concluded: Edition, coordinator: Actor, browser: FlaskClient) -> Edition:
    """The frozen report; the auditor has fetched the dossier's report before."""
    workplace.enqueue = lambda _jobs: None
    assert browser.get("/audit/editions/1/files/report.pdf", buffered=True).status_code == 200
    with workplace.writing(coordinator) as work:
        return services.freeze(work, concluded.number, "da")


def test_everything_that_was_decided_is_frozen_and_printed(workplace: Workplace, report: Edition) -> None:
    snapshot = dict(build.snapshot_of(workplace.blobs, report))
    assert faults(snapshot) == []
    audit = snapshot["audit"]
    assert (audit["decision"], audit["conditions"]) == ("with_conditions", "Datoer på alle bilag.")
    assert [row["state"] for row in audit["findings"]] == ["closed", "open", "closed"]
    assert audit["findings"][0]["deadline"] == "2026-06-01"
    assert len(audit["samples"][0]["exhibits"]) == 4
    assert [row["name"] for row in audit["accesses"][0]["opened"]] == ["1/report.pdf"]
    assert "@example" not in str(audit)
    for exhibit in audit["samples"][0]["exhibits"]:
        assert audit["titles"][str(exhibit)]
    printed = print_edition(pdf.TEMPLATE, snapshot, report.fingerprint, workplace.blobs)
    assert printed == print_edition(pdf.TEMPLATE, snapshot, report.fingerprint, workplace.blobs)
    assert list(Structure(printed).faults()) == []
    with pikepdf.open(io.BytesIO(printed)) as document:
        assert list(document.attachments) == ["snapshot.json"]


def test_page_and_workbook_say_it_and_nothing_typed_is_more_than_text(workplace: Workplace, report: Edition) -> None:
    snapshot = dict(build.snapshot_of(workplace.blobs, report))
    out = io.BytesIO()
    page.build(snapshot, report.fingerprint, workplace.blobs, out)
    shown = read(out.getvalue())
    assert shown.faults() == []
    assert shown.lost_links(snapshot, report.fingerprint) == []
    for text in ("Afsender mangler.", "Skabelon med afsender", "2026-03", "<b>Frøbiblioteket</b>", report.fingerprint):
        assert text in shown.text
    out = io.BytesIO()
    workbook.build(snapshot, report.fingerprint, workplace.blobs, out)
    book = openpyxl.load_workbook(out)
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert kinds <= {"s", "n", "d"}
    assert [book[name].max_row - 1 for name in ("Observationer", "Markeringer", "Stikprøve", "Spørgsmål")] == [
        3,
        2,
        4,
        1,
    ]


def test_it_is_built_on_the_road_of_all_editions(
    workplace: Workplace, report: Edition, tmp_path: Path, coordinator: Actor, client_of: Clients
) -> None:
    assert build.build(workplace, report.library_id, report.id)
    with workplace.reading(SYSTEM, report.library_id) as work:
        made = {artefact.name: artefact for artefact in editions.get(work, report.number).artefacts}
    assert set(made) == {"report.pdf", "report.xlsx", "index.html", "ro-crate-metadata.json", "bag.zip"}
    answer = client_of(coordinator).get(f"/editions/{report.number}/files/bag.zip", buffered=True)
    assert f"-audit-{report.number}.zip" in answer.headers["Content-Disposition"]
    (tmp_path / "bag.zip").write_bytes(answer.data)
    assert list(verify.faults(tmp_path / "bag.zip")) == []
    with zipfile.ZipFile(tmp_path / "bag.zip") as archive:
        assert not [name for name in archive.namelist() if "/evidence/" in name]


def test_it_is_frozen_only_from_a_concluded_audit_by_the_coordinator(
    workplace: Workplace, edition: Edition, coordinator: Actor, staff: Actor, client_of: Clients
) -> None:
    with workplace.writing(coordinator) as work, pytest.raises(Conflict):
        services.freeze(work, edition.number)
    with workplace.writing(staff) as work, pytest.raises(Forbidden):
        services.freeze(work, edition.number)
    assert client_of(coordinator).post("/editions/1/audit/report").status_code == 409


def test_the_page_of_the_audit_offers_it(
    workplace: Workplace, concluded: Edition, coordinator: Actor, client_of: Clients
) -> None:
    workplace.enqueue = lambda _jobs: None
    browser: Any = client_of(coordinator)
    assert "/editions/1/audit/report" in browser.get("/editions/1/audit").text
    sent = browser.post("/editions/1/audit/report")
    assert (sent.status_code, sent.location) == (303, "/editions/2")
    assert browser.get("/editions/2").status_code == 200
