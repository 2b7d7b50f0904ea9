"""The same library on SQLite and on PostgreSQL freezes to the same snapshot and gives the same files."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sdg_tracker.access import SYSTEM, Role
from sdg_tracker.editions import build, queries
from sdg_tracker.foundation.settings import Settings
from sdg_tracker.impact import services as impact
from sdg_tracker.work import Workplace
from tests.conftest import ENGINES, NOON
from tests.factories import Factories


def files_of(database: str, folder: Path) -> dict[str, str]:
    """Make a library, freeze its report, build it, and return the digests of fingerprint and files."""
    settings = Settings(
        database=database, store=f"file:{folder}/store", jobs=f"sqlite:///{folder}/jobs.sqlite", secret="secret"
    )
    place = Workplace.open(settings)
    place.clock = lambda: NOON
    make = Factories(place)
    library = make.library("Demoby Bibliotekerne")
    coordinator = make.member(library, Role.COORDINATOR)
    for title, code in (("Ålekursus", "14.1"), ("Byttedag", "12.5"), ("Æblefest", "2"), ("Øvedag", "4.7")):
        activity = make.activity(library, title, code)
        make.evidence(library, title.encode(), activity=activity, title=f"Noter om {title}")
    with place.writing(coordinator) as work:
        edition = impact.freeze(work, 2026, "da")
    build.build(place, library.id, edition.id)
    with place.reading(SYSTEM, library.id) as work:
        found = queries.get(work, edition.number)
    place.engine.dispose()
    return {"fingerprint": found.fingerprint, **{made.name: made.sha256 for made in found.artefacts}}


@pytest.mark.slow
def test_both_engines_give_the_same_bytes(new_database: Callable[[str], str], tmp_path: Path) -> None:
    one, other = (files_of(new_database(engine), tmp_path / engine) for engine in ENGINES)
    assert one == other
    assert set(one) == {"fingerprint", "report.pdf", "report.xlsx", "index.html", "ro-crate-metadata.json", "bag.zip"}
