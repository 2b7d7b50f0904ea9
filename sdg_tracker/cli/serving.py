"""Commands that run until told to stop: serve (web and worker, watched) and worker.

``serve`` loads the program once, puts the application together and forks: what is started again is there in a moment,
and memory is shared. The process that watches opens no database and starts no thread, so its children inherit nothing
that is in use.
"""

import ctypes
import errno
import logging
import multiprocessing
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.process import BaseProcess
from types import FrameType

import click

from sdg_tracker.app import PARTS, create_app  # importing them has registered their jobs
from sdg_tracker.backups import rehearsal
from sdg_tracker.cli.acting import fail, load_settings, open_workplace, refusals, say
from sdg_tracker.cli.setting_up import make_demo
from sdg_tracker.cli.web_server import WebServer
from sdg_tracker.foundation import logs
from sdg_tracker.foundation.blobs import open_store
from sdg_tracker.foundation.db import check_schema
from sdg_tracker.foundation.errors import Invalid, words
from sdg_tracker.foundation.i18n import _, lazy
from sdg_tracker.foundation.settings import PREFIX, Settings
from sdg_tracker.jobs import Queue
from sdg_tracker.work import Workplace

log = logging.getLogger(__name__)
CHORES = (rehearsal.rehearse,)  # importing them has registered them
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - what --host may be, not what it is
words(
    {
        "store-unusable": lazy("Nothing can be kept in the store: %(reason)s"),
        "address-taken": lazy(
            "Another program answers at %(host)s:%(port)s already. End it, or choose another port: --port %(next)s."
        ),
        "address-unusable": lazy(
            "No pages can be served at %(host)s:%(port)s: %(reason)s. Choose another address with --host and --port."
        ),
    }
)
FORK = multiprocessing.get_context("fork")
PORT_SECONDS = 3  # in which an earlier server has to leave its port
STOP_SECONDS = 15  # what a child gets to end by itself
CALM_SECONDS = 10  # a child that lived this long is started again at once, for its start is not what is wrong
LONGEST_WAIT = 30
SET_DEATH_SIGNAL, SET_NAME = 1, 15  # of Linux's prctl


@dataclass
class Child:
    """A process that is started again when it dies: at once when it was killed, later each time it ends young."""

    name: str
    main: Callable[[], None]
    process: BaseProcess | None = None
    started: float = 0.0
    deaths: int = 0
    wait_until: float = field(default=0.0)

    def watch(self, now: float) -> None:
        """Start the process when it does not run and its waiting time is over."""
        if self.process is not None and self.process.is_alive():
            return
        if self.process is not None:
            status = self.process.exitcode or 0
            killed, calm = status < 0, now - self.started > CALM_SECONDS
            self.deaths = 0 if killed or calm else self.deaths + 1
            self.wait_until = now + min(LONGEST_WAIT, self.deaths and 2 ** (self.deaths - 1))
            click.echo(f"{self.name} ended with status {status}, starting it again", err=True)
            self.process = None
        if now >= self.wait_until:
            self.started = now
            self.process = FORK.Process(target=_begin, args=(self.name, self.main, os.getpid()))
            self.process.start()

    def stop(self) -> None:
        """Ask the process to end."""
        if self.process is not None and self.process.is_alive():
            self.process.terminate()

    def wait(self, until: float) -> None:
        """Wait for the end; kill what does not."""
        if self.process is not None:
            self.process.join(max(0.1, until - time.monotonic()))
            if self.process.is_alive():
                self.process.kill()
                self.process.join()


def _begin(name: str, main: Callable[[], None], parent: int) -> None:
    """Be a child: with a name of its own, deaf to what its parent listens to, and ended when the parent dies."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if sys.platform == "linux":
        kernel = ctypes.CDLL(None)
        kernel.prctl(SET_NAME, f"sdg-{name}".encode())
        kernel.prctl(SET_DEATH_SIGNAL, signal.SIGTERM)
    if os.getppid() == parent:
        with refusals():
            main()


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="Web processes.")
@click.option("--demo", is_flag=True, help="Set up the demo library first, and print its sign-ins.")
def serve(host: str, port: int, workers: int, demo: bool) -> None:
    """Serve the web pages and run one worker; each is started again when it dies. Ctrl-C ends both."""
    settings = load_settings()
    check_address(host, port)
    shown = f"[{host}]" if ":" in host else host
    if settings.url == Settings.url:  # links lead to the pages that are served, unless an address is set
        os.environ[f"{PREFIX}URL"] = f"http://{'127.0.0.1' if host in EVERYWHERE else shown}:{port}"
        settings = load_settings()  # as the children do
    if demo:
        _apart(make_demo)
    settings.key()
    workplace = Workplace.open(settings)
    check_schema(workplace.engine)
    workplace.engine.dispose()
    _apart(partial(check_store, settings))
    children = [
        Child("web", WebServer(f"{shown}:{port}", workers, create_app(workplace)).run),
        Child("worker", work),
    ]
    stopping = False

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    say(_("Open http://%(host)s:%(port)s – Ctrl-C ends it.", host=shown, port=port))
    while not stopping:
        for child in children:
            child.watch(time.monotonic())
        time.sleep(0.2)
    for child in children:
        child.stop()
    until = time.monotonic() + STOP_SECONDS
    for child in children:
        child.wait(until)


def check_address(host: str, port: int) -> None:
    """End with a message when no pages can be served there; gunicorn would try again and again.

    A server that was killed may need some seconds to leave its port.
    """
    until = time.monotonic() + PORT_SECONDS
    while True:
        try:
            socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET).close()
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                reason = str(error.strerror).partition(" (")[0]  # behind it Python tells the address once more
                fail(str(Invalid("address-unusable", host=host, port=port, reason=reason)))
            if time.monotonic() > until:
                fail(str(Invalid("address-taken", host=host, port=port, next=port % 65535 + 1)))
            time.sleep(0.2)
        else:
            return


def _apart(main: Callable[[], None]) -> None:
    """Do something in a process of its own; when it fails, end with its status."""
    process = FORK.Process(target=partial(_begin, "apart", main, os.getpid()))
    process.start()
    process.join()
    if process.exitcode:
        sys.exit(process.exitcode)


def check_store(settings: Settings) -> None:
    """End with a message when nothing can be kept, or when what is kept could be overwritten."""
    try:
        open_store(settings.store, **settings.s3).check_writable()
    except OSError as error:
        fail(str(Invalid("store-unusable", reason=str(error))))


@click.command()
def worker() -> None:
    """Do the jobs that wait, until told to stop."""
    work()


def work() -> None:
    """Do the jobs that wait, until told to stop."""
    workplace = open_workplace()
    check_store(workplace.settings)
    logs.set_up(workplace.settings.log_level)
    log.info("worker for the parts %s", ", ".join(part.name for part in PARTS))
    Queue(workplace).run_worker()


COMMANDS = [serve, worker]
