"""New material for an auditor is frozen beside the edition, and reached by that auditor."""

import io
from pathlib import Path

import pikepdf
import pytest
from flask.testing import FlaskClient

from sdg_tracker.access import SYSTEM, Actor
from sdg_tracker.app import SUPPLEMENT
from sdg_tracker.audit import findings, queries, supplements
from sdg_tracker.editions import bag, build
from sdg_tracker.editions import queries as editions
from sdg_tracker.editions.models import Edition
from sdg_tracker.foundation.blobs import FolderBlobs
from sdg_tracker.foundation.documents import digest
from sdg_tracker.foundation.errors import Conflict, Invalid
from sdg_tracker.printing import crate
from sdg_tracker.printing.edition import print_edition
from sdg_tracker.supplement import page, pdf
from sdg_tracker.work import Library, Workplace
from tests.demo_library import faults
from tests.factories import Factories
from tests.printing import snapshots

assert SUPPLEMENT


def test_an_answer_with_new_material_makes_a_supplement(
    workplace: Workplace,
    library: Library,
    edition: Edition,
    auditor: Actor,
    coordinator: Actor,
    browser: FlaskClient,
    make: Factories,
) -> None:
    workplace.enqueue = lambda _jobs: None
    piece = make.evidence(library, "Referat æøå\n".encode(), title="Referat fra maj")
    withdrawn = make.evidence(library, b"x\n", withdrawn_at=edition.frozen_at)
    with workplace.writing(auditor) as work:
        findings.ask(work, 1, "Hvor er referatet?", "O1.1")
    with pytest.raises(Invalid, match=str(withdrawn.number)), workplace.writing(coordinator) as work:
        supplements.answer(work, 1, 1, "Her", [piece.number, withdrawn.number])
    with workplace.writing(coordinator) as work:
        question = supplements.answer(work, 1, 1, "Her er det.", [piece.number])
        assert question.supplement == 2
    with pytest.raises(Conflict), workplace.writing(coordinator) as work:
        supplements.answer(work, 1, 1, "Igen", [piece.number])
    assert "bag.zip" not in browser.get("/audit/questions").text  # it is still to be made
    with workplace.reading(SYSTEM, library.id) as work:
        made = editions.get(work, 2)
        assert queries.audit_of(work, edition) is not None
    snapshot = build.snapshot_of(workplace.blobs, made)
    assert faults(dict(snapshot)) == []
    assert snapshot["question"]["text"] == "Hvor er referatet?"
    assert snapshot["supplements"]["fingerprint"] == edition.fingerprint
    assert [row["title"] for row in snapshot["evidence"]] == ["Referat fra maj"]
    make.files_of(library, made.number)
    assert browser.get("/audit/editions/2/files/report.pdf", buffered=True).data == b"report.pdf of 2"
    assert browser.get("/audit/editions/2/files/report.xlsx").status_code == 404
    assert "/audit/editions/2/files/report.pdf" in browser.get("/audit/questions").text
    make.edition(library)
    assert browser.get("/audit/editions/3/files/report.pdf").status_code == 404


def test_a_supplement_prints_question_answer_and_exhibits(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path)
    snapshot = {key: value for key, value in snapshots.impact(blobs).items() if key not in ("year", "figures")}
    snapshot |= {
        "kind": "supplement",
        "title": "Supplement til udgave 3: spørgsmål 1",
        "supplements": {"number": 3, "title": "Dossier", "fingerprint": "ab" * 32},
        "question": {
            "number": 1,
            "requirement": "O1.1",
            "text": "Hvor er referatet?",
            "asked_at": "2026-11-20T13:42:08Z",
            "answer": "Her er det.",
        },
    }
    assert faults(snapshot) == []
    printed, index = io.BytesIO(print_edition(pdf.TEMPLATE, snapshot, digest(snapshot), blobs)), io.BytesIO()
    page.build(snapshot, digest(snapshot), blobs, index)
    with pikepdf.open(printed) as document:
        assert len(document.pages) == 4
        assert "snapshot.json" in document.attachments
    told = index.getvalue().decode()
    for text in ("Hvor er referatet?", "Her er det.", snapshot["evidence"][0]["file"], "ab" * 32):
        assert text in told
    assert "report.xlsx" not in told
    assert crate.NAME not in told
    with_all, without = (bag.readme("x-1", names) for names in ({"report.xlsx", crate.NAME}, {"report.pdf"}))
    for word in ("regneark", "workbook", crate.NAME):
        assert word in with_all
        assert word not in without
