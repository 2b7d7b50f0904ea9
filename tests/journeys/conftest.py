"""One browser, and two sites: SQLite in Danish and PostgreSQL in English."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from sdg_tracker import demo
from sdg_tracker.foundation.settings import Settings
from tests import postgresql
from tests.journeys.site import Site, Visit, Visitor

CHROMIUM = "/usr/bin/chromium-headless-shell"
ARGUMENTS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--js-flags=--no-maglev --turbo-filter=block",  # no page lives long enough to win back more, but that of SHA-256
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder drives the browser."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker("browser")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, without a window."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS, chromium_sandbox=False)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session", params=["sqlite-da", "postgresql-en"])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Site]:
    """A served installation with the demo library and an empty one."""
    engine, locale = request.param.split("-")
    folder = tmp_path_factory.mktemp(f"site-{engine}")
    settings = Settings(
        database=_database(request, engine, folder),
        store=f"file:{folder}/store",
        jobs=f"sqlite:///{folder}/jobs.sqlite",
        secret="a secret that only tests know",
        language=locale,
        upload_limit_mb=2,
    )
    made = Site(settings)
    demo.prepare(made.workplace, lambda _line: None)
    made.fill()
    with made.serving():
        yield made
        for looker in made.lookers.values():
            looker.context.close()


def _database(request: pytest.FixtureRequest, engine: str, folder: Path) -> str:
    """Return a database of the whole session, with schema and reference data."""
    if engine == "sqlite":
        shutil.copyfile(request.getfixturevalue("sqlite_template"), folder / "tracker.sqlite")
        return f"sqlite:///{folder}/tracker.sqlite"
    pool: postgresql.Pool = request.getfixturevalue("postgresql_pool")
    return postgresql.address_of(pool.server, pool.take())


@pytest.fixture
def visit(browser: Browser, site: Site) -> Iterator[Visit]:
    """Give visitors, each in a browser of their own: ``visit()``, ``visit("staff", viewport=PHONE)``."""
    visitors: list[Visitor] = []

    def come(name: str | None = None, **options: Any) -> Visitor:
        visitor = _visitor(browser, site, name, **options)
        visitors.append(visitor)
        return visitor

    yield come
    for visitor in visitors:
        visitor.leave()


@pytest.fixture
def look(browser: Browser, site: Site) -> Iterator[Visit]:
    """Give visitors that only look, so that one browser does for many tests: ``look("coordinator")``."""
    visitors: list[Visitor] = []

    def come(name: str | None = None) -> Visitor:
        visitor = site.lookers.get(name) or _visitor(browser, site, name)
        site.lookers[name] = visitor
        visitor.begin()
        visitors.append(visitor)
        return visitor

    yield come
    for visitor in visitors:
        visitor.be_content()


def _visitor(browser: Browser, site: Site, name: str | None, **options: Any) -> Visitor:
    """Return a visitor, signed in; that the form does this is what journeys of their own show."""
    return Visitor(browser, site, storage_state=None if name is None else site.signed_in(name), **options)
