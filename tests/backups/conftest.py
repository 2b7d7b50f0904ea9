"""A library with a built report and its own rows of every kind, and empty places to restore into."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sdg_tracker.access import SYSTEM, Actor
from sdg_tracker.cli import issuing
from sdg_tracker.editions import build, queries
from sdg_tracker.editions.models import Edition
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


@pytest.fixture
def elsewhere(
    empty_database: Callable[[str], str], engine_name: str, tmp_path: Path
) -> Iterator[Callable[[], Workplace]]:
    """Give an empty place of the other engine."""
    [other] = set(ENGINES) - {engine_name}
    places: list[Workplace] = []

    def give() -> Workplace:
        folder = tmp_path / f"elsewhere-{len(places)}"
        place = Workplace.open(
            Settings(
                database=empty_database(other),
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
