"""What is kept apart: who reaches it, that it stands for nothing, and how it is released."""

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from sdg_tracker import trail
from sdg_tracker.access import SYSTEM, Actor, Role
from sdg_tracker.activities import queries as activities
from sdg_tracker.certification import queries as certification
from sdg_tracker.collecting import evidence_rows, vocabulary
from sdg_tracker.evidence import (
    adding,
    counting,
    intake,
    listing,
    preparing,
    quarantine,
    queries,
    revising,
    scanner,
    tying,
)
from sdg_tracker.evidence.details import EvidenceDetails
from sdg_tracker.evidence.tying import Wanted
from sdg_tracker.foundation.errors import Conflict, Forbidden, Invalid
from sdg_tracker.foundation.settings import Settings
from sdg_tracker.work import Library, Workplace
from tests.evidence import files, hostile
from tests.evidence.conftest import Add
from tests.factories import Factories

ClientOf = Callable[[Actor | None], FlaskClient]
EMBEDDED = files.docx({"word/embeddings/oleObject1.bin": files.OLD_WORD})


@pytest.fixture
def kept(add: Add, make: Factories, library: Library, staff: Actor) -> int:
    """A text with a file in it, added by staff for an activity and a requirement."""
    make.cycle(library)
    activity = make.activity(library, "Byttemarked", "12")
    return add(EMBEDDED, "brev.docx", [Wanted(1, "O1.1", "2")], staff, activity=activity.number).evidence.number


def test_it_stands_for_nothing_until_it_is_released(
    workplace: Workplace, library: Library, coordinator: Actor, kept: int
) -> None:
    def standing() -> tuple[object, ...]:
        with workplace.reading(coordinator) as work:
            activity, cycle = activities.get(work, 1), queries.cycles(work)[0]
            requirement = queries.requirement(work, 1, "O1.1")[1]
            frozen = evidence_rows.evidence(work, vocabulary.terms(work), cycle)
            return (
                counting.counts(work).evidence,
                len(queries.of_activity(work, activity)),
                listing.one_page(work, listing.Filters(), "number", 10, 0)[1],
                activities.evidence_counts(work, [activity]),
                len(activity.evidence),
                len(certification.candidates(work, cycle, requirement)),
                [(piece["number"], [(tie["code"], tie["pages"]) for tie in piece["requirements"]]) for piece in frozen],
            )

    nothing: tuple[object, ...] = (0, 0, 0, {}, 0, 0, [])
    assert standing() == nothing
    with workplace.reading(coordinator) as work:
        evidence = queries.get(work, kept)
        assert [evidence.ties, evidence.current.thumbnail_state, evidence.stands] == [[], "none", False]
        assert [row.number for row in queries.quarantined(work)] == [kept]
        assert counting.count_quarantined(work) == 1
    with workplace.writing(coordinator) as work:
        quarantine.release(work, kept)
    assert standing() == (1, 1, 1, {1: 1}, 1, 0, [(1, [("O1.1", "2")])])
    with workplace.reading(coordinator) as work:
        version = queries.get(work, kept).current
        assert version.released_by == coordinator.number
        assert version.quarantined_at is not None
        told = [event for event in trail.of(work, "evidence", kept) if event.action != "evidence.added"]
        assert [event.action for event in told] == ["evidence.checked", "evidence.released", "evidence.tied"]
        assert told[0].facts == {"version": 1, "findings": ["office-embedded"], "quarantined": True}
        assert counting.count_quarantined(work) == 0


def test_a_picture_of_it_is_made_after_the_release_only(workplace: Workplace, coordinator: Actor, add: Add) -> None:
    with workplace.reading(coordinator) as work:
        work.settings = Settings(clamd="unix:/nonexistent")
        received = intake.receive(work, io.BytesIO(files.jpeg()), "foto.jpg")
    assert received.quarantined
    with workplace.writing(coordinator) as work:
        number = adding.add(work, received, EvidenceDetails()).evidence.number
        assert work.owed == []
    with workplace.writing(coordinator) as work:  # the scanner was switched off meanwhile: the coordinator decides
        quarantine.release(work, number)
        assert [job for job, _arguments in work.owed] == [preparing.THUMBNAIL_JOB]


def test_only_the_coordinator_reaches_it(
    workplace: Workplace,
    make: Factories,
    library: Library,
    staff: Actor,
    coordinator: Actor,
    kept: int,
    client_of: ClientOf,
) -> None:
    addresses = [f"/evidence/{kept}", f"/evidence/{kept}/versions/1/file", f"/evidence/{kept}/versions/1/original"]
    addresses += [f"/evidence/{kept}/edit", f"/evidence/{kept}/withdraw", "/evidence/quarantine"]
    addresses += [f"/evidence/{kept}/versions/new"]
    for actor in (staff, make.member(library, Role.READER), make.member(library, Role.ADMINISTRATOR)):
        client = client_of(actor)
        assert {client.get(address).status_code for address in addresses} == {403}
        assert client.get(f"/evidence/{kept}/thumbnail").status_code == 403
        assert client.post(f"/evidence/{kept}/release").status_code == 403
        assert "brev" not in client.get("/evidence").text
        assert "brev" not in client.get("/activities/1").text
    client = client_of(coordinator)
    assert {client.get(address, buffered=True).status_code for address in addresses} == {200}
    for actor in (staff, SYSTEM):
        with workplace.writing(actor, library.id) as work, pytest.raises(Forbidden):
            quarantine.release(work, kept)
    with workplace.writing(staff) as work:
        with pytest.raises(Conflict):
            revising.withdraw(work, kept, "min")
        with pytest.raises(Conflict):
            tying.tie(work, kept, Wanted(1, "O1.1"))
    with workplace.writing(coordinator) as work, pytest.raises(Conflict):
        tying.tie(work, kept, Wanted(1, "O1.1"))


def test_who_adds_it_is_told_and_the_coordinator_releases_it_on_its_page(
    make: Factories, library: Library, staff: Actor, coordinator: Actor, client_of: ClientOf
) -> None:
    client = client_of(staff)
    answer = client.post(
        "/evidence/new", data={"document": [(io.BytesIO(EMBEDDED), "brev.docx")]}, content_type="multipart/form-data"
    )
    assert answer.location == "/evidence"
    assert "karantæne" in client.get("/evidence").text
    client = client_of(coordinator)
    assert "brev" in client.get("/evidence/quarantine").text
    shown = client.get("/evidence/1").text
    assert "/evidence/1/release" in shown
    assert client.post("/evidence/1/release", data={"revision": "7"}).status_code == 409
    assert client.post("/evidence/1/release", data={"revision": "1"}).status_code == 303
    assert client_of(staff).get("/evidence/1").status_code == 200
    assert client.post("/evidence/1/release").status_code == 409
    assert "brev" not in client.get("/evidence/quarantine").text


def test_a_newer_version_decides(
    workplace: Workplace, coordinator: Actor, staff: Actor, kept: int, client_of: ClientOf
) -> None:
    def add_version(content: bytes, name: str) -> adding.Added:
        with workplace.reading(coordinator) as work:
            received = intake.receive(work, io.BytesIO(content), name)
        with workplace.writing(coordinator) as work:
            return adding.add_version(work, kept, received)

    added = add_version(files.pdf(), "brev.pdf")
    assert added.evidence.stands
    assert [tie.requirement_code for tie in added.evidence.ties] == ["O1.1"]
    client = client_of(staff)
    assert client.get(f"/evidence/{kept}").status_code == 200
    assert client.get(f"/evidence/{kept}/versions/2/file", buffered=True).status_code == 200
    assert client.get(f"/evidence/{kept}/versions/1/file").status_code == 403  # the earlier one stays where it is
    assert not add_version(EMBEDDED, "brev.docx").evidence.stands
    assert client.get(f"/evidence/{kept}").status_code == 403


def test_a_tie_to_no_requirement_is_refused_at_once(
    workplace: Workplace, staff: Actor, add: Add, make: Factories, library: Library
) -> None:
    make.cycle(library)
    with pytest.raises(Invalid):
        add(EMBEDDED, "brev.docx", [Wanted(1, "XX")], staff)


def test_marks_are_shown_with_what_to_do(add: Add, coordinator: Actor, client_of: ClientOf) -> None:
    number = add(hostile.CASES["a PDF with a program in it"].make(), "a.pdf").evidence.number
    table = add(b"navn;cpr\nA;010190-1234\nB;311299-4321\n", "a.csv").evidence.number
    client = client_of(coordinator)
    with client.session_transaction() as session:
        session["language"] = "en"
    shown = client.get(f"/evidence/{number}").text
    assert "Other files are attached inside the PDF." in shown
    assert "as evidence of their own" in shown
    shown = client.get(f"/evidence/{table}").text
    assert "look like CPR numbers: 2." in shown
    assert "010190" not in shown
    assert "010190" not in client.get("/admin/trail").text


# The scanner ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def unscanned(
    workplace: Workplace, coordinator: Actor, make: Factories, library: Library, monkeypatch: pytest.MonkeyPatch
) -> int:
    """A note that came while the scanner was away, for a requirement."""
    make.cycle(library)
    with workplace.reading(coordinator) as work:
        work.settings = Settings(clamd="unix:/nonexistent")
        received = intake.receive(work, io.BytesIO(b"hej\n"), "a.txt")
    assert [finding.code for finding in received.findings] == ["not-scanned"]
    with workplace.writing(coordinator) as work:
        number = adding.add(work, received, EvidenceDetails(), [Wanted(1, "O1.1")]).evidence.number
    workplace.settings = Settings(**{**vars(workplace.settings), "clamd": "unix:/nonexistent"})
    return number


def owed(workplace: Workplace, library: Library, at_start: bool) -> list[tuple[str, tuple[int, ...]]]:
    with workplace.reading(SYSTEM, library.id) as work:
        quarantine.owe_again(work, at_start)
        return list(work.owed)


def test_while_the_scanner_is_away_nothing_is_let_through(
    workplace: Workplace, library: Library, coordinator: Actor, unscanned: int
) -> None:
    with workplace.writing(coordinator) as work, pytest.raises(Conflict, match="scanner"):
        quarantine.release(work, unscanned)
    for attempt in range(3):
        assert owed(workplace, library, at_start=True) == [(quarantine.SCAN_JOB, (library.id, 1, attempt))]
        quarantine.scan(workplace, library.id, 1, attempt)
    quarantine.scan(workplace, library.id, 1, 0)  # a job that comes twice works once
    with workplace.reading(coordinator) as work:
        evidence = queries.get(work, unscanned)
        assert (evidence.current.scan_state, evidence.current.scan_attempt, evidence.stands) == ("owed", 3, False)


def test_it_is_asked_again_ever_more_seldom(workplace: Workplace, library: Library, unscanned: int) -> None:
    now = workplace.clock()
    waits = []
    for attempt in range(9):
        minutes = 0.0
        while not owed(workplace, library, at_start=False):
            minutes += 0.5
            workplace.clock = lambda at=now + timedelta(minutes=minutes): at  # type: ignore[misc]
        waits.append(minutes)
        quarantine.scan(workplace, library.id, 1, attempt)
        now = workplace.clock()
    assert waits == [0.5, 1, 2, 4, 8, 16, 32, 60, 60]


def test_a_clean_verdict_releases_it(
    workplace: Workplace, library: Library, coordinator: Actor, unscanned: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scanner, "scan", lambda _address, _file: None)
    quarantine.scan(workplace, library.id, 1, 0)
    with workplace.reading(coordinator) as work:
        evidence = queries.get(work, unscanned)
        assert evidence.stands
        assert (evidence.current.scan_state, evidence.current.findings) == ("clean", [])
        assert [tie.requirement_code for tie in evidence.ties] == ["O1.1"]
        actions = [event.action for event in trail.of(work, "evidence", unscanned)]
        assert actions[-3:] == ["evidence.scanned", "evidence.released", "evidence.tied"]
        assert list(trail.faults(work)) == []
    assert owed(workplace, library, at_start=True) == []


def test_what_is_found_late_stays_for_ever(
    workplace: Workplace,
    library: Library,
    coordinator: Actor,
    unscanned: int,
    client_of: ClientOf,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(scanner, "scan", lambda _address, _file: "Eicar-Test")
    quarantine.scan(workplace, library.id, 1, 0)
    with workplace.writing(coordinator) as work, pytest.raises(Conflict, match=r"harmful|skadelig"):
        quarantine.release(work, unscanned)
    shown = client_of(coordinator).get(f"/evidence/{unscanned}").text
    assert "Eicar-Test" in shown
    assert "/release" not in shown
    with workplace.writing(coordinator) as work:
        revising.withdraw(work, unscanned, "Skadelig kode")
    assert owed(workplace, library, at_start=True) == []


def test_a_verdict_of_an_earlier_attempt_is_dropped(workplace: Workplace, library: Library, unscanned: int) -> None:
    with workplace.writing(SYSTEM, library.id) as work:
        first = quarantine.claim(work, 1, 0)
        assert first is not None
    with workplace.writing(SYSTEM, library.id) as work:
        assert quarantine.claim(work, 1, 0) is None
        assert quarantine.claim(work, 1, 1) is not None
        assert not quarantine.finish(work, first, None)
