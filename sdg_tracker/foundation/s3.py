"""Blobs in a bucket that speaks S3. What the folder does by links and a lock is done here by writes that need absence.

Objects: ``sha256/ab/abcd…`` is a blob; ``incoming/…`` a large one on its way; ``again/<digest>`` says when bytes that
were there already were last put; ``leaving/<digest>`` says that a blob is being taken away.
"""

import io
import os
import secrets
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, BinaryIO, cast

import obstore
from obstore.exceptions import (
    AlreadyExistsError,
    BaseError,
    NotFoundError,
    PermissionDeniedError,
    PreconditionError,
    UnauthenticatedError,
)
from obstore.store import S3Store

from sdg_tracker.foundation.blobs import CHUNK, Entry, StoredBlob, StoreError, copy_bytes, digest_of, place_of
from sdg_tracker.foundation.errors import Conflict, Invalid, NotFound, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.foundation.presigned import Signer

if TYPE_CHECKING:
    from obstore import ObjectMeta

PIECE = 8 * CHUNK  # bytes asked for or sent at a time; what is larger goes in parts
WAIT = 60.0  # seconds in which a blob that is leaving has to be gone
LOST = timedelta(minutes=10)  # after which whoever was taking a blob away is taken for dead
DEFAULT_REGION = "eu-central-1"
LINK_SECONDS = 60  # how long an address that the store gives a blob out at is good
TAKEN = (AlreadyExistsError, PreconditionError)
ABSENT = (NotFoundError, FileNotFoundError)

words(
    {
        "store-overwrites": lazy(
            "The store %(address)s lets an object be overwritten that has to be absent. Evidence can't be kept there: "
            "choose a store that honours If-None-Match."
        ),
        "store-bucket-missing": lazy("Setting store must name a bucket, such as s3://bucket/prefix, not %(value)r."),
    }
)


class BucketBlobs:
    """Blobs as objects; the connection is made when it is first needed, by the process that needs it."""

    def __init__(
        self,
        address: str,
        connect: Callable[[], S3Store],
        hidden: tuple[str, ...] = (),
        signer: Signer | None = None,  # None: the keys are not among our settings
    ) -> None:
        self.address, self._signer = address, signer
        self._connect, self._hidden = connect, hidden
        self._connected: tuple[int, S3Store] | None = None
        self._proved = False  # that the store refuses to overwrite
        self._lock = threading.Lock()

    @property
    def _store(self) -> S3Store:
        """Return the connection of this process: one that was made before a fork is of no use."""
        with self._lock:
            if self._connected is None or self._connected[0] != os.getpid():
                self._connected = (os.getpid(), self._connect())
            return self._connected[1]

    def put(self, source: BinaryIO, limit: int | None = None) -> StoredBlob:
        """See Blobs.put."""
        with tempfile.TemporaryFile() as file:
            return self._kept(file, copy_bytes(source, file, limit))

    def keep(self, write: Callable[[BinaryIO], None]) -> StoredBlob:
        """See Blobs.keep."""
        with tempfile.TemporaryFile() as file:
            write(file)
            file.seek(0)
            return self._kept(file, digest_of(file))

    def _kept(self, file: BinaryIO, stored: StoredBlob) -> StoredBlob:
        if not self._proved:
            self._prove()
        until = time.monotonic() + WAIT
        while not self._name(file, stored) and not self._put_again(stored.sha256):
            if time.monotonic() > until:
                raise StoreError(f"{stored.sha256} is being taken away and does not go")
            time.sleep(0.2)
        return stored

    def _name(self, file: BinaryIO, stored: StoredBlob) -> bool:
        """Give bytes their name unless it is taken; return whether it was free."""
        name = place_of(stored.sha256)
        if self._head(name) is not None:
            return False
        file.seek(0)
        with self._told():
            try:
                if stored.size <= PIECE:
                    obstore.put(self._store, name, file.read(), mode="create")
                else:
                    self._send(file, name)
            except TAKEN:
                return False
        return True

    def _send(self, file: BinaryIO, name: str) -> None:
        """Send a large file in parts under another name: only a copy can be told to go where nothing is."""
        temporary = f"incoming/{secrets.token_hex(16)}"
        obstore.put(self._store, temporary, file, use_multipart=True, chunk_size=PIECE, max_concurrency=2)
        try:
            obstore.copy(self._store, temporary, name, overwrite=False)
        finally:
            obstore.delete(self._store, temporary)

    def _put_again(self, sha256: str) -> bool:
        """Note that bytes were put that are there already; return False when somebody is taking them away.

        Whoever takes them away says so first and looks for this note then; so one of the two sees the other.
        """
        with self._told():
            obstore.put(self._store, f"again/{sha256}", b"")
        return self._head(f"leaving/{sha256}") is None and self._head(place_of(sha256)) is not None

    def open(self, sha256: str, size: int | None = None) -> BinaryIO:
        """See Blobs.open."""
        found = self.size(sha256)
        if found is None:
            raise NotFound("blob-missing", sha256=sha256)
        if size is not None and found != size:
            raise Invalid("blob-changed", sha256=sha256, expected=size, found=found)
        return cast("BinaryIO", io.BufferedReader(_Object(self, place_of(sha256), found), PIECE))

    def part(self, name: str, start: int, length: int) -> memoryview:
        """Return some bytes of an object. Raises NotFound."""
        with self._told():
            try:
                return memoryview(obstore.get_range(self._store, name, start=start, length=length))
            except ABSENT:
                raise NotFound("blob-missing", sha256=name.rpartition("/")[2]) from None

    def size(self, sha256: str) -> int | None:
        """See Blobs.size."""
        found = self._head(place_of(sha256))
        return None if found is None else found["size"]

    def digest_found(self, sha256: str) -> str:
        """See Blobs.digest_found."""
        with self.open(sha256) as file:
            return digest_of(file).sha256

    def link(self, sha256: str, media_type: str, disposition: str) -> str | None:
        """See Blobs.link."""
        if self._signer is None:
            return None
        answer = {"response-content-type": media_type, "response-content-disposition": disposition}
        return self._signer.address(place_of(sha256), datetime.now(UTC), LINK_SECONDS, answer)

    def all(self) -> Iterator[str]:
        """See Blobs.all."""
        return (entry.sha256 for entry in self.entries())

    def entries(self) -> Iterator[Entry]:
        """See Blobs.entries."""
        for found in self._listed("sha256/"):
            yield Entry(found["path"].rpartition("/")[2], found["size"], found["last_modified"])

    def _listed(self, prefix: str) -> "Iterator[ObjectMeta]":
        with self._told():
            for found in obstore.list(self._store, prefix, chunk_size=1000):
                yield from found

    def remove(self, sha256: str) -> None:
        """See Blobs.remove."""
        self._delete(place_of(sha256))

    def discard(self, sha256: str, before: datetime) -> bool:
        """See Blobs.discard."""
        began, leaving = time.monotonic(), f"leaving/{sha256}"
        with self._told():
            try:
                obstore.put(self._store, leaving, b"", mode="create")
            except TAKEN:
                return False
        try:
            times = [self._head(name) for name in (place_of(sha256), f"again/{sha256}")]
            recent = any(found is not None and found["last_modified"] >= before for found in times)
            if times[0] is None or recent or time.monotonic() - began > WAIT / 2:
                return False
            self._delete(place_of(sha256))
            self._delete(f"again/{sha256}")
            return True
        finally:
            self._delete(leaving)

    def discard_incoming(self, before: datetime) -> int:
        """See Blobs.discard_incoming. Notes that have served go too."""
        left = [found["path"] for found in self._listed("incoming/") if found["last_modified"] < before]
        notes = [found["path"] for found in self._listed("again/") if found["last_modified"] < before]
        lost = datetime.now(UTC) - LOST
        dead = [found["path"] for found in self._listed("leaving/") if found["last_modified"] < lost]
        for name in (*left, *notes, *dead):
            self._delete(name)
        return len(left)

    def check_writable(self) -> None:
        """See Blobs.check_writable. Raises Conflict for a store that overwrites what has to be absent."""
        if not self._proved:
            self._prove()
            return
        probe = f"incoming/{secrets.token_hex(16)}"
        with self._told():
            obstore.put(self._store, probe, b"")
        self._delete(probe)

    def _prove(self) -> None:
        """Write where nothing is, then twice where something is: a store shows what it does, whatever is said of it."""
        name, other = (f"incoming/{secrets.token_hex(16)}" for _count in range(2))
        try:
            with self._told():
                obstore.put(self._store, other, b"second")
                obstore.put(self._store, name, b"first", mode="create")
                tries = (
                    lambda: obstore.put(self._store, name, b"second", mode="create"),
                    lambda: obstore.copy(self._store, other, name, overwrite=False),
                )
                for try_to_overwrite in tries:
                    with suppress(*TAKEN):
                        try_to_overwrite()
                        raise Conflict("store-overwrites", address=self.address)
        finally:
            for left in (name, other):
                with suppress(OSError):
                    self._delete(left)
        self._proved = True

    def _head(self, name: str) -> "ObjectMeta | None":
        with self._told():
            try:
                return obstore.head(self._store, name)
            except ABSENT:
                return None

    def _delete(self, name: str) -> None:
        with self._told(), suppress(*ABSENT):
            obstore.delete(self._store, name)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn an error of the connection into one of our own, on one line and without key and secret."""
        try:
            yield
        except (UnauthenticatedError, PermissionDeniedError):
            raise StoreError(f"{self.address} refuses the key") from None
        except (BaseError, FileNotFoundError) as error:
            text = " ".join(str(error).partition("Debug source:")[0].split())
            for hidden in self._hidden:
                text = text.replace(hidden, "…") if hidden else text
            raise StoreError(f"{self.address}: {text[:300]}") from None


class _Object(io.RawIOBase):
    """An object as a file that can be sought in; each read is one request."""

    def __init__(self, blobs: BucketBlobs, name: str, size: int) -> None:
        super().__init__()
        self._blobs, self._object, self._size = blobs, name, size
        self._position = 0

    def readable(self) -> bool:
        """It can be read."""
        return True

    def seekable(self) -> bool:
        """It can be sought in."""
        return True

    def tell(self) -> int:
        """Return the position."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a position."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        self._position = max(0, start + offset)
        return self._position

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override] # typeshed's own buffer type has no name here
        """Read on."""
        length = min(len(buffer), self._size - self._position)
        if length <= 0:
            return 0
        found = self._blobs.part(self._object, self._position, length)
        buffer[: len(found)] = found
        self._position += len(found)
        return len(found)


def open_bucket(address: str, *, endpoint: str = "", key: str = "", secret: str = "", region: str = "") -> BucketBlobs:
    """Return the store of ``s3://bucket/prefix``. Raises Invalid for an address without a bucket."""
    bucket, _, prefix = address.removeprefix("s3://").partition("/")
    if not bucket:
        raise Invalid("store-bucket-missing", value=address)

    def connect() -> S3Store:
        options: dict[str, str] = {"access_key_id": key, "secret_access_key": secret, "endpoint": endpoint}
        return S3Store(
            bucket,
            prefix=prefix.strip("/") or None,
            region=region or DEFAULT_REGION,
            virtual_hosted_style_request=not endpoint,
            copy_if_not_exists="multipart",
            client_options={"allow_http": endpoint.startswith("http://"), "timeout": "120s"},
            retry_config={"max_retries": 4, "retry_timeout": timedelta(seconds=60)},
            **{name: value for name, value in options.items() if value},  # type: ignore[arg-type]
        )

    where = endpoint.rstrip("/") or f"https://s3.{region or DEFAULT_REGION}.amazonaws.com"
    base = "/".join(part for part in (where, bucket, prefix.strip("/")) if part)
    signer = Signer(base, region or DEFAULT_REGION, key, secret) if key and secret else None
    return BucketBlobs(address, connect, (key, secret), signer)
