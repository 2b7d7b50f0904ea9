"""What lies in a backup's folder, and the proof that it is what was written.

``manifest.json`` names the set of the last backup and tells of all its files; it is put in place last, in one move.
``set-…/tables/<name>.jsonl`` has a table's rows, ``set-…/blobs.jsonl`` digest and size of every blob, ``blobs/`` is a
store in the form of the product's own, which later backups add to.
"""

import json
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from fcntl import LOCK_EX, LOCK_NB, flock
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

from sdg_tracker.foundation.blobs import FolderBlobs, digest_of
from sdg_tracker.foundation.documents import canonical
from sdg_tracker.foundation.errors import Conflict, Invalid, Problem, words
from sdg_tracker.foundation.i18n import lazy

FORMAT = 1
MANIFEST = "manifest.json"
BEFORE = "before.json"  # the manifest of the last backup that held, while later ones do not
BLOBS = "blobs.jsonl"
SECRET = "secret"  # noqa: S105 - the name of a file
SEAL = "seal.p12"

words(
    {
        "backup-none": lazy("There is no backup in %(folder)s."),
        "backup-damaged": lazy("The backup is damaged, nothing was restored: %(faults)s"),
        "backup-format": lazy("The backup has format %(found)s, this program knows %(known)s."),
        "backup-busy": lazy("Another program is making a backup in %(folder)s."),
        "backup-folder-strange": lazy("%(folder)s holds other things than a backup. Choose an empty folder."),
    }
)


@dataclass(frozen=True)
class File:
    """A file of the set: its lines are rows, blobs, or one secret."""

    name: str  # below the set's folder
    lines: int
    size: int  # bytes
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a backup is."""

    format: int
    product: str  # version
    schema: str  # Alembic's revision
    made_at: str
    set: str  # name of a folder
    files: list[File]
    blobs: int
    blob_bytes: int
    lost: list[str]  # what was damaged before the backup, in words

    @property
    def rows(self) -> int:
        """Return how many rows there are in all tables."""
        return sum(file.lines for file in self.files if file.name.startswith("tables/"))

    def tables(self) -> dict[str, File]:
        """Return the file of each table."""
        return {Path(file.name).stem: file for file in self.files if file.name.startswith("tables/")}


def digest(manifest: Manifest) -> str:
    """Return what a manifest is known by."""
    return sha256(canonical(asdict(manifest))).hexdigest()


class Folder:
    """A backup's folder."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.blobs = FolderBlobs(self.path / "blobs")

    @contextmanager
    def held(self) -> Iterator[None]:
        """Make the folder and hold it alone. Raises Conflict when somebody does, or when it is somebody else's."""
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        known = (MANIFEST, BEFORE, "set-", "blobs", "lock")
        if any(not found.name.startswith(known) for found in self.path.iterdir()):
            raise Conflict("backup-folder-strange", folder=str(self.path))
        with (self.path / "lock").open("ab") as lock:
            try:
                flock(lock, LOCK_EX | LOCK_NB)
            except BlockingIOError:
                raise Conflict("backup-busy", folder=str(self.path)) from None
            yield

    def new_set(self, at: datetime) -> str:
        """Make the folder of a new set and return its name."""
        name = f"set-{at:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
        (self.path / name / "tables").mkdir(parents=True, mode=0o700)
        return name

    def write(self, set_name: str, name: str, lines: Iterable[bytes]) -> File:
        """Write a file of the set, to the disk."""
        hasher, count, size = sha256(), 0, 0
        with (self.path / set_name / name).open("xb") as file:
            (self.path / set_name / name).chmod(0o600)
            for line in lines:
                file.write(line)
                hasher.update(line)
                count, size = count + 1, size + len(line)
            file.flush()
            os.fsync(file.fileno())
        return File(name, count, size, hasher.hexdigest())

    def finish(self, manifest: Manifest, *, holds: bool) -> None:
        """Put the manifest in place and take away earlier sets, but for the last one that held when this does not."""
        new = self.path / f"{MANIFEST}.{secrets.token_hex(3)}"
        content = {**asdict(manifest), "digest": digest(manifest)}
        with new.open("x", encoding="utf-8") as file:
            json.dump(content, file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        last, before = self.path / MANIFEST, self.path / BEFORE
        if holds:
            before.unlink(missing_ok=True)
        elif last.exists() and not before.exists():
            last.replace(before)
        new.replace(last)
        kept = {manifest.set, json.loads(before.read_bytes())["set"]} if before.exists() else {manifest.set}
        for left in (*self.path.glob("set-*"), *self.path.glob(f"{MANIFEST}.*")):
            if left.name not in kept:
                shutil.rmtree(left) if left.is_dir() else left.unlink()

    def manifest(self) -> Manifest:
        """Return what the backup is. Raises Problem when there is none, or when the manifest itself is damaged."""
        try:
            content: dict[str, Any] = json.loads((self.path / MANIFEST).read_bytes())
            told = content.pop("digest")
            found = sha256(canonical(content)).hexdigest()
            if found == told and content["format"] != FORMAT:
                raise Invalid("backup-format", found=content["format"], known=FORMAT)
            manifest = Manifest(**{**content, "files": [File(**file) for file in content["files"]]})
        except FileNotFoundError:
            raise Invalid("backup-none", folder=str(self.path)) from None
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Conflict("backup-damaged", faults=f"{MANIFEST}: {error}") from error
        if found != told:
            raise Conflict("backup-damaged", faults=f"{MANIFEST}: expected {told}, found {found}")
        return manifest

    def open(self, manifest: Manifest, name: str) -> BinaryIO:
        """Open a file of the set."""
        return (self.path / manifest.set / name).open("rb")

    def has(self, manifest: Manifest, name: str) -> bool:
        """Return whether the set has a file of this name."""
        return any(file.name == name for file in manifest.files)

    def listed(self, manifest: Manifest) -> Iterator[tuple[str, int]]:
        """Yield digest and size of every blob of the backup."""
        with self.open(manifest, BLOBS) as file:
            for line in file:
                blob = json.loads(line)
                yield blob["sha256"], blob["size"]

    def faults(self, manifest: Manifest) -> Iterator[str]:
        """Read every file of the set again and yield what is not as the manifest says."""
        where = self.path / manifest.set
        for file in manifest.files:
            try:
                with (where / file.name).open("rb") as opened:
                    found = _told(opened, file.name)
            except FileNotFoundError:
                yield f"{manifest.set}/{file.name}: missing"
                continue
            if found != file:
                yield (
                    f"{manifest.set}/{file.name}: expected {file.sha256} ({file.lines} lines), "
                    f"found {found.sha256} ({found.lines} lines)"
                )
        known = {where / file.name for file in manifest.files}
        for path in sorted(where.rglob("*")):
            if path.is_file() and path not in known:
                yield f"{manifest.set}/{path.relative_to(where)}: is not in the manifest"

    def blob_faults(self, manifest: Manifest) -> Iterator[tuple[str, str]]:
        """Read every blob of the backup again and yield the digest of each that does not hold, with what was found."""
        for expected, size in self.listed(manifest):
            try:
                with self.blobs.open(expected) as file:
                    found = digest_of(file)
            except Problem:
                yield expected, f"blobs/{expected}: missing"
                continue
            if (found.sha256, found.size) != (expected, size):
                yield expected, f"blobs/{expected}: expected {size} bytes, found {found.sha256} ({found.size} bytes)"


def _told(file: BinaryIO, name: str) -> File:
    hasher, count, size = sha256(), 0, 0
    for line in file:
        hasher.update(line)
        count, size = count + 1, size + len(line)
    return File(name, count, size, hasher.hexdigest())
