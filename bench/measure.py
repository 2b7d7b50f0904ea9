"""What a measurement gives, and how CPU seconds and memory are read."""

import resource
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median


@dataclass(frozen=True)
class Figure:
    """A ratio and the limit it has to keep. CPU seconds of all processes; peak memory in MB of 1,000,000 bytes."""

    ratio: float
    limit: float
    cpu_s: float
    baseline_cpu_s: float
    peak_mb: float
    n: int
    more: dict[str, float] = field(default_factory=dict)

    def as_json(self) -> dict[str, float]:
        """Return the figure as the bench prints it."""
        own = {
            "ratio": round(self.ratio, 3),
            "limit": self.limit,
            "cpu_s": round(self.cpu_s, 3),
            "baseline_cpu_s": round(self.baseline_cpu_s, 3),
            "peak_mb": round(self.peak_mb, 1),
            "n": self.n,
        }
        return {**own, **{key: round(value, 3) for key, value in self.more.items()}}


def cpu() -> float:
    """Return the CPU seconds of this process and of its children that have ended."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def peak_mb() -> float:
    """Return the peak memory of the largest process so far."""
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return max(resource.getrusage(one).ru_maxrss for one in who) * 1024 / 1e6


def highest_mb() -> float:
    """Return the peak of this process alone; that of ``getrusage`` begins with the peak of the one that started it."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text("ascii").splitlines())
    return int(status["VmHWM"].split()[0]) * 1024 / 1e6


def paired(one: Callable[[], object], other: Callable[[], object], rounds: int) -> tuple[float, float]:
    """Return the median CPU seconds of two functions, run in turn so that both meet the same weather."""
    times: tuple[list[float], list[float]] = ([], [])
    for _round in range(rounds):
        for function, found in zip((one, other), times, strict=True):
            begun = time.process_time()
            function()
            found.append(time.process_time() - begun)
    return median(times[0]), median(times[1])
