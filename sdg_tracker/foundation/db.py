"""The database: SQLite or PostgreSQL behind one set of types and habits."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.orm import DeclarativeBase, Mapped, Mapper, mapped_column

from sdg_tracker.foundation.errors import Conflict, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.foundation.resources import resource_dir

if TYPE_CHECKING:
    from alembic.config import Config

VERSION = sa.table("alembic_version", sa.column("version_num"))

words(
    {
        "schema-other": lazy(
            "The database has schema %(found)s, this program needs %(needed)s. Run: sdg-tracker upgrade"
        ),
        "schema-none": lazy("The database is empty. Run: sdg-tracker init"),
    }
)


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """A moment, always aware and in UTC; a naive value is refused with ValueError."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Give the database UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment without its time zone: {value}")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002
        """Give the program UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """What all tables share: names of constraints, and how Python types are kept."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {
        datetime: UtcDateTime,
        dict[str, Any]: sa.JSON,
        dict[str, int]: sa.JSON,
        list[str]: sa.JSON,
        Decimal: sa.Numeric(18, 4),
    }


@event.listens_for(Mapper, "before_configured", once=True)
def _know_all() -> None:
    """Load the models of all parts before the first is used: they name one another, whichever a process has loaded."""
    import_module("sdg_tracker.models")


class Editable:
    """A row that two people may edit: ``revision`` rises with each change and is checked when one is saved."""

    revision: Mapped[int] = mapped_column(default=1)
    __mapper_args__: Any = {"version_id_col": revision}  # noqa: RUF012 - the name that SQLAlchemy asks for


def open_database(url: str) -> sa.Engine:
    """Return the engine; transactions that will write come from ``writer(engine)``."""
    address = make_url(url)
    if address.get_backend_name() == "postgresql":
        return sa.create_engine(address.set(drivername="postgresql+psycopg"), pool_pre_ping=True)
    if address.database and address.database != ":memory:":
        Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(address, connect_args={"timeout": 30, "isolation_level": None})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def writer(engine: sa.Engine) -> sa.Engine:
    """Return the same database for a transaction that writes: on SQLite it takes the lock at once."""
    return engine.execution_options(writes=True)


def reader(engine: sa.Engine) -> sa.Engine:
    """Return the same database for a transaction that can only read."""
    return engine.execution_options(postgresql_readonly=True) if engine.dialect.name == "postgresql" else engine


@contextmanager
def frozen(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Give a connection that reads, and to whose eyes nothing changes while the block lasts."""
    options = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}
    with reader(engine).connect().execution_options(**options) as connection, connection.begin():
        connection.scalar(sa.select(1).select_from(sa.table("sqlite_master")) if not options else sa.select(1))
        yield connection


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql(f"PRAGMA query_only={0 if writes else 1}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def alembic_config(engine: sa.Engine) -> "Config":
    """Return Alembic's settings for this database."""
    from alembic.config import Config  # noqa: PLC0415 - only those who migrate pay for it

    config = Config()
    config.set_main_option("script_location", str(resource_dir("migrations")))
    config.attributes["engine"] = engine
    return config


def upgrade(engine: sa.Engine, revision: str = "head") -> None:
    """Bring the database to the newest schema, or to one revision."""
    if schema_found(engine) == (schema_needed() if revision == "head" else revision):
        return
    from alembic import command  # noqa: PLC0415 - only those who migrate pay for it

    command.upgrade(alembic_config(engine), revision)


def schema_found(engine: sa.Engine) -> str | None:
    """Return the revision that the database has, None when it is empty."""
    with reader(engine).connect() as connection:
        if not sa.inspect(connection).has_table(VERSION.name):
            return None
        return connection.scalar(sa.select(VERSION.c.version_num))


def schema_needed() -> str:
    """Return the revision that this program needs."""
    return max(_schemas())


def knows_schema(revision: str) -> bool:
    """Return whether this program has a migration of this name."""
    return revision in _schemas()


def _schemas() -> list[str]:
    """Return the revisions of this program: the name of each file begins with its own, and they stand in order."""
    paths = (resource_dir("migrations") / "versions").glob("[0-9]*.py")
    return [path.name.partition("_")[0] for path in paths]


def check_schema(engine: sa.Engine) -> None:
    """Raise Conflict when the database has another schema than the program needs."""
    found, needed = schema_found(engine), schema_needed()
    if found is None:
        raise Conflict("schema-none")
    if found != needed:
        raise Conflict("schema-other", found=found, needed=needed)
