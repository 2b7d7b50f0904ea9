"""Rows as plain lines of JSON, the same for both databases: what one wrote the other can read.

Tables are taken from the database itself and not from the models, so that rows of an older schema can be read and
written too. Moments are in UTC, decimals are text.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import ReflectedForeignKeyConstraint

NO_ROWS = "alembic_version"  # the schema's revision is told by whoever keeps the rows
SEARCH = "fts_"  # beginning of the names of SQLite's full text tables, which triggers fill
BATCH = 500

Row = dict[str, Any]


def tables(connection: sa.Connection) -> list[sa.Table]:
    """Return all tables, those first that others refer to."""
    inspector, metadata = sa.inspect(connection), sa.MetaData()
    keys, references = inspector.get_multi_pk_constraint(), inspector.get_multi_foreign_keys()
    for place, columns in inspector.get_multi_columns().items():
        sa.Table(
            place[1],
            metadata,
            *(sa.Column(column["name"], column["type"], nullable=column["nullable"]) for column in columns),
            sa.PrimaryKeyConstraint(*keys[place]["constrained_columns"]),
            *(_reference(reference) for reference in references[place]),
        )
    found = [table for table in metadata.sorted_tables if table.name != NO_ROWS and not table.name.startswith(SEARCH)]
    for table in found:
        for column in table.columns:
            if isinstance(column.type, sa.JSON):
                column.type = sa.JSON(none_as_null=bool(column.nullable))
    return found


def _reference(found: ReflectedForeignKeyConstraint) -> sa.ForeignKeyConstraint:
    others = [f"{found['referred_table']}.{column}" for column in found["referred_columns"]]
    return sa.ForeignKeyConstraint(found["constrained_columns"], others)


def names(connection: sa.Connection) -> list[str]:
    """Return the names of all tables: a small part of the work of reading what they look like."""
    found = sa.inspect(connection).get_table_names()
    return [name for name in found if name != NO_ROWS and not name.startswith(SEARCH)]


def count(connection: sa.Connection, name: str) -> int:
    """Return how many rows a table has."""
    return connection.scalar(sa.select(sa.func.count()).select_from(sa.table(name))) or 0


def lines(connection: sa.Connection, table: sa.Table) -> Iterator[bytes]:
    """Yield each row as a line, in the order of the primary key."""
    rows = sa.select(table).order_by(*table.primary_key.columns)
    for row in connection.execution_options(yield_per=BATCH).execute(rows).mappings():
        plain = {name: _plain(value) for name, value in row.items()}
        yield json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def clear(connection: sa.Connection, found: Sequence[sa.Table]) -> None:
    """Take all rows away, those that a migration has made. The tables come as ``tables`` gives them."""
    for table in reversed(found):
        connection.execute(sa.delete(table))


def load(connection: sa.Connection, table: sa.Table, written: Iterable[bytes]) -> int:
    """Add rows from lines; return how many. Raises ValueError for a line that is no row of this table."""
    readers = {column.name: _reader(column.type, connection.dialect.name) for column in table.columns}
    rows, added = (_row(line, readers) for line in written), 0
    while batch := list(islice(rows, BATCH)):
        connection.execute(sa.insert(table), batch)
        added += len(batch)
    _go_on_counting(connection, table)
    return added


def _row(line: bytes, readers: dict[str, Callable[[Any], Any]]) -> Row:
    plain = json.loads(line)
    if plain.keys() != readers.keys():
        raise ValueError(f"a row with the columns {sorted(plain)}, expected {sorted(readers)}")
    return {name: None if value is None else readers[name](value) for name, value in plain.items()}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    return value


def _reader(kind: sa.types.TypeEngine[Any], dialect: str) -> Callable[[Any], Any]:
    """Return what turns a plain value into one of a column."""
    if isinstance(kind, sa.DateTime):
        return _local_moment if dialect == "sqlite" else datetime.fromisoformat
    if isinstance(kind, sa.Date):
        return date.fromisoformat
    if isinstance(kind, sa.Numeric) and kind.asdecimal:
        return Decimal
    return lambda value: value


def _local_moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)


def _go_on_counting(connection: sa.Connection, table: sa.Table) -> None:
    """Let PostgreSQL hand out keys after the last one; SQLite does by itself."""
    keys = list(table.primary_key.columns)
    if connection.dialect.name != "postgresql" or len(keys) != 1 or not isinstance(keys[0].type, sa.Integer):
        return
    name = connection.dialect.identifier_preparer.quote(table.name)
    sequence = connection.scalar(sa.select(sa.func.pg_get_serial_sequence(name, keys[0].name)))
    last = connection.scalar(sa.select(sa.func.max(keys[0])))
    if sequence is not None and last is not None:
        connection.execute(sa.select(sa.func.setval(sequence, last)))
