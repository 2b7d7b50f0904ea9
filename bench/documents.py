"""The PDF of a dossier against WeasyPrint alone laying out the same pages in one process; and made again."""

import logging
import multiprocessing
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from io import BytesIO
from pathlib import Path
from statistics import median
from typing import Any

import pikepdf
import sqlalchemy as sa
import weasyprint

from bench.measure import Figure, cpu, highest_mb
from sdg_tracker import demo
from sdg_tracker.access import SYSTEM
from sdg_tracker.activities.models import Activity
from sdg_tracker.dossier import outputs, pdf, services
from sdg_tracker.editions import build, chapters, queries
from sdg_tracker.evidence import thumbnails
from sdg_tracker.foundation.blobs import StoredBlob, open_store
from sdg_tracker.foundation.documents import canonical
from sdg_tracker.foundation.settings import Settings
from sdg_tracker.installation import prepare
from sdg_tracker.jobs import library_ids
from sdg_tracker.printing.edition import compose
from sdg_tracker.printing.fetcher import Fetcher
from sdg_tracker.printing.paper import BASE, VARIANT
from sdg_tracker.work import Workplace

LIMIT, AGAIN_LIMIT = 1.25, 0.15
SIZES = (50, 200, 800)  # pages
AGAIN = 200  # pages of the dossier that is made again
ROUNDS = {50: 3}  # else one: a dossier of 200 pages takes a minute
PER_PAGE = (4.9, 5.5)  # activities and pieces of evidence
FIRST = 26  # pages that a dossier without any has
WIDE = 1_200, 1_000  # requirements and exhibits
FILE = "report.pdf"
Cost = dict[str, float]  # cpu_s, wall_s, and MB of the largest process of each kind


class Dossier:
    """A frozen dossier in a library of its own."""

    def __init__(self, folder: Path, activities: int, evidence: int) -> None:
        self.store = f"file:{folder}/store"
        settings = Settings(
            database=f"sqlite:///{folder}/tracker.sqlite",
            store=self.store,
            jobs=f"sqlite:///{folder}/jobs.sqlite",
            secret="only for measuring",  # noqa: S106
        )
        self.workplace = Workplace.open(settings)
        self.workplace.enqueue = lambda _jobs: None
        prepare(self.workplace, demo.name())
        demo.fill(self.workplace, lambda _line: None, activities=activities, evidence=evidence, seed=1)
        self.library_id = library_ids(self.workplace)[0]
        thumbnails.make_owed(self.workplace, self.library_id)
        self.edition_id = 0
        self.freeze()

    def freeze(self) -> None:
        """Freeze what there is now."""
        with self.workplace.writing(demo.coordinator(self.workplace)) as work:
            edition = services.freeze(work, 1, "da")
        self.edition_id = edition.id
        self.snapshot = build.snapshot_of(self.workplace.blobs, edition)
        self.kept = edition.snapshot

    def widen(self, requirements: int) -> None:
        """Let the scheme have so many requirements, each a copy of one that it has; exhibits are spread over them."""
        found = dict(self.snapshot)
        copies = -(-requirements // len(found["requirements"]))
        codes = {row["code"]: [f"{row['code']}.{copy}" for copy in range(copies)] for row in found["requirements"]}
        found["requirements"] = [
            {
                **row,
                "code": code,
                "exhibits": [tie for tie in row["exhibits"] if tie["exhibit"] % copies == copy],
            }
            for row in found["requirements"]
            for copy, code in enumerate(codes[row["code"]])
        ]
        found["areas"] = [
            {
                **area,
                "criteria": [
                    {**one, "requirements": [new for code in one["requirements"] for new in codes[code]]}
                    for one in area["criteria"]
                ],
            }
            for area in found["areas"]
        ]
        stored = self.workplace.blobs.put(BytesIO(canonical(found)))
        self.snapshot, self.kept = found, stored


@contextmanager
def library(activities: int, evidence: int) -> Iterator[Dossier]:
    """Return a dossier in a library that is gone afterwards."""
    logging.disable(logging.INFO)
    with tempfile.TemporaryDirectory() as name:
        yield Dossier(Path(name), activities, evidence)


def _ours(store: str, kept: StoredBlob) -> tuple[Cost, StoredBlob]:
    """Print as the builder does; return the cost of all processes together."""
    blobs, begun, used = open_store(store), time.monotonic(), cpu()
    about = (outputs.KIND.name, FILE, kept.sha256)
    with blobs.open(kept.sha256) as snapshot:
        near = Path(store.removeprefix("file:"))
        made = chapters.print_file(blobs, snapshot, about, near=near)
    highest = {f"{step}_mb": max(cost["mb"] for cost in costs) for step, costs in made.costs.items()}
    taken = {"cpu_s": cpu() - used, "wall_s": time.monotonic() - begun, "chapters": made.chapters, **highest}
    return taken, made.stored


def _alone(store: str, kept: StoredBlob, snapshot: dict[str, Any], target: str) -> Cost:
    """Lay the same HTML out with WeasyPrint and nothing else."""
    begun = time.monotonic()
    head, html = compose(pdf.TEMPLATE, snapshot, kept.sha256)
    page = weasyprint.HTML(string=html, base_url=BASE, url_fetcher=Fetcher(head.sources(open_store(store))))
    page.write_pdf(target, pdf_variant=VARIANT)
    return {"cpu_s": time.process_time(), "wall_s": time.monotonic() - begun, "mb": highest_mb()}


def _against(made: Dossier, rounds: int) -> Figure:
    ours, alone = [], []
    stored = made.kept
    with (
        tempfile.TemporaryDirectory() as folder,
        multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool,
    ):
        for _round in range(rounds):
            alone.append(pool.apply(_alone, (made.store, made.kept, made.snapshot, f"{folder}/alone.pdf")))
            cost, stored = pool.apply(_ours, (made.store, made.kept))
            ours.append(cost)
    with made.workplace.blobs.open(stored.sha256) as file, pikepdf.open(file) as document:
        pages = len(document.pages)
    used, baseline = (median(cost["cpu_s"] for cost in costs) for costs in (ours, alone))
    layout, merge, plan = (max(cost[f"{step}_mb"] for cost in ours) for step in ("made", "merged", "planned"))
    more = {
        "wall_ratio": median(cost["wall_s"] for cost in ours) / median(cost["wall_s"] for cost in alone),
        "layout_mb": layout,
        "merge_mb": merge,
        "plan_mb": plan,
        "chapters": ours[0]["chapters"],
        "mb_of_file": stored.size / 1e6,
        "baseline_peak_mb": max(cost["mb"] for cost in alone),
    }
    return Figure(used / baseline, LIMIT, used, baseline, max(layout, merge, plan), pages, more)


def measure(pages: int) -> Figure:
    """Return what a dossier of about so many pages costs."""
    activities, evidence = (round(each * max(pages - FIRST, 1)) for each in PER_PAGE)
    with library(activities, evidence) as made:
        return _against(made, ROUNDS.get(pages, 1))


def measure_wide() -> Figure:
    """Return what a dossier of many requirements and exhibits costs."""
    requirements, exhibits = WIDE
    with library(exhibits, exhibits) as made:
        made.widen(requirements)
        return _against(made, 1)


def _built(made: Dossier) -> tuple[float, float]:
    """Build the edition's files; return the CPU seconds of all of them, and those of the PDF."""
    marks: list[tuple[str, float]] = []
    begun = cpu()
    build.build(
        made.workplace,
        made.library_id,
        made.edition_id,
        lambda _done, _total, name: marks.append((name.split(" ")[0], cpu())),
    )
    first = next(at for name, at in marks if name == FILE)
    after = next(at for name, at in marks if name != FILE and at > first)
    return cpu() - begun, after - first


def measure_again() -> Figure:
    """Return what the PDF of the same dossier costs after one activity was changed, against making it first."""
    activities, evidence = (round(each * max(AGAIN - FIRST, 1)) for each in PER_PAGE)
    with library(activities, evidence) as made:
        first, first_pdf = _built(made)
        with made.workplace.writing(demo.coordinator(made.workplace)) as work:
            wanted = sa.select(Activity).order_by(Activity.number).offset(activities // 2).limit(1)
            work.session.scalars(wanted).one().description = "En anden beskrivelse af det, der skete."
        made.freeze()
        again, again_pdf = _built(made)
        with made.workplace.reading(SYSTEM, made.library_id) as work:
            stored = queries.by_id(work, made.edition_id).artefact(FILE)
            assert stored is not None
            with work.blobs.open(stored.sha256) as file, pikepdf.open(file) as document:
                pages = len(document.pages)
    more = {"all_files_ratio": again / first, "all_files_cpu_s": again, "all_files_first_cpu_s": first}
    return Figure(again_pdf / first_pdf, AGAIN_LIMIT, again_pdf, first_pdf, highest_mb(), pages, more)


def figures(sizes: tuple[int, ...] = SIZES) -> dict[str, Callable[[], Figure]]:
    """Return the figure of each size, of a dossier with many requirements, and of one made again."""
    return {
        **{f"dossier_pdf_{pages}": partial(measure, pages) for pages in sizes},
        "dossier_pdf_requirements": measure_wide,
        "dossier_rebuild": measure_again,
    }
