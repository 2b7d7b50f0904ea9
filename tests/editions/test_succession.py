"""An edition gives way with a reason, and is corrected after issue; the next one tells of both."""

import io
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import jsonschema
import openpyxl
import pytest
from flask.testing import FlaskClient

from sdg_tracker.access import SYSTEM, Actor
from sdg_tracker.cli import issuing
from sdg_tracker.editions import build, corrections, queries, succession
from sdg_tracker.editions.corrections import About, Details
from sdg_tracker.editions.models import Edition
from sdg_tracker.foundation.errors import Conflict, Forbidden, Invalid
from sdg_tracker.foundation.resources import resource_dir
from sdg_tracker.impact import pdf, workbook
from sdg_tracker.impact import services as impact
from sdg_tracker.printing.edition import compose
from sdg_tracker.work import Library, Workplace
from tests.conftest import NOON
from tests.factories import Factories

assert issuing.KINDS
Clients = Callable[[Actor | None], FlaskClient]
FIGURE = Details(About.FIGURE, "Fremmødte", "120", "102", "Tastefejl")


def issued(workplace: Workplace, coordinator: Actor, year: int = 2026) -> Edition:
    """Freeze a report as if its files were made."""
    workplace.enqueue = lambda _jobs: None
    with workplace.writing(coordinator) as work:
        edition = impact.freeze(work, year, "da")
        edition.state = "ready"
    return edition


def test_the_next_edition_names_what_it_takes_the_place_of(
    workplace: Workplace, coordinator: Actor, staff: Actor, library: Library, client_of: Clients
) -> None:
    first, other_year = issued(workplace, coordinator), issued(workplace, coordinator, 2025)
    browser = client_of(coordinator)
    address = f"/editions/{first.number}/supersede"
    assert client_of(staff).get(address).status_code == 403
    refused = browser.post(address, data={"by": "0", "reason": "  "})
    assert refused.status_code == 422
    assert browser.post(address, data={"by": "0", "reason": "To tal var forkerte"}).status_code == 303
    assert "To tal var forkerte" in browser.get(f"/editions/{first.number}").text
    elsewhere = issued(workplace, coordinator, 2024)
    assert "supersedes" not in build.snapshot_of(workplace.blobs, elsewhere)
    later = issued(workplace, coordinator)
    snapshot = build.snapshot_of(workplace.blobs, later)
    expected = {"number": first.number, "fingerprint": first.fingerprint, "reason": "To tal var forkerte"}
    assert snapshot["supersedes"] == [expected]
    with workplace.reading(SYSTEM, library.id) as work:
        old = queries.get(work, first.number)
        assert (old.superseded_by, old.supersede_reason) == (later.number, "To tal var forkerte")
        assert queries.get(work, other_year.number).superseded_by is None
    for page in (f"/verify?code={first.fingerprint}", f"/editions/{first.number}", "/editions"):
        assert "To tal var forkerte" in browser.get(page).text, page
    for number, by in ((first.number, later.number), (later.number, other_year.number)):
        with pytest.raises(Conflict), workplace.writing(coordinator) as work:
            succession.supersede(work, number, by, "x")
    with pytest.raises(Invalid), workplace.writing(coordinator) as work:
        succession.supersede(work, later.number, None, "x" * 1001)


def test_a_correction_is_told_at_once_and_printed_once(
    workplace: Workplace, coordinator: Actor, staff: Actor, library: Library, make: Factories, client_of: Clients
) -> None:
    activity = make.activity(library, "Byttedag", "12.5")
    make.evidence(library, activity=activity)
    first = issued(workplace, coordinator)
    browser = client_of(coordinator)
    address = f"/editions/{first.number}/corrections/new"
    sent = {"about": "exhibit", "key": "99", "old": "Før", "new": "Efter", "reason": "Byttet om"}
    refused = browser.post(address, data=sent)
    assert refused.status_code == 422
    assert "Byttet om" in refused.text
    assert browser.post(address, data={**sent, "key": "1"}).status_code == 303
    assert "Byttet om" in browser.get(f"/editions/{first.number}").text
    with pytest.raises(Forbidden), workplace.writing(staff) as work:
        corrections.note(work, first.number, FIGURE)
    wrong = [
        Details(About.REQUIREMENT, "O1.1", "a", "b", "c"),
        Details(About.FIGURE, "x", "a", "a", "c"),
        Details(About.FIGURE, "x", "a", "b", " "),
        Details(About.OTHER, "x", "a", "b" * 2001, "c"),
    ]
    for details in wrong:
        with pytest.raises(Invalid), workplace.writing(coordinator) as work:
            corrections.note(work, first.number, details)
    workplace.clock = lambda: NOON + timedelta(hours=1)
    with workplace.writing(coordinator) as work:
        assert corrections.note(work, first.number, FIGURE).ordinal == 2
    workplace.clock = lambda: NOON + timedelta(hours=2)
    second = issued(workplace, coordinator)
    snapshot = build.snapshot_of(workplace.blobs, second)
    assert [(row["edition"], row["key"]) for row in snapshot["corrections"]] == [(1, "1"), (1, "Fremmødte")]
    schema = json.loads((resource_dir("seed").parent / "sdg_tracker/editions/snapshot-1.schema.json").read_text())
    jsonschema.validate(snapshot, schema)
    _head, html = compose(pdf.TEMPLATE, snapshot, second.fingerprint)
    assert "Rettelser til udgave 1" in html
    book = io.BytesIO()
    workbook.build(snapshot, second.fingerprint, workplace.blobs, book)
    cells = [cell.value for row in openpyxl.load_workbook(book).worksheets[0].iter_rows() for cell in row]
    assert "Tastefejl" in cells
    workplace.clock = lambda: NOON + timedelta(hours=3)
    third: Any = build.snapshot_of(workplace.blobs, issued(workplace, coordinator))
    assert "corrections" not in third, "each is printed once"


def test_what_is_not_issued_is_not_corrected(workplace: Workplace, coordinator: Actor) -> None:
    edition = issued(workplace, coordinator)
    with workplace.writing(coordinator) as work:
        queries.get(work, edition.number).state = "failed"
    with pytest.raises(Conflict), workplace.writing(coordinator) as work:
        corrections.note(work, edition.number, FIGURE)
