"""Whether what a bag holds fits together: fingerprint, snapshot, exhibits, trail, and the data inside the report."""

import io
import json
import re
import zipfile
from collections.abc import Collection, Iterator, Mapping
from hashlib import sha256
from importlib import import_module
from typing import Any, BinaryIO, Protocol

from sdg_tracker.foundation.documents import digest

INFO, SNAPSHOT, TRAIL, REPORT = "bag-info.txt", "data/snapshot.json", "data/trail.jsonl", "data/report.pdf"
FINGERPRINT, HEAD = "SDG-Tracker-Fingerprint", "SDG-Tracker-Trail-Head"
ATTACHED = "snapshot.json"
UNREADABLE = (zipfile.BadZipFile, OSError, RuntimeError, ValueError)
Row = Mapping[str, Any]


class Tree(Protocol):
    """The files of a bag by their paths inside it."""

    def names(self) -> list[str]:
        """Return the path of every file, in order."""
        ...

    def open(self, name: str) -> BinaryIO:
        """Open a file."""
        ...


def read(tree: Tree, name: str) -> bytes:
    """Return a file of a bag; nothing when it is absent or can't be read, which has a line of its own elsewhere."""
    try:
        with tree.open(name) as file:
            return file.read()
    except (KeyError, *UNREADABLE):
        return b""


def told(tree: Tree, key: str) -> str | None:
    """Return what bag-info.txt says under a key."""
    match = re.search(rf"^{key}: (\S+)$", read(tree, INFO).decode("utf-8", "replace"), re.MULTILINE)
    return match[1] if match else None


def snapshot(tree: Tree) -> Row:
    """Return the snapshot; empty when it is none."""
    return as_object(read(tree, SNAPSHOT))


def as_object(content: bytes) -> Row:
    """Return a JSON object; empty for what is none."""
    try:
        found = json.loads(content)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def faults(tree: Tree, names: Collection[str], digests: Mapping[str, str]) -> Iterator[str]:
    """Yield what does not fit together, a line each; ``digests`` are those of the files."""
    if INFO not in names or SNAPSHOT not in names:
        return
    fingerprint = digests[SNAPSHOT]
    expected = told(tree, FINGERPRINT)
    if expected is None:
        yield f"{INFO}: {FINGERPRINT}: expected a digest, found none"
    elif expected != fingerprint:
        yield f"{INFO}: {FINGERPRINT}: expected {expected}, found {fingerprint}"
    frozen = snapshot(tree)
    if not frozen:
        yield f"{SNAPSHOT}: {SNAPSHOT}: expected a JSON object, found none"
        return
    yield from _exhibits(frozen, names, digests)
    if TRAIL in names:
        yield from _trail(tree, frozen)
    if REPORT in names:
        yield from report_faults(REPORT, read(tree, REPORT), expected or fingerprint)


def _exhibits(frozen: Row, names: Collection[str], digests: Mapping[str, str]) -> Iterator[str]:
    """Hold each exhibit against the digest under which the snapshot names it."""
    left_out = not frozen.get("composition", {}).get("files", True)
    for row in () if left_out else frozen.get("evidence", ()):
        name = f"data/{row['file']}"
        if name not in names:
            yield f"{SNAPSHOT}: {name}: expected {row['sha256']}, found no such file"
        elif digests[name] != row["sha256"]:
            yield f"{SNAPSHOT}: {name}: expected {row['sha256']}, found {digests[name]}"


def _trail(tree: Tree, frozen: Row) -> Iterator[str]:
    """Walk the chain: each event after the one before it, its digest computed again, the last one the head."""
    head = str(frozen.get("trail", {}).get("head", ""))
    previous, number = "", 0
    for number, line in enumerate(read(tree, TRAIL).splitlines(), 1):
        event = dict(as_object(line))
        if not event:
            yield f"{TRAIL}: event {number}: expected a JSON object, found none"
            continue
        if event.get("number") != number:
            yield f"{TRAIL}: event {number}: expected number {number}, found {event.get('number')}"
        if event.get("previous") != previous:
            yield f"{TRAIL}: event {number}: expected previous {previous or 'none'}, found {event.get('previous')}"
        previous = str(event.pop("digest", ""))
        found = digest(event)
        if found != previous:
            yield f"{TRAIL}: event {number}: expected digest {previous}, found {found}"
    expected = told(tree, HEAD)
    if expected is not None and expected != head:
        yield f"{INFO}: {HEAD}: expected {expected}, found {head}"
    told_of = frozen.get("composition", {}).get("trail", True)
    length, head = (frozen.get("trail", {}).get("length"), head) if told_of else (0, "")
    if number != length:
        yield f"{TRAIL}: end: expected {length} events, found {number}"
    if previous != head:
        yield f"{TRAIL}: end: expected {head or 'none'}, found {previous or 'none'}"


def report_faults(name: str, content: bytes, fingerprint: str | None) -> Iterator[str]:
    """Hold the data inside a report against the fingerprint, or against the one that is written beside them."""
    attached = attached_to(content)
    if attached is None:
        return
    data, described = attached
    found, expected = sha256(data).hexdigest(), fingerprint or described
    if found != expected:
        yield f"{name}: {ATTACHED}: expected {expected}, found {found}"
    elif described != found:
        yield f"{name}: {ATTACHED}: expected to be described as {found}, found {described}"


def attached_to(content: bytes) -> tuple[bytes, str] | None:
    """Return the snapshot inside a report and its description; None where there is none, or the PDF can't be read."""
    pikepdf = import_module("pikepdf")  # only here, for it is large
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            if ATTACHED not in pdf.attachments:
                return None
            found = pdf.attachments[ATTACHED]
            return found.get_file().read_bytes(), found.description
    except (pikepdf.PdfError, RuntimeError, ValueError, KeyError):
        return None
