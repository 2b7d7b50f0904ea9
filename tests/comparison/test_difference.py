"""What changed between two editions: every change is told, nothing else, and on a page or two."""

import copy
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pikepdf
import pytest
from flask.testing import FlaskClient

from sdg_tracker.access import SYSTEM, Actor
from sdg_tracker.comparison import pdf, services, shown, workbook
from sdg_tracker.comparison.difference import Difference, Field, between
from sdg_tracker.comparison.words import pieces
from sdg_tracker.editions import queries
from sdg_tracker.foundation.blobs import FolderBlobs
from sdg_tracker.foundation.documents import canonical
from sdg_tracker.foundation.errors import Conflict, NotFound
from sdg_tracker.foundation.i18n import use_locale
from sdg_tracker.work import Library, Workplace
from tests.factories import Factories
from tests.printing import snapshots

Clients = Callable[[Actor | None], FlaskClient]
Row = dict[str, Any]


@pytest.fixture(scope="module")
def blobs(tmp_path_factory: pytest.TempPathFactory) -> FolderBlobs:
    return FolderBlobs(tmp_path_factory.mktemp("blobs"))


@pytest.fixture(scope="module")
def old(blobs: FolderBlobs) -> Row:
    return snapshots.dossier(blobs, 4)


@pytest.fixture(scope="module")
def new(blobs: FolderBlobs, old: Row) -> Row:
    """The same a year later: one of everything was added, changed, replaced, withdrawn."""
    later = copy.deepcopy(old)
    later["number"], later["frozen_at"] = old["number"] + 1, "2027-01-05T09:00:00Z"
    first, second, third, fourth = later["evidence"]
    second["sha256"], second["state"] = "f" * 64, "accepted"
    third["requirements"].append({"code": "O1.3", "pages": "2"})
    fifth = snapshots.exhibit(blobs, 5, "Det nye stykke", ["O1.3"], exhibit=4)
    third["exhibit"], second["exhibit"], first["exhibit"] = 3, 1, 2
    later["evidence"] = [second, first, third, fifth]
    event = {**later["trail"]["events"][-1], "action": "evidence.withdrawn", "subject_number": fourth["number"]}
    later["trail"]["events"].append({**event, "facts": {"reason": "Forkert fil"}})
    requirements = {row["code"]: row for row in later["requirements"]}
    requirements["O1.1"]["assessment"]["narrative"] = "Første afsnit.\n\nAndet og sidste afsnit."
    requirements["O1.2"]["assessment"]["state"] = "met"
    requirements["O1.3"]["text"] = {"da": "Et andet krav.", "en": "Another requirement."}
    requirements["D1.1"]["area"], requirements["D1.1"]["criterion"] = "O", "O1"
    requirements["D1.4"] = {**copy.deepcopy(requirements["D1.3"]), "code": "D1.4"}
    del requirements["D1.2"]
    later["requirements"] = list(requirements.values())
    later["activities"][0]["title"] = "Repair Café hver måned"
    later["activities"][0]["attendance"] = {"value": 120, "qualifier": "about"}
    later["decision"]["reached"] = True
    return later


@pytest.fixture(scope="module")
def found(old: Row, new: Row) -> Difference:
    return between(old, new, "a" * 64, "b" * 64)


def test_every_change_is_told_and_nothing_else(found: Difference, old: Row) -> None:
    requirements = {item.key: (item.kind, {one.name for one in item.fields}) for item in found.requirements}
    assert requirements == {
        "O1.1": ("changed", {"narrative"}),
        "O1.2": ("changed", {"state"}),
        "O1.3": ("changed", {"text"}),
        "D1.1": ("changed", {"place"}),
        "D1.4": ("added", {"state"}),
        "D1.2": ("gone", {"state"}),
    }
    evidence = {item.key: (item.kind, [one.name for one in item.fields], item.why) for item in found.evidence}
    assert evidence == {
        "2": ("replaced", ["exhibit", "sha256", "review"], ""),
        "3": ("changed", ["exhibit", "shown_for"], ""),
        "5": ("added", ["exhibit"], ""),
        "4": ("gone", ["exhibit"], "Forkert fil"),
    }
    assert found.evidence[0].fields[0] == Field("exhibit", 2, 1)
    assert [(item.key, {one.name for one in item.fields}) for item in found.activities] == [
        ("1", {"name", "attendance"})
    ]
    assert found.same == {"requirements": 1, "evidence": 1, "activities": 3, "plan": 0}
    moved = {figure.name: (figure.old, figure.new) for figure in found.figures if not figure.same}
    assert moved["decision"] == (False, True)
    assert moved["accepted"] == (0, 1)
    assert "goals" not in moved
    nothing = between(old, copy.deepcopy(old), "a" * 64, "a" * 64)
    assert (nothing.requirements, nothing.evidence, nothing.activities) == ((), (), ())
    assert nothing.as_json()["figures"] == []
    assert json.loads(json.dumps(found.as_json()))["evidence"][0]["kind"] == "replaced"


def test_texts_are_held_against_each_other_word_by_word() -> None:
    assert pieces("a b c", "a x c") == [("same", "a"), ("out", "b"), ("in", "x"), ("same", "c")]
    long = " ".join(str(number) for number in range(100))
    cut = pieces(f"{long} one {long}", f"{long} two {long}")
    assert cut[0] == ("same", "… 94 95 96 97 98 99")
    assert cut[-1] == ("same", "0 1 2 3 4 5 …")
    assert pieces("", "new words") == [("in", "new words")]


def test_reports_are_compared_and_kinds_are_not_mixed(blobs: FolderBlobs, old: Row) -> None:
    report = snapshots.impact(blobs)
    later = copy.deepcopy(report)
    later["figures"]["totals"]["activities"] += 5
    later["figures"]["by_goal"][3]["all"] += 2
    found = between(report, later, "a" * 64, "b" * 64)
    with use_locale("en"):
        figures, *_rest = shown.sections(found)
        assert [(line.what, line.name) for line in figures.lines] == [
            ("+5", "Activities"),
            ("+2", "Activities for goal 4 Quality education"),
        ]
    with pytest.raises(Conflict):
        between(old, report, "a" * 64, "b" * 64)
    bare = {key: value for key, value in report.items() if key != "figures"}  # as a supplement is
    assert between(bare, bare, "a" * 64, "b" * 64).figures == ()
    narrow = {**old, "composition": {"areas": ["O"]}}
    assert shown.notes(between(old, narrow, "a" * 64, "b" * 64))
    assert not shown.notes(found)


def test_on_paper_it_is_a_page_or_two_and_the_workbook_has_every_line(
    found: Difference, new: Row, tmp_path: Path
) -> None:
    paper, book = io.BytesIO(), io.BytesIO()
    pdf.build(found, "Hvad er ændret", new, "da", paper)
    with pikepdf.open(paper) as document:
        assert len(document.pages) <= 2
        assert str(document.Root.Lang) == "da"
    workbook.build(found, "Hvad er ændret", new, "da", book)
    sheets = {sheet.title: sheet for sheet in openpyxl.load_workbook(book)}
    with use_locale("da"):
        for part in shown.sections(found):
            assert sheets[part.title].max_row == len(part.lines) + 1, part.title


def test_the_page_chooses_two_and_gives_files(
    workplace: Workplace,
    library: Library,
    make: Factories,
    coordinator: Actor,
    client_of: Clients,
    old: Row,
    new: Row,
) -> None:
    browser = client_of(coordinator)
    assert browser.get("/editions/compare").status_code == 200
    first, other, later = make.edition(library), make.edition(library, kind="impact"), make.edition(library)
    for edition, snapshot in ((first, old), (later, new)):
        kept = workplace.blobs.put(io.BytesIO(canonical(snapshot)))
        with workplace.writing(SYSTEM, library.id) as work:
            row = queries.get(work, edition.number)
            row.fingerprint, row.snapshot_size = kept.sha256, kept.size
    text = browser.get(f"/editions/compare?b={later.number}").text
    assert "<ins>og sidste</ins>" in text
    assert "Forkert fil" in text
    assert browser.get(f"/editions/compare?a={first.number}&b={other.number}").status_code == 409
    assert browser.get("/editions/compare?a=1&b=99").status_code == 404
    assert browser.get("/editions/compare?a=x").status_code == 404
    answer = browser.get(f"/editions/{first.number}/compare/{later.number}.xlsx", buffered=True)
    assert answer.data[:2] == b"PK"
    assert browser.get(f"/editions/{first.number}/compare/{later.number}.exe").status_code == 404
    with workplace.reading(coordinator) as work:
        editions = queries.newest_first(work)
        chosen = services.other_of(editions, queries.get(work, later.number))
        assert chosen is not None
        assert chosen.number == first.number
        assert services.other_of(editions, queries.get(work, other.number)) is None
        with pytest.raises(NotFound):
            services.compare(work, 1, 99)
