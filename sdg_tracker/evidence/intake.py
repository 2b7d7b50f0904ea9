"""Files on their way in: checked, cleaned, stored. Bytes first, then the row; what is refused leaves nothing behind."""

import hashlib
import io
import logging
import os
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, BinaryIO

from sdg_tracker.access import Permission
from sdg_tracker.evidence import findings, rules, scanner
from sdg_tracker.evidence.findings import Finding
from sdg_tracker.evidence.media import ENDINGS, PDF, PICTURES, RENDITIONS, WITH_THUMBNAIL
from sdg_tracker.evidence.rules import Refusal
from sdg_tracker.evidence.texts import TextCheck, Unreadable
from sdg_tracker.foundation import children
from sdg_tracker.foundation.blobs import CHUNK, Blobs, StoredBlob
from sdg_tracker.foundation.errors import Invalid
from sdg_tracker.foundation.i18n import format_size
from sdg_tracker.work import Work

log = logging.getLogger(__name__)
APART = "sdg_tracker.evidence.apart"  # the program that opens files in a process of its own
MEMORY = 1_500_000_000  # bytes of address space for one file
SECONDS = 30  # of CPU for one file
PIECE = 1 << 17  # bytes of a text looked at at a time: so few stay in the processor's cache through all checks


@dataclass(frozen=True)
class Received:
    """A file whose bytes are stored and whose type is known. ``rendition`` is the original where nothing is cleaned."""

    original: StoredBlob
    rendition: StoredBlob
    media_type: str  # of the rendition
    file_name: str  # of the rendition
    thumbnail: bool  # whether a small picture can be made
    original_type: str = ""  # where it is not the rendition's
    findings: tuple[Finding, ...] = ()
    scanned: bool | None = None  # None: there is no scanner; False: it could not be asked

    @property
    def quarantined(self) -> bool:
        """Return whether it is kept apart until the coordinator has looked at it."""
        return findings.quarantines(self.findings)


@dataclass(frozen=True)
class Looked:
    """What is known of a file that was checked and not kept."""

    sha256: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class _Checked:
    original: BinaryIO
    rendition: BinaryIO | None
    media_type: str
    file_name: str  # as it was called
    findings: tuple[Finding, ...]
    scanned: bool | None
    refuse: Refusal

    @property
    def is_text(self) -> bool:
        return self.media_type.startswith("text/")


def receive(work: Work, stream: BinaryIO, file_name: str, declared: str | None = None) -> Received:
    """Check a file, clean it and keep its bytes. Its name and declared type never decide what it is.

    Call it before the writing step: it takes as long as the file is large. Raises Invalid, and then keeps nothing.
    """
    work.require(Permission.EVIDENCE_ADD)
    with ExitStack() as stack:
        checked = _check(work, stack, stream, file_name)
        if declared not in (None, "", "application/octet-stream", checked.media_type):
            log.info("declared as %s, found %s", declared, checked.media_type)
        return _keep(work.blobs, checked)


def look(work: Work, stream: BinaryIO, file_name: str) -> Looked:
    """Check a file as ``receive`` does and keep nothing. Raises Invalid."""
    work.require(Permission.EVIDENCE_ADD)
    with ExitStack() as stack:
        checked = _check(work, stack, stream, file_name)
        found = (*checked.findings, *(_read_text(checked) if checked.is_text else ()))
        digest = hashlib.sha256()
        checked.original.seek(0)
        while chunk := checked.original.read(CHUNK):
            digest.update(chunk)
        return Looked(digest.hexdigest(), found)


def receive_all(work: Work, files: Iterable[tuple[BinaryIO, str]]) -> tuple[list[Received], list[Invalid]]:
    """Receive several files (stream, name) that belong together: all of them, or none and every refusal."""
    work.require(Permission.EVIDENCE_ADD)
    checked, refused = [], []
    files = list(files)
    with ExitStack() as stack:
        for stream, file_name in files:
            try:
                one = _check(work, stack, stream, file_name)
                if one.is_text and len(files) > 1:  # nothing may be kept before all are known to be good
                    _read_text(one)
                checked.append(one)
            except Invalid as refusal:
                refused.append(refusal)
        try:
            return ([], refused) if refused else ([_keep(work.blobs, one) for one in checked], [])
        except Invalid as refusal:  # a text that is the only file
            return [], [refusal]


def _check(work: Work, stack: ExitStack, stream: BinaryIO, file_name: str) -> _Checked:
    """Find out what a file is and what it holds. Text is only recognised; it is read through when it is kept."""
    refuse = rules.refusal(file_name)
    limit, address = work.settings.upload_limit, work.settings.clamd
    original = _on_disk(stack, stream, limit, refuse)
    media_type = rules.media_type(_head(original), refuse)
    found, scanned = ask_scanner(address, original, refuse)
    rendition = None
    if not media_type.startswith("text/"):
        rendition = _new_file(stack)
        media_type, seen, cleaned = _opened(original, rendition, media_type, refuse)
        found += seen
        rendition = rendition if cleaned else None
    found += rules.name_findings(file_name, media_type)
    return _Checked(original, rendition, media_type, file_name, tuple(found), scanned, refuse)


def _on_disk(stack: ExitStack, stream: BinaryIO, limit: int, refuse: Refusal) -> BinaryIO:
    """Return a file on disk with the stream's bytes, at its start: its own where it has one, else a copy."""
    try:
        descriptor = stream.fileno()
        stream.flush()
        file: BinaryIO = open(descriptor, "rb", closefd=False)  # noqa: SIM115 - the stream closes what is its own
        size = file.seek(0, os.SEEK_END)
    except (AttributeError, io.UnsupportedOperation, OSError):
        file, size = _new_file(stack), 0
        while size <= limit and (chunk := stream.read(CHUNK)):
            size += file.write(chunk)
        file.flush()
    if size > limit:
        raise refuse("evidence-too-large", limit=format_size(limit))
    file.seek(0)
    return file


def _new_file(stack: ExitStack) -> BinaryIO:
    return stack.enter_context(tempfile.TemporaryFile())


def _head(file: BinaryIO) -> bytes:
    head = file.read(rules.HEAD)
    file.seek(0)
    return head


def ask_scanner(address: str, file: BinaryIO, refuse: Refusal) -> tuple[list[Finding], bool | None]:
    """Ask the scanner, when there is one. What it finds is refused; when it can't be asked, this is a finding."""
    if not address:
        return [], None
    file.seek(0)
    try:
        harmful = scanner.scan(address, file)
    except scanner.ScannerAway as away:
        log.warning("the scanner gave no verdict: %s", away)
        return [Finding("not-scanned")], False
    if harmful is not None:
        log.warning("a file with %s was refused", harmful)
        raise refuse("malware-found", found=harmful)
    return [], True


def _opened(source: BinaryIO, target: BinaryIO, media_type: str, refuse: Refusal) -> tuple[str, list[Finding], bool]:
    """Have a file opened in a child process; return its type, what it holds, and whether ``target`` is a rendition."""
    task = "picture" if media_type in PICTURES else "pdf" if media_type == PDF else "office"
    answer = open_apart(task, source, target, media_type, refuse)
    seen = [Finding(code, facts) for code, facts in answer.get("findings", [])]
    cleaned = task == "picture" or bool(answer.get("cleaned"))
    found = str(answer.get("media_type", media_type))
    if found not in ENDINGS:
        raise refuse("office-broken")
    return found, seen, cleaned


def open_apart(task: str, source: BinaryIO, target: BinaryIO, media_type: str, refuse: Refusal) -> Mapping[str, Any]:
    """Have a child process do a task of ``apart`` and return its answer. Raises Invalid when it refuses or fails."""
    try:
        answer = children.run(
            APART, task, media_type, source=source.fileno(), target=target.fileno(), memory=MEMORY, seconds=SECONDS
        )
    except children.ChildFailed as failure:
        log.warning("%s of %s: %s", task, media_type, failure)
        raise refuse("file-too-hard") from failure
    if code := answer.get("refused"):
        facts = dict(answer.get("facts", {}))
        if code == "office-unpacks-large":
            facts["limit"] = format_size(facts["limit"])
        raise refuse(str(code), **facts)
    return answer


class _ReadAlong:
    """A text that is checked while the store reads it."""

    def __init__(self, checked: _Checked) -> None:
        self._checked, self.check = checked, TextCheck()

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes. Raises Invalid when they are no text."""
        piece = self._checked.original.read(PIECE if size < 0 else min(size, PIECE))
        try:
            if piece:
                self.check.feed(piece)
            else:
                self.check.end()
        except Unreadable as error:
            raise self._checked.refuse("text-unreadable") from error
        return piece

    @property
    def findings(self) -> tuple[Finding, ...]:
        return tuple(Finding(code, facts) for code, facts in self.check.search.findings())


def _read_text(checked: _Checked) -> tuple[Finding, ...]:
    along = _ReadAlong(checked)
    while along.read(CHUNK):
        pass
    return along.findings


def _keep(blobs: Blobs, checked: _Checked) -> Received:
    source: Any = checked.original
    source.seek(0)
    found = checked.findings
    if checked.is_text:
        source = _ReadAlong(checked)
    original = blobs.put(source)
    if checked.is_text:
        found = (*found, *source.findings)
    rendition = original
    if checked.rendition is not None:
        checked.rendition.seek(0)
        rendition = blobs.put(checked.rendition)
    shown = RENDITIONS.get(checked.media_type, checked.media_type)
    return Received(
        original,
        rendition,
        shown,
        rules.name_of_rendition(rules.harmless_name(checked.file_name, checked.media_type), shown),
        shown in WITH_THUMBNAIL,
        checked.media_type if shown != checked.media_type else "",
        found,
        checked.scanned,
    )
