"""Alembic's environment: the engine comes from the caller, SQLite is changed in batches with its foreign keys off."""

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context

from sdg_tracker.foundation.db import UtcDateTime, writer
from sdg_tracker.models import metadata


def plain_type(kind: str, item: Any, _context: object) -> str | Literal[False]:
    """Render our own types as what the database keeps, so that a migration needs no code of the product."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


def ours(name: str | None, _kind: str, _parents: object) -> bool:
    """Return whether a thing in the database has a model: full-text indexes are written by migrations alone."""
    return not (name or "").startswith("fts_")


def switch_foreign_keys(connection: sa.Connection, state: str) -> None:
    """Switch SQLite's checks on the raw connection: inside a transaction it would have no effect."""
    raw: Any = connection.connection.driver_connection
    raw.execute(f"PRAGMA foreign_keys={state}")


def run(engine: sa.Engine) -> None:
    """Migrate. Raises sqlalchemy.exc.IntegrityError when SQLite finds a foreign key that leads nowhere."""
    sqlite = engine.dialect.name == "sqlite"
    with writer(engine).connect() as connection:
        if sqlite:
            switch_foreign_keys(connection, "OFF")
        context.configure(
            connection=connection,
            target_metadata=metadata,
            render_as_batch=sqlite,
            render_item=plain_type,
            include_name=ours,
            compare_type=True,
        )
        with connection.begin(), context.begin_transaction():
            context.run_migrations()
            if sqlite:
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
                if broken:
                    raise sa.exc.IntegrityError("PRAGMA foreign_key_check", {}, ValueError(str(broken)))
        if sqlite:
            switch_foreign_keys(connection, "ON")


run(context.config.attributes["engine"])
