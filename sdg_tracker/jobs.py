"""What is to be done outside a request. The row in the database says what is owed; the queue only brings it sooner.

huey delivers on SQLite, PostgreSQL or Redis. A killed worker loses the job that it ran, so every kind of job has a
sweep that finds what is owed too long and queues it again; each worker begins with all sweeps.
"""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import huey
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from sdg_tracker.access import SYSTEM
from sdg_tracker.foundation.errors import Problem
from sdg_tracker.work import Job, Library, Work, Workplace

log = logging.getLogger(__name__)
Handler = Callable[..., None]  # (workplace, library_id, *row ids)
Sweep = Callable[
    [Work, bool], None
]  # (work of one library, whether the worker has just started); it owes what it finds
Chore = Callable[[Workplace], None]
SWEEP_SECONDS = 30
CHORE_SECONDS = 60
HEARTBEAT = "worker.heartbeat"  # the key under which a worker says that it lives

_handlers: dict[str, Handler] = {}
_sweeps: dict[str, Sweep] = {}
_chores: dict[str, Chore] = {}


def task(name: str) -> Callable[[Handler], Handler]:
    """Register the handler of a job. It may run twice for the same row."""

    def register(handler: Handler) -> Handler:
        _handlers[name] = handler
        return handler

    return register


def sweep(name: str) -> Callable[[Sweep], Sweep]:
    """Register a function that owes again what was lost."""

    def register(function: Sweep) -> Sweep:
        _sweeps[name] = function
        return function

    return register


def chore(name: str) -> Callable[[Chore], Chore]:
    """Register what a worker does again and again for the whole installation, beside its jobs; it does a bit each time.

    Every worker does it, so it finds by its rows what is left to do.
    """

    def register(function: Chore) -> Chore:
        _chores[name] = function
        return function

    return register


def open_queue(address: str) -> Any:
    """Return the huey of a setting such as ``sqlite:///var/jobs.sqlite``."""
    if address.startswith(("redis://", "rediss://")):
        return huey.RedisHuey("sdg-tracker", url=address, results=False)
    url = make_url(address)
    if url.get_backend_name() == "postgresql":
        return huey.PostgresHuey(
            "sdg-tracker", dsn=url.set(drivername="postgresql").render_as_string(hide_password=False), results=False
        )
    Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)
    return huey.SqliteHuey("sdg-tracker", filename=str(url.database), timeout=30, results=False)


class Queue:
    """The way from a committed step to the worker; opened when the first job is owed."""

    def __init__(self, workplace: Workplace) -> None:
        self.workplace = workplace
        self._huey: Any = None
        self._perform: Any = None
        self._lock = threading.Lock()
        workplace.enqueue = self.put

    def open(self) -> Any:
        """Return the huey, opened when it is first needed."""
        with self._lock:
            if self._huey is None:
                self._huey = open_queue(self.workplace.settings.jobs)
                self._perform = self._huey.task(name="perform")(self.perform)
        return self._huey

    def put(self, owed: Sequence[Job]) -> None:
        """Queue jobs. The rows are committed: when the queue is out of reach this is logged, and a sweep mends it."""
        try:
            self.open()
            for name, arguments in owed:
                self._perform(name, *arguments)
        except Exception:  # the queue's own errors differ by kind; the rows hold what is owed
            log.exception("could not queue %s jobs; a sweep will", len(owed))

    def perform(self, name: str, *arguments: int) -> None:
        """Run one job. An error is logged and ends only this job; its row decides whether it is tried again."""
        handler = _handlers.get(name)
        if handler is None:
            log.error("no handler for job %s", name)
            return
        try:
            handler(self.workplace, *arguments)
        except Problem as problem:
            log.warning("job %s%s: %s", name, arguments, problem)
        except Exception:
            log.exception("job %s%s failed", name, arguments)

    def sweep(self, *, at_start: bool) -> None:
        """Queue again what every library's rows still owe."""
        for library_id in library_ids(self.workplace):
            for name, function in _sweeps.items():
                try:
                    with self.workplace.reading(SYSTEM, library_id) as work:
                        function(work, at_start)
                        owed = list(work.owed)
                    self.put(owed)
                except Exception:
                    log.exception("sweep %s failed", name)

    def do_chores(self) -> None:
        """Do a bit of everything that is to be done again and again."""
        for name, function in _chores.items():
            try:
                function(self.workplace)
            except Problem as problem:
                log.warning("chore %s: %s", name, problem)
            except Exception:
                log.exception("chore %s failed", name)

    def beat(self) -> None:
        """Say that a worker lives."""
        self.open().put(HEARTBEAT, time.time())

    def seconds_since_beat(self) -> float | None:
        """Return how long ago a worker was last seen, None when never."""
        seen = self.open().get(HEARTBEAT, peek=True)
        return None if seen is None else time.time() - float(seen)

    def run_worker(self) -> None:
        """Work until told to stop. A parent that dies ends it too."""
        consumer = self.open().create_consumer(workers=1, periodic=False, max_delay=1.0, check_worker_health=True)
        stop = threading.Event()
        keeper = threading.Thread(target=self._keep, args=(stop,), daemon=True)
        keeper.start()
        threading.Thread(target=self._do_chores, args=(stop,), daemon=True).start()
        consumer.run()
        stop.set()
        keeper.join(timeout=5)

    def _do_chores(self, stop: threading.Event) -> None:
        while not stop.wait(CHORE_SECONDS):
            self.do_chores()

    def _keep(self, stop: threading.Event) -> None:
        parent, swept = os.getppid(), 0.0
        while not stop.is_set():
            try:
                if time.monotonic() - swept >= SWEEP_SECONDS or not swept:
                    self.sweep(at_start=not swept)
                    swept = time.monotonic()
                self.beat()
            except Exception:
                log.exception("the worker's keeper")
            if os.getppid() != parent:
                os.kill(os.getpid(), signal.SIGTERM)
            stop.wait(2)


def library_ids(workplace: Workplace) -> list[int]:
    """Return the key of every library."""
    with workplace.reading(SYSTEM) as work:
        return list(work.session.scalars(sa.select(Library.id).order_by(Library.id)))
