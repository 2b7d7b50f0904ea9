"""Kill -9 under uploads: no row without its bytes, an unbroken trail, thumbnails made after the restart."""

import contextlib
import io
import os
import random
import signal
import sqlite3
import threading
import time
from functools import partial
from pathlib import Path

import pytest
from PIL import Image

from tests.processes.conftest import Browser, Installation, wait_for
from tests.processes.forked import Started

KILLS = 20


def children(parent: int) -> dict[int, str]:
    """Return the processes below one, however deep, with their names."""
    parents: dict[int, tuple[int, str]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                stat = (entry / "stat").read_text()
                name = stat.partition("(")[2].rpartition(")")[0]
                parents[int(entry.name)] = (int(stat.rpartition(")")[2].split()[1]), name)
    found: dict[int, str] = {}
    while True:
        more = {p: c for p, (above, c) in parents.items() if (above == parent or above in found) and p not in found}
        if not more:
            return found
        found |= more


def picture(number: int) -> bytes:
    """Return a picture that is like no other."""
    out = io.BytesIO()
    image = Image.new("RGB", (600, 400), (number % 256, number // 256, 90))
    image.putpixel((number % 600, number % 400), (255, 255, 255))
    image.save(out, "PNG")
    return out.getvalue()


class Uploader(threading.Thread):
    """Uploads pictures one after another until told to stop; remembers those that were said to be saved."""

    def __init__(self, port: int, cookie: str, first: int) -> None:
        super().__init__(daemon=True)
        self.browser = Browser(port)
        self.browser.cookie = cookie
        self.token = self.browser.token("/evidence/new")
        self.first, self.saved, self.stopping = first, list[str](), threading.Event()

    def run(self) -> None:
        """Upload."""
        number = self.first
        while not self.stopping.is_set():
            try:
                fields = {"csrf_token": self.token, "title": f"Billede {number}"}
                status, _text, _where = self.browser.upload("/evidence/new", fields, (f"{number}.png", picture(number)))
                if status in (302, 303):
                    self.saved.append(f"Billede {number}")
            except (OSError, AssertionError):
                time.sleep(0.2)
            number += 1


def _saved(uploaders: list[Uploader]) -> int:
    return sum(len(uploader.saved) for uploader in uploaders)


def _saved_more(uploaders: list[Uploader], before: int) -> bool:
    return _saved(uploaders) > before


@pytest.mark.slow
def test_kill_nine_loses_nothing_that_was_saved(served: tuple[Installation, Browser, Started], port: int) -> None:
    installation, browser, process = served
    uploaders = [Uploader(port, browser.cookie, first) for first in (1, 100_000)]
    for uploader in uploaders:
        uploader.start()
    chance = random.Random(7)
    killed: list[int] = []
    while len(killed) < KILLS:
        time.sleep(chance.uniform(0, 0.5))
        below = children(process.pid)
        wanted = "sdg-web" if len(killed) % 2 else "sdg-worker"
        victims = [pid for pid, name in below.items() if name == wanted]
        if victims:
            victim = chance.choice(victims)
            with contextlib.suppress(ProcessLookupError):
                os.kill(victim, signal.SIGKILL)
                killed.append(victim)
                wait_for(partial(_saved_more, uploaders, _saved(uploaders)), 60, "nothing was saved after a kill")
    for uploader in uploaders:
        uploader.stopping.set()
        uploader.join(60)
    saved = [title for uploader in uploaders for title in uploader.saved]
    assert len(saved) >= KILLS

    database = sqlite3.connect(installation.folder / "var" / "tracker.sqlite")
    waiting = "SELECT count(*) FROM version WHERE thumbnail_state <> 'done'"
    wait_for(lambda: database.execute(waiting).fetchone() == (0,), 120, "thumbnails were not made after the restart")
    rows = database.execute(
        "SELECT e.title, v.original_sha256, v.rendition_sha256, v.thumbnail_sha256 FROM evidence e "
        "JOIN version v ON v.evidence_id = e.id"
    ).fetchall()
    database.close()
    assert set(saved) <= {row[0] for row in rows}
    store = installation.folder / "var" / "store" / "sha256"
    assert [digest for row in rows for digest in row[1:] if not (store / digest[:2] / digest).is_file()] == []
    installation.run("verify")


def test_what_is_started_ends_with_its_parent(installation: Installation, port: int) -> None:
    installation.run("init")
    process = installation.serve(port)
    wait_for(lambda: "sdg-worker" in children(process.pid).values(), 30, "no worker")
    below = children(process.pid)
    process.stop(signal.SIGKILL)
    wait_for(lambda: not any(Path(f"/proc/{pid}").exists() and _alive(pid) for pid in below), 30, "orphans are left")


def _alive(pid: int) -> bool:
    try:
        return ") Z" not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
