"""Databases of a PostgreSQL server for tests: used again once they are as new, for making one takes a while."""

import itertools
import os
from dataclasses import dataclass, field

import psycopg

_numbers = itertools.count(1)
TEMPLATE = "template_sdg"
TABLES = "SELECT quote_ident(relname) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
SCHEMA = "SELECT count(*), max(xmin::text::bigint) FROM pg_class WHERE relnamespace = 'public'::regnamespace"
OTHERS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
SEQUENCES = (
    "SELECT quote_ident(owner.relname), quote_ident(sequence.relname) FROM pg_class sequence "
    "JOIN pg_depend ON objid = sequence.oid AND deptype IN ('a', 'i') JOIN pg_class owner ON owner.oid = refobjid "
    "WHERE sequence.relkind = 'S'"
)

State = list[tuple[object, ...]]


def address_of(server: str, name: str) -> str:
    """Return the address of one of a server's databases."""
    address, _, query = server.partition("?")
    return f"{address.rpartition('/')[0]}/{name}?{query}"


def execute(address: str, statement: str) -> None:
    """Run a statement outside a transaction."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(statement.encode())


@dataclass
class Pool:
    """The databases of one server. ``template_sdg`` has schema and reference data."""

    server: str
    free: list[str] = field(default_factory=list)
    filled: list[str] = field(default_factory=list)  # tables that hold reference data
    fresh: State = field(default_factory=list)  # what shows that nobody changed these, nor the schema
    wipe: bytes = b""  # what empties all others
    open: dict[str, psycopg.Connection] = field(default_factory=dict)  # for a new one learns all tables anew

    def take(self) -> str:
        """Return the name of a database that is as new."""
        if self.free:
            return self.free.pop()
        name = f"sdg_{os.getpid()}_{next(_numbers)}"
        execute(self.server, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        if not self.fresh:
            with psycopg.connect(address_of(self.server, name), autocommit=True) as connection:
                tables = [str(row[0]) for row in _rows(connection, TABLES)]
                self.filled = [table for table in tables if _rows(connection, f"SELECT 1 FROM {table} LIMIT 1")]
                self.fresh = self._state(connection)
                wiped = sorted(set(tables) - set(self.filled))
                sequences = [sequence for table, sequence in _rows(connection, SEQUENCES) if table in wiped]
                begins = [f"SELECT setval('{sequence}', 1, false)" for sequence in sequences]  # restarting is a change
                statements = [*(f"DELETE FROM {table}" for table in wiped), *begins]
                self.wipe = ";".join(["SET session_replication_role = replica", *statements]).encode()
        return name

    def give_back(self, name: str) -> None:
        """Empty a database to be used again; drop it when a test changed what all share."""
        if name not in self.open:
            self.open[name] = psycopg.connect(address_of(self.server, name), autocommit=True)
        connection = self.open[name]
        _rows(connection, OTHERS)
        if self._state(connection) != self.fresh:
            self.open.pop(name).close()
            execute(self.server, f"DROP DATABASE {name} WITH (FORCE)")
            return
        connection.execute(self.wipe)
        self.free.append(name)

    def close(self) -> None:
        """Close what was kept open."""
        for connection in self.open.values():
            connection.close()

    def _state(self, connection: psycopg.Connection) -> State:
        counted = (f"SELECT '{table}', count(*), max(xmin::text::bigint) FROM {table}" for table in self.filled)
        return [*_rows(connection, SCHEMA), *_rows(connection, " UNION ALL ".join(counted))]


def _rows(connection: psycopg.Connection, query: str) -> State:
    return list(connection.execute(query.encode()))
