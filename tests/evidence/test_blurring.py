"""Blurring: what is left of a place, who sees what afterwards, and that frozen editions are not touched."""

import io
import random
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from PIL import Image

from sdg_tracker import trail
from sdg_tracker.access import Actor, Role
from sdg_tracker.evidence import blurring, integrity, pictures, queries, reviewing, revising
from sdg_tracker.evidence.blurring import Box
from sdg_tracker.evidence.models import Evidence, Version
from sdg_tracker.evidence.states import Decision
from sdg_tracker.work import Library, Work, Workplace
from tests.evidence import files
from tests.evidence.conftest import Add, refuses
from tests.factories import Factories

PLACE = Box(25, 25, 50, 50)
Blur = Callable[..., Version]


def noise(size: tuple[int, int] = (240, 160), mode: str = "RGB", name: str = "PNG") -> bytes:
    """A picture of which no two places are alike."""
    chance, target = random.Random(3), io.BytesIO()
    picture = Image.frombytes(mode, size, chance.randbytes(size[0] * size[1] * len(Image.new(mode, (1, 1)).getbands())))
    picture.save(target, name, exif=files.exif())
    return target.getvalue()


def opened(workplace: Workplace, sha256: str) -> Image.Image:
    with workplace.blobs.open(sha256) as file:
        return Image.open(io.BytesIO(file.read()))


@pytest.fixture
def blur(workplace: Workplace, coordinator: Actor) -> Blur:
    """Blur places in the first piece of evidence, in two steps as the page does."""

    def blurred(places: Sequence[Box] = (PLACE,), actor: Actor = coordinator, number: int = 1) -> Version:
        with workplace.reading(actor) as work:
            made = blurring.make(work, queries.get(work, number), places)
        with workplace.writing(actor) as work:
            return blurring.add(work, number, made)

    return blurred


def look(workplace: Workplace, actor: Actor, number: int = 1) -> Evidence:
    with workplace.reading(actor) as work:
        return queries.get(work, number)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA"])
def test_a_place_becomes_a_few_even_blocks_and_the_rest_stays(mode: str) -> None:
    source, target = io.BytesIO(noise((600, 400), mode)), io.BytesIO()
    pictures.blur(source, target, "image/png", [(25, 25, 50, 50)])
    before, after = Image.open(source), Image.open(target)
    assert after.size == before.size
    place = after.crop((150, 100, 450, 300))
    assert len(place.getcolors(1 << 20) or ()) <= pictures.BLOCKS * pictures.BLOCKS
    assert after.crop((0, 0, 600, 100)).tobytes() == before.crop((0, 0, 600, 100)).tobytes()
    assert not after.getexif()


@pytest.mark.parametrize("place", [(0, 0, 0.3, 0.3), (99.9, 99.9, 0.1, 0.1), (0, 0, 100, 100), (50, 0, 0.4, 100)])
def test_a_place_at_an_edge_or_very_small_is_blurred_too(place: tuple[float, float, float, float]) -> None:
    source, target = io.BytesIO(noise()), io.BytesIO()
    pictures.blur(source, target, "image/png", [place])
    assert Image.open(target).tobytes() != Image.open(source).tobytes()


def test_a_small_place_in_a_large_picture_keeps_no_writing() -> None:
    source, target = io.BytesIO(noise((2400, 600))), io.BytesIO()
    pictures.blur(source, target, "image/png", [(50, 50, 3, 5)])  # 72 x 30 pixels: a line of text
    place = Image.open(target).crop((1200, 300, 1272, 330))
    assert len(place.getcolors(1 << 20) or ()) <= 2


def test_a_blurred_picture_is_a_new_version_of_the_same_original(
    workplace: Workplace, add: Add, coordinator: Actor, blur: Blur
) -> None:
    add(noise(name="JPEG"), "fest.jpg")
    before = look(workplace, coordinator).current
    after = blur([PLACE, Box(0, 0, 10, 10)])
    evidence = look(workplace, coordinator)
    assert [version.ordinal for version in evidence.versions] == [1, 2]
    assert after.original_sha256 == before.original_sha256
    assert after.rendition_sha256 != before.rendition_sha256
    assert (after.thumbnail_state, len(after.boxes), evidence.versions[0].thumbnail_state) == ("owed", 2, "none")
    assert not opened(workplace, after.rendition_sha256).getexif()
    with workplace.reading(coordinator) as work:
        event = trail.of(work, "evidence", 1)[-1]
        assert not list(integrity.faults(work))
    assert (event.action, event.facts) == (
        "evidence.blurred",
        {
            "version": 2,
            "original": before.original_sha256,
            "before": before.rendition_sha256,
            "rendition": after.rendition_sha256,
            "places": 2,
        },
    )


def test_blurring_twice_adds_up(workplace: Workplace, add: Add, coordinator: Actor, blur: Blur) -> None:
    add(noise(), "fest.png")
    first = blur([Box(0, 0, 30, 30)])
    second = blur([Box(60, 60, 30, 30)])
    assert second.boxes == [*first.boxes, {"left": 60, "top": 60, "width": 30, "height": 30}]
    corner = (0, 0, 72, 48)
    one, other = (opened(workplace, version.rendition_sha256).crop(corner) for version in (first, second))
    assert one.tobytes() == other.tobytes()
    assert [version.closed_at is None for version in look(workplace, coordinator).versions] == [False, False, True]


def test_what_is_accepted_stays_so_and_shows_the_blurred_picture(
    workplace: Workplace, add: Add, coordinator: Actor, staff: Actor, blur: Blur
) -> None:
    add(noise(), "fest.png", actor=staff)
    with workplace.writing(coordinator) as work:
        reviewing.review(work, 1, Decision.ACCEPTED)
    blur()
    evidence = look(workplace, coordinator)
    assert (evidence.state, evidence.accepted_version, evidence.shown.ordinal) == ("accepted", 2, 2)
    blur([Box(0, 0, 9, 9)], actor=staff)  # who does not review has it looked at again
    evidence = look(workplace, coordinator)
    assert (evidence.state, evidence.accepted_version) == ("submitted", 3)


def test_places_are_refused(make: Factories, library: Library, blur: Blur) -> None:
    make.picture(library)
    for places, code in (
        ([], "blur-no-box"),
        ([PLACE] * (blurring.MOST + 1), "blur-too-many"),
        ([PLACE, Box(90, 10, 20, 5)], "blur-box-outside"),
        ([Box(-1, 10, 20, 5)], "blur-box-outside"),
        ([Box(10, 10, 0, 5)], "blur-box-outside"),
        ([Box(float("nan"), 10, 5, 5)], "blur-box-outside"),
    ):
        with refuses(code):
            blur(places)


def test_only_a_standing_picture_is_blurred(
    make: Factories, library: Library, blur: Blur, workplace: Workplace, coordinator: Actor
) -> None:
    make.evidence(library)
    make.picture(library)
    with workplace.writing(coordinator) as work:
        revising.withdraw(work, 2, "Forkert")
    for number in (1, 2):
        with refuses("blur-no-picture"):
            blur(number=number)


def test_a_version_that_came_meanwhile_is_not_lost(
    workplace: Workplace, add: Add, coordinator: Actor, new_version: Callable[..., None]
) -> None:
    add(files.jpeg(), "a.jpg")
    with workplace.reading(coordinator) as work:
        made = blurring.make(work, queries.get(work, 1), [PLACE])
    new_version(coordinator, files.jpeg((90, 90)), "b.jpg")
    with workplace.writing(coordinator) as work, refuses("changed-meanwhile"):
        blurring.add(work, 1, made)


def test_others_do_not_blur(blur: Blur, staff: Actor, make: Factories, library: Library) -> None:
    make.picture(library)
    for actor in (staff, make.member(library, Role.READER)):
        with refuses("forbidden"):
            blur(actor=actor)


def test_what_was_blurred_does_not_come_back_by_hand_of_staff(
    workplace: Workplace, add: Add, staff: Actor, coordinator: Actor, blur: Blur, new_version: Callable[..., None]
) -> None:
    content = noise()
    add(content, "fest.png", actor=staff)
    rendition = look(workplace, coordinator).current.rendition_sha256
    blur(actor=staff)
    with workplace.blobs.open(rendition) as file:
        unblurred = file.read()
    for again in (content, unblurred):
        with refuses("picture-closed"):
            add(again, "fest igen.png", actor=staff)
        with refuses("picture-closed"):
            new_version(staff, again, "fest igen.png")
    add(content, "fest igen.png")  # who may fetch the original may


def test_steps_leave_no_half_a_row(workplace: Workplace, make: Factories, library: Library, coordinator: Actor) -> None:
    make.picture(library)

    def broken(work: Work) -> Any:
        evidence = queries.get(work, 1, lock=True)
        with workplace.blobs.open(evidence.current.rendition_sha256) as file:
            stored = workplace.blobs.put(io.BytesIO(file.read() + b"x"))
        blurring.put(work, evidence, evidence.current, stored, [PLACE])
        raise RuntimeError

    with pytest.raises(RuntimeError), workplace.writing(coordinator) as work:
        broken(work)
    evidence = look(workplace, coordinator)
    assert (len(evidence.versions), evidence.current.closed_at) == (1, None)
