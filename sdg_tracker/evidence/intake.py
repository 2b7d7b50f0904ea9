"""Files on their way in: checked, cleaned, stored. Bytes first, then the row; what is refused leaves nothing behind."""

import io
import logging
import os
import tempfile
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import BinaryIO

from sdg_tracker.access import Permission
from sdg_tracker.evidence import rules
from sdg_tracker.evidence.rules import Refusal
from sdg_tracker.foundation import children
from sdg_tracker.foundation.blobs import CHUNK, Blobs, StoredBlob
from sdg_tracker.foundation.errors import Invalid
from sdg_tracker.foundation.i18n import format_size
from sdg_tracker.work import Work

log = logging.getLogger(__name__)
PICTURES = "sdg_tracker.evidence.pictures"  # the program that opens pictures and PDFs in a process of its own
MEMORY = 1_500_000_000  # bytes of address space for one file
SECONDS = 30  # of CPU for one file
MEGAPIXELS = 100


@dataclass(frozen=True)
class Received:
    """A file whose bytes are stored and whose type is known. ``rendition`` is the original where nothing is cleaned."""

    original: StoredBlob
    rendition: StoredBlob
    media_type: str
    file_name: str
    thumbnail: bool  # whether a small picture can be made


@dataclass(frozen=True)
class _Checked:
    original: int  # file descriptors
    rendition: int | None
    media_type: str
    file_name: str


def receive(work: Work, stream: BinaryIO, file_name: str, declared: str | None = None) -> Received:
    """Check a file, clean it and keep its bytes. Its name and declared type never decide what it is.

    Call it before the writing step: it takes as long as the file is large. Raises Invalid, and then keeps nothing.
    """
    work.require(Permission.EVIDENCE_ADD)
    with ExitStack() as stack:
        checked = _check(stack, stream, file_name, work.settings.upload_limit)
        if declared not in (None, "", "application/octet-stream", checked.media_type):
            log.info("declared as %s, found %s", declared, checked.media_type)
        return _keep(work.blobs, checked)


def receive_all(work: Work, files: Iterable[tuple[BinaryIO, str]]) -> tuple[list[Received], list[Invalid]]:
    """Receive several files (stream, name) that belong together: all of them, or none and every refusal."""
    work.require(Permission.EVIDENCE_ADD)
    checked, refused = [], []
    with ExitStack() as stack:
        for stream, file_name in files:
            try:
                checked.append(_check(stack, stream, file_name, work.settings.upload_limit))
            except Invalid as refusal:
                refused.append(refusal)
        if refused:
            return [], refused
        return [_keep(work.blobs, one) for one in checked], []


def _check(stack: ExitStack, stream: BinaryIO, file_name: str, limit: int) -> _Checked:
    refuse = rules.refusal(file_name)
    original = _on_disk(stack, stream, limit, refuse)
    media_type = rules.media_type(_from_start(original), refuse)
    rendition = None
    if media_type in rules.PICTURES:
        rendition = _new_file(stack).fileno()
        _apart("clean", original, rendition, media_type, refuse)
    elif media_type == rules.PDF:
        _apart("read-pdf", original, None, media_type, refuse)
    return _Checked(original, rendition, media_type, rules.harmless_name(file_name, media_type))


def _on_disk(stack: ExitStack, stream: BinaryIO, limit: int, refuse: Refusal) -> int:
    """Return the descriptor of a file with the stream's bytes: its own where it has one, else that of a copy."""
    try:
        descriptor = stream.fileno()
        stream.flush()
        size = os.lseek(descriptor, 0, os.SEEK_END)
    except (AttributeError, io.UnsupportedOperation, OSError):
        file = _new_file(stack)
        size = 0
        while size <= limit and (chunk := stream.read(CHUNK)):
            size += file.write(chunk)
        file.flush()
        descriptor = file.fileno()
    if size > limit:
        raise refuse("evidence-too-large", limit=format_size(limit))
    return descriptor


def _new_file(stack: ExitStack) -> BinaryIO:
    return stack.enter_context(tempfile.TemporaryFile())


def _from_start(descriptor: int) -> BinaryIO:
    """Return the file anew: others have read from the same descriptor."""
    os.lseek(descriptor, 0, os.SEEK_SET)
    return open(descriptor, "rb", closefd=False)


def _apart(task: str, source: int, target: int | None, media_type: str, refuse: Refusal) -> None:
    try:
        answer = children.run(PICTURES, task, media_type, source=source, target=target, memory=MEMORY, seconds=SECONDS)
    except children.ChildFailed as failure:
        log.warning("%s of %s: %s", task, media_type, failure)
        raise refuse("file-too-hard") from failure
    if code := answer.get("refused"):
        raise refuse(str(code), limit=MEGAPIXELS)


def _keep(blobs: Blobs, checked: _Checked) -> Received:
    original = blobs.put(_from_start(checked.original))
    rendition = original if checked.rendition is None else blobs.put(_from_start(checked.rendition))
    thumbnail = checked.media_type in rules.WITH_THUMBNAIL
    return Received(original, rendition, checked.media_type, checked.file_name, thumbnail)
