"""Printing: a file laid out in chapters, each kept by the digest of its request, by this host and by others.

The builder drives a press (``printing.press``) and gives it the chapters that nobody has made; other workers make those
that they are brought from the other end. The longest come first, so that no process is left alone with a long one. A
chapter made twice does no harm: its bytes are the same.
"""

import json
import logging
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

import sqlalchemy as sa

from sdg_tracker import __version__, jobs
from sdg_tracker.access import SYSTEM
from sdg_tracker.editions.models import Chapter
from sdg_tracker.foundation import children
from sdg_tracker.foundation.blobs import Blobs, FolderBlobs, StoredBlob, digest_of, on_disk
from sdg_tracker.foundation.errors import Conflict, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.foundation.resources import lock_file
from sdg_tracker.work import Work, Workplace

log = logging.getLogger(__name__)
CHILD = "sdg_tracker.output"  # the module that knows every kind; it is above this part
MEMORY = 6 << 30  # bytes that a child may take
SECONDS = 3600  # CPU seconds that a process of it may take
KEPT = timedelta(days=30)  # after an edition last asked for a chapter
SHARED_FROM = 4  # chapters to lay out; for fewer no other worker is asked

words({"chapter-changed": lazy("Chapter %(name)s was changed or lost while the file was put together.")})
Told = Callable[[Work, int, int], None]  # in the step that notes it: chapters that are there, chapters in all
Costs = dict[str, float]


@cache
def renderer() -> str:
    """Return the product's version and the digest of its locked dependencies."""
    return f"{__version__}+{sha256(lock_file().read_bytes()).hexdigest()[:12]}"


def _silently(_work: Work, _there: int, _in_all: int) -> None:
    """Tell nobody."""


class Nowhere:
    """A shelf with nothing on it: everything is made, and nothing is kept."""

    def begin(self, requests: Sequence[Path]) -> None:
        """Hear what is wanted."""

    def find(self, index: int) -> StoredBlob | None:  # noqa: ARG002 - see Shelf
        """Return nothing."""
        return None

    def keep(self, index: int, content: BinaryIO) -> None:
        """Keep nothing."""


NOTHING = Nowhere()
NO_FILES: Mapping[str, StoredBlob] = {}


class Shelf(Nowhere):
    """The chapters of a library, as its rows tell."""

    def __init__(self, workplace: Workplace, library_id: int, told: Told = _silently) -> None:
        self._workplace, self._library_id, self._told = workplace, library_id, told
        self._rows: list[int] = []
        self._there: set[int] = set()

    def begin(self, requests: Sequence[Path]) -> None:
        """Note what is wanted, and bring to other workers what is not there, the shortest first."""
        wanted = [_digest(path) for path in requests]
        with self._workplace.reading(SYSTEM, self._library_id) as work:
            known = {row.request_sha256 for row in _rows(work, wanted) if self._is_there(row)}
        for path, request in zip(requests, wanted, strict=True):
            if request.sha256 not in known and len(requests) - len(known) >= SHARED_FROM:
                with path.open("rb") as file:
                    self._workplace.blobs.put(file)
        with self._workplace.writing(SYSTEM, self._library_id) as work:
            work.lock_library()
            rows = {row.request_sha256: row for row in _rows(work, wanted)}
            for request in wanted:
                if request.sha256 not in rows:
                    row = Chapter(request_sha256=request.sha256, request_size=request.size, renderer=renderer())
                    rows[request.sha256] = row
                    work.session.add(row)
                rows[request.sha256].used_at = work.at
            work.session.flush()
            self._rows = [rows[request.sha256].id for request in wanted]
            longest = [wanted[index] for index in by_length(requests)]
            missing = [rows[request.sha256].id for request in longest if request.sha256 not in known]
            if len(missing) >= SHARED_FROM:
                for row_id in reversed(missing):
                    work.owe("edition.chapter", self._library_id, row_id)
            self._there = set(self._rows) - set(missing)
            self._told(work, len(self._there), len(self._rows))

    def find(self, index: int) -> StoredBlob | None:
        """Return a chapter that is there."""
        with self._workplace.reading(SYSTEM, self._library_id) as work:
            row = work.session.get_one(Chapter, self._rows[index])
            if row.sha256 is None or row.size is None or not self._is_there(row):
                return None
            return StoredBlob(row.sha256, row.size)

    def _is_there(self, row: Chapter) -> bool:
        return row.sha256 is not None and self._workplace.blobs.size(row.sha256) == row.size

    def keep(self, index: int, content: BinaryIO) -> None:
        """Keep a chapter that was laid out."""
        stored = self._workplace.blobs.put(content)
        with self._workplace.writing(SYSTEM, self._library_id) as work:
            _note(work, self._rows[index], stored)
            self._there.add(self._rows[index])
            self._told(work, len(self._there), len(self._rows))


@dataclass
class Printed:
    """What a press has made, and what it took."""

    stored: StoredBlob
    chapters: int
    laid_out: int
    costs: dict[str, list[Costs]] = field(default_factory=dict)  # of planning, layouts and merge: ``mb``, ``cpu_s``


def by_length(requests: Sequence[Path]) -> list[int]:
    """Return the positions of requests, the longest first."""
    return sorted(range(len(requests)), key=lambda index: -requests[index].stat().st_size)


def cores() -> int:
    """Return how many chapters are laid out at a time."""
    return len(os.sched_getaffinity(0))


def print_file(
    blobs: Blobs,
    snapshot: BinaryIO,
    about: Sequence[str],
    *,
    near: Path,
    shelf: Nowhere = NOTHING,
    workers: int | None = None,
    beside: Mapping[str, StoredBlob] = NO_FILES,
) -> Printed:
    """Print a file: ``about`` is kind, name of the file and fingerprint; ``near`` is a folder with all pictures.

    ``beside`` are files of the same edition by their names: those that are put into this one are made again only if
    they were changed. Raises ChildFailed when a step of it fails, and what the shelf raises.
    """
    costs: dict[str, list[Costs]] = {"planned": [], "made": [], "merged": []}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        target = stack.enter_context(tempfile.TemporaryFile())
        arguments = ("print", f"file:{near}", *about, str(folder), str(workers or cores()))
        work = _Bench(blobs, shelf, folder)
        work.lay_beside(beside)
        with children.conversation(
            CHILD, *arguments, source=snapshot.fileno(), target=target.fileno(), memory=MEMORY, seconds=SECONDS
        ) as talk:
            for said in talk:
                for step, known in costs.items():
                    if step in said:
                        known.append({"mb": said["mb"], "cpu_s": said["cpu_s"]})
                if "planned" in said:
                    work.begin()
                elif "made" in said:
                    work.made(said["made"])
                elif said.get("wants") == "chapter":
                    talk.answer(work.next())
                elif said.get("wants") == "merge":
                    work.gather()
                    talk.answer("go")
        if not costs["merged"]:
            raise children.ChildFailed(f"{CHILD} ended before it had merged")
        target.seek(0)
        log.info("%s: %s of %s chapters laid out by this builder", about[1], len(costs["made"]), len(work.requests))
        return Printed(blobs.put(target), len(work.requests), len(costs["made"]), costs)


class _Bench:
    """What lies beside the press: requests, and pieces as they come."""

    def __init__(self, blobs: Blobs, shelf: Nowhere, folder: Path) -> None:
        self._blobs, self._shelf, self._folder = blobs, shelf, folder
        self.requests: list[Path] = []
        self._waiting: list[int] = []

    def lay_beside(self, files: Mapping[str, StoredBlob]) -> None:
        """Lay files of the edition where the press looks for them, unless they were changed."""
        for name, made in files.items():
            content = _intact(self._blobs, made)
            if content is not None:
                (self._folder / name).write_bytes(content)

    def begin(self) -> None:
        self.requests = sorted(self._folder.glob("*.request"))
        self._waiting = by_length(self.requests)
        self._shelf.begin(self.requests)

    def next(self) -> int | None:
        """Return the next chapter that is not there, None when all are."""
        while self._waiting:
            index = self._waiting.pop(0)
            if not self._bring(index):
                return index
        return None

    def made(self, index: int) -> None:
        with self._piece(index).open("rb") as file:
            self._shelf.keep(index, file)

    def gather(self) -> None:
        """Bring what others have made meanwhile. Raises Conflict for a chapter that is gone or changed since."""
        for index, request in enumerate(self.requests):
            if not self._piece(index).exists() and not self._bring(index):
                raise Conflict("chapter-changed", name=request.name)

    def _bring(self, index: int) -> bool:
        """Bring a chapter that is there and intact; return whether it is."""
        found = self._shelf.find(index)
        content = None if found is None else _intact(self._blobs, found)
        if content is None:
            return False
        self._piece(index).write_bytes(content)
        return True

    def _piece(self, index: int) -> Path:
        return self.requests[index].with_suffix(".piece")


@jobs.task("edition.chapter")
def lay_out(workplace: Workplace, library_id: int, chapter_id: int) -> None:
    """Lay out a chapter for whoever builds the edition, unless it is there already."""
    with workplace.reading(SYSTEM, library_id) as work:
        row = work.session.get(Chapter, chapter_id)
        if row is None or row.sha256 is not None or row.renderer != renderer():
            return
        request = StoredBlob(row.request_sha256, row.request_size)
    with ExitStack() as stack:
        opened = stack.enter_context(workplace.blobs.open(request.sha256, request.size))
        source = stack.enter_context(on_disk(opened))
        target = stack.enter_context(tempfile.TemporaryFile())
        near = nearby(stack, workplace.blobs, source, _pictures_of_request)
        children.run(
            CHILD,
            "chapter",
            f"file:{near}",
            source=source.fileno(),
            target=target.fileno(),
            memory=MEMORY,
            seconds=SECONDS,
        )
        target.seek(0)
        stored = workplace.blobs.put(target)
    with workplace.writing(SYSTEM, library_id) as work:
        _note(work, chapter_id, stored)
    log.info("chapter %s laid out for another builder", chapter_id)


@jobs.chore("edition.chapters")
def tidy(workplace: Workplace) -> None:
    """Forget chapters that no edition has asked for in a while; their bytes are loose from then on."""
    for library_id in jobs.library_ids(workplace):
        with workplace.reading(SYSTEM, library_id) as work:
            old = work.session.scalars(sa.select(Chapter.id).where(Chapter.used_at < work.at - KEPT)).all()
        if old:
            with workplace.writing(SYSTEM, library_id) as work:
                for row_id in old:
                    row = work.session.get(Chapter, row_id)
                    if row is not None and row.used_at < work.at - KEPT:
                        work.session.delete(row)


def nearby(stack: ExitStack, blobs: Blobs, source: BinaryIO, named: Callable[[BinaryIO], Sequence[str]]) -> Path:
    """Return a folder with the blobs that ``source`` names: a child reaches no store that asks who it is."""
    if isinstance(blobs, FolderBlobs):
        return blobs.folder
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    near = FolderBlobs(folder)
    source.seek(0)
    for name in named(source):
        with blobs.open(name) as picture:
            near.put(picture)
    return folder


def _pictures_of_request(source: BinaryIO) -> list[str]:
    return list(json.load(source)["pictures"])


def _rows(work: Work, wanted: Sequence[StoredBlob]) -> Sequence[Chapter]:
    asked = sa.select(Chapter).where(
        Chapter.request_sha256.in_([request.sha256 for request in wanted]), Chapter.renderer == renderer()
    )
    return work.session.scalars(asked).all()


def _note(work: Work, row_id: int, stored: StoredBlob) -> None:
    row = work.session.get(Chapter, row_id)
    if row is not None:
        row.sha256, row.size = stored.sha256, stored.size


def _intact(blobs: Blobs, stored: StoredBlob) -> bytes | None:
    """Return the bytes of a blob, None when they were changed."""
    with blobs.open(stored.sha256, stored.size) as kept:
        content = kept.read()
    return content if sha256(content).hexdigest() == stored.sha256 else None


def _digest(path: Path) -> StoredBlob:
    with path.open("rb") as file:
        return digest_of(file)
