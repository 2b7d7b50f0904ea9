"""New material for an auditor is frozen beside the edition, and reached by that auditor."""

import io

import pikepdf
import pytest
from flask.testing import FlaskClient

from sdg_tracker.access import SYSTEM, Actor
from sdg_tracker.app import SUPPLEMENT
from sdg_tracker.audit import findings, queries, supplements
from sdg_tracker.editions import build
from sdg_tracker.editions import queries as editions
from sdg_tracker.editions.models import Edition
from sdg_tracker.foundation.errors import Conflict, Invalid
from sdg_tracker.work import Library, Workplace
from tests.demo_library import faults
from tests.factories import Factories

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
    build.build(workplace, library.id, made.id)
    pdf = browser.get("/audit/editions/2/files/report.pdf", buffered=True)
    assert pdf.status_code == 200
    with pikepdf.open(io.BytesIO(pdf.data)) as document:
        assert len(document.pages) >= 3
    assert browser.get("/audit/editions/2/files/bag.zip", buffered=True).status_code == 200
    assert browser.get("/audit/editions/2/files/report.xlsx").status_code == 404
    with workplace.reading(SYSTEM, library.id) as work:
        made = editions.get(work, 2)
    index = made.artefact("index.html")
    assert index is not None
    with workplace.blobs.open(index.sha256) as file:
        told = file.read().decode()
    assert "Hvor er referatet?" in told
    assert snapshot["evidence"][0]["file"] in told
    assert "report.xlsx" not in told
    page = browser.get("/audit/questions").text
    assert "/audit/editions/2/files/bag.zip" in page
    make.edition(library)
    assert browser.get("/audit/editions/3/files/report.pdf").status_code == 404
