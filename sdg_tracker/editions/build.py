"""Building: each file of an edition made in a child process, kept by its digest, and at last the bag around them.

A builder that dies is found by its stale beat; the next attempt makes only what is missing. What a builder brings after
another has taken over is dropped.
"""

import json
import logging
import os
import socket
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

import sqlalchemy as sa

from sdg_tracker import jobs, trail
from sdg_tracker.access import SYSTEM
from sdg_tracker.editions import bag, chapters, kinds, queries, seals
from sdg_tracker.editions.chapters import CHILD, MEMORY, SECONDS
from sdg_tracker.editions.kinds import Output, Snapshot
from sdg_tracker.editions.models import Artefact, Edition, State
from sdg_tracker.foundation import children, errors
from sdg_tracker.foundation.blobs import Blobs, StoredBlob, on_disk
from sdg_tracker.foundation.errors import Conflict, NotFound, Problem, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.work import Work, Workplace

log = logging.getLogger(__name__)
words(
    {
        "build-taken-over": lazy("Another builder has taken over."),
        "build-child-failed": lazy("%(name)s could not be made: %(reason)s"),
        "build-file-missing": lazy("%(name)s is missing from the store or was cut: expected %(size)s bytes."),
        "build-other-renderer": lazy("The files were issued by %(issued)s; here is %(here)s, which makes other bytes."),
        "build-given-up": lazy("The builder died %(attempts)s times."),
    }
)
trail.declare(
    {
        "edition.built": (lazy("Edition built"), {"files"}),
        "edition.failed": (lazy("Edition could not be built"), {"code"}),
    }
)
ATTEMPTS = 20  # a builder that dies so often is killed by the edition itself
BEAT_SECONDS = 5
STALE = timedelta(seconds=30)
QUEUED = timedelta(seconds=60)

Progress = Callable[[int, int, str], None]  # steps done, steps in all, name of the next one ("" at the end)


def quietly(_done: int, _total: int, _name: str) -> None:
    """Show no progress."""


def snapshot_of(blobs: Blobs, edition: Edition) -> Snapshot:
    """Return the frozen data. Raises NotFound or Conflict when its bytes are not those of the fingerprint."""
    with blobs.open(edition.fingerprint, edition.snapshot_size) as file:
        content = file.read()
    found = sha256(content).hexdigest()
    if found != edition.fingerprint:
        raise Conflict("bag-file-changed", name="snapshot.json", expected=edition.fingerprint, found=found)
    data: Snapshot = json.loads(content)
    return data


@jobs.task("edition.build")
def build_job(workplace: Workplace, library_id: int, edition_id: int) -> None:
    """Build an edition that is owed."""
    build(workplace, library_id, edition_id)


@jobs.sweep("edition.build")
def sweep(work: Work, at_start: bool) -> None:
    """Owe again what waits too long or was left by a builder that died."""
    queued_before = work.at if at_start else work.at - QUEUED
    for edition in queries.unfinished(work, queued_before):
        if edition.state == State.QUEUED or left(edition, work.at):
            work.owe("edition.build", work.library.id, edition.id)


def me() -> str:
    """Return who builds: host and process."""
    return f"{socket.gethostname()}:{os.getpid()}"


def left(edition: Edition, now: datetime) -> bool:
    """Return whether a builder has left an edition: its beat is stale, or its process on this host is gone."""
    if edition.beat is None or edition.beat <= now - STALE:
        return True
    host, _colon, process = edition.builder.rpartition(":")
    return host == socket.gethostname() and process.isdigit() and not Path(f"/proc/{process}").exists()


def build(workplace: Workplace, library_id: int, edition_id: int, progress: Progress = quietly) -> bool:
    """Make what is missing; return False when there is nothing to do or somebody else is at it.

    Raises Problem, after noting it on the edition, when a file can't be made.
    """
    attempt = _claim(workplace, library_id, edition_id)
    if attempt is None:
        return False
    builder = _Builder(workplace, library_id, edition_id, attempt, progress)
    try:
        with builder.beating():
            builder.run()
    except Problem as problem:
        if problem.code != "build-taken-over":
            builder.fail(problem)
        raise
    return True


def _claim(workplace: Workplace, library_id: int, edition_id: int) -> int | None:
    with workplace.writing(SYSTEM, library_id) as work:
        work.lock_library()
        edition = queries.by_id(work, edition_id)
        if edition.state == State.BUILDING and not left(edition, work.at):
            return None
        if edition.state in (State.READY, State.FAILED):
            return None
        if edition.attempt >= ATTEMPTS:
            _fail(work, edition, Conflict("build-given-up", attempts=edition.attempt))
            return None
        edition.state, edition.attempt = State.BUILDING, edition.attempt + 1
        edition.beat, edition.builder = work.at, me()
        return edition.attempt


def _fail(work: Work, edition: Edition, problem: Problem) -> None:
    edition.state, edition.builder = State.FAILED, ""
    edition.fault = errors.kept(problem)
    trail.record(work, "edition.failed", edition, code=problem.code)


def again(workplace: Workplace, library_slug: str, edition: Edition) -> dict[str, tuple[str, int]]:
    """Make every file of an issued edition again, beside those issued, and return digest and size of each.

    Raises Conflict when they were issued by another renderer: its bytes can't be expected from this one.
    """
    here = chapters.renderer()
    for artefact in edition.artefacts:
        if artefact.renderer != here:
            raise Conflict("build-other-renderer", issued=artefact.renderer, here=here)
    kind = kinds.get(edition.kind)
    outputs = [output for output in kind.made(edition.also) if edition.artefact(output.name)]  # as issued
    files: dict[str, StoredBlob] = {}
    for output in in_order(outputs):
        files[output.name] = in_child(workplace, edition.kind, edition.snapshot, output.name, beside=files)
    made = {name: (stored.sha256, stored.size) for name, stored in files.items()}
    stored = bag.keep(
        workplace.blobs,
        snapshot_of(workplace.blobs, edition),
        [(output.name, *made[output.name]) for output in outputs],
        fingerprint=edition.fingerprint,
        size=edition.snapshot_size,
        folder=file_stem(library_slug, kind.slug, edition.number),
    )
    made[kinds.BAG] = (stored.sha256, stored.size)
    return made


def in_order(outputs: Iterable[Output]) -> list[Output]:
    """Return outputs as they are made: printed files last, since a workbook is put into one."""
    return sorted(outputs, key=lambda output: output.printed)


def in_child(
    workplace: Workplace,
    kind: str,
    snapshot: StoredBlob,
    name: str,
    *,
    shelf: chapters.Nowhere = chapters.NOTHING,
    beside: Mapping[str, StoredBlob] = chapters.NO_FILES,
) -> StoredBlob:
    """Make one file in processes of its own and keep it; ``beside`` are those that were made of the same snapshot.

    Raises Conflict when that fails.
    """
    blobs = workplace.blobs
    about = (kind, name, snapshot.sha256)
    with ExitStack() as stack:
        opened = stack.enter_context(blobs.open(snapshot.sha256, snapshot.size))
        source = stack.enter_context(on_disk(opened))
        near = chapters.nearby(stack, blobs, source, _pictures)
        try:
            if kinds.output(kind, name).printed:
                return chapters.print_file(blobs, source, about, near=near, shelf=shelf, beside=beside).stored
            target = stack.enter_context(tempfile.TemporaryFile())
            arguments = ("file", f"file:{near}", *about)
            children.run(
                CHILD, *arguments, source=source.fileno(), target=target.fileno(), memory=MEMORY, seconds=SECONDS
            )
        except children.ChildFailed as error:
            raise Conflict("build-child-failed", name=name, reason=str(error)) from error
        target.seek(0)
        return blobs.put(target)


def _pictures(snapshot: BinaryIO) -> list[str]:
    return [file.sha256 for file in kinds.pictures(json.load(snapshot))]


class _Builder:
    """One attempt at one edition."""

    def __init__(
        self, workplace: Workplace, library_id: int, edition_id: int, attempt: int, progress: Progress
    ) -> None:
        self.workplace, self.library_id, self.edition_id = workplace, library_id, edition_id
        self.attempt, self.progress = attempt, progress
        with workplace.reading(SYSTEM, library_id) as work:
            self.edition = queries.by_id(work, edition_id)
            self.library_slug = work.library.slug
        self.kind = kinds.get(self.edition.kind)
        self.outputs = self.kind.made(self.edition.also)
        self.made = {artefact.name: artefact for artefact in self.edition.artefacts}
        self.done, self.total = self.edition.done, self.edition.total

    def run(self) -> None:
        """Make the outputs, then the bag, then say that all is there."""
        snapshot = snapshot_of(self.workplace.blobs, self.edition)
        self._check_presence(snapshot)
        for output in in_order(self.outputs):
            if output.name not in self.made:
                self._tell(output.name)
                shelf = chapters.Shelf(self.workplace, self.library_id, partial(self._chapters, output.name))
                beside = {name: StoredBlob(one.sha256, one.size) for name, one in self.made.items()}
                about = (self.kind.name, self.edition.snapshot, output.name)
                stored = in_child(self.workplace, *about, shelf=shelf, beside=beside)
                self._keep(self.outputs.index(output), output.name, output.media_type, stored)
        if kinds.BAG not in self.made:
            self._tell(kinds.BAG)
            self._keep(len(self.outputs), kinds.BAG, "application/zip", self._bag(snapshot))
        with self.workplace.writing(SYSTEM, self.library_id) as work:
            edition = self._held(work)
            edition.state, edition.beat, edition.builder = State.READY, None, ""
            trail.record(work, "edition.built", edition, files={name: made.sha256 for name, made in self.made.items()})
            seals.owe(work, edition)
        self._tell("")

    def fail(self, problem: Problem) -> None:
        """Note why it can't be built, unless another attempt has taken over."""
        with self.workplace.writing(SYSTEM, self.library_id) as work:
            work.lock_library()
            edition = queries.by_id(work, self.edition_id)
            if edition.attempt == self.attempt and edition.state == State.BUILDING:
                _fail(work, edition, problem)

    @contextmanager
    def beating(self) -> Iterator[None]:
        """Say every few seconds that this builder lives."""
        stop = threading.Event()

        def beat() -> None:
            while not stop.wait(BEAT_SECONDS):
                try:
                    with self.workplace.writing(SYSTEM, self.library_id) as work:
                        self._held(work).beat = work.at
                except Problem:
                    return
                except sa.exc.OperationalError:
                    log.warning("no beat for edition %s this time", self.edition.number)

        keeper = threading.Thread(target=beat, daemon=True)
        keeper.start()
        try:
            yield
        finally:
            stop.set()
            keeper.join()

    def _held(self, work: Work) -> Edition:
        work.lock_library()
        edition = queries.by_id(work, self.edition_id)
        if edition.attempt != self.attempt or edition.state != State.BUILDING:
            raise Conflict("build-taken-over")
        return edition

    def _tell(self, name: str) -> None:
        self.progress(self.done, self.total, name)

    def _chapters(self, name: str, work: Work, there: int, chapters_in_all: int) -> None:
        """Note how many chapters of a file are there: each counts like a file."""
        edition = self._held(work)
        edition.done, edition.total = len(self.made) + there, len(self.outputs) + 1 + chapters_in_all
        edition.beat = work.at
        self.done, self.total = edition.done, edition.total
        self._tell(f"{name} {there}/{chapters_in_all}")

    def _check_presence(self, snapshot: Snapshot) -> None:
        for file in (*kinds.evidence(snapshot), *kinds.pictures(snapshot)):
            if self.workplace.blobs.size(file.sha256) != file.size:
                raise NotFound("build-file-missing", name=file.name, size=file.size)

    def _keep(self, position: int, name: str, media_type: str, stored: StoredBlob) -> None:
        with self.workplace.writing(SYSTEM, self.library_id) as work:
            edition = self._held(work)
            artefact = Artefact(
                edition_id=edition.id,
                position=position,
                name=name,
                media_type=media_type,
                sha256=stored.sha256,
                size=stored.size,
                renderer=chapters.renderer(),
                attempt=self.attempt,
                made_at=work.at,
            )
            work.session.add(artefact)
            edition.done += 1
            edition.beat = work.at
            self.done = edition.done
        self.made[name] = artefact

    def _bag(self, snapshot: Snapshot) -> StoredBlob:
        made = [(output.name, self.made[output.name]) for output in self.outputs]
        edition = self.edition
        return bag.keep(
            self.workplace.blobs,
            snapshot,
            [(name, artefact.sha256, artefact.size) for name, artefact in made],
            fingerprint=edition.fingerprint,
            size=edition.snapshot_size,
            folder=file_stem(self.library_slug, self.kind.slug, edition.number),
        )


def file_stem(library_slug: str, kind_slug: str, number: int) -> str:
    """Return the name that an edition's files share: ``<library>-<kind>-<number>``."""
    return f"{library_slug}-{kind_slug}-{number}"


FILES = {"report.pdf": ".pdf", "report.xlsx": ".xlsx", kinds.BAG: ".zip"}  # offered by themselves, and what ends them


def files_also(language: str) -> dict[str, str]:
    """Return the files in a second language that are offered by themselves, and what ends their names."""
    if not language:
        return {}
    return {f"report-{language}.pdf": f"-{language}.pdf", f"report-{language}.xlsx": f"-{language}.xlsx"}
