"""A database that was filled before there were reviews, a search, and a word on who is in pictures."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command

from sdg_tracker.access import SYSTEM
from sdg_tracker.evidence import fulltext, listing, queries
from sdg_tracker.evidence.listing import Filters
from sdg_tracker.foundation.db import alembic_config, open_database, upgrade, writer
from sdg_tracker.foundation.settings import Settings
from sdg_tracker.work import Workplace
from tests import postgresql

BEFORE = "0003"
AT = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


@pytest.fixture
def empty(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without any table."""
    if engine_name == "sqlite":
        yield f"sqlite:///{tmp_path}/old.sqlite"
        return
    server: str = request.getfixturevalue("postgresql_server")
    name = f"old_{tmp_path.name}".lower().replace("-", "_")[:60]
    postgresql.execute(server, f"CREATE DATABASE {name}")
    yield postgresql.address_of(server, name)
    postgresql.execute(server, f"DROP DATABASE {name} WITH (FORCE)")


def fill(engine: sa.Engine) -> None:
    """Put in what the schema of that time asks for."""
    tables = sa.MetaData()
    with writer(engine).begin() as connection:
        tables.reflect(connection)

        def put(table: str, **values: object) -> None:
            connection.execute(tables.tables[table].insert().values(**values))

        put(
            "library",
            id=1,
            slug="gammelby",
            name="Gammelby",
            name_en="",
            timezone="Europe/Copenhagen",
            numbers={"evidence": 2},
            trail_length=0,
            trail_head="",
            revision=1,
        )
        for number, day in ((1, date(2025, 5, 1)), (2, None)):
            put(
                "evidence",
                id=number,
                library_id=1,
                number=number,
                kind="document",
                title=f"Møde {number}",
                description="",
                language="da",
                collected_on=day,
                public=False,
                added_at=AT if engine.dialect.name == "postgresql" else AT.replace(tzinfo=None),
                withdrawn_reason="",
                sort_key="",
                search_text="",
                revision=1,
            )
            put(
                "version",
                id=number,
                library_id=1,
                evidence_id=number,
                ordinal=1,
                file_name="referat.txt",
                media_type="image/png" if number == 1 else "text/plain",
                original_sha256="0" * 64,
                original_size=1,
                rendition_sha256="0" * 64,
                rendition_size=1,
                thumbnail_state="none",
                thumbnail_attempt=0,
                added_at=AT if engine.dialect.name == "postgresql" else AT.replace(tzinfo=None),
            )


def test_evidence_of_before_is_submitted_and_becomes_searchable(empty: str, tmp_path: Path) -> None:
    engine = open_database(empty)
    upgrade(engine, BEFORE)
    fill(engine)
    upgrade(engine)
    command.check(alembic_config(engine))
    engine.dispose()
    workplace = Workplace.open(Settings(database=empty, store=f"file:{tmp_path}/store", secret="x" * 20))
    with workplace.reading(SYSTEM, 1) as work:
        found = queries.get(work, 1)
        assert (found.state, found.counts, found.accepted_version, found.alt) == ("submitted", True, None, "")
        assert work.library.own_review is False
        assert [queries.get(work, number).people for number in (1, 2)] == ["unknown", ""]
        assert listing.one_page(work, Filters(), "number", 9, 0)[1] == 2
        assert listing.one_page(work, Filters(q="møde"), "number", 9, 0)[1] == 0
    fulltext.read_owed(workplace, 1)
    with workplace.reading(SYSTEM, 1) as work:
        assert listing.one_page(work, Filters(q="møde"), "number", 9, 0)[1] == 2
    workplace.engine.dispose()
