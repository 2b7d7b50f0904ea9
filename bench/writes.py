"""Eight processes that write at once against one process that writes as much."""

import multiprocessing
import tempfile
import time
from collections.abc import Callable

from bench.measure import Figure, cpu, peak_mb
from sdg_tracker import trail
from sdg_tracker.access import SYSTEM
from sdg_tracker.foundation.settings import Settings
from sdg_tracker.installation import prepare
from sdg_tracker.jobs import library_ids
from sdg_tracker.work import Workplace

PROCESSES, EACH = 8, 200
LIMIT = 1.5
ACTION = "bench.written"


def _settings(folder: str) -> Settings:
    return Settings(database=f"sqlite:///{folder}/tracker.sqlite", store=f"file:{folder}/store", secret="bench")  # noqa: S106


def _write(folder: str, times: int) -> None:
    _declare()
    workplace = Workplace.open(_settings(folder))
    for _time in range(times):
        with workplace.writing(SYSTEM, 1) as work:
            work.next_number("bench")
            trail.record(work, ACTION, work.library)


def _declare() -> None:
    if ACTION not in trail.ACTIONS:
        trail.ACTIONS[ACTION] = frozenset()


def _timed(processes: int, each: int) -> tuple[float, float]:
    """Return CPU and wall seconds. Raises AssertionError when a write is lost or a process fails."""
    with tempfile.TemporaryDirectory() as folder:
        workplace = Workplace.open(_settings(folder))
        prepare(workplace, "Bench")
        library_id = library_ids(workplace)[0]
        before = _events(workplace, library_id)
        context = multiprocessing.get_context("spawn")
        begun, used = time.monotonic(), cpu()
        children = [context.Process(target=_write, args=(folder, each)) for _process in range(processes)]
        for child in children:
            child.start()
        for child in children:
            child.join()
        wall, used = time.monotonic() - begun, cpu() - used
        assert [child.exitcode for child in children] == [0] * processes
        with workplace.reading(SYSTEM, library_id) as work:
            assert work.library.numbers.get("bench", 0) == processes * each, "a write was lost"
            assert work.library.trail_length == before + processes * each
            assert list(trail.faults(work)) == []
    return used, wall


def _events(workplace: Workplace, library_id: int) -> int:
    with workplace.reading(SYSTEM, library_id) as work:
        return work.library.trail_length


def measure() -> Figure:
    """Return what it costs that eight processes write at once."""
    baseline, wall_one = _timed(1, PROCESSES * EACH)
    used, wall = _timed(PROCESSES, EACH)
    start_up = _timed(PROCESSES, 0)[0] - _timed(1, 0)[0]
    more = {"writes_per_s": PROCESSES * EACH / wall, "baseline_writes_per_s": PROCESSES * EACH / wall_one}
    used -= start_up
    return Figure(used / baseline, LIMIT, used, baseline, peak_mb(), PROCESSES * EACH, more)


FIGURES: dict[str, Callable[[], Figure]] = {"writes": measure}
