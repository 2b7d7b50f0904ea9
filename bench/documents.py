"""The PDF of a dossier against WeasyPrint alone laying out the same pages, each in a process of its own."""

import logging
import multiprocessing
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import pikepdf
import weasyprint

from bench.measure import Figure, highest_mb
from sdg_tracker import demo
from sdg_tracker.dossier import outputs, pdf, services
from sdg_tracker.editions import build, kinds
from sdg_tracker.evidence import thumbnails
from sdg_tracker.foundation.blobs import open_store
from sdg_tracker.foundation.settings import Settings
from sdg_tracker.installation import prepare
from sdg_tracker.jobs import library_ids
from sdg_tracker.printing.edition import compose
from sdg_tracker.printing.fetcher import Fetcher
from sdg_tracker.printing.paper import BASE, VARIANT
from sdg_tracker.work import Workplace

LIMIT = 1.25
SIZES = (50, 200)  # pages
ROUNDS = {50: 3}  # else one: a dossier of 200 pages takes a minute
PER_PAGE = (5.85, 6.6)  # activities and pieces of evidence
FIRST = 26  # pages that a dossier without any has


class _Dossier:
    """A frozen dossier of about so many pages."""

    def __init__(self, folder: Path, pages: int) -> None:
        self.store = f"file:{folder}/store"
        settings = Settings(
            database=f"sqlite:///{folder}/tracker.sqlite",
            store=self.store,
            jobs=f"sqlite:///{folder}/jobs.sqlite",
            secret="only for measuring",  # noqa: S106
        )
        workplace = Workplace.open(settings)
        prepare(workplace, demo.name())
        activities, evidence = (round(each * max(pages - FIRST, 1)) for each in PER_PAGE)
        demo.fill(workplace, lambda _line: None, activities=activities, evidence=evidence, seed=1)
        thumbnails.make_owed(workplace, library_ids(workplace)[0])
        with workplace.writing(demo.coordinator(workplace)) as work:
            edition = services.freeze(work, 1, "da")
            work.owed.clear()
        self.snapshot = build.snapshot_of(workplace.blobs, edition)
        self.fingerprint = edition.fingerprint


def _ours(store: str, snapshot: dict[str, Any], fingerprint: str, target: str) -> tuple[float, float]:
    """Make the PDF as the builder's child does; return CPU seconds and peak MB of this process."""
    with Path(target).open("wb") as file:
        kinds.output(outputs.KIND.name, "report.pdf").build(snapshot, fingerprint, open_store(store), file)
    return time.process_time(), highest_mb()


def _alone(store: str, snapshot: dict[str, Any], fingerprint: str, target: str) -> tuple[float, float]:
    """Lay the same HTML out with WeasyPrint and nothing else; return CPU seconds and peak MB of this process."""
    head, html = compose("print/dossier.html", snapshot, fingerprint, pdf.shown, with_data=True)
    page = weasyprint.HTML(string=html, base_url=BASE, url_fetcher=Fetcher(head.sources(open_store(store))))
    page.write_pdf(target, pdf_variant=VARIANT)
    return time.process_time(), highest_mb()


def measure(pages: int) -> Figure:
    """Return what a dossier of about so many pages costs."""
    logging.disable(logging.INFO)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = _Dossier(folder, pages)
        target = folder / "report.pdf"
        arguments = (made.store, made.snapshot, made.fingerprint, str(target))
        found: dict[str, list[tuple[float, float]]] = {"ours": [], "alone": []}
        with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
            for _round in range(ROUNDS.get(pages, 1)):
                found["alone"].append(pool.apply(_alone, arguments))
                found["ours"].append(pool.apply(_ours, arguments))
        with pikepdf.open(target) as document:
            count = len(document.pages)
    ours, alone = (median(cpu for cpu, _peak in found[which]) for which in ("ours", "alone"))
    peaks = {which: max(peak for _cpu, peak in found[which]) for which in found}
    return Figure(ours / alone, LIMIT, ours, alone, peaks["ours"], count, {"baseline_peak_mb": peaks["alone"]})


def figures(sizes: tuple[int, ...] = SIZES) -> dict[str, Callable[[], Figure]]:
    """Return the figure of each size."""
    return {f"dossier_pdf_{pages}": partial(measure, pages) for pages in sizes}
