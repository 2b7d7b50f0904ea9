"""Bytes kept by their digest. Nothing overwrites a blob, and a name always tells what must be inside."""

import hashlib
import os
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
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
        "store-unknown": lazy("Setting store must begin with file:, not %(value)r."),
    }
)


@dataclass(frozen=True)
class StoredBlob:
    """What is known of bytes once they are kept: digest (64 hexadecimal digits) and size in bytes."""

    sha256: str
    size: int


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

    def all(self) -> Iterator[str]:
        """Yield the digest in the name of every blob, in order."""
        ...

    def remove(self, sha256: str) -> None:
        """Take a blob away that no row names."""
        ...

    def check_writable(self) -> None:
        """Raise OSError when nothing can be kept."""
        ...


class FolderBlobs:
    """Blobs as files ``sha256/ab/abcd…`` below a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._incoming = folder / "incoming"

    def put(self, source: BinaryIO, limit: int | None = None) -> StoredBlob:
        """See Blobs.put."""
        return self._stored(lambda file: _copy(source, file, limit))

    def keep(self, write: Callable[[BinaryIO], None]) -> StoredBlob:
        """See Blobs.keep."""

        def written(file: BinaryIO) -> StoredBlob:
            write(file)
            file.seek(0)
            return _digest(file)

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

    def _name(self, temporary: Path, sha256: str) -> None:
        target = self.path(sha256)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(temporary, target)
        except FileExistsError:
            return
        for folder in (target.parent, target.parent.parent):
            descriptor = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    def path(self, sha256: str) -> Path:
        """Return where a blob lies. Raises ValueError for what is no digest."""
        if len(sha256) != 64 or set(sha256) - set("0123456789abcdef"):
            raise ValueError(f"not a digest: {sha256!r}")
        return self.folder / "sha256" / sha256[:2] / sha256

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
            return _digest(file).sha256

    def all(self) -> Iterator[str]:
        """See Blobs.all."""
        for folder in sorted((self.folder / "sha256").glob("??")):
            yield from sorted(path.name for path in folder.iterdir())

    def remove(self, sha256: str) -> None:
        """See Blobs.remove."""
        self.path(sha256).unlink(missing_ok=True)

    def check_writable(self) -> None:
        """See Blobs.check_writable."""
        self._incoming.mkdir(parents=True, exist_ok=True)
        probe = self._incoming / secrets.token_hex(16)
        probe.write_bytes(b"")
        probe.unlink()


def _digest(file: BinaryIO) -> StoredBlob:
    hasher, size = hashlib.sha256(), 0
    while chunk := file.read(CHUNK):
        hasher.update(chunk)
        size += len(chunk)
    return StoredBlob(hasher.hexdigest(), size)


def _copy(source: BinaryIO, target: BinaryIO, limit: int | None) -> StoredBlob:
    hasher, size = hashlib.sha256(), 0
    while chunk := source.read(CHUNK):
        size += len(chunk)
        if limit is not None and size > limit:
            raise Invalid("upload-too-large", field="document", limit=format_size(limit))
        hasher.update(chunk)
        target.write(chunk)
    return StoredBlob(hasher.hexdigest(), size)


def open_store(address: str) -> Blobs:
    """Return the store of a setting such as ``file:var/store``. Raises Invalid for another kind."""
    if address.startswith("file:"):
        return FolderBlobs(Path(address.removeprefix("file:")).absolute())
    raise Invalid("store-unknown", value=address)
