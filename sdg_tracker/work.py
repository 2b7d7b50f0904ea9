"""One unit of work: a session, the blobs, who acts, when, and in which library. Every service's first argument."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import TypeVar, cast
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import (
    Mapped,
    ORMExecuteState,
    Session,
    SessionTransaction,
    declared_attr,
    mapped_column,
    with_loader_criteria,
)
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.sql.base import ExecutableOption

from sdg_tracker import access
from sdg_tracker.access import Actor, Permission
from sdg_tracker.foundation.blobs import Blobs, open_store
from sdg_tracker.foundation.db import Base, Editable, open_database, reader, writer
from sdg_tracker.foundation.errors import Conflict
from sdg_tracker.foundation.settings import Settings

T = TypeVar("T")
Job = tuple[str, tuple[int, ...]]
Sums = dict[tuple[int, str], tuple[int, object]]  # (library, name of the sum) -> (length of the trail, what was found)


class Library(Editable, Base):
    """A public library service. Its row holds what must be handed out one at a time: numbers and the trail's head."""

    __tablename__ = "library"
    __table_args__ = (sa.CheckConstraint("slug <> ''", name="slug_not_empty"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(60), unique=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    name_en: Mapped[str] = mapped_column(sa.String(200), default="")
    timezone: Mapped[str] = mapped_column(sa.String(60), default="Europe/Copenhagen")
    strategy: Mapped[str | None] = mapped_column(sa.String(60))  # slug of the strategy that its activities serve
    own_review: Mapped[bool] = mapped_column(default=False)  # who adds evidence may accept it too
    disposal_months: Mapped[int | None]  # how long withdrawn evidence is kept at least; None: for ever
    numbers: Mapped[dict[str, int]] = mapped_column(sa.JSON, default=dict)  # kind -> the last number given
    trail_length: Mapped[int] = mapped_column(default=0)
    trail_head: Mapped[str] = mapped_column(
        sa.String(64), default=""
    )  # digest of the last event, empty before the first


class LibraryOwned:
    """A row of one library. The session adds the filter to every query and the key to every new row."""

    @declared_attr
    def library_id(cls) -> Mapped[int]:  # noqa: N805 - a declared attribute belongs to the class
        """Return the column that names the library.

        It has no index of its own: every table has a better one, and SQLite, which keeps no statistics unless told
        to, would take this one for everything and read all rows of the library.
        """
        return mapped_column(sa.ForeignKey("library.id"))


class LibraryShared:
    """A row that all libraries share (without a library), or that is one library's own: queries find both kinds."""

    @declared_attr
    def library_id(cls) -> Mapped[int | None]:  # noqa: N805 - a declared attribute belongs to the class
        """Return the column that names the library; None: it is everybody's."""
        return mapped_column(sa.ForeignKey("library.id"))


def owned_by(column: str, table: str) -> sa.ForeignKeyConstraint:
    """Return a foreign key that can't lead into another library."""
    return sa.ForeignKeyConstraint(["library_id", column], [f"{table}.library_id", f"{table}.id"])


def owned_key() -> sa.UniqueConstraint:
    """Return the key that ``owned_by`` refers to."""
    return sa.UniqueConstraint("library_id", "id")


@event.listens_for(Session, "do_orm_execute")
def _only_this_library(state: ORMExecuteState) -> None:
    if state.is_column_load or state.is_relationship_load:
        return
    state.statement = state.statement.options(*_criteria(state.session.info.get("library_id")))


@lru_cache(maxsize=1000)
def _criteria(library_id: int | None) -> tuple[ExecutableOption, ...]:
    """Return what limits a statement to a library: made once, for every statement needs it."""
    return (
        with_loader_criteria(LibraryOwned, lambda cls: cls.library_id == library_id, include_aliases=True),
        with_loader_criteria(
            LibraryShared,
            lambda cls: sa.or_(cls.library_id.is_(None), cls.library_id == library_id),
            include_aliases=True,
        ),
    )


@event.listens_for(Session, "before_flush")
def _fill_library(session: Session, _context: object, _instances: object) -> None:
    library_id = session.info.get("library_id")
    for row in session.new:
        if isinstance(row, LibraryOwned):
            found: int | None = row.library_id
            if found is None and library_id is not None:
                row.library_id = library_id
            elif found != library_id or library_id is None:
                raise ValueError(
                    f"{type(row).__name__} of library {row.library_id} in the work of library {library_id}"
                )
        elif isinstance(row, LibraryShared) and row.library_id not in (None, library_id):
            raise ValueError(f"{type(row).__name__} of library {row.library_id} in the work of library {library_id}")


@dataclass
class Work:
    """What a service needs, for one step. ``at`` is one moment for everything that belongs to the step."""

    session: Session
    blobs: Blobs
    actor: Actor
    at: datetime
    settings: Settings
    owed: list[Job] = field(default_factory=list)
    _library: Library | None = None
    _sums: Sums | None = None  # absent in work that writes
    _held: SessionTransaction | None = None  # in which the library's row is held

    @property
    def library(self) -> Library:
        """Return the library. Raises LookupError in work that belongs to none."""
        if self._library is None:
            raise LookupError("this work belongs to no library")
        return self._library

    def enter(self, library: Library) -> None:
        """Go on in a library that this step has made. Raises ValueError in work that belongs to one already."""
        if self._library is not None:
            raise ValueError(f"this work belongs to the library {self._library.slug}")
        self._library = library
        self.session.info["library_id"] = library.id

    @property
    def today(self) -> date:
        """Return the day in the library's time zone."""
        return self.day_of(self.at)

    def day_of(self, at: datetime) -> date:
        """Return the day that a moment is of in the library's time zone."""
        return at.astimezone(ZoneInfo(self.library.timezone)).date()

    def can(self, permission: Permission, record: object = None) -> bool:
        """Return whether the actor may."""
        return access.allowed(self.actor, permission, record)

    def require(self, permission: Permission, record: object = None) -> None:
        """Raise Forbidden unless the actor may."""
        access.require(self.actor, permission, record)

    def summed(self, name: str, compute: Callable[[], T]) -> T:
        """Return what ``compute`` finds, kept from one reading step to the next until the library's trail grows.

        For counts of the library's own rows only: each change of those is an event, so the trail tells when they are
        old. Steps that write compute anew.
        """
        if self._sums is None:
            return compute()
        key, length = (self.library.id, name), self.library.trail_length
        kept = self._sums.get(key)
        if kept is None or kept[0] != length:
            kept = self._sums[key] = (length, compute())
        return cast("T", kept[1])

    def owe(self, job: str, *arguments: int) -> None:
        """Note a job that is queued once this step is committed."""
        self.owed.append((job, arguments))

    def lock_library(self) -> Library:
        """Hold the library's row until the end of the step, with its newest values; on SQLite the writer holds all."""
        library, step = self.library, self.session.get_transaction()
        if (step is None or step is not self._held) and library not in self.session.dirty:
            self.session.refresh(library, with_for_update=True)
            self._held = self.session.get_transaction()
        return library

    def next_number(self, kind: str) -> int:
        """Hand out the next number of a kind, counted from 1 in the library and never used again."""
        library = self.lock_library()
        number = library.numbers.get(kind, 0) + 1
        library.numbers = {**library.numbers, kind: number}
        return number


@dataclass
class Workplace:
    """All that lasts longer than a step: settings, database, store, and where owed jobs go."""

    settings: Settings
    engine: sa.Engine
    blobs: Blobs
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    enqueue: Callable[[Sequence[Job]], None] = lambda _jobs: None
    sums: Sums = field(default_factory=dict)

    @classmethod
    def open(cls, settings: Settings) -> "Workplace":
        """Return the workplace that the settings describe."""
        return cls(settings, open_database(settings.database), open_store(settings.store, **settings.s3))

    def begin(self, actor: Actor, library_id: int | None, *, writes: bool) -> Work:
        """Begin a step. The caller ends it with ``commit`` or ``close``."""
        session = Session(writer(self.engine) if writes else reader(self.engine), expire_on_commit=False)
        session.info["library_id"] = library_id
        try:
            library = session.get(Library, library_id) if library_id is not None else None
        except BaseException:
            session.close()
            raise
        sums = None if writes else self.sums
        return Work(session, self.blobs, actor, self.clock(), self.settings, _library=library, _sums=sums)

    def commit(self, work: Work) -> None:
        """End a step and queue what it owes. Raises Conflict when somebody else changed a row first."""
        try:
            work.session.commit()
        except StaleDataError as error:
            raise Conflict("changed-meanwhile") from error
        finally:
            work.session.close()
            self.sums.clear()
        if work.owed:
            self.enqueue(work.owed)

    @contextmanager
    def reading(self, actor: Actor, library_id: int | None = None) -> Iterator[Work]:
        """Give work that can only read."""
        work = self.begin(actor, library_id if library_id is not None else actor.library_id, writes=False)
        try:
            yield work
        finally:
            work.session.close()

    @contextmanager
    def on(self, connection: sa.Connection, actor: Actor, library_id: int | None = None) -> Iterator[Work]:
        """Give work that reads on a connection whose transaction lasts longer than the work."""
        session = Session(connection, expire_on_commit=False, autoflush=False)
        session.info["library_id"] = library_id
        try:
            library = session.get(Library, library_id) if library_id is not None else None
            yield Work(session, self.blobs, actor, self.clock(), self.settings, _library=library)
        finally:
            session.close()

    @contextmanager
    def writing(self, actor: Actor, library_id: int | None = None) -> Iterator[Work]:
        """Give work that is committed at the end and undone on an error."""
        work = self.begin(actor, library_id if library_id is not None else actor.library_id, writes=True)
        try:
            yield work
        except StaleDataError as error:
            raise Conflict("changed-meanwhile") from error
        except BaseException:
            work.session.rollback()
            raise
        else:
            self.commit(work)
        finally:
            work.session.close()


def check_revision(row: Editable, seen: int | None) -> None:
    """Raise Conflict when the row was changed since revision ``seen`` was shown; None asks nothing."""
    if seen is not None and row.revision != seen:
        raise Conflict("changed-meanwhile", revision=row.revision)
