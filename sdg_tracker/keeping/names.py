"""Which rows name which blobs. Every part that keeps bytes registers where it writes down their digests."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from sdg_tracker.foundation.errors import Conflict, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.work import Work


@dataclass(frozen=True)
class Named:
    """Somewhere a blob is named: the kind of thing, its number in the library, and which of its files."""

    subject: str  # such as "evidence"
    number: int
    file: str  # such as "version 1 original"

    def __str__(self) -> str:
        return f"{self.subject} {self.number} {self.file}"


OUR_OWN = {("fixity", "sha256"), ("plan_version", "sha256")}  # digests that name nothing kept: a plan's is of its row
words(
    {
        "names-incomplete": lazy(
            "The column %(column)s of the table %(table)s names stored files, and this program does not look there."
        )
    }
)
Columns = tuple[Any, Any]  # the columns of one table that hold a digest and a size


def _nothing(_work: Work) -> Iterable[tuple[str, int]]:
    return ()


@dataclass(frozen=True)
class Source:
    """A part's rows that name blobs: their columns, where a digest is named, and what is named in the blobs alone.

    ``passing`` are columns that name bytes on their way: no sweep takes them, nobody watches them or backs them up.
    """

    columns: Sequence[Columns]
    naming: Callable[[Work, str], list[Named]]
    inside: Callable[[Work], Iterable[tuple[str, int]]] = _nothing
    passing: Sequence[Columns] = ()


_sources: dict[str, Source] = {}


def register(part: str, source: Source) -> None:
    """Say where a part names blobs. Raises ValueError when it has said so."""
    if part in _sources:
        raise ValueError(f"{part} has registered already")
    _sources[part] = source


def columns() -> list[Columns]:
    """Return the columns of all parts that name what is kept."""
    return [pair for source in _sources.values() for pair in source.columns]


def _passing() -> list[Columns]:
    return [pair for source in _sources.values() for pair in source.passing]


def check_complete(work: Work) -> None:
    """Raise Conflict when the database has a column of digests that nobody has registered: its blobs would look loose.

    Such columns are called ``…sha256`` or ``fingerprint``.
    """
    known = {(digest.class_.__tablename__, digest.key) for digest, _size in [*columns(), *_passing()]}
    known |= OUR_OWN
    database = sa.inspect(work.session.connection())
    for table in database.get_table_names():
        for column in database.get_columns(table):
            name = column["name"]
            if name.endswith(("sha256", "fingerprint")) and (table, name) not in known:
                raise Conflict("names-incomplete", table=table, column=name)


def naming(work: Work, sha256: str) -> list[Named]:
    """Return where the library names a blob, empty when it does not."""
    return [named for source in _sources.values() for named in source.naming(work, sha256)]


def elsewhere(work: Work, part: str) -> Collection[str]:
    """Return every blob of the library that other parts than this one name, in rows and inside of blobs."""
    found: set[str] = set()
    for name, source in _sources.items():
        if name != part:
            for sha256, _size in source.columns:
                found.update(work.session.scalars(sa.select(sha256).where(sha256.is_not(None))))
            found.update(sha256 for sha256, _size in source.inside(work))
    return found


def all_named(work: Work) -> Mapping[str, int]:
    """Return every blob that the library names, in rows and inside of blobs, with its size in bytes."""
    found = _in_rows(work, columns())
    for source in _sources.values():
        found.update(source.inside(work))
    return found


def all_passing(work: Work) -> Mapping[str, int]:
    """Return every blob of the library that is on its way to be named, with its size in bytes."""
    return _in_rows(work, _passing())


def _in_rows(work: Work, pairs: Iterable[Columns]) -> dict[str, int]:
    found: dict[str, int] = {}
    for sha256, size in pairs:
        rows = sa.select(sha256, size).where(sha256.is_not(None)).execution_options(yield_per=1000)
        found.update((digest, length or 0) for digest, length in work.session.execute(rows))
    return found
