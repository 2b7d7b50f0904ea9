"""Kill -9 in the middle of uploads in parts: no row without its bytes, each file whole in the end."""

import contextlib
import hashlib
import http.client
import json
import os
import random
import secrets
import signal
import sqlite3
import threading
import time
import urllib.parse
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.processes.conftest import Browser, Installation
from tests.processes.forked import Started
from tests.processes.test_kills import children

KILLS = 50
PART = 2000  # bytes
PARTS = 40  # of a file


class Sender(threading.Thread):
    """Sends one text after the other in small parts, goes on after every broken answer, and saves each."""

    def __init__(self, port: int, browser: Browser, seed: int) -> None:
        super().__init__(daemon=True)
        self.port, self.chance = port, random.Random(seed)
        self.token = browser.token("/evidence/new")
        self.cookie = browser.cookie
        self.stopping = threading.Event()
        self.saved: dict[int, str] = {}  # number -> digest
        self.parts = 0
        self.failures: list[str] = []

    def run(self) -> None:
        """Send files until told to stop; the last one is finished."""
        while not self.stopping.is_set():
            try:
                self._send_one()
            except AssertionError as error:
                self.failures.append(str(error))
                return

    def _send_one(self) -> None:
        content = b"".join(b"%06d %s\n" % (line, self.chance.randbytes(20).hex().encode()) for line in range(1600))
        content, key = content[: PART * PARTS], secrets.token_hex(16)
        fields = {"key": key, "name": f"{key}.txt", "size": str(len(content)), "modified": "1"}
        received = self._insist("/evidence/uploads", urllib.parse.urlencode(fields).encode())["received"]
        while received < len(content):
            piece = content[received : received + PART]
            received = self._insist(f"/evidence/uploads/{key}", piece, offset=received)["received"]
            self.parts += 1
        form = urllib.parse.urlencode({"uploads": key, "language": "da"}).encode()
        [number] = self._insist("/evidence/uploads/save", form)["evidence"]
        self.saved[number] = hashlib.sha256(content).hexdigest()

    def _insist(self, address: str, body: bytes, offset: int | None = None) -> Any:
        """Ask until there is an answer of the program's own; "elsewhere" is one."""
        kind = "application/x-www-form-urlencoded" if offset is None else "application/octet-stream"
        headers = {"Cookie": self.cookie, "X-CSRFToken": self.token, "Accept": "application/json", "Content-Type": kind}
        if offset is not None:
            headers["Upload-Offset"] = str(offset)
        until = time.monotonic() + 60
        while time.monotonic() < until:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
            try:
                connection.request("POST", address, body, headers)
                answer = connection.getresponse()
                text = answer.read()
                if answer.status < 300 or (answer.status == 409 and b"received" in text):
                    return json.loads(text)
                assert answer.status >= 500, f"{address}: {answer.status} {text!r}"
            except (OSError, http.client.HTTPException):
                pass
            finally:
                connection.close()
            time.sleep(0.02)
        raise AssertionError(f"no answer from {address}")


def _wait_for_parts(senders: list[Sender], more: int) -> None:
    """Wait until some more parts have come. Raises AssertionError after half a minute."""
    wanted, until = sum(sender.parts for sender in senders) + more, time.monotonic() + 30
    while sum(sender.parts for sender in senders) < wanted:
        assert time.monotonic() < until, "no part came after a kill"
        time.sleep(0.01)


@pytest.mark.slow
def test_kill_nine_in_the_middle_of_uploads_loses_no_byte(
    served: tuple[Installation, Browser, Started], port: int
) -> None:
    installation, browser, process = served
    senders = [Sender(port, browser, seed) for seed in (1, 2)]
    for sender in senders:
        sender.start()
    chance, killed = random.Random(11), 0
    while killed < KILLS:
        _wait_for_parts(senders, 3)
        time.sleep(chance.uniform(0, 0.05))
        below = [pid for pid, name in children(process.pid).items() if name == "sdg-web"]
        for victim in below if killed % 2 else below[-1:]:  # the whole web server, or one of its processes
            with contextlib.suppress(ProcessLookupError):
                os.kill(victim, signal.SIGKILL)
        killed += 1
    for sender in senders:
        sender.stopping.set()
    for sender in senders:
        sender.join(60)
    assert [sender.failures for sender in senders] == [[], []]
    saved = {number: digest for sender in senders for number, digest in sender.saved.items()}
    assert saved

    store = installation.folder / "var" / "store" / "sha256"
    database = sqlite3.connect(installation.folder / "var" / "tracker.sqlite")
    kept = dict(
        database.execute(
            "SELECT e.number, v.original_sha256 FROM evidence e JOIN version v ON v.evidence_id = e.id"
        ).fetchall()
    )
    parts = {row[0] for row in database.execute("SELECT sha256 FROM upload_part")}
    sums = database.execute(
        "SELECT u.received, sum(p.size), count(p.id), max(p.ordinal) FROM upload u "
        "JOIN upload_part p ON p.upload_id = u.id GROUP BY u.id"
    ).fetchall()
    database.close()
    assert kept == saved  # each once
    assert [digest for digest in parts | set(kept.values()) if not (store / digest[:2] / digest).is_file()] == []
    assert [row for row in sums if row[0] != row[1] or row[2] != row[3]] == []
    installation.run("verify")

    then = (datetime.now(UTC) - timedelta(days=3)).timestamp()
    for folder in (store, installation.folder / "var" / "store" / "incoming"):
        for path in folder.rglob("*"):
            os.utime(path, (then, then))
    installation.run("evidence", "sweep")
    installation.run("backup", str(installation.folder / "backup"))
    there = {path.name for path in store.rglob("*") if path.is_file()}
    assert there == parts | set(kept.values())  # what broken requests left is gone, what rows name is there
    assert not list((installation.folder / "var" / "store" / "incoming").iterdir())
