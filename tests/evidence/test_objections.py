"""An objection: every copy is found and replaced, what is frozen is named, and few see the rest."""

import io
from collections.abc import Callable
from datetime import date

import pytest

from sdg_tracker import trail
from sdg_tracker.access import Actor, Role
from sdg_tracker.collecting import evidence_rows, vocabulary
from sdg_tracker.evidence import blurring, integrity, objections, queries, reviewing
from sdg_tracker.evidence.blurring import Box
from sdg_tracker.evidence.models import Evidence
from sdg_tracker.evidence.objections import Found, Measure, ObjectionDetails
from sdg_tracker.evidence.people_models import Objection
from sdg_tracker.evidence.states import Decision
from sdg_tracker.impact import services as impact
from sdg_tracker.work import Library, Workplace
from tests.evidence import files
from tests.evidence.conftest import Add, refuses
from tests.factories import Factories

TODAY = date(2026, 3, 2)
PICTURE, OTHER = files.jpeg((300, 200), exif=files.exif()), files.jpeg((310, 200))
Object = Callable[..., Objection]


@pytest.fixture
def objected(workplace: Workplace, coordinator: Actor) -> Object:
    """Act on an objection to a piece of evidence."""

    def done(
        measure: Measure = Measure.WITHDRAWN, number: int = 1, actor: Actor = coordinator, **more: object
    ) -> Objection:
        details = ObjectionDetails(**{"received_on": TODAY, "measure": measure, "reference": "sag 12", **more})  # type: ignore[arg-type]
        with workplace.writing(actor) as work:
            return objections.raise_objection(work, number, details)

    return done


def blur(workplace: Workplace, actor: Actor, number: int = 1) -> None:
    with workplace.reading(actor) as work:
        made = blurring.make(work, queries.get(work, number), [Box(10, 10, 40, 40)])
    with workplace.writing(actor) as work:
        blurring.add(work, number, made)


def look(workplace: Workplace, actor: Actor, number: int = 1) -> Evidence:
    with workplace.reading(actor) as work:
        return queries.get(work, number)


def found(workplace: Workplace, actor: Actor, number: int = 1) -> Found:
    with workplace.reading(actor) as work:
        return objections.find(work, queries.get(work, number))


def frozen(workplace: Workplace, actor: Actor) -> dict[int, str]:
    """Digests of what a new edition would hold, by number."""
    with workplace.reading(actor) as work:
        return {row["number"]: row["sha256"] for row in evidence_rows.evidence(work, vocabulary.terms(work), None)}


def actions(workplace: Workplace, actor: Actor, number: int) -> list[str]:
    with workplace.reading(actor) as work:
        return [event.action for event in trail.of(work, "evidence", number)]


@pytest.fixture
def copies(workplace: Workplace, add: Add, coordinator: Actor, new_version: Callable[..., None]) -> None:
    """1, 3: the picture; 2: another one; 4: what others see of it, as a file of its own; 5: it once was the picture."""
    add(PICTURE, "fest.jpg", people="yes", public=True)
    add(OTHER, "andet.jpg")
    add(PICTURE, "fest igen.jpg")
    with workplace.blobs.open(look(workplace, coordinator).current.rendition_sha256) as file:
        add(file.read(), "hentet.jpg")
    add(PICTURE, "fest.jpg")
    new_version(coordinator, files.jpeg((90, 90)), "nyt.jpg", 5)


@pytest.mark.usefixtures("copies")
def test_every_copy_is_found_from_any_of_them_and_withdrawn(
    workplace: Workplace, coordinator: Actor, objected: Object
) -> None:
    for number in (1, 3, 4):
        copies = found(workplace, coordinator, number).copies
        told = [(copy.evidence.number, copy.is_current, len(copy.versions)) for copy in copies]
        assert told == [(1, True, 1), (3, True, 1), (4, True, 1), (5, False, 1)]
    made = objected()
    assert (made.number, made.pieces, made.editions, made.measure) == (1, [1, 3, 4, 5], [], "withdrawn")
    pieces = {number: look(workplace, coordinator, number) for number in range(1, 6)}
    assert [number for number, piece in pieces.items() if piece.withdrawn_at] == [1, 3, 4]
    assert pieces[1].withdrawn_reason == "Indsigelse 1 fra en person på billedet."
    closed = {number: [one.closed_at is not None for one in piece.versions] for number, piece in pieces.items()}
    assert closed == {1: [True], 2: [False], 3: [True], 4: [True], 5: [True, False]}
    assert frozen(workplace, coordinator).keys() == {2, 5}
    assert actions(workplace, coordinator, 3)[-2:] == ["evidence.withdrawn", "evidence.closed"]
    with workplace.reading(coordinator) as work:
        event = trail.of(work, "evidence", 1)[-1]
        assert not list(integrity.faults(work))
    digest = pieces[1].current.original_sha256
    assert (event.action, event.facts) == (
        "evidence.objected",
        {
            "objection": 1,
            "original": digest,
            "measure": "withdrawn",
            "received_on": "2026-03-02",
            "evidence": [1, 3, 4, 5],
            "editions": [],
        },
    )


@pytest.mark.usefixtures("copies")
def test_the_blurred_picture_takes_the_place_of_every_copy(
    workplace: Workplace, coordinator: Actor, objected: Object
) -> None:
    with refuses("objection-not-blurred"):
        objected(Measure.BLURRED)
    blur(workplace, coordinator)
    blurred = look(workplace, coordinator).current.rendition_sha256
    objected(Measure.BLURRED)
    seen = frozen(workplace, coordinator)
    assert [number for number, digest in seen.items() if digest == blurred] == [1, 3, 4]
    assert seen.keys() == {1, 2, 3, 4, 5}
    piece = look(workplace, coordinator, 4)
    assert [(one.ordinal, one.closed_at is None, bool(one.boxes)) for one in piece.versions] == [
        (1, False, False),
        (2, True, True),
    ]
    assert found(workplace, coordinator).digests >= {piece.current.original_sha256, blurred}
    objected(Measure.BLURRED)  # once more changes nothing
    assert frozen(workplace, coordinator) == seen
    assert len(look(workplace, coordinator, 4).versions) == 2


def test_an_accepted_earlier_version_counts_no_more(
    workplace: Workplace, add: Add, coordinator: Actor, staff: Actor, objected: Object, new_version: Callable[..., None]
) -> None:
    add(PICTURE, "fest.jpg")
    add(PICTURE, "fest.jpg", actor=staff)
    with workplace.writing(coordinator) as work:
        reviewing.review(work, 2, Decision.ACCEPTED)
    new_version(staff, OTHER, "andet.jpg", 2)
    before = frozen(workplace, coordinator)
    assert before[1] == before[2]
    objected()
    piece = look(workplace, coordinator, 2)
    assert (piece.accepted_version, piece.withdrawn_at) == (None, None)
    assert frozen(workplace, coordinator) == {2: piece.current.rendition_sha256}


def test_an_earlier_version_can_be_what_is_objected_to(
    workplace: Workplace, add: Add, coordinator: Actor, objected: Object, new_version: Callable[..., None]
) -> None:
    add(PICTURE, "fest.jpg")
    add(PICTURE, "fest igen.jpg")
    new_version(coordinator, OTHER, "andet.jpg")
    with refuses("version-not-found"):
        objected(version=3)
    assert objected(version=1).pieces == [1, 2]
    piece = look(workplace, coordinator)
    assert (piece.withdrawn_at, [one.closed_at is None for one in piece.versions]) == (None, [False, True])
    assert frozen(workplace, coordinator) == {1: piece.current.rendition_sha256}


def test_frozen_editions_are_named_and_stay_as_they_are(
    workplace: Workplace, make: Factories, library: Library, add: Add, coordinator: Actor, objected: Object
) -> None:
    make.activity(library, "Fest", "4")
    add(PICTURE, "fest.jpg", activity=1, collected_on=date(2026, 1, 20))
    with workplace.writing(coordinator) as work:
        edition = impact.freeze(work, 2026, "da")
    make.edition(library)
    add(PICTURE, "fest igen.jpg")
    with workplace.blobs.open(edition.fingerprint) as file:
        snapshot = file.read()
    where = found(workplace, coordinator, 2)
    assert [(held.number, held.exhibits) for held in where.editions] == [(1, (1,))]
    assert objected(number=2).editions == [1]
    with workplace.blobs.open(edition.fingerprint) as file:
        assert file.read() == snapshot
    assert frozen(workplace, coordinator) == {}
    with workplace.reading(coordinator) as work:
        assert [one.number for one in objections.of(work, 1)] == [1]
        assert objections.of(work, 3) == []


def test_an_objection_is_refused(make: Factories, library: Library, objected: Object) -> None:
    make.picture(library)
    for details, code in (
        ({"received_on": date(2026, 3, 3)}, "objection-day-ahead"),
        ({"reference": "x" * 201}, "objection-reference-long"),
        ({"reference": "010190-1234"}, "personal-number-typed"),
    ):
        with refuses(code):
            objected(**details)


def test_only_the_coordinator_acts_on_objections(
    staff: Actor, objected: Object, make: Factories, library: Library
) -> None:
    make.picture(library, added_by=staff.number)
    for actor in (staff, make.member(library, Role.READER)):
        with refuses("forbidden"):
            objected(actor=actor)


def test_another_library_is_not_searched(
    workplace: Workplace, add: Add, coordinator: Actor, make: Factories, objected: Object
) -> None:
    other = make.library("Tomby")
    add(PICTURE, "fest.jpg")
    make.evidence(other, io.BytesIO(PICTURE).read(), kind="photo", media_type="image/jpeg")
    assert objected().pieces == [1]
