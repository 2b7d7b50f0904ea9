"""The steps of an upload: begun, a part added, saved as evidence, given up.

They are no events: what the trail tells is the evidence that comes of them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO, cast

import sqlalchemy as sa

from sdg_tracker.access import Permission
from sdg_tracker.activities.models import Activity
from sdg_tracker.evidence import adding
from sdg_tracker.evidence import queries as evidence_queries
from sdg_tracker.evidence import rules as evidence_rules
from sdg_tracker.evidence.adding import Added
from sdg_tracker.evidence.details import EvidenceDetails
from sdg_tracker.evidence.intake import Received
from sdg_tracker.evidence.tying import Wanted
from sdg_tracker.foundation.blobs import Blobs, StoredBlob
from sdg_tracker.foundation.errors import Conflict, Invalid, Problem, words
from sdg_tracker.foundation.i18n import format_size, lazy
from sdg_tracker.giving import queries
from sdg_tracker.giving.models import Upload, UploadPart
from sdg_tracker.giving.rules import AT_ONCE, KEY, PART_LIMIT, PARTS_LIMIT, UNFINISHED_LIMIT, Joined
from sdg_tracker.keeping import names
from sdg_tracker.work import Work

words(
    {
        "upload-elsewhere": lazy("%(received)s bytes of “%(name)s” are here. Go on from there."),
        "upload-ended": lazy("“%(name)s” was saved or given up already."),
        "upload-unfinished": lazy("“%(name)s” is not all here yet: %(percent)s %%. Wait, or choose the file again."),
        "upload-lost": lazy("A part of “%(name)s” is lost. Choose the file again; it goes on from %(percent)s %%."),
        "upload-part-empty": lazy("A part of “%(name)s” came without bytes. Try again."),
        "upload-part-large": lazy("A part of “%(name)s” is larger than %(limit)s, or than what is left of the file."),
        "upload-parts-many": lazy("“%(name)s” came in too many parts. Choose the file again."),
        "upload-key-unreadable": lazy("The upload's key is not one. Reload the page and choose the file again."),
        "upload-key-taken": lazy("The upload is somebody else's. Reload the page and choose the file again."),
        "upload-size-unreadable": lazy("The size of “%(name)s” is missing. Choose the file again."),
        "uploads-at-once": lazy("Choose at most %(limit)s files at once."),
        "uploads-many": lazy(
            "You have %(limit)s files that are not saved. Save them, or take some of them away, and try again."
        ),
    }
)
names.register(
    "giving",
    names.Source(columns=(), naming=lambda _work, _sha256: [], passing=((UploadPart.sha256, UploadPart.size),)),
)


@dataclass(frozen=True)
class Announced:
    """What a device says of a file before it sends it."""

    key: str
    name: str
    size: int  # bytes
    modified: int = 0  # milliseconds since 1970
    activity: int | None = None  # number


def begin(work: Work, announced: Announced) -> Upload:
    """Begin an upload, or return the one that this person has begun with the same key; one given up goes on."""
    work.require(Permission.EVIDENCE_ADD)
    if not KEY.fullmatch(announced.key):
        raise Invalid("upload-key-unreadable")
    work.lock_library()  # a device that asks twice at once begins once
    known = work.session.scalar(sa.select(Upload).where(Upload.key == announced.key))
    if known is not None:
        if known.added_by != work.actor.number:
            raise Conflict("upload-key-taken")
        if known.ended_at is not None and known.evidence_number is None:
            known.ended_at, known.touched_at = None, work.at
        return known
    refuse = evidence_rules.refusal(announced.name)
    if announced.size < 0:
        raise Invalid("upload-size-unreadable", name=refuse.name)
    if announced.size == 0:
        raise refuse("upload-empty")
    if announced.size > work.settings.upload_limit:
        raise refuse("evidence-too-large", limit=format_size(work.settings.upload_limit))
    if len(queries.unfinished(work)) >= UNFINISHED_LIMIT:
        raise Conflict("uploads-many", limit=UNFINISHED_LIMIT)
    upload = Upload(
        key=announced.key,
        file_name=announced.name[-255:],
        size=announced.size,
        received=0,
        modified=announced.modified,
        activity_id=_activity_id(work, announced.activity),
        added_by=work.actor.number,
        added_at=work.at,
        touched_at=work.at,
    )
    work.session.add(upload)
    work.session.flush()
    return upload


def _activity_id(work: Work, number: int | None) -> int | None:
    return work.session.scalar(sa.select(Activity.id).where(Activity.number == number)) if number else None


@dataclass(frozen=True)
class Awaited:
    """The next part of an upload: where it begins, in a file of this name and size in bytes."""

    offset: int
    file_name: str
    size: int


def expect(work: Work, key: str, offset: int) -> Awaited:
    """Return what is known of the part that begins at ``offset``.

    Raises Conflict (``upload-elsewhere``, with ``received``) when another part is the next.
    """
    work.require(Permission.EVIDENCE_ADD)
    upload = _open(queries.mine(work, key), offset)
    return Awaited(offset, upload.file_name, upload.size)


def take(blobs: Blobs, awaited: Awaited, stream: BinaryIO) -> StoredBlob:
    """Keep the bytes of a part. No step is open meanwhile: on a slow line they take as long as they like.

    The first bytes of a file are looked at at once: what is no accepted type is refused before the rest is sent.
    """
    refuse = evidence_rules.refusal(awaited.file_name)
    try:
        stored = blobs.put(stream, min(PART_LIMIT, awaited.size - awaited.offset))
    except Invalid as error:
        raise Invalid("upload-part-large", name=refuse.name, limit=format_size(PART_LIMIT)) from error
    if not stored.size:
        raise Invalid("upload-part-empty", name=refuse.name)
    if awaited.offset == 0:
        with blobs.open(stored.sha256, stored.size) as part:
            head = part.read(evidence_rules.HEAD)
        if len(head) == min(evidence_rules.HEAD, awaited.size):
            evidence_rules.media_type(head, refuse)
    return stored


def append(work: Work, key: str, offset: int, stored: StoredBlob) -> Upload:
    """Add a part whose bytes are kept. Raises Conflict when another part was the next."""
    work.require(Permission.EVIDENCE_ADD)
    upload = _open(queries.mine(work, key, lock=True), offset)
    name = evidence_rules.refusal(upload.file_name).name
    if upload.received + stored.size > upload.size:
        raise Invalid("upload-part-large", name=name, limit=format_size(PART_LIMIT))
    parts = (
        work.session.scalar(sa.select(sa.func.max(UploadPart.ordinal)).where(UploadPart.upload_id == upload.id)) or 0
    )
    if parts >= PARTS_LIMIT:
        raise Conflict("upload-parts-many", name=name)
    part = UploadPart(upload_id=upload.id, ordinal=parts + 1, sha256=stored.sha256, size=stored.size)
    work.session.add(part)
    upload.received += stored.size
    upload.touched_at = work.at
    work.session.flush()
    return upload


def _open(upload: Upload, offset: int) -> Upload:
    name = evidence_rules.refusal(upload.file_name).name
    if upload.ended_at is not None:
        raise Conflict("upload-ended", name=name)
    if offset != upload.received or upload.complete:
        raise Conflict("upload-elsewhere", name=name, received=upload.received)
    return upload


def ready(work: Work, keys: Sequence[str]) -> list[Upload]:
    """Return the uploads with these keys, all of them whole or saved already, in this order.

    Raises Invalid for one that is not all here, Conflict for one that was given up or of which a part is lost.
    """
    work.require(Permission.EVIDENCE_ADD)
    found = [queries.mine(work, key) for key in dict.fromkeys(keys)]
    if len(found) > AT_ONCE:
        raise Invalid("uploads-at-once", limit=AT_ONCE)
    for upload in found:
        name = evidence_rules.refusal(upload.file_name).name
        if upload.evidence_number is not None:
            continue
        if upload.ended_at is not None:
            raise Conflict("upload-ended", name=name)
        if not upload.complete:
            raise Invalid("upload-unfinished", name=name, percent=upload.percent)
        if (lost := _lost(work, upload)) is not None:
            there = sum(part.size for part in upload.parts if part.ordinal < lost)
            raise Conflict("upload-lost", name=name, key=upload.key, percent=there * 100 // upload.size)
    return found


def _lost(work: Work, upload: Upload) -> int | None:
    """Return the first part whose bytes are not in the store, as after a restore: parts are in no backup."""
    for part in upload.parts:
        if work.blobs.size(part.sha256) != part.size:
            return part.ordinal
    return None


def rewind(work: Work, key: str) -> Upload:
    """Forget the parts from the first lost one on, so that its device sends them again."""
    work.require(Permission.EVIDENCE_ADD)
    upload = queries.mine(work, key, lock=True)
    if upload.ended_at is None and (lost := _lost(work, upload)) is not None:
        upload.parts[:] = [part for part in upload.parts if part.ordinal < lost]
        upload.received = sum(part.size for part in upload.parts)
        work.session.flush()
    return upload


def content(work: Work, upload: Upload) -> BinaryIO:
    """Return the whole file, read from its parts."""

    def opened() -> Iterator[BinaryIO]:
        for part in upload.parts:
            yield work.blobs.open(part.sha256, part.size)

    return cast("BinaryIO", Joined(opened()))


def save(
    work: Work,
    keys: Sequence[str],
    received: Sequence[Received],
    details: EvidenceDetails,
    ties: Sequence[Wanted] = (),
) -> list[Added]:
    """Save uploads as evidence, each once: of two that save the same at once, the later gets what the first saved."""
    work.require(Permission.EVIDENCE_ADD)
    work.lock_library()
    uploads = [queries.mine(work, key, lock=True) for key in keys]
    saved = [upload.evidence_number for upload in uploads if upload.evidence_number is not None]
    if saved:
        return [Added(evidence_queries.get(work, number)) for number in saved]
    for upload in uploads:
        if upload.ended_at is not None:
            raise Conflict("upload-ended", name=evidence_rules.refusal(upload.file_name).name)
    added = adding.add_all(work, received, details, ties)
    for upload, one in zip(uploads, added, strict=True):
        upload.evidence_number, upload.ended_at = one.evidence.number, work.at
    work.session.flush()
    return added


def give_up(work: Work, key: str) -> Upload:
    """End an upload; twice is harmless. Its bytes go a day later."""
    work.require(Permission.EVIDENCE_ADD)
    upload = queries.mine(work, key, lock=True)
    if upload.ended_at is None:
        upload.ended_at = work.at
    work.session.flush()
    return upload


def received_of(problem: Problem) -> int | None:
    """Return how much of a file is here, when that is what a refusal tells."""
    found = problem.facts.get("received")
    return found if isinstance(found, int) else None
