"""Rows as lines are the same on both engines, and a database that is filled at an older schema is migrated."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from sdg_tracker import installation
from sdg_tracker.access import Role
from sdg_tracker.foundation import rows
from sdg_tracker.foundation.db import alembic_config, frozen, open_database, upgrade, writer
from sdg_tracker.foundation.documents import canonical
from sdg_tracker.foundation.settings import Settings
from sdg_tracker.work import Workplace
from tests.factories import Factories

OLDEST = "0003"  # databases of this schema are in use


def revisions() -> list[str]:
    """Return every revision that databases in use may have, the oldest first."""
    engine = open_database("sqlite://")
    script = ScriptDirectory.from_config(alembic_config(engine))
    engine.dispose()
    return [found.revision for found in reversed(list(script.walk_revisions())) if found.revision >= OLDEST]


@pytest.fixture
def elsewhere(empty_database: Callable[[str], str], engine_name: str, tmp_path: Path) -> Iterator[Workplace]:
    place = Workplace.open(Settings(database=empty_database(engine_name), store=f"file:{tmp_path}/store"))
    yield place
    place.engine.dispose()


def test_a_database_filled_at_an_older_schema_is_migrated_with_all_its_rows(
    workplace: Workplace, make: Factories, elsewhere: Workplace
) -> None:
    """Go through the revisions one by one, and at each fill the tables that it made: so each is upgraded with rows."""
    library = make.library("Demoby")
    make.member(library, Role.COORDINATOR)
    make.branch(library)
    make.cycle(library)
    make.evidence(library, activity=make.activity(library, "Byttedag", "12.5", "13"))
    make.auditor_access(make.edition(library))
    added: dict[str, int] = {}
    with frozen(workplace.engine) as source:
        here = {table.name: table for table in rows.tables(source)}
        for revision in revisions():
            upgrade(elsewhere.engine, revision)
            with writer(elsewhere.engine).begin() as target:
                empty = {name for name in rows.names(target) if name not in added and rows.count(target, name) == 0}
                made = rows.tables(target) if empty else []  # what is not empty the migration has filled
                for table in (table for table in made if table.name in empty):
                    columns = {column.name for column in table.columns}
                    now = (json.loads(line) for line in rows.lines(source, here[table.name]))
                    then = (canonical({key: row[key] for key in row.keys() & columns}) for row in now)
                    added[table.name] = rows.load(target, table, then)
    assert {"activity", "mapping", "evidence", "version", "edition", "artefact", "user"} <= {
        name for name, count in added.items() if count
    }
    upgrade(elsewhere.engine)
    with frozen(elsewhere.engine) as connection:
        found = {name: rows.count(connection, name) for name in rows.names(connection)}
    assert {name: found[name] for name in added} == added
    assert not [fault for fault in installation.faults(elsewhere) if "an event that froze it" not in fault]


def test_a_line_that_is_no_row_of_the_table_is_refused(workplace: Workplace) -> None:
    with writer(workplace.engine).connect() as connection:
        [table] = [table for table in rows.tables(connection) if table.name == "attempt"]
        with pytest.raises(ValueError, match="columns"):
            rows.load(connection, table, [b'{"id": 1, "key": "x", "strange": 2}'])
        connection.rollback()
