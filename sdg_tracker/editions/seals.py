"""Seals: the report signed as PAdES and the bag's tag manifest signed beside it, after the files are made.

The bag and the unsigned report stay as they are, byte for byte; a seal that can't be made holds nothing back.
"""

import json
import tempfile
import zipfile
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from importlib import import_module
from io import BytesIO
from shutil import copyfileobj
from typing import Any

import sqlalchemy as sa

from sdg_tracker import jobs, trail
from sdg_tracker.access import SYSTEM, Permission
from sdg_tracker.attempts import OPEN, Attempts, Progress
from sdg_tracker.editions import kinds, queries
from sdg_tracker.editions.models import Edition, Seal, State
from sdg_tracker.editions.queries import SIGNED, TAGS
from sdg_tracker.editions.verify import TAGS as TAG_MANIFEST
from sdg_tracker.foundation import children, errors
from sdg_tracker.foundation.blobs import Blobs, StoredBlob, on_disk
from sdg_tracker.foundation.errors import Conflict, Problem, words
from sdg_tracker.foundation.i18n import _, lazy, use_locale
from sdg_tracker.work import Work, Workplace

JOB = "edition.seal"
SEALS = Attempts(Seal, JOB)
CHILD = "sdg_tracker.editions.sealing"
CHECKER = "sdg_tracker.editions.signatures"
REPORT = "report.pdf"
MEMORY = 4 << 30  # bytes that the child may take
SECONDS = 600  # CPU seconds that it may take
PATIENCE = timedelta(minutes=25)  # longer than the child may take as wall-clock time

words(
    {
        "seal-child-failed": lazy("The seal could not be made: %(reason)s"),
        "seal-key-unusable": lazy("The key to seal with can't be used: %(reason)s"),
        "seal-edition-not-ready": lazy("An edition is sealed once its files are made."),
        "seal-under-way": lazy("The seal is being made already."),
    }
)
trail.declare(
    {
        "edition.sealed": (lazy("Edition sealed"), {"files", "certificate", "level"}),
        "edition.seal_asked": (lazy("Seal asked for"), set()),
        "edition.seal_failed": (lazy("Edition could not be sealed"), {"code"}),
    }
)


@dataclass(frozen=True)
class Asked:
    """What one attempt at a seal needs to know."""

    seal_id: int
    attempt: int
    edition: Edition
    library: str


def make_own_key(workplace: Workplace) -> bool:
    """Make the key that this installation seals with, unless it has one or another is set; return if it lacked."""
    settings = workplace.settings
    if settings.seal or settings.own_seal_key():
        return False
    address = settings.url.partition("://")[2].rstrip("/")
    with use_locale(settings.language):
        name = _("SDG Tracker, own key: %(address)s", address=address)
    return settings.keep_seal_key(import_module("sdg_tracker.editions.keys").own(name))


def owe(work: Work, edition: Edition) -> Seal:
    """Owe a seal on the files of an edition, which have just been made or were made long ago."""
    seal = Seal(
        edition_id=edition.id,
        ordinal=max((seal.ordinal for seal in edition.seals), default=0) + 1,
        asked_at=work.at,
        asked_by=work.actor.number,
    )
    work.session.add(seal)
    work.session.flush()
    work.owe(JOB, work.library.id, seal.id, 0)
    return seal


def again(work: Work, number: int) -> Seal:
    """Ask for a seal on an edition that has none, or another one beside those that it has."""
    work.lock_library()
    edition = queries.get(work, number)
    work.require(Permission.EDITION_SEAL, edition)
    if edition.state != State.READY:
        raise Conflict("seal-edition-not-ready")
    if any(seal.state in OPEN for seal in edition.seals):
        raise Conflict("seal-under-way")
    seal = owe(work, edition)
    trail.record(work, "edition.seal_asked", edition)
    return seal


@jobs.task(JOB)
def make(workplace: Workplace, library_id: int, seal_id: int, attempt: int) -> None:
    """Make a seal that is owed, and keep it or why it could not be made."""
    with workplace.writing(SYSTEM, library_id) as work:
        asked = claim(work, seal_id, attempt)
    if asked is None:
        return
    try:
        made: tuple[dict[str, Any], StoredBlob, StoredBlob] | Problem = _made(workplace, asked)
    except (Problem, OSError, zipfile.BadZipFile, KeyError) as error:
        made = error if isinstance(error, Problem) else Conflict("seal-child-failed", reason=str(error))
    with workplace.writing(SYSTEM, library_id) as work:
        _finish(work, asked, made)


@jobs.sweep(JOB)
def owe_again(work: Work, at_start: bool) -> None:
    """Owe again what was lost."""
    SEALS.owe_lost(work, PATIENCE, at_start=at_start)


def make_owed(workplace: Workplace, library_id: int) -> None:
    """Make at once every seal that a library still lacks, for a command that needs no worker."""
    with workplace.reading(SYSTEM, library_id) as work:
        rows = sa.select(Seal.id, Seal.attempt).where(Seal.state == Progress.QUEUED.value).order_by(Seal.id)
        owed = [tuple(row) for row in work.session.execute(rows)]
    for seal_id, attempt in owed:
        make(workplace, library_id, seal_id, attempt)


def claim(work: Work, seal_id: int, attempt: int) -> Asked | None:
    """Begin the attempt after ``attempt``; None when another has begun, or nothing is owed."""
    work.require(Permission.EDITION_SEAL)
    seal = SEALS.claim(work, seal_id, attempt)
    if seal is None:
        return None
    return Asked(seal.id, seal.attempt, queries.by_id(work, seal.edition_id), work.library.name)


def _made(workplace: Workplace, asked: Asked) -> tuple[dict[str, Any], StoredBlob, StoredBlob]:
    """Sign in a child process and keep both files. Raises Problem."""
    settings, blobs = workplace.settings, workplace.blobs
    wanted = {
        "key": b64encode(settings.seal_key()).decode(),
        "password": settings.seal_password,
        "tags": b64encode(tag_manifest(blobs, asked.edition)).decode(),
        "timestamp": settings.timestamp,
        "fetch": settings.fetch,
        "name": asked.library,
        "reason": _reason(asked.edition),
    }
    with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as target:
        source.write(json.dumps(wanted).encode() + b"\n")
        report = _file(asked.edition, REPORT)
        with blobs.open(*report) as pdf:
            copyfileobj(pdf, source)
        source.flush()
        try:
            answer = children.run(CHILD, source=source.fileno(), target=target.fileno(), memory=MEMORY, seconds=SECONDS)
        except children.ChildFailed as error:
            raise Conflict("seal-child-failed", reason=str(error)) from error
        if "unusable" in answer:
            raise Conflict("seal-key-unusable", reason=answer["unusable"])
        target.seek(0)
        return dict(answer), blobs.put(target), blobs.put(BytesIO(b64decode(answer["tags"])))


def _reason(edition: Edition) -> str:
    with use_locale(edition.language):
        return _("Edition %(number)s, fingerprint %(digest)s", number=edition.number, digest=edition.fingerprint)


def _file(edition: Edition, name: str) -> tuple[str, int]:
    artefact = edition.artefact(name)
    if artefact is None:
        raise Conflict("seal-edition-not-ready")
    return artefact.sha256, artefact.size


def tag_manifest(blobs: Blobs, edition: Edition) -> bytes:
    """Return the tag manifest of an edition's bag: by its digests it stands for the whole bag."""
    with blobs.open(*_file(edition, kinds.BAG)) as opened, on_disk(opened) as file, zipfile.ZipFile(file) as bag:
        name = next(name for name in bag.namelist() if name.endswith(f"/{TAG_MANIFEST}"))
        return bag.read(name)


def _finish(work: Work, asked: Asked, made: tuple[dict[str, Any], StoredBlob, StoredBlob] | Problem) -> None:
    seal = SEALS.held(work, asked.seal_id, asked.attempt)
    if seal is None:
        return
    if isinstance(made, Problem):
        seal.state = Progress.FAILED.value
        seal.fault = errors.kept(made)
        trail.record(work, "edition.seal_failed", asked.edition, code=made.code)
        return
    answer, report, tags = made
    seal.state, seal.sealed_at, seal.level, seal.time_fault = (
        Progress.READY.value,
        work.at,
        answer["level"],
        answer["time_fault"],
    )
    seal.certificate, seal.certificate_digest = answer["certificate"], answer["digest"]
    seal.subject, seal.own = answer["subject"], answer["own"]
    seal.report_sha256, seal.report_size = report.sha256, report.size
    seal.tags_sha256, seal.tags_size = tags.sha256, tags.size
    files = {SIGNED: report.sha256, TAGS: tags.sha256}
    trail.record(
        work, "edition.sealed", asked.edition, files=files, certificate=answer["digest"], level=answer["level"]
    )


def fault(seal: Seal) -> str:
    """Return in words why a seal could not be made; empty unless that is so."""
    return errors.told(seal.fault)


def files(seal: Seal) -> dict[str, tuple[str, int]]:
    """Return digest and size of a seal's files by their names; none until it is made."""
    found = {SIGNED: (seal.report_sha256, seal.report_size), TAGS: (seal.tags_sha256, seal.tags_size)}
    return {name: (digest, size or 0) for name, (digest, size) in found.items() if digest is not None}


def faults(work: Work, *, signatures: bool) -> Iterator[str]:
    """Hold every seal against the trail, and its signatures against the files that they are of; a line each fault."""
    told = {
        (event.subject_number, str(sorted(event.facts["files"].items()))): event.facts["certificate"]
        for event in trail.by_action(work, "edition.sealed")
    }
    for edition in queries.newest_first(work):
        for seal in edition.seals:
            made = files(seal)
            if not made:
                continue
            where = f"edition {edition.number} seal {seal.ordinal}"
            facts = sorted((name, digest) for name, (digest, _size) in made.items())
            expected = told.get((edition.number, str(facts)), "an event that sealed it")
            if expected != seal.certificate_digest:
                yield f"{where} certificate: expected {expected}, found {seal.certificate_digest}"
            for name, problem in _signature_faults(work.blobs, edition, seal) if signatures else ():
                yield f"{where} {name}: expected a signature that holds, found {problem}"


def _signature_faults(blobs: Blobs, edition: Edition, seal: Seal) -> Iterator[tuple[str, str]]:
    made = files(seal)
    checker = import_module(CHECKER)
    try:
        content = {name: _read(blobs, *made[name]) for name in made}
        report, tags = _read(blobs, *_file(edition, REPORT)), tag_manifest(blobs, edition)
    except (Problem, OSError, zipfile.BadZipFile, StopIteration) as error:
        yield SIGNED, str(error) or type(error).__name__
        return
    for found in (checker.of_pdf(SIGNED, content[SIGNED]), checker.of_tags(TAGS, content[TAGS], tags)):
        problem = found.fault
        if not problem and found.digest != seal.certificate_digest:
            problem = f"the certificate {found.digest}"
        if problem:
            yield found.file, problem
    if not content[SIGNED].startswith(report):
        yield SIGNED, "another report than the one that was issued"


def _read(blobs: Blobs, digest: str, size: int) -> bytes:
    with blobs.open(digest, size) as file:
        content = file.read()
    if sha256(content).hexdigest() != digest:
        raise Conflict("bag-file-changed", name=digest, expected=digest, found=sha256(content).hexdigest())
    return content
