"""A small report, frozen and built, and its bag as somebody downloaded it."""

from pathlib import Path

import pytest

from sdg_tracker.access import SYSTEM, Actor
from sdg_tracker.cli import issuing
from sdg_tracker.editions import build, queries
from sdg_tracker.editions.models import Edition
from sdg_tracker.impact import services as impact
from sdg_tracker.work import Library, Workplace
from tests.factories import Factories

assert issuing.KINDS


@pytest.fixture
def report(workplace: Workplace, library: Library, coordinator: Actor, make: Factories) -> Edition:
    """The frozen report of a year with two activities and two pieces of evidence; its files are owed."""
    workplace.enqueue = lambda _jobs: None
    for title, code in (("Byttedag", "12.5"), ("Læsekreds om klima", "13")):
        activity = make.activity(library, title, code)
        make.evidence(library, f"Noter om {title}: æøå\n".encode(), activity=activity, title=f"Noter om {title}")
    with workplace.writing(coordinator) as work:
        return impact.freeze(work, 2026, "da")


@pytest.fixture
def built(workplace: Workplace, report: Edition) -> Edition:
    """The same report with its files."""
    build.build(workplace, report.library_id, report.id)
    with workplace.reading(SYSTEM, report.library_id) as work:
        return queries.get(work, report.number)


@pytest.fixture
def bag(workplace: Workplace, built: Edition, tmp_path: Path) -> Path:
    """The report's bag as somebody downloaded it."""
    artefact = built.artefact("bag.zip")
    assert artefact is not None
    path = tmp_path / "download.zip"
    with workplace.blobs.open(artefact.sha256, artefact.size) as file:
        path.write_bytes(file.read())
    return path
