"""The yearly report of a library with ten years behind it against that of one with a single year, frozen and built."""

import logging
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from bench.measure import Figure, cpu, peak_mb
from sdg_tracker import demo
from sdg_tracker.demo import scale
from sdg_tracker.editions import build
from sdg_tracker.foundation.settings import Settings
from sdg_tracker.impact import services
from sdg_tracker.installation import prepare
from sdg_tracker.jobs import library_ids
from sdg_tracker.work import Workplace

YEARS, LAST = 10, 2025
ACTIVITIES, MEASURES = 100, 14  # a year; a measure is read 36 times in it, each month in three houses
LIMIT = 11.0


@dataclass(frozen=True)
class _Cost:
    cpu_s: float
    wall_s: float
    freeze_s: float  # of it, CPU seconds
    statements: int  # while it was frozen
    readings: int


def _made(years: int) -> _Cost:
    with tempfile.TemporaryDirectory() as folder:
        workplace = _library(Path(folder), years)
        readings = _fill(workplace, years)
        found: list[str] = []
        sa.event.listen(workplace.engine, "before_cursor_execute", lambda *given: found.append(given[2]))
        used, begun = cpu(), time.monotonic()
        with workplace.writing(demo.coordinator(workplace)) as work:
            said = len(found)
            edition = services.freeze(work, LAST, "da")
            work.owed.clear()  # built here, not by a worker
            statements = len(found) - said
        frozen = cpu() - used
        build.build(workplace, library_ids(workplace)[0], edition.id)
        return _Cost(cpu() - used, time.monotonic() - begun, frozen, statements, readings)


def _library(folder: Path, years: int) -> Workplace:
    settings = Settings(
        database=f"sqlite:///{folder}/tracker.sqlite",
        store=f"file:{folder}/store",
        jobs=f"sqlite:///{folder}/jobs.sqlite",
        secret="only for measuring",  # noqa: S106
    )
    workplace = Workplace.open(settings)
    workplace.enqueue = lambda _jobs: None
    prepare(workplace, demo.name())
    demo.fill(workplace, lambda _line: None, activities=0, evidence=0, seed=years)
    return workplace


def _fill(workplace: Workplace, years: int) -> int:
    first = LAST + 1 - years
    actor = demo.coordinator(workplace)
    with workplace.writing(actor) as work:
        scale.add_activities(work, ACTIVITIES * years, 1, range(first, LAST + 1))
    with workplace.writing(actor) as work:
        return scale.add_readings(work, MEASURES, 1, range(first, LAST + 1))


def measure() -> Figure:
    """Return what ten years cost against one. Raises AssertionError when freezing them takes more statements."""
    logging.disable(logging.INFO)
    one, ten = _made(1), _made(YEARS)
    assert ten.statements == one.statements, f"{one.statements} statements became {ten.statements}"
    more = {
        "activities": ACTIVITIES * YEARS,
        "readings": ten.readings,
        "statements": ten.statements,
        "freeze_ratio": ten.freeze_s / one.freeze_s,
        "wall_ratio": ten.wall_s / one.wall_s,
        "wall_s": ten.wall_s,
    }
    return Figure(ten.cpu_s / one.cpu_s, LIMIT, ten.cpu_s, one.cpu_s, peak_mb(), YEARS, more)


FIGURES: dict[str, Callable[[], Figure]] = {"impact_growth": measure}
