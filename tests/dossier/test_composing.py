"""Composing a dossier, looking at its pages, approving and freezing it."""

import hashlib
import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pikepdf
import pytest
from flask.testing import FlaskClient
from PIL import Image

from sdg_tracker import drafts
from sdg_tracker.access import Actor, Role
from sdg_tracker.attempts import Progress
from sdg_tracker.dossier import composing, outputs, previewing, queries, services, snapshot
from sdg_tracker.dossier.composing import Choices
from sdg_tracker.dossier.rules import Composed, Variant
from sdg_tracker.editions import build, kinds
from sdg_tracker.evidence import intake, tying
from sdg_tracker.evidence.tying import Wanted
from sdg_tracker.foundation.errors import Conflict, Forbidden, Invalid
from sdg_tracker.jobs import Queue
from sdg_tracker.schemes import queries as schemes
from sdg_tracker.work import Library, Workplace
from tests import demo_library
from tests.factories import Factories

Clients = Callable[[Actor | None], FlaskClient]
AT_START = True
assert outputs.KIND


@pytest.fixture
def cycle(make: Factories, library: Library) -> int:
    return make.cycle(library).number


def compose(workplace: Workplace, coordinator: Actor, cycle: int, **chosen: Any) -> None:
    with workplace.writing(coordinator) as work:
        row = queries.composition(work, schemes.cycle(work, cycle))
        composing.save(work, cycle, Choices(**{"language": "da", "seen": row.revision if row else None, **chosen}))


def tie(workplace: Workplace, coordinator: Actor, cycle: int, number: int, code: str) -> None:
    with workplace.writing(coordinator) as work:
        tying.tie(work, number, Wanted(cycle, code))


def look(workplace: Workplace, coordinator: Actor, cycle: int) -> str:
    """Make the pages, without making them: what is approved is the data."""
    with workplace.writing(coordinator) as work:
        preview = previewing.ask(work, cycle)
        preview.state = Progress.READY.value
        work.owed.clear()
        return preview.essence


def test_what_is_chosen_goes_in_and_nothing_else(
    workplace: Workplace, make: Factories, library: Library, coordinator: Actor, cycle: int
) -> None:
    inside = make.evidence(library, title="Inde")
    tie(workplace, coordinator, cycle, inside.number, "O1.1")
    tie(workplace, coordinator, cycle, make.evidence(library, b"other\n").number, "B2.1")
    compose(
        workplace,
        coordinator,
        cycle,
        areas=("O",),
        files=False,
        trail=False,
        title="Vores dossier",
        foreword="Kære læser",
        first_on=date(2026, 2, 1),
    )
    with workplace.writing(coordinator) as work:
        edition = services.freeze(work, cycle)
    taken = build.snapshot_of(workplace.blobs, edition)
    assert demo_library.faults(dict(taken)) == []
    assert [area["code"] for area in taken["areas"]] == ["O"]
    assert {row["area"] for row in taken["requirements"]} == {"O"}
    assert [row["number"] for row in taken["evidence"]] == [inside.number]
    assert taken["readiness"]["whole"]["total"] == len(taken["requirements"])
    assert taken["trail"]["events"] == []
    assert taken["trail"]["length"] > 0
    assert kinds.bagged(taken) == []
    assert len(kinds.evidence(taken)) == 1
    assert (edition.title, taken["title"], edition.language) == ("Vores dossier", "Vores dossier", "da")
    told = taken["composition"]
    assert told["period"] == {"first": "2026-02-01", "last": taken["cycle"]["ends_on"]}
    assert (told["foreword"], told["areas"], told["approved"]) == ("Kære læser", ["O"], None)


def test_choosing_everything_is_choosing_nothing(workplace: Workplace, coordinator: Actor, cycle: int) -> None:
    with workplace.reading(coordinator) as work:
        found = schemes.cycle(work, cycle)
        every = tuple(area["code"] for area in found.scheme.document["areas"])
    compose(workplace, coordinator, cycle, areas=every, first_on=found.starts_on, last_on=found.ends_on)
    with workplace.reading(coordinator) as work:
        row = queries.composition(work, schemes.cycle(work, cycle))
        assert row is not None
        assert (row.areas, row.first_on, row.last_on) == ([], None, None)


@pytest.mark.parametrize(
    ("chosen", "code", "field"),
    [
        ({"areas": ("O", "Q")}, "composition-area", "areas"),
        ({"also": "da"}, "composition-languages", "also"),
        ({"first_on": date(2027, 1, 1), "last_on": date(2026, 1, 1)}, "composition-days", "last_on"),
        ({"variant": Variant.COMMITTEE}, "composition-year", "year"),
        ({"variant": Variant.COMMITTEE, "year": 1999}, "composition-year", "year"),
    ],
)
def test_what_does_not_fit_is_refused(
    workplace: Workplace, coordinator: Actor, cycle: int, chosen: dict[str, Any], code: str, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        compose(workplace, coordinator, cycle, **chosen)
    assert (refused.value.code, refused.value.field) == (code, field)


def test_an_approval_goes_in_as_long_as_nothing_changes(
    workplace: Workplace, make: Factories, library: Library, coordinator: Actor, cycle: int
) -> None:
    chief = make.member(library, Role.ADMINISTRATOR)
    compose(workplace, coordinator, cycle)
    seen = look(workplace, coordinator, cycle)
    with workplace.writing(chief) as work:
        composing.approve(work, cycle, "  Bibliotekschef ", seen)
    with workplace.reading(coordinator) as work:
        row = queries.composition(work, schemes.cycle(work, cycle))
        assert row is not None
        assert drafts.essence(previewing.draft(work, row)) == seen
    make.evidence(library, title="Kom til bagefter")
    with workplace.writing(coordinator) as work, pytest.raises(Conflict) as refused:
        services.freeze(work, cycle)
    assert refused.value.code == "dossier-changed-since-approved"
    with workplace.writing(coordinator) as work:
        edition = services.freeze(work, cycle, unapproved=True)
    assert build.snapshot_of(workplace.blobs, edition)["composition"]["approved"] is None
    seen = look(workplace, coordinator, cycle)
    with workplace.writing(chief) as work:
        composing.approve(work, cycle, "Bibliotekschef", seen)
    with workplace.writing(coordinator) as work:
        edition = services.freeze(work, cycle)
    taken = build.snapshot_of(workplace.blobs, edition)
    assert demo_library.faults(dict(taken)) == []
    approved = taken["composition"]["approved"]
    assert approved["role"] == "Bibliotekschef"
    assert approved["name"]
    assert approved["at"].endswith("Z")
    with workplace.writing(coordinator) as work:  # the next one is to be approved again
        assert build.snapshot_of(work.blobs, services.freeze(work, cycle))["composition"]["approved"] is None


def test_only_what_was_seen_can_be_approved(
    workplace: Workplace, make: Factories, library: Library, coordinator: Actor, cycle: int
) -> None:
    compose(workplace, coordinator, cycle)
    for expected, essence in (("approve-no-preview", "0" * 64), ("approve-other-preview", "0" * 64)):
        with workplace.writing(coordinator) as work, pytest.raises(Conflict) as refused:
            composing.approve(work, cycle, "Leder", essence)
        assert refused.value.code == expected
        seen = look(workplace, coordinator, cycle)
    with workplace.writing(coordinator) as work, pytest.raises(Invalid):
        composing.approve(work, cycle, " ", seen)
    with workplace.writing(make.member(library, Role.STAFF)) as work, pytest.raises(Forbidden):
        composing.approve(work, cycle, "Leder", seen)


def test_pages_are_made_by_the_worker_and_lost_ones_again(
    workplace: Workplace, make: Factories, library: Library, coordinator: Actor, cycle: int
) -> None:
    make.activity(library, "Vandets dag", "6")
    picture = io.BytesIO()
    Image.new("RGB", (60, 30), "navy").save(picture, "PNG")
    picture.seek(0)
    with workplace.reading(coordinator) as work:
        logo = intake.receive(work, picture, "logo.png")
    with workplace.writing(coordinator) as work:
        chosen = Choices("da", variant=Variant.COMMITTEE, year=2026, proposal="Flere aftener", foreword="Kære udvalg")
        composing.save(work, cycle, chosen, logo)
    with workplace.writing(coordinator) as work:
        preview = previewing.ask(work, cycle)
        assert work.owed == [(previewing.JOB, (library.id, preview.id, 0))]
        work.owed.clear()
    owed: list[Any] = []
    with workplace.reading(coordinator) as work:
        previewing.owe_again(work, AT_START)
        owed = list(work.owed)
    for name, arguments in (*owed, *owed):  # a job may come twice
        Queue(workplace).perform(name, *arguments)
    with workplace.reading(coordinator) as work:
        row = queries.composition(work, schemes.cycle(work, cycle))
        assert row is not None
        assert row.preview is not None
        assert row.preview.sha256 is not None
        assert (row.preview.state, row.preview.attempt, row.preview.fault) == ("ready", 1, "")
        assert 5 <= (row.preview.pages or 0) <= 9
        first = Image.open(io.BytesIO(previewing.page(work, cycle, row.preview.sha256[:16], 1)))
        assert first.width == 900
        assert first.convert("RGB").getpixel((860, 20)) == pytest.approx((23, 56, 74), abs=6)


def test_it_is_composed_on_a_page(
    client_of: Clients, workplace: Workplace, make: Factories, library: Library, coordinator: Actor, cycle: int
) -> None:
    make.evidence(library, media_type="image/png", thumbnail_state="owed")
    browser = client_of(coordinator)
    address = f"/editions/dossier/{cycle}"
    opened = browser.get("/editions/dossier", follow_redirects=True)
    assert opened.request.path == address
    assert "1 lille billede er ikke lavet endnu" in opened.text
    values = {"language": "da", "also": "", "variant": "whole", "files": "y", "trail": "y", "revision": ""}
    answer = browser.post(address, data={**values, "title": "Første", "areas": ["O", "B"]})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{address}#look")
    again = browser.post(address, data={**values, "title": "Anden", "areas": ["O"]})
    assert again.status_code == 409
    assert "Anden" in again.text
    wrong = browser.post(address, data={**values, "logo": (io.BytesIO(b"no picture"), "logo.png")})
    assert wrong.status_code in (409, 422)
    with workplace.reading(coordinator) as work:
        row = queries.composition(work, schemes.cycle(work, cycle))
        assert row is not None
        assert (row.title, row.areas) == ("Første", ["O", "B"])
    pages = browser.get(f"{address}/pages")
    assert "Der er ingen sider endnu" in pages.text
    look(workplace, coordinator, cycle)
    frozen = browser.post(f"{address}/freeze", data={})
    assert frozen.status_code == 303
    assert frozen.headers["Location"] == "/editions/1"


def test_without_a_cycle_it_says_what_to_do(client_of: Clients, coordinator: Actor) -> None:
    answer = client_of(coordinator).get("/editions/dossier")
    assert answer.status_code == 200
    assert "Der er endnu ingen certificeringsperiode" in answer.text


def test_the_pages_do_not_depend_on_when_they_were_made(workplace: Workplace, coordinator: Actor, cycle: int) -> None:
    with workplace.reading(coordinator) as work:
        first = snapshot.take(work, schemes.cycle(work, cycle), 1, "da", Composed())
    second = {**first, "number": 9, "frozen_at": "2031-01-01T00:00:00Z", "draft": True}
    assert drafts.essence(first) == drafts.essence(second)
    assert drafts.essence(first) == drafts.essence(
        drafts.same_but_approved(first, {"name": "A", "role": "B", "at": "C"})
    )
    assert drafts.essence(first) != drafts.essence({**first, "title": "Another"})


def test_a_second_language_has_files_of_its_own(workplace: Workplace, coordinator: Actor, cycle: int) -> None:
    compose(workplace, coordinator, cycle, also="en", files=False, variant=Variant.COMMITTEE, year=2026)
    with workplace.writing(coordinator) as work:
        edition = services.freeze(work, cycle)
        work.owed.clear()
    assert edition.also == "en"
    taken = dict(build.snapshot_of(workplace.blobs, edition))
    assert demo_library.faults(taken) == []
    made = outputs.KIND.made("en")
    assert [output.name for output in made[-3:]] == ["report-en.pdf", "report-en.xlsx", "index-en.html"]
    assert edition.total == len(made) + 1
    stored = build.in_child(workplace, edition.kind, edition.snapshot, "report-en.pdf")
    with workplace.blobs.open(stored.sha256) as file:
        printed = pikepdf.open(io.BytesIO(file.read()))
    assert str(printed.Root.Lang) == "en"
    assert "Evaluation of 2026 and proposal for 2027" in str(printed.docinfo.Title)
    assert sorted(printed.attachments) == ["report-en.xlsx", "snapshot.json"]
    data = printed.attachments["snapshot.json"].get_file().read_bytes()
    assert hashlib.sha256(data).hexdigest() == edition.fingerprint
    page = build.in_child(workplace, edition.kind, edition.snapshot, "index-en.html")
    with workplace.blobs.open(page.sha256) as file:
        text = file.read().decode()
    assert '<html lang="en"' in text
    assert 'href="report-en.pdf"' in text
    assert '<a href="index.html" lang="da" hreflang="da">Dansk</a>' in text
