"""Steps with editions after they are frozen: build again, supersede, check."""

import json
from collections.abc import Iterable, Iterator
from hashlib import sha256

from sdg_tracker import trail
from sdg_tracker.access import Permission
from sdg_tracker.editions import kinds, queries, seals
from sdg_tracker.editions.models import Artefact, Chapter, Edition, Seal, State
from sdg_tracker.foundation import errors
from sdg_tracker.foundation.errors import Conflict, Problem, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.keeping import names
from sdg_tracker.work import Work

words(
    {
        "edition-not-failed": lazy("Only an edition whose files could not be made can be built again."),
    }
)
trail.declare(
    {
        "edition.retried": (lazy("Edition built again"), set()),
        "edition.downloaded": (lazy("Edition downloaded"), {"file"}),
    }
)


def retry(work: Work, number: int) -> Edition:
    """Owe the files of an edition again, after the cause of its failure was mended."""
    edition = queries.get(work, number)
    work.require(Permission.EDITION_FREEZE, edition)
    if edition.state != State.FAILED:
        raise Conflict("edition-not-failed")
    edition.state, edition.attempt, edition.fault = State.QUEUED, 0, ""
    trail.record(work, "edition.retried", edition)
    work.owe("edition.build", work.library.id, edition.id)
    return edition


def fault(edition: Edition) -> str:
    """Return in words why the files could not be made; empty unless that is so."""
    return errors.told(edition.fault)


def faults(work: Work) -> Iterator[str]:
    """Read every snapshot and every issued file again, and every blob that a snapshot names, each once."""
    read: dict[str, tuple[str, int] | None] = {}

    def look(digest: str) -> tuple[str, int] | None:
        if digest not in read:
            size = work.blobs.size(digest)
            read[digest] = None if size is None else (work.blobs.digest_found(digest), size)
        return read[digest]

    told = {event.subject_number: event.facts for event in trail.by_action(work, "edition.frozen")}
    for edition in queries.newest_first(work):
        where = f"edition {edition.number}"
        if told.get(edition.number, {}).get("fingerprint") != edition.fingerprint:
            expected = told.get(edition.number, {}).get("fingerprint", "an event that froze it")
            yield f"{where} fingerprint: expected {expected}, found {edition.fingerprint}"
        wanted = [("snapshot.json", edition.fingerprint, edition.snapshot_size)]
        wanted += [(artefact.name, artefact.sha256, artefact.size) for artefact in edition.artefacts]
        wanted += [(name, *kept) for seal in edition.seals for name, kept in seals.files(seal).items()]
        wanted += _named(work, edition)
        for name, digest, size in wanted:
            found = look(digest)
            if found != (digest, size):
                text = f"{found[0]} ({found[1]} bytes)" if found else "missing"
                yield f"{where} {name}: expected {digest} ({size} bytes), found {text}"


def _named_inside(work: Work) -> Iterable[tuple[str, int]]:
    """Yield digest and size of every blob that a snapshot names."""
    for edition in queries.newest_first(work):
        for _name, digest, size in _named(work, edition):
            yield digest, size


def _named(work: Work, edition: Edition) -> list[tuple[str, str, int]]:
    """Return what the snapshot names; nothing when its own bytes do not hold, for that is a fault already."""
    try:
        with work.blobs.open(edition.fingerprint, edition.snapshot_size) as file:
            content = file.read()
    except Problem:
        return []
    if sha256(content).hexdigest() != edition.fingerprint:
        return []
    snapshot = json.loads(content)
    return [(file.name, file.sha256, file.size) for file in (*kinds.evidence(snapshot), *kinds.pictures(snapshot))]


names.register(
    "editions",
    names.Source(
        columns=(
            (Edition.fingerprint, Edition.snapshot_size),
            (Artefact.sha256, Artefact.size),
            (Seal.report_sha256, Seal.report_size),
            (Seal.tags_sha256, Seal.tags_size),
        ),
        naming=queries.naming,
        inside=_named_inside,
        passing=((Chapter.request_sha256, Chapter.request_size), (Chapter.sha256, Chapter.size)),
    ),
)
