"""Small pictures made outside the request: once, whatever is killed, lost or comes twice."""

import io
from datetime import timedelta

import pytest
import sqlalchemy as sa
from PIL import Image

from sdg_tracker import attempts
from sdg_tracker.access import SYSTEM, Actor
from sdg_tracker.evidence import counting, file_queries, integrity, queries, thumbnails
from sdg_tracker.evidence.models import Version
from sdg_tracker.foundation.blobs import FolderBlobs
from sdg_tracker.foundation.errors import Forbidden, NotFound
from sdg_tracker.jobs import Queue
from sdg_tracker.work import Job, Library, Workplace
from tests.conftest import NOON
from tests.evidence import files
from tests.evidence.conftest import Add


@pytest.fixture
def queued(workplace: Workplace) -> list[Job]:
    """What was queued of pictures."""
    found: list[Job] = []
    workplace.enqueue = lambda owed: found.extend(job for job in owed if job[0] == "evidence.thumbnail")
    return found


def version(workplace: Workplace, library: Library, number: int = 1) -> Version:
    with workplace.reading(SYSTEM, library.id) as work:
        return queries.get(work, number).current


def run(workplace: Workplace, queued: list[Job]) -> None:
    jobs, queued[:] = list(queued), []
    for name, arguments in jobs:
        assert name == "evidence.thumbnail"
        thumbnails.make(workplace, *arguments)


def swept(workplace: Workplace, library: Library, *, at_start: bool) -> list[Job]:
    with workplace.reading(SYSTEM, library.id) as work:
        thumbnails.owe_again(work, at_start)
        return list(work.owed)


def later(workplace: Workplace, seconds: int) -> None:
    workplace.clock = lambda: NOON + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("content", "name", "size"),
    [
        (files.jpeg((1600, 800), exif=files.exif()), "foto.jpg", (640, 320)),
        (files.jpeg((200, 100)), "lille.jpg", (200, 100)),
        (files.png(), "a.png", (40, 30)),
        (files.webp(), "a.webp", (40, 30)),
        (files.pdf(3), "a.pdf", (452, 640)),
    ],
)
def test_a_small_picture_is_made(
    workplace: Workplace,
    library: Library,
    add: Add,
    queued: list[Job],
    content: bytes,
    name: str,
    size: tuple[int, int],
) -> None:
    add(content, name)
    assert queued == [("evidence.thumbnail", (library.id, version(workplace, library).id, 0))]
    with pytest.raises(NotFound):
        thumbnails.kept(version(workplace, library))
    run(workplace, queued)
    found = version(workplace, library)
    assert (found.thumbnail_state, found.thumbnail_attempt) == ("done", 1)
    kept = thumbnails.kept(found)
    with workplace.blobs.open(kept.sha256, kept.size) as file:
        drawn = file.read()
    with Image.open(io.BytesIO(drawn)) as picture:
        assert picture.format == "JPEG"
        assert picture.size == pytest.approx(size, abs=1)
        assert b"ecret" not in drawn
    with workplace.reading(SYSTEM, library.id) as work:
        assert list(integrity.faults(work)) == []
        assert [row.role for row in file_queries.digests(work)][-1] == "thumbnail"
        assert counting.waiting_thumbnails(work) == 0


def test_texts_and_tables_get_none(workplace: Workplace, library: Library, add: Add, queued: list[Job]) -> None:
    add(b"hej\n")
    assert queued == []
    assert version(workplace, library).thumbnail_state == "none"
    assert swept(workplace, library, at_start=True) == []


def test_a_job_that_comes_twice_works_once(workplace: Workplace, library: Library, add: Add, queued: list[Job]) -> None:
    add(files.jpeg(), "foto.jpg")
    queued *= 2
    run(workplace, queued)
    assert version(workplace, library).thumbnail_attempt == 1


def test_the_result_of_an_attempt_that_was_overtaken_is_dropped(
    workplace: Workplace, library: Library, add: Add, queued: list[Job]
) -> None:
    add(files.jpeg(), "foto.jpg")
    key = version(workplace, library).id
    with workplace.writing(SYSTEM, library.id) as work:
        first = thumbnails.claim(work, key, 0)
    with workplace.writing(SYSTEM, library.id) as work:
        assert thumbnails.claim(work, key, 0) is None
        second = thumbnails.claim(work, key, 1)
    assert first is not None
    assert second is not None
    stored = thumbnails.draw(workplace.blobs, first)
    with workplace.writing(SYSTEM, library.id) as work:
        assert not thumbnails.finish(work, first, stored)
        assert not thumbnails.finish(work, first, None)
    assert version(workplace, library).thumbnail_state == "making"
    with workplace.writing(SYSTEM, library.id) as work:
        assert thumbnails.finish(work, second, stored)
        assert not thumbnails.finish(work, second, None)
    assert version(workplace, library).thumbnail_state == "done"


def test_what_was_lost_is_owed_again(workplace: Workplace, library: Library, add: Add, queued: list[Job]) -> None:
    add(files.jpeg(), "foto.jpg")
    key = version(workplace, library).id
    queued.clear()
    assert swept(workplace, library, at_start=False) == []
    assert swept(workplace, library, at_start=True) == [("evidence.thumbnail", (library.id, key, 0))]
    later(workplace, 61)
    assert swept(workplace, library, at_start=False) == [("evidence.thumbnail", (library.id, key, 0))]
    with workplace.writing(SYSTEM, library.id) as work:
        assert thumbnails.claim(work, key, 0)  # and then the worker is killed
    assert swept(workplace, library, at_start=False) == []
    assert swept(workplace, library, at_start=True) == [("evidence.thumbnail", (library.id, key, 1))]
    later(workplace, 122)
    queued.extend(swept(workplace, library, at_start=False))
    assert queued == [("evidence.thumbnail", (library.id, key, 1))]
    run(workplace, queued)
    assert (version(workplace, library).thumbnail_state, version(workplace, library).thumbnail_attempt) == ("done", 2)
    assert swept(workplace, library, at_start=True) == []


def test_a_picture_that_cannot_be_drawn_is_given_up_after_three_attempts(
    workplace: Workplace, library: Library, add: Add, queued: list[Job]
) -> None:
    made = add(files.jpeg(), "foto.jpg").evidence.current
    assert isinstance(workplace.blobs, FolderBlobs)
    path = workplace.blobs.path(made.rendition_sha256)
    path.chmod(0o644)
    path.write_bytes(b"\xff\xd8\xff" + b"0" * (made.rendition_size - 3))
    for attempt in (1, 2, 3):
        run(workplace, queued)
        assert version(workplace, library).thumbnail_attempt == attempt
        assert version(workplace, library).thumbnail_state == ("owed" if attempt < 3 else "failed")
        later(workplace, 100 * attempt)
        queued.extend(swept(workplace, library, at_start=False))
    assert queued == []
    path.unlink()
    with workplace.reading(SYSTEM, library.id) as work:
        assert any("rendition" in line for line in integrity.faults(work))


def test_a_picture_whose_worker_always_dies_does_not_loop(
    workplace: Workplace, library: Library, add: Add, queued: list[Job]
) -> None:
    add(files.jpeg(), "foto.jpg")
    key = version(workplace, library).id
    for attempt in range(attempts.LOST):
        with workplace.writing(SYSTEM, library.id) as work:
            assert thumbnails.claim(work, key, attempt)
    with workplace.writing(SYSTEM, library.id) as work:
        assert thumbnails.claim(work, key, attempts.LOST) is None
    assert version(workplace, library).thumbnail_state == "failed"


def test_nobody_but_the_program_makes_thumbnails(workplace: Workplace, coordinator: Actor) -> None:
    with pytest.raises(Forbidden), workplace.writing(coordinator) as work:
        thumbnails.claim(work, 1, 0)


def test_the_queue_knows_the_job_and_the_sweep(workplace: Workplace, library: Library, add: Add) -> None:
    queue = Queue(workplace)
    waiting: list[Job] = []
    workplace.enqueue = waiting.extend
    queue.put = waiting.extend  # type: ignore[method-assign,assignment]
    add(files.jpeg(), "foto.jpg")
    waiting.clear()
    queue.sweep(at_start=True)
    [(name, arguments)] = waiting
    queue.perform(name, *arguments)
    assert version(workplace, library).thumbnail_state == "done"
    with workplace.reading(SYSTEM, library.id) as work:
        assert work.session.scalar(sa.select(sa.func.count()).select_from(Version)) == 1
