"""A database that was filled before findings were kept, brought to today."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from sdg_tracker.access import SYSTEM
from sdg_tracker.evidence import counting, integrity, queries
from sdg_tracker.foundation.db import check_schema, open_database, upgrade, writer
from sdg_tracker.foundation.settings import Settings
from sdg_tracker.work import Workplace
from tests import postgresql

BEFORE = "0003"
AT = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
DIGEST = "ab" * 32


@pytest.fixture
def address(engine_name: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty database."""
    if engine_name == "sqlite":
        yield f"sqlite:///{tmp_path}/before.sqlite"
        return
    server, name = request.getfixturevalue("postgresql_server"), f"sdg_before_{os.getpid()}"
    postgresql.execute(server, f"CREATE DATABASE {name}")
    yield postgresql.address_of(server, name)
    postgresql.execute(server, f"DROP DATABASE {name} WITH (FORCE)")


def fill(engine: sa.Engine) -> None:
    """Put a piece of evidence with two versions, and one that is withdrawn, into the schema of then."""
    tables = sa.MetaData()
    tables.reflect(engine)

    def insert(connection: sa.Connection, into: str, **values: Any) -> None:
        table = tables.tables[into]
        blank: dict[type, object] = {int: 0, str: "", bool: False, datetime: AT, dict: {}, list: []}
        for column in table.columns:
            if column.name not in values and not column.nullable and not column.primary_key:
                values[column.name] = blank[column.type.python_type]
        connection.execute(table.insert().values(**values))

    with writer(engine).begin() as connection:
        insert(connection, "library", id=1, slug="demoby", name="Demoby", numbers={"evidence": 2}, revision=1)
        for number, withdrawn in ((1, None), (2, AT)):
            insert(
                connection,
                "evidence",
                id=number,
                library_id=1,
                number=number,
                kind="document",
                title=f"Bilag {number}",
                language="da",
                added_at=AT,
                withdrawn_at=withdrawn,
                revision=1,
            )
        for evidence, ordinal in ((1, 1), (1, 2), (2, 1)):
            insert(
                connection,
                "version",
                library_id=1,
                evidence_id=evidence,
                ordinal=ordinal,
                media_type="text/plain",
                file_name=f"bilag-{ordinal}.txt",
                original_sha256=DIGEST,
                rendition_sha256=DIGEST,
                thumbnail_state="none",
                added_at=AT,
            )


def test_evidence_of_before_stands_and_nothing_was_found_in_it(address: str, tmp_path: Path) -> None:
    engine = open_database(address)
    upgrade(engine, BEFORE)
    fill(engine)
    upgrade(engine)
    check_schema(engine)
    engine.dispose()
    place = Workplace.open(Settings(database=address, store=f"file:{tmp_path}/store"))
    with place.writing(SYSTEM, 1) as work:
        evidence = queries.get(work, 1)
        assert (evidence.stands, queries.get(work, 2).stands) == (True, False)
        assert counting.counts(work).evidence == 1
        for version in evidence.versions:
            assert (version.findings, version.wanted, version.quarantined) == ([], [], False)
            assert (version.scan_state, version.scan_attempt, version.original_type) == ("none", 0, "")
        assert queries.version(evidence, 2).file_name == "bilag-2.txt"
        assert len(list(integrity.faults(work))) == 3  # each row names bytes that this test never stored
    place.engine.dispose()
