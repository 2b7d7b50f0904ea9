"""Bytes kept by their digest. Nothing overwrites a blob, and a name always tells what must be inside."""

import fcntl
import hashlib
import os
import secrets
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import BinaryIO, Protocol

from sdg_tracker.foundation.errors import Invalid, NotFound, words
from sdg_tracker.foundation.i18n import format_size, lazy

CHUNK = 1 << 20  # bytes read at a time

words(
    {
        "blob-missing": lazy("The stored file %(sha256)s is missing."),
        "blob-changed": lazy("The stored file %(sha256)s was changed: expected %(expected)s bytes, found %(found)s."),
        "upload-too-large": lazy("The file is larger than %(limit)s. Make it smaller, or have the limit raised."),
        "store-unknown": lazy("Setting store must begin with file: or s3://, not %(value)r."),
    }
)


class StoreError(OSError):
    """The whole store could not be asked; a single file may still be well. The text names neither key nor secret."""


@dataclass(frozen=True)
class StoredBlob:
    """What is known of bytes once they are kept: digest (64 hexadecimal digits) and size in bytes."""

    sha256: str
    size: int


@dataclass(frozen=True)
class Entry:
    """A blob as the store lists it: the digest in its name, its length in bytes, when somebody last put its bytes."""

    sha256: str
    size: int
    put_at: datetime


class Blobs(Protocol):
    """A store of blobs; every kind of store passes the same tests."""

    def put(self, source: BinaryIO, limit: int | None = None) -> StoredBlob:
        """Keep the bytes, the same bytes once. Raises Invalid above ``limit`` bytes, and keeps nothing."""
        ...

    def keep(self, write: Callable[[BinaryIO], None]) -> StoredBlob:
        """Keep what ``write`` puts into a file that it may also seek in; nothing is kept when it raises."""
        ...

    def open(self, sha256: str, size: int | None = None) -> BinaryIO:
        """Open a blob. Raises NotFound, or Invalid when its length is not ``size``."""
        ...

    def size(self, sha256: str) -> int | None:
        """Return the length in bytes, None when there is no such blob."""
        ...

    def digest_found(self, sha256: str) -> str:
        """Read all bytes and return the digest they have now. Raises NotFound."""
        ...

    def link(self, sha256: str, media_type: str, disposition: str) -> str | None:
        """Return an address where the store itself gives the blob out for a short while, None where it can't."""
        ...

    def all(self) -> Iterator[str]:
        """Yield the digest in the name of every blob, in order."""
        ...

    def entries(self) -> Iterator[Entry]:
        """Yield every blob, in order of the digests."""
        ...

    def remove(self, sha256: str) -> None:
        """Take a blob away that no row names, and that nobody is about to name."""
        ...

    def discard(self, sha256: str, before: datetime) -> bool:
        """Take a blob away that no row names, unless its bytes were put at ``before`` or later; return whether it went.

        Somebody who puts the same bytes meanwhile either has them kept, or keeps them anew.
        """
        ...

    def discard_incoming(self, before: datetime) -> int:
        """Take away what puts that never ended left, begun before a moment; return how many there were."""
        ...

    def check_writable(self) -> None:
        """Raise OSError when nothing can be kept, Conflict when something could be overwritten."""
        ...


class FolderBlobs:
    """Blobs as files ``sha256/ab/abcd…`` below a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._incoming = folder / "incoming"

    def put(self, source: BinaryIO, limit: int | None = None) -> StoredBlob:
        """See Blobs.put."""
        return self._stored(lambda file: copy_bytes(source, file, limit))

    def keep(self, write: Callable[[BinaryIO], None]) -> StoredBlob:
        """See Blobs.keep."""

        def written(file: BinaryIO) -> StoredBlob:
            write(file)
            file.seek(0)
            return digest_of(file)

        return self._stored(written)

    def _stored(self, fill: Callable[[BinaryIO], StoredBlob]) -> StoredBlob:
        """Fill a temporary file; sync the bytes before they get their name, and the name before this returns."""
        self._incoming.mkdir(parents=True, exist_ok=True)
        temporary = self._incoming / secrets.token_hex(16)
        try:
            with temporary.open("x+b") as file:
                stored = fill(file)
                file.flush()
                os.fsync(file.fileno())
            temporary.chmod(0o444)
            self._name(temporary, stored.sha256)
        finally:
            temporary.unlink(missing_ok=True)
        return stored

    def _name(self, temporary: Path, sha256: str) -> bool:
        """Give bytes their name unless it is taken; return whether it was free. Its time says when bytes last came."""
        target = self.path(sha256)
        target.parent.mkdir(parents=True, exist_ok=True)
        with self._locked(fcntl.LOCK_SH):
            try:
                os.link(temporary, target)
            except FileExistsError:
                os.utime(target)
                return False
        _sync(target.parent, target.parent.parent)
        return True

    @contextmanager
    def _locked(self, how: int) -> Iterator[None]:
        """Hold the store's lock: shared while a name is given, alone while one is taken away."""
        with (self.folder / "lock").open("ab") as file:
            fcntl.flock(file, how)
            yield

    def path(self, sha256: str) -> Path:
        """Return where a blob lies. Raises ValueError for what is no digest."""
        return self.folder / place_of(sha256)

    def open(self, sha256: str, size: int | None = None) -> BinaryIO:
        """See Blobs.open."""
        try:
            file = self.path(sha256).open("rb")
        except FileNotFoundError:
            raise NotFound("blob-missing", sha256=sha256) from None
        found = os.fstat(file.fileno()).st_size
        if size is not None and found != size:
            file.close()
            raise Invalid("blob-changed", sha256=sha256, expected=size, found=found)
        return file

    def size(self, sha256: str) -> int | None:
        """See Blobs.size."""
        try:
            return self.path(sha256).stat().st_size
        except FileNotFoundError:
            return None

    def digest_found(self, sha256: str) -> str:
        """See Blobs.digest_found."""
        with self.open(sha256) as file:
            return digest_of(file).sha256

    def link(self, sha256: str, media_type: str, disposition: str) -> str | None:  # noqa: ARG002 - a folder gives out none
        """See Blobs.link."""
        return None

    def all(self) -> Iterator[str]:
        """See Blobs.all."""
        return (path.name for path in self._paths())

    def entries(self) -> Iterator[Entry]:
        """See Blobs.entries."""
        for path in self._paths():
            try:
                found = path.stat()
            except FileNotFoundError:
                continue
            yield Entry(path.name, found.st_size, datetime.fromtimestamp(found.st_mtime, UTC))

    def _paths(self) -> Iterator[Path]:
        for folder in sorted((self.folder / "sha256").glob("??")):
            yield from sorted(folder.iterdir())

    def remove(self, sha256: str) -> None:
        """See Blobs.remove."""
        self.path(sha256).unlink(missing_ok=True)

    def discard(self, sha256: str, before: datetime) -> bool:
        """See Blobs.discard."""
        path = self.path(sha256)
        if not _older(path, before):
            return False
        with self._locked(fcntl.LOCK_EX):
            if not _older(path, before):
                return False
            path.unlink()
            return True

    def discard_incoming(self, before: datetime) -> int:
        """See Blobs.discard_incoming."""
        left = [path for path in self._incoming.glob("*") if _older(path, before)]
        for path in left:
            path.unlink(missing_ok=True)
        return len(left)

    def check_writable(self) -> None:
        """See Blobs.check_writable."""
        self._incoming.mkdir(parents=True, exist_ok=True)
        probe = self._incoming / secrets.token_hex(16)
        probe.write_bytes(b"")
        probe.unlink()


def _older(path: Path, moment: datetime) -> bool:
    try:
        return path.stat().st_mtime < moment.timestamp()
    except FileNotFoundError:
        return False


def _sync(*folders: Path) -> None:
    for folder in folders:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def place_of(sha256: str) -> str:
    """Return a blob's name in a store. Raises ValueError for what is no digest."""
    if len(sha256) != 64 or set(sha256) - set("0123456789abcdef"):
        raise ValueError(f"not a digest: {sha256!r}")
    return f"sha256/{sha256[:2]}/{sha256}"


def digest_of(file: BinaryIO) -> StoredBlob:
    """Read a file to its end and return digest and size."""
    hasher, size = hashlib.sha256(), 0
    while chunk := file.read(CHUNK):
        hasher.update(chunk)
        size += len(chunk)
    return StoredBlob(hasher.hexdigest(), size)


def copy_bytes(source: BinaryIO, target: BinaryIO, limit: int | None = None) -> StoredBlob:
    """Copy a file and return digest and size. Raises Invalid above ``limit`` bytes."""
    hasher, size = hashlib.sha256(), 0
    while chunk := source.read(CHUNK):
        size += len(chunk)
        if limit is not None and size > limit:
            raise Invalid("upload-too-large", field="document", limit=format_size(limit))
        hasher.update(chunk)
        target.write(chunk)
    return StoredBlob(hasher.hexdigest(), size)


def on_disk(blob: BinaryIO) -> BinaryIO:
    """Return an opened blob as a file with a descriptor, which the caller closes; one from the network is copied."""
    try:
        blob.fileno()
    except (AttributeError, OSError):
        copy = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
        copy_bytes(blob, copy)
        copy.flush()
        copy.seek(0)
        return copy
    return blob


def open_store(address: str, **access: str) -> Blobs:
    """Return the store of a setting such as ``file:var/store`` or ``s3://bucket/prefix``. Raises Invalid for another.

    ``access`` is for S3: endpoint, key, secret, region, each empty where the surroundings say it.
    """
    if address.startswith("file:"):
        return FolderBlobs(Path(address.removeprefix("file:")).absolute())
    if address.startswith("s3://"):
        remote: Blobs = import_module("sdg_tracker.foundation.s3").open_bucket(address, **access)
        return remote
    raise Invalid("store-unknown", value=address)
