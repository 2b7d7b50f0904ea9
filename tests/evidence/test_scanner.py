"""The scanner for harmful code: the protocol, its silences, and a real clamd."""

import hashlib
import io
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sdg_tracker.evidence import intake, scanner
from sdg_tracker.evidence.scanner import ScannerAway
from sdg_tracker.foundation.errors import Invalid
from sdg_tracker.foundation.settings import Settings
from sdg_tracker.work import Work
from tests.evidence import files, hostile

CLAMD = shutil.which("clamd", path="/usr/sbin:/usr/bin:/sbin:/bin")
EICAR = hostile.EICAR.encode()


@pytest.fixture
def engine_name() -> str:
    """Nothing here depends on the database."""
    return "sqlite"


@pytest.fixture
def answering() -> Iterator[Callable[[bytes | None], str]]:
    """Give the address of a server that answers with these bytes, or not before the test has ended."""
    servers: list[socket.socket] = []
    ended = threading.Event()

    def serve(answer: bytes | None) -> str:
        server = socket.create_server(("127.0.0.1", 0))
        servers.append(server)

        def one() -> None:
            try:
                connection, _address = server.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(5)
                received = b""
                while not received.endswith(b"\0\0\0\0") and b"PING" not in received:
                    if not (piece := connection.recv(65536)):
                        return
                    received += piece
                if answer is None:
                    ended.wait(30)
                else:
                    connection.sendall(answer)

        threading.Thread(target=one, daemon=True).start()
        return f"tcp:127.0.0.1:{server.getsockname()[1]}"

    yield serve
    ended.set()
    for server in servers:
        server.close()


def test_verdicts_are_read(answering: Callable[[bytes | None], str]) -> None:
    assert scanner.scan(answering(b"stream: OK\0"), io.BytesIO(b"hej")) is None
    assert scanner.scan(answering(b"stream: Win.Test-1 FOUND\0"), io.BytesIO(b"hej")) == "Win.Test-1"
    scanner.ping(answering(b"PONG\0"))


@pytest.mark.parametrize(
    "answer", [b"", b"INSTREAM size limit exceeded. ERROR\0", b"stream: OK", b"stream: OK FOUND maybe\0", b"\xff\xfe"]
)
def test_no_verdict_is_no_permission(answering: Callable[[bytes | None], str], answer: bytes) -> None:
    if answer == b"stream: OK":  # whole without its end: the connection was closed after it
        assert scanner.scan(answering(answer), io.BytesIO(b"hej")) is None
        return
    with pytest.raises(ScannerAway):
        scanner.scan(answering(answer), io.BytesIO(b"hej"))


def test_one_that_is_slow_is_not_waited_for(answering: Callable[[bytes | None], str]) -> None:
    begun = time.monotonic()
    with pytest.raises(ScannerAway):
        scanner.scan(answering(None), io.BytesIO(b"hej"), patience=0.3)
    assert time.monotonic() - begun < 15  # of the 30 that the server would take


def test_one_that_is_not_there_is_away(tmp_path: Path) -> None:
    for address in (f"unix:{tmp_path}/none", "tcp:127.0.0.1:1"):
        with pytest.raises(ScannerAway):
            scanner.scan(address, io.BytesIO(b"hej"))
        with pytest.raises(ScannerAway):
            scanner.ping(address)


@pytest.mark.parametrize("address", ["unix:", "tcp:host", "tcp:host:port", "tcp::3310", "tcp:a:99999", "/run/clamd"])
def test_an_address_that_is_none_is_said(address: str) -> None:
    with pytest.raises(Invalid, match="clamd"):
        scanner.ping(address)


@pytest.fixture(scope="module")
def clamd() -> Iterator[str]:
    """The address of a real clamd that knows one signature."""
    if CLAMD is None:
        pytest.fail("clamd is missing: install clamav-daemon")
    with tempfile.TemporaryDirectory(prefix="sdg-clamd-") as name:
        folder = Path(name)
        (folder / "signatures").mkdir()
        signature = f"{hashlib.md5(EICAR).hexdigest()}:{len(EICAR)}:Eicar-Test\n"
        (folder / "signatures" / "own.hdb").write_text(signature)
        lines = [f"LocalSocket {folder}/socket", f"DatabaseDirectory {folder}/signatures", "Foreground yes"]
        lines += ["StreamMaxLength 10M", "LocalSocketMode 600", f"TemporaryDirectory {folder}"]
        (folder / "clamd.conf").write_text("\n".join(lines) + "\n")
        server = subprocess.Popen(
            [CLAMD, "-c", folder / "clamd.conf"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        address = f"unix:{folder}/socket"
        try:
            for _try in range(300):
                try:
                    scanner.ping(address)
                    break
                except ScannerAway:
                    assert server.poll() is None, server.stderr.read() if server.stderr else ""
                    time.sleep(0.1)
            yield address
        finally:
            server.terminate()
            server.communicate(timeout=20)


@pytest.mark.slow
def test_a_real_scanner_finds_and_lets_pass(work: Work, clamd: str) -> None:
    work.settings = Settings(clamd=clamd)
    with pytest.raises(Invalid) as error:
        intake.receive(work, io.BytesIO(EICAR), "note.txt")
    assert error.value.code == "malware-found"
    assert "Eicar-Test" in str(error.value)
    assert list(work.blobs.all()) == []
    for content, name in ((b"hej\n", "note.txt"), (files.jpeg(), "foto.jpg"), (files.docx(), "brev.docx")):
        received = intake.receive(work, io.BytesIO(content), name)
        assert (received.scanned, received.findings) == (True, ())
    several, refused = intake.receive_all(work, [(io.BytesIO(b"hej\n"), "a.txt"), (io.BytesIO(EICAR), "b.txt")])
    assert several == []
    assert [refusal.code for refusal in refused] == ["malware-found"]


@pytest.mark.slow
def test_a_file_that_the_real_scanner_does_not_take_is_kept_apart(work: Work, clamd: str) -> None:
    work.settings = Settings(clamd=clamd)
    received = intake.receive(work, io.BytesIO(b"hej " * 5_000_000), "lang.txt")
    assert received.scanned is False
    assert received.quarantined
