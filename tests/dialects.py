"""One dialect for all engines of a test run: a statement is compiled once, not once for each database."""

from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

KEPT = 10_000  # statements


class _One:
    """Makes one object of its class and gives it to everybody."""

    _made: Self | None = None
    _compiled: LRUCache[Any, Any]

    @classmethod
    def engine_created(cls, engine: sa.Engine) -> None:
        """Let an engine look where the others have put what they compiled."""
        engine._compiled_cache = cls._compiled

    def __new__(cls, **_options: Any) -> Self:
        if cls._made is None:
            cls._made = super().__new__(cls)
        return cls._made

    def __init__(self, **options: Any) -> None:
        if "begun" not in vars(self):
            super().__init__(**options)
            self.begun = True


class OneSqlite(_One, SQLiteDialect_pysqlite):
    """SQLite."""

    supports_statement_cache = True
    _compiled = LRUCache(KEPT)


class OnePsycopg(_One, PGDialect_psycopg):
    """PostgreSQL."""

    supports_statement_cache = True
    _compiled = LRUCache(KEPT)


def share() -> None:
    """Let all engines that are made from now on share their dialect, and with it what is compiled for it."""
    registry.register("sqlite", __name__, OneSqlite.__name__)
    registry.register("postgresql.psycopg", __name__, OnePsycopg.__name__)
