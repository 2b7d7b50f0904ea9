"""Chapters kept by what they depend on: found by the next edition, made by other hosts, forgotten after a while."""

import io
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from sdg_tracker.access import SYSTEM
from sdg_tracker.editions import build, chapters, queries
from sdg_tracker.editions.chapters import Shelf
from sdg_tracker.editions.models import Chapter, Edition, State
from sdg_tracker.foundation.children import ChildFailed
from sdg_tracker.keeping import services as keeping
from sdg_tracker.printing import layout, pieces, splitting
from sdg_tracker.work import Job, Library, Workplace
from tests.conftest import NOON


def rows(workplace: Workplace, library: Library) -> list[Chapter]:
    """Return the chapters that the library knows."""
    with workplace.reading(SYSTEM, library.id) as work:
        return list(work.session.scalars(sa.select(Chapter).order_by(Chapter.id)))


def requests(folder: Path, *bodies: str) -> list[Path]:
    """Return files with the requests for chapters."""
    found = []
    for number, body in enumerate(bodies):
        path = folder / f"{number:05}.request"
        path.write_bytes(layout.request(splitting.Chapter(body, ()), layout.Look("da", ["styles:edition.css"], {})))
        found.append(path)
    return found


BODIES = [f'<section class="chapter"><p>Kapitel {letter}</p></section>' for letter in "abcde"]


def test_what_is_kept_is_found_again_and_the_rest_is_owed_from_the_end(
    workplace: Workplace, library: Library, tmp_path: Path
) -> None:
    owed: list[Job] = []
    workplace.enqueue = owed.extend
    told: list[tuple[int, int]] = []
    shelf = Shelf(workplace, library.id, lambda _work, there, in_all: told.append((there, in_all)))
    shelf.begin(requests(tmp_path, *BODIES))
    assert shelf.find(0) is None
    shelf.keep(0, io.BytesIO(b"laid out"))
    first = shelf.find(0)
    assert first is not None
    assert first.size == 8
    assert told == [(0, 5), (1, 5)]
    ids = [row.id for row in rows(workplace, library)]
    assert [arguments for _name, arguments in owed] == [(library.id, one) for one in reversed(ids)]

    again = Shelf(workplace, library.id)
    again.begin(requests(tmp_path, *BODIES[:2], BODIES[2].replace("Kapitel", "Andet")))
    assert again.find(0) == first
    assert again.find(2) is None
    assert len(rows(workplace, library)) == 6
    workplace.blobs.remove(first.sha256)
    assert again.find(0) is None, "a chapter whose bytes are lost is made anew"


def test_a_chapter_lives_while_it_is_of_use_and_not_for_ever(
    workplace: Workplace, library: Library, tmp_path: Path
) -> None:
    workplace.enqueue = lambda _jobs: None
    shelf = Shelf(workplace, library.id)
    shelf.begin(requests(tmp_path, *BODIES))
    shelf.keep(0, io.BytesIO(b"laid out"))
    known = {digest for row in rows(workplace, library) for digest in (row.request_sha256, row.sha256) if digest}
    assert not known & {entry.sha256 for entry in keeping.loose(workplace)}
    workplace.clock = lambda: NOON + chapters.KEPT - timedelta(days=1)
    chapters.tidy(workplace)
    assert len(rows(workplace, library)) == 5
    Shelf(workplace, library.id).begin(requests(tmp_path, BODIES[0]))  # asked for again
    workplace.clock = lambda: NOON + chapters.KEPT + timedelta(days=1)
    chapters.tidy(workplace)
    (left,) = rows(workplace, library)
    assert left.sha256 is not None
    assert known - {left.sha256, left.request_sha256} <= {entry.sha256 for entry in keeping.loose(workplace)}


def test_another_host_lays_out_what_it_is_brought_and_nothing_twice(
    workplace: Workplace, library: Library, tmp_path: Path
) -> None:
    owed: list[Job] = []
    workplace.enqueue = owed.extend
    paths = requests(tmp_path, *BODIES)
    shelf = Shelf(workplace, library.id)
    shelf.begin(paths)
    _name, arguments = owed[0]
    chapters.lay_out(workplace, *arguments)
    made = shelf.find(4)
    assert made is not None
    with workplace.blobs.open(made.sha256, made.size) as file:
        content = file.read()
    assert content == layout.lay_out(paths[4].read_bytes(), workplace.blobs)
    assert len(pieces.facts(content)["pages"]) == 1
    workplace.blobs.remove(rows(workplace, library)[4].request_sha256)
    chapters.lay_out(workplace, *arguments)  # it is there, so nobody asks for the request


def test_an_edition_shows_its_chapters_and_another_of_the_same_finds_them(
    workplace: Workplace, library: Library, report: Edition
) -> None:
    told: list[str] = []
    assert build.build(
        workplace, library.id, report.id, lambda done, total, name: told.append(f"{done}/{total} {name}")
    )
    there = rows(workplace, library)
    assert there
    assert all(row.sha256 for row in there)
    with workplace.reading(SYSTEM, library.id) as work:
        edition = queries.get(work, report.number)
        assert edition.state == State.READY
        assert edition.done == edition.total == len(edition.artefacts) + len(there)
    beside = len(edition.artefacts) - 2  # made before the printed one; the bag is made after it
    assert f"{beside}/{edition.total} report.pdf 0/{len(there)}" in told
    kept = workplace.blobs.path(there[0].sha256)  # type: ignore[attr-defined]
    for damaged in (False, True):
        if damaged:
            kept.chmod(0o600)
            kept.write_bytes(kept.read_bytes()[:-1] + b"?")
        with workplace.blobs.open(edition.fingerprint) as source:
            about = (edition.kind, "report.pdf", edition.fingerprint)
            near = workplace.blobs.folder  # type: ignore[attr-defined]
            made = chapters.print_file(workplace.blobs, source, about, near=near, shelf=Shelf(workplace, library.id))
        assert made.laid_out == int(damaged), "a chapter that was changed is made anew"
        assert made.stored.sha256 == next(one.sha256 for one in edition.artefacts if one.name == "report.pdf")


def test_a_press_whose_chapter_fails_says_why(workplace: Workplace, report: Edition) -> None:
    class Broken(chapters.Nowhere):
        def begin(self, requests: list[Path]) -> None:  # type: ignore[override]
            requests[0].write_bytes(requests[0].read_bytes().replace(b"<h1>", b"<img src='made:x'><h1>"))

    with workplace.blobs.open(report.fingerprint) as source:
        about = (report.kind, "report.pdf", report.fingerprint)
        near = workplace.blobs.folder  # type: ignore[attr-defined]
        with pytest.raises(ChildFailed, match=r"status 1: .*made:x"):
            chapters.print_file(workplace.blobs, source, about, near=near, shelf=Broken())
