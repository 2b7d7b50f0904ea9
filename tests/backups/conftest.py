"""A library with a built report and its own rows of every kind, and empty places to restore into."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from sdg_tracker.access import SYSTEM, Actor
from sdg_tracker.backups import restoring
from sdg_tracker.cli import issuing
from sdg_tracker.editions import build, queries
from sdg_tracker.editions.models import Edition
from sdg_tracker.foundation.db import schema_found, schema_needed, upgrade
from sdg_tracker.foundation.settings import Settings
from sdg_tracker.impact import services as impact
from sdg_tracker.work import Library, Workplace
from tests.conftest import ENGINES, NOON
from tests.factories import Factories

assert issuing.KINDS


@pytest.fixture
def filled(workplace: Workplace, make: Factories, library: Library, coordinator: Actor) -> Library:
    """A library with activities, evidence, users, branches and a cycle."""
    workplace.enqueue = lambda _jobs: None
    make.branch(library)
    make.cycle(library)
    for title, code in (("Byttedag – æøå", "12.5"), ("Læsekreds om klima", "13")):
        activity = make.activity(library, title, code, description="Linje 1\nLinje \u2028 2")
        make.evidence(library, f"Noter om {title}\n".encode(), activity=activity, title=f"Noter om {title}")
    return library


@pytest.fixture
def built(workplace: Workplace, filled: Library, coordinator: Actor) -> Edition:
    """The library's report of the year with its files."""
    with workplace.writing(coordinator) as work:
        frozen = impact.freeze(work, 2026, "da")
    build.build(workplace, filled.id, frozen.id)
    with workplace.reading(SYSTEM, filled.id) as work:
        return queries.get(work, frozen.number)


@pytest.fixture
def issued(workplace: Workplace, filled: Library, coordinator: Actor, make: Factories) -> Edition:
    """The library's report of the year with files that nobody can make again."""
    with workplace.writing(coordinator) as work:
        frozen = impact.freeze(work, 2026, "da")
    make.files_of(filled, frozen.number)
    with workplace.reading(SYSTEM, filled.id) as work:
        return queries.get(work, frozen.number)


@pytest.fixture(autouse=True)
def _schema_made_once(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, sqlite_template: Path) -> None:
    """Let an empty SQLite file get the newest schema by a copy, but where a whole backup comes back."""
    if "built" in request.fixturenames:
        return

    def quick(engine: sa.Engine, revision: str = "head") -> None:
        newest = revision in ("head", schema_needed())
        if newest and engine.dialect.name == "sqlite" and schema_found(engine) is None:
            engine.dispose()
            path = str(engine.url.database)
            Path(f"{path}-wal").unlink(missing_ok=True)
            shutil.copyfile(sqlite_template, path)
        else:
            upgrade(engine, revision)

    monkeypatch.setattr(restoring, "upgrade", quick)


@pytest.fixture
def elsewhere(
    empty_database: Callable[[str], str], engine_name: str, tmp_path: Path
) -> Iterator[Callable[..., Workplace]]:
    """Give an empty place of the other engine, or of that which is asked for."""
    [other] = set(ENGINES) - {engine_name}
    places: list[Workplace] = []

    def give(kind: str = other) -> Workplace:
        folder = tmp_path / f"elsewhere-{len(places)}"
        place = Workplace.open(
            Settings(
                database=empty_database(kind),
                store=f"file:{folder}/store",
                jobs=f"sqlite:///{folder}/jobs.sqlite",
                secret_file=f"{folder}/secret",
            )
        )
        place.clock = lambda: NOON
        places.append(place)
        return place

    yield give
    for place in places:
        place.engine.dispose()
