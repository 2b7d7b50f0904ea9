"""The bag of 2,000 files, 600 MB, against ``sha256sum`` of the files and ``cp``."""

import multiprocessing
import random
import subprocess
import tempfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from statistics import median
from typing import Any

from bench.measure import Figure, cpu, highest_mb
from sdg_tracker.editions import bag
from sdg_tracker.foundation.blobs import FolderBlobs

FILES, SIZE = 2_000, 300_000  # bytes each
FEW = 200
LIMIT = 1.5
ROUNDS = 3
NOTHING = "0" * 64


def _snapshot(blobs: FolderBlobs, files: int) -> dict[str, Any]:
    chance = random.Random(1)  # noqa: S311 - only bytes to move
    kept = [blobs.put(BytesIO(chance.randbytes(SIZE))) for _file in range(files)]
    evidence = [
        {"file": f"evidence/Bilag-{number:04d}-foto.jpg", "sha256": stored.sha256, "size": stored.size}
        for number, stored in enumerate(kept, 1)
    ]
    return {
        "library": {"name": "Bench"},
        "frozen_at": "2026-11-20T13:42:08Z",
        "title": "Bench",
        "format": 1,
        "trail": {"head": NOTHING, "events": []},
        "evidence": evidence,
    }


def _ours(store: str, snapshot: dict[str, Any]) -> tuple[float, float]:
    """Make a bag; return its CPU seconds and by how many MB the process grew for it."""
    blobs = FolderBlobs(Path(store))
    begun, before = cpu(), highest_mb()
    kept = bag.keep(blobs, snapshot, [], fingerprint=snapshot["evidence"][0]["sha256"], size=SIZE, folder="bench-1")
    used = cpu() - begun
    grown = highest_mb() - before
    blobs.remove(kept.sha256)
    return used, grown


def _plain(store: str, snapshot: dict[str, Any], folder: str) -> float:
    """Hash and copy the same files with the system's tools; return the CPU seconds."""
    blobs = FolderBlobs(Path(store))
    paths = [str(blobs.path(row["sha256"])) for row in snapshot["evidence"]]
    begun = cpu()
    with tempfile.TemporaryDirectory(dir=folder) as target:
        subprocess.run(["sha256sum", *paths], check=True, stdout=subprocess.DEVNULL)  # noqa: S607
        subprocess.run(["cp", *paths, target], check=True)  # noqa: S607
        return cpu() - begun


def measure() -> Figure:
    """Return what a bag costs, and how much memory few and many files take."""
    with tempfile.TemporaryDirectory() as folder:
        store = f"{folder}/store"
        many = _snapshot(FolderBlobs(Path(store)), FILES)
        few = {**many, "evidence": many["evidence"][:FEW]}
        ours, plain = [], []
        with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
            for _round in range(ROUNDS):
                plain.append(_plain(store, many, folder))
                ours.append(pool.apply(_ours, (store, many)))
            _used, grown_few = pool.apply(_ours, (store, few))
    used, baseline = median(cpu for cpu, _grown in ours), median(plain)
    grown = max(grown for _cpu, grown in ours)
    return Figure(used / baseline, LIMIT, used, baseline, grown, FILES, {f"grown_mb_at_{FEW}": grown_few})


FIGURES: dict[str, Callable[[], Figure]] = {"bag": measure}
