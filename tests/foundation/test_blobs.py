"""Bytes kept by their digest: nothing overwrites them, and what is wrong with them is found. One suite, both stores."""

import hashlib
import io
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import obstore
import pytest

from sdg_tracker.foundation.blobs import (
    CHUNK,
    Blobs,
    FolderBlobs,
    StoredBlob,
    StoreError,
    on_disk,
    open_store,
    place_of,
)
from sdg_tracker.foundation.errors import Conflict, Invalid, NotFound
from sdg_tracker.foundation.s3 import PIECE, BucketBlobs

WRITERS = 32


@dataclass
class Store:
    """A store, and what a test has to do behind its back."""

    blobs: Blobs

    def names(self) -> list[str]:
        """Return the name of everything that lies there, but for the folder's lock."""
        if isinstance(self.blobs, FolderBlobs):
            files = (path for path in self.blobs.folder.rglob("*") if path.is_file())
            return sorted(str(path.relative_to(self.blobs.folder)) for path in files if path.name != "lock")
        return sorted(found["path"] for page in obstore.list(self.bucket()) for found in page)

    def bucket(self) -> Any:
        """Return the connection to a bucket."""
        assert isinstance(self.blobs, BucketBlobs)
        return self.blobs._store

    def damage(self, sha256: str, content: bytes) -> None:
        """Put other bytes in a blob's place."""
        if isinstance(self.blobs, FolderBlobs):
            path = self.blobs.path(sha256)
            path.chmod(0o644)
            path.write_bytes(content)
        else:
            obstore.put(self.bucket(), place_of(sha256), content)

    def give_name(self, content: bytes, sha256: str) -> bool:
        """Do the last step of a put: give bytes a name, true or not; return whether it was free."""
        if isinstance(self.blobs, FolderBlobs):
            with tempfile.NamedTemporaryFile(dir=self.blobs.folder) as file:
                file.write(content)
                file.flush()
                return self.blobs._name(Path(file.name), sha256)
        assert isinstance(self.blobs, BucketBlobs)
        return self.blobs._name(io.BytesIO(content), StoredBlob(sha256, len(content)))


@pytest.fixture(params=["folder", pytest.param("bucket", marks=pytest.mark.slow)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """An empty store of either kind."""
    if request.param == "folder":
        return Store(FolderBlobs(tmp_path / "store"))
    server = request.getfixturevalue("s3_server")
    return Store(open_store(server.address(), **server.access))


@pytest.fixture
def blobs(store: Store) -> Blobs:
    """The store as the product sees it."""
    return store.blobs


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def at_once(count: int, do: Callable[[int], object]) -> list[Any]:
    """Do something in many threads that begin together; return what each returned."""
    start, found = threading.Barrier(count), []

    def run(number: int) -> None:
        start.wait()
        found.append(do(number))

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@pytest.mark.parametrize("size", [0, 3, 2 * CHUNK + 7, 2 * PIECE + 1])
def test_bytes_are_named_by_their_digest(blobs: Blobs, size: int) -> None:
    content = random.Random(size).randbytes(size)
    assert blobs.put(io.BytesIO(content)) == StoredBlob(sha256(content), size)
    with blobs.open(sha256(content), size) as file:
        assert file.read() == content
    assert blobs.size(sha256(content)) == size
    assert blobs.digest_found(sha256(content)) == sha256(content)


def test_a_blob_is_a_file_that_can_be_sought_in(blobs: Blobs) -> None:
    content = random.Random(1).randbytes(PIECE + 5000)
    stored = blobs.put(io.BytesIO(content))
    with blobs.open(stored.sha256) as file:
        assert file.seekable()
        assert file.seek(-10, io.SEEK_END) == PIECE + 4990
        assert file.read() == content[-10:]
        assert file.read() == b""
        file.seek(PIECE - 3)
        assert file.read(6) == content[PIECE - 3 : PIECE + 3]
        file.seek(0)
        with on_disk(file) as near:
            near.seek(0)
            assert os.pread(near.fileno(), 5, 0) == content[:5]
            assert near.read() == content


def test_what_is_written_into_a_blob_may_be_sought_in(blobs: Blobs) -> None:
    def write(file: Any) -> None:
        file.write(b"....")
        file.seek(0)
        file.write(b"hej")

    assert blobs.keep(write) == StoredBlob(sha256(b"hej."), 4)
    with blobs.open(sha256(b"hej.")) as file:
        assert file.read() == b"hej."

    def fail(file: Any) -> None:
        file.write(b"half")
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        blobs.keep(fail)
    assert list(blobs.all()) == [sha256(b"hej.")]


def test_a_blob_is_where_its_name_says(store: Store) -> None:
    stored = store.blobs.put(io.BytesIO(b"hej"))
    assert [name[-len(place_of(stored.sha256)) :] for name in store.names()] == [place_of(stored.sha256)]


def test_a_file_in_the_folder_cannot_be_written(tmp_path: Path) -> None:
    folder = FolderBlobs(tmp_path / "store")
    stored = folder.put(io.BytesIO(b"hej"))
    assert folder.path(stored.sha256).stat().st_mode & 0o777 == 0o444


def test_the_same_bytes_are_kept_once_and_not_touched(tmp_path: Path) -> None:
    folder = FolderBlobs(tmp_path / "store")
    first = folder.put(io.BytesIO(b"hej"))
    os.utime(folder.path(first.sha256), (0, 0))
    before = folder.path(first.sha256).stat()
    assert folder.put(io.BytesIO(b"hej")) == first
    after = folder.path(first.sha256).stat()
    assert (before.st_ino, before.st_size) == (after.st_ino, after.st_size)
    assert after.st_mtime > time.time() - 60, "its time says when the bytes last came"


@pytest.mark.parametrize("size", [80_000, PIECE + 1])
def test_of_many_who_put_the_same_bytes_one_wins_and_nobody_fails(store: Store, size: int) -> None:
    content, writers = random.Random(2).randbytes(size), writers_of(size)
    found = at_once(writers, lambda _number: store.blobs.put(io.BytesIO(content)))
    assert found == [StoredBlob(sha256(content), size)] * writers
    assert list(store.blobs.all()) == [sha256(content)]
    assert not [name for name in store.names() if "incoming/" in name]


@pytest.mark.parametrize("size", [80_000, PIECE + 1])
def test_of_many_who_want_one_name_for_other_bytes_one_wins_and_nothing_is_overwritten(store: Store, size: int) -> None:
    store.blobs.put(io.BytesIO(b"makes the folders"))
    contents = [random.Random(number).randbytes(size) for number in range(writers_of(size))]
    name = sha256(b"the name that all of them want")
    found = at_once(len(contents), lambda number: (store.give_name(contents[number], name), number))
    winners = [number for won, number in found if won]
    # Parts are joined by the server, and this one lets two through now and then. Both wrote whole bytes, and outside
    # this test bytes of one name are the same.
    joined = isinstance(store.blobs, BucketBlobs) and size > PIECE
    assert winners if joined else len(winners) == 1
    with store.blobs.open(name) as file:
        assert file.read() in [contents[winner] for winner in winners]


def test_many_who_put_other_bytes_all_have_them_kept(blobs: Blobs) -> None:
    contents = [f"number {number}".encode() for number in range(WRITERS)]
    at_once(WRITERS, lambda number: blobs.put(io.BytesIO(contents[number])))
    assert list(blobs.all()) == sorted(sha256(content) for content in contents)


def writers_of(size: int) -> int:
    """Return how many write at once: fewer where bytes go in parts, which takes long and meets as surely."""
    return WRITERS if size < PIECE else WRITERS // 8


def test_more_than_the_limit_is_refused_and_nothing_is_kept(store: Store) -> None:
    with pytest.raises(Invalid) as error:
        store.blobs.put(io.BytesIO(b"x" * 101), limit=100)
    assert error.value.code == "upload-too-large"
    assert store.names() == []
    assert store.blobs.put(io.BytesIO(b"x" * 100), limit=100).size == 100


def test_a_source_that_breaks_leaves_nothing(store: Store) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() > 0:
                raise OSError("gone")
            return super().read(10)

    with pytest.raises(OSError, match="gone"):
        store.blobs.put(Broken(b"x" * 100))
    assert store.names() == []


def test_a_put_that_was_killed_leaves_only_something_incoming(tmp_path: Path) -> None:
    folder = FolderBlobs(tmp_path / "store")
    program = (
        "import io, os, sys, pathlib\n"
        "from sdg_tracker.foundation.blobs import FolderBlobs\n"
        "class Source(io.BytesIO):\n"
        "    def read(self, size=-1):\n"
        "        return super().read(4) or os.kill(os.getpid(), 9)\n"
        "FolderBlobs(pathlib.Path(sys.argv[1])).put(Source(b'half'))\n"
    )
    done = subprocess.run([sys.executable, "-c", program, str(folder.folder)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert [name.partition("/")[0] for name in Store(folder).names()] == ["incoming"]
    assert list(folder.all()) == []
    assert folder.size(sha256(b"half")) is None
    assert folder.discard_incoming(datetime.now(UTC) - timedelta(minutes=5)) == 0
    assert folder.discard_incoming(datetime.now(UTC) + timedelta(minutes=5)) == 1
    assert Store(folder).names() == []


def test_a_blob_of_another_length_is_not_opened(store: Store) -> None:
    stored = store.blobs.put(io.BytesIO(b"hello"))
    store.damage(stored.sha256, b"hell")
    with pytest.raises(Invalid) as error:
        store.blobs.open(stored.sha256, 5)
    assert error.value.code == "blob-changed"
    assert (error.value.facts["expected"], error.value.facts["found"]) == (5, 4)


def test_a_changed_byte_is_found(store: Store) -> None:
    stored = store.blobs.put(io.BytesIO(b"hello"))
    store.damage(stored.sha256, b"hellp")
    assert store.blobs.digest_found(stored.sha256) == sha256(b"hellp")


def test_what_is_not_there_is_not_found(blobs: Blobs) -> None:
    nothing = sha256(b"nothing")
    assert blobs.size(nothing) is None
    assert list(blobs.all()) == []
    with pytest.raises(NotFound):
        blobs.open(nothing)
    with pytest.raises(NotFound):
        blobs.digest_found(nothing)
    blobs.remove(nothing)
    assert not blobs.discard(nothing, datetime.now(UTC) + timedelta(days=1))


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "a" * 63, "A" * 64, "g" * 64])
def test_what_is_no_digest_names_no_file(blobs: Blobs, name: str) -> None:
    with pytest.raises(ValueError, match="not a digest"):
        blobs.open(name)


def test_all_blobs_are_listed_in_order(blobs: Blobs) -> None:
    names = sorted(blobs.put(io.BytesIO(bytes([count]))).sha256 for count in range(20))
    assert list(blobs.all()) == names
    blobs.remove(names[3])
    assert list(blobs.all()) == names[:3] + names[4:]
    entries = list(blobs.entries())
    assert [(entry.sha256, entry.size) for entry in entries] == [(name, 1) for name in names[:3] + names[4:]]
    assert all(abs(entry.put_at - datetime.now(UTC)) < timedelta(minutes=2) for entry in entries)


def test_a_blob_goes_only_when_its_bytes_were_not_put_lately(blobs: Blobs) -> None:
    stored = blobs.put(io.BytesIO(b"loose"))
    assert not blobs.discard(stored.sha256, datetime.now(UTC) - timedelta(hours=1))
    assert blobs.discard(stored.sha256, datetime.now(UTC) + timedelta(hours=1))
    assert blobs.size(stored.sha256) is None
    assert blobs.put(io.BytesIO(b"loose")) == stored


def test_bytes_that_were_put_again_count_as_put_lately(blobs: Blobs) -> None:
    stored = blobs.put(io.BytesIO(b"loose"))
    time.sleep(2.1)
    between = datetime.now(UTC) - timedelta(seconds=1)
    blobs.put(io.BytesIO(b"loose"))
    assert not blobs.discard(stored.sha256, between)
    assert blobs.size(stored.sha256) == 5


def test_who_puts_bytes_while_they_are_taken_away_has_them_kept(blobs: Blobs) -> None:
    """Whoever is told that bytes are kept finds them, as long as nobody calls them old again."""
    content = b"wanted and not wanted"
    lost = []
    for _round in range(2):
        blobs.put(io.BytesIO(content))
        time.sleep(2.1)  # times in a bucket are whole seconds
        before = datetime.now(UTC) - timedelta(seconds=1)

        def do(number: int, before: datetime = before) -> object:
            if number % 2:
                return blobs.discard(sha256(content), before)
            stored = blobs.put(io.BytesIO(content))
            with blobs.open(stored.sha256, stored.size) as file:
                return file.read() == content

        lost += [found for found in at_once(8, do) if found is False]
        assert blobs.size(sha256(content)) == len(content)
    assert blobs.digest_found(sha256(content)) == sha256(content)


def test_a_large_blob_takes_little_memory(blobs: Blobs, tmp_path: Path) -> None:
    path, size = tmp_path / "large", 120_000_000
    with path.open("wb") as file:
        for count in range(size // 1_000_000):
            file.write(random.Random(count).randbytes(1_000_000))
    blobs.check_writable()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with path.open("rb") as file:
        stored = blobs.put(file)
    assert blobs.digest_found(stored.sha256) == stored.sha256
    assert stored.size == size
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    assert grown < size / 2
    blobs.remove(stored.sha256)


def test_a_store_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("a file where the folder should be")
    with pytest.raises(OSError, match="store"):
        FolderBlobs(tmp_path / "store").check_writable()
    FolderBlobs(tmp_path / "other").check_writable()


def test_a_store_that_can_be_written_is_left_as_it_was(store: Store) -> None:
    store.blobs.check_writable()
    assert store.names() == []


@pytest.mark.parametrize("address", ["ftp://example.org", "s3://", "s3:///prefix", ""])
def test_only_known_kinds_of_store_are_opened(address: str) -> None:
    with pytest.raises(Invalid) as error:
        open_store(address)
    assert error.value.code in ("store-unknown", "store-bucket-missing")


@pytest.mark.slow
def test_a_bucket_that_overwrites_is_refused(s3_server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a server that ignores the condition answers is what this one answers without it."""
    store = open_store(s3_server.address(), **s3_server.access)
    put = obstore.put
    monkeypatch.setattr(obstore, "put", lambda *args, **options: put(*args, **{**options, "mode": "overwrite"}))
    with pytest.raises(Conflict) as error:
        store.check_writable()
    assert error.value.code == "store-overwrites"
    with pytest.raises(Conflict):
        store.put(io.BytesIO(b"hej"))
    assert list(store.all()) == []


@pytest.mark.slow
@pytest.mark.parametrize("wrong", [{"secret": "another secret"}, {"key": "another key"}])
def test_a_key_that_a_bucket_refuses_is_told_without_key_and_secret(s3_server: Any, wrong: dict[str, str]) -> None:
    access = {**s3_server.access, **wrong}
    with pytest.raises(StoreError) as error:
        open_store(s3_server.address(), **access).check_writable()
    assert access["key"] not in str(error.value)
    assert access["secret"] not in str(error.value)


def test_a_server_that_is_out_of_reach_is_told_in_one_line() -> None:
    with pytest.raises(StoreError) as error:
        open_store("s3://evidence", endpoint="http://127.0.0.1:9", key="the key", secret="the secret").check_writable()
    assert "\n" not in str(error.value)
    assert "s3://evidence" in str(error.value)
