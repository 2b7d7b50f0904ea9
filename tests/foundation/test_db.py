"""Moments, migrations, and the schema that a program refuses."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory

from sdg_tracker.access import SYSTEM
from sdg_tracker.accounts.models import User
from sdg_tracker.foundation.db import (
    alembic_config,
    check_schema,
    knows_schema,
    open_database,
    schema_found,
    schema_needed,
    upgrade,
    writer,
)
from sdg_tracker.foundation.errors import Conflict
from sdg_tracker.work import Workplace


def test_a_moment_comes_back_in_utc_and_a_naive_one_is_refused(workplace: Workplace) -> None:
    moment = datetime(2026, 7, 1, 12, 0, tzinfo=timezone(timedelta(hours=2)))
    with workplace.writing(SYSTEM) as work:
        work.session.add(User(email="a@example.org", added_at=moment))
    with workplace.reading(SYSTEM) as work:
        assert work.session.scalars(sa.select(User)).one().added_at == datetime(2026, 7, 1, 10, 0, tzinfo=UTC)
    with pytest.raises(sa.exc.StatementError, match="time zone"), workplace.writing(SYSTEM) as work:
        work.session.add(User(email="b@example.org", added_at=datetime(2026, 7, 1)))  # noqa: DTZ001
        work.session.flush()


def test_an_empty_database_and_another_schema_are_refused(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path}/new.sqlite")
    with pytest.raises(Conflict) as caught:
        check_schema(engine)
    assert caught.value.code == "schema-none"
    upgrade(engine)
    check_schema(engine)
    with writer(engine).begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(Conflict) as caught:
        check_schema(engine)
    assert caught.value.code == "schema-other"
    assert schema_found(engine) == "9999"
    engine.dispose()


def test_the_names_of_migrations_tell_what_alembic_finds_in_them() -> None:
    engine = open_database("sqlite://")
    scripts = ScriptDirectory.from_config(alembic_config(engine))
    revisions = {script.revision for script in scripts.walk_revisions()}
    assert schema_needed() == scripts.get_current_head()
    assert [revision for revision in revisions if not knows_schema(revision)] == []
    assert not any(map(knows_schema, ("", "9999", max(revisions)[:-1])))
    engine.dispose()


def test_upgrading_twice_is_harmless(workplace: Workplace) -> None:
    before = schema_found(workplace.engine)
    upgrade(workplace.engine)
    assert schema_found(workplace.engine) == before


def test_a_key_into_another_library_is_refused_by_the_database(workplace: Workplace) -> None:
    """The composite foreign key holds even for a statement that goes round the session."""
    with writer(workplace.engine).begin() as connection:
        for number in (1, 2):
            connection.exec_driver_sql(
                "INSERT INTO library (id, slug, name, name_en, timezone, numbers, trail_length, trail_head, revision) "
                f"VALUES ({number}, 'l{number}', 'L', '', 'UTC', '{{}}', 0, '', 1)"
            )
        connection.exec_driver_sql(
            "INSERT INTO branch (id, library_id, code, name, name_en, position, revision) "
            "VALUES (1, 1, 'b', 'B', '', 0, 1)"
        )
        connection.exec_driver_sql(
            "INSERT INTO activity (id, library_id, number, title, description, language, type, status, audiences, "
            "strategy_actions, source_library, source_url, added_at, withdrawn_reason, sort_key, search_text, "
            "revision) "
            "VALUES (1, 2, 1, 'A', '', 'da', 'x', 'held', '[]', '[]', '', '', '2026-01-01 00:00', '', 'a', 'a', 1)"
        )
    with pytest.raises(sa.exc.IntegrityError), writer(workplace.engine).begin() as connection:
        connection.exec_driver_sql("INSERT INTO activity_branch (activity_id, branch_id, library_id) VALUES (1, 1, 2)")
