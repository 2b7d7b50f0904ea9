"""Bytes kept by their digest: nothing overwrites them, and what is wrong with them is found."""

import hashlib
import io
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from sdg_tracker.foundation.blobs import CHUNK, FolderBlobs, StoredBlob, open_store
from sdg_tracker.foundation.errors import Invalid, NotFound


@pytest.fixture
def blobs(tmp_path: Path) -> FolderBlobs:
    """An empty store."""
    return FolderBlobs(tmp_path / "store")


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def files_of(blobs: FolderBlobs) -> list[Path]:
    return [path for path in blobs.folder.rglob("*") if path.is_file()]


def test_bytes_are_named_by_their_digest(blobs: FolderBlobs) -> None:
    content = b"x" * (2 * CHUNK + 7)
    assert blobs.put(io.BytesIO(content)) == StoredBlob(sha256(content), len(content))
    with blobs.open(sha256(content), len(content)) as file:
        assert file.read() == content
    assert blobs.size(sha256(content)) == len(content)
    assert blobs.digest_found(sha256(content)) == sha256(content)
    assert blobs.put(io.BytesIO(b"")) == StoredBlob(sha256(b""), 0)


def test_a_blob_is_where_its_name_says_and_cannot_be_written(blobs: FolderBlobs) -> None:
    stored = blobs.put(io.BytesIO(b"hej"))
    path = blobs.folder / "sha256" / stored.sha256[:2] / stored.sha256
    assert path.stat().st_mode & 0o777 == 0o444
    assert files_of(blobs) == [path]


def test_the_same_bytes_are_kept_once_and_not_touched(blobs: FolderBlobs) -> None:
    first = blobs.put(io.BytesIO(b"hej"))
    before = blobs.path(first.sha256).stat()
    assert blobs.put(io.BytesIO(b"hej")) == first
    after = blobs.path(first.sha256).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_of_many_who_put_the_same_bytes_one_wins_and_nobody_fails(blobs: FolderBlobs) -> None:
    content = b"the same" * 10_000
    start, found = threading.Barrier(16), []

    def put() -> None:
        start.wait()
        found.append(blobs.put(io.BytesIO(content)))

    threads = [threading.Thread(target=put) for _count in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [StoredBlob(sha256(content), len(content))] * 16
    assert len(files_of(blobs)) == 1


def test_more_than_the_limit_is_refused_and_nothing_is_kept(blobs: FolderBlobs) -> None:
    with pytest.raises(Invalid) as error:
        blobs.put(io.BytesIO(b"x" * 101), limit=100)
    assert error.value.code == "upload-too-large"
    assert files_of(blobs) == []
    assert blobs.put(io.BytesIO(b"x" * 100), limit=100).size == 100


def test_a_source_that_breaks_leaves_nothing(blobs: FolderBlobs) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() > 0:
                raise OSError("gone")
            return super().read(10)

    with pytest.raises(OSError, match="gone"):
        blobs.put(Broken(b"x" * 100))
    assert files_of(blobs) == []


def test_a_put_that_was_killed_leaves_only_something_incoming(blobs: FolderBlobs) -> None:
    program = (
        "import io, os, sys, pathlib\n"
        "from sdg_tracker.foundation.blobs import FolderBlobs\n"
        "class Source(io.BytesIO):\n"
        "    def read(self, size=-1):\n"
        "        return super().read(4) or os.kill(os.getpid(), 9)\n"
        "FolderBlobs(pathlib.Path(sys.argv[1])).put(Source(b'half'))\n"
    )
    done = subprocess.run([sys.executable, "-c", program, str(blobs.folder)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert [path.parent.name for path in files_of(blobs)] == ["incoming"]
    assert list(blobs.all()) == []
    assert blobs.size(sha256(b"half")) is None


def test_a_blob_of_another_length_is_not_opened(blobs: FolderBlobs) -> None:
    stored = blobs.put(io.BytesIO(b"hello"))
    path = blobs.path(stored.sha256)
    path.chmod(0o644)
    path.write_bytes(b"hell")
    with pytest.raises(Invalid) as error:
        blobs.open(stored.sha256, 5)
    assert error.value.code == "blob-changed"
    assert (error.value.facts["expected"], error.value.facts["found"]) == (5, 4)


def test_a_changed_byte_is_found(blobs: FolderBlobs) -> None:
    stored = blobs.put(io.BytesIO(b"hello"))
    path = blobs.path(stored.sha256)
    path.chmod(0o644)
    path.write_bytes(b"hellp")
    assert blobs.digest_found(stored.sha256) == sha256(b"hellp")


def test_what_is_not_there_is_not_found(blobs: FolderBlobs) -> None:
    nothing = sha256(b"nothing")
    assert blobs.size(nothing) is None
    assert list(blobs.all()) == []
    with pytest.raises(NotFound):
        blobs.open(nothing)
    with pytest.raises(NotFound):
        blobs.digest_found(nothing)
    blobs.remove(nothing)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "a" * 63, "A" * 64, "g" * 64])
def test_what_is_no_digest_names_no_file(blobs: FolderBlobs, name: str) -> None:
    with pytest.raises(ValueError, match="not a digest"):
        blobs.open(name)


def test_all_blobs_are_listed_in_order(blobs: FolderBlobs) -> None:
    names = sorted(blobs.put(io.BytesIO(bytes([count]))).sha256 for count in range(20))
    assert list(blobs.all()) == names
    blobs.remove(names[3])
    assert list(blobs.all()) == names[:3] + names[4:]


def test_a_store_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("a file where the folder should be")
    with pytest.raises(OSError, match="store"):
        FolderBlobs(tmp_path / "store").check_writable()
    FolderBlobs(tmp_path / "other").check_writable()


def test_only_known_kinds_of_store_are_opened() -> None:
    with pytest.raises(Invalid) as error:
        open_store("ftp://example.org")
    assert error.value.code == "store-unknown"
