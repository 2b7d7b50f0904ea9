"""Commands that run until told to stop: serve (web and worker, watched) and worker."""

import ctypes
import logging
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from importlib import import_module
from types import FrameType

import click

from sdg_tracker.cli.acting import load_settings, open_workplace, say
from sdg_tracker.foundation import logs
from sdg_tracker.foundation.db import check_schema
from sdg_tracker.foundation.i18n import _
from sdg_tracker.jobs import Queue
from sdg_tracker.work import Workplace

log = logging.getLogger(__name__)
STOP_SECONDS = 15  # what a child gets to end by itself
CALM_SECONDS = 10  # a child that lived this long is started again at once, for its start is not what is wrong
LONGEST_WAIT = 30


@dataclass
class Child:
    """A process that is started again when it dies: at once when it was killed, later each time it ends young."""

    name: str
    command: list[str]
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    deaths: int = 0
    wait_until: float = field(default=0.0)

    def watch(self, now: float) -> None:
        """Start the process when it does not run and its waiting time is over."""
        if self.process is not None and self.process.poll() is None:
            return
        if self.process is not None:
            killed, calm = self.process.returncode < 0, now - self.started > CALM_SECONDS
            self.deaths = 0 if killed or calm else self.deaths + 1
            self.wait_until = now + min(LONGEST_WAIT, self.deaths and 2 ** (self.deaths - 1))
            click.echo(f"{self.name} ended with status {self.process.returncode}, starting it again", err=True)
            self.process = None
        if now >= self.wait_until:
            self.started = now
            self.process = subprocess.Popen(  # noqa: S603
                self.command,
                env={**os.environ, **self.environment},
                preexec_fn=_end_with_parent,  # noqa: PLW1509
            )

    def stop(self) -> None:
        """Ask the process to end."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def wait(self, until: float) -> None:
        """Wait for the end; kill what does not."""
        if self.process is not None:
            try:
                self.process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def _end_with_parent() -> None:
    """Have the kernel end this child when the parent dies, however it dies."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="Web processes.")
def serve(host: str, port: int, workers: int) -> None:
    """Serve the web pages and run one worker; each is started again when it dies. Ctrl-C ends both."""
    settings = load_settings()
    settings.key()
    check_schema(Workplace.open(settings).engine)
    binding = {"SDG_WEB_BIND": f"{host}:{port}", "SDG_WEB_WORKERS": str(workers)}
    gunicorn = ["gunicorn", "--config", "python:sdg_tracker.cli.web_server", "sdg_tracker.app:serving()"]
    children = [
        Child("web", [sys.executable, "-m", *gunicorn], binding),
        Child("worker", [sys.executable, "-m", "sdg_tracker", "worker"], {}),
    ]
    stopping = False

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    say(_("Open http://%(host)s:%(port)s – Ctrl-C ends it.", host=host, port=port))
    while not stopping:
        for child in children:
            child.watch(time.monotonic())
        time.sleep(0.2)
    for child in children:
        child.stop()
    until = time.monotonic() + STOP_SECONDS
    for child in children:
        child.wait(until)


@click.command()
def worker() -> None:
    """Do the jobs that wait, until told to stop."""
    parts = import_module("sdg_tracker.app").PARTS  # importing them registers their jobs; ``serve`` needs none
    workplace = open_workplace()
    logs.set_up(workplace.settings.log_level)
    log.info("worker for the parts %s", ", ".join(part.name for part in parts))
    Queue(workplace).run_worker()


COMMANDS = [serve, worker]
