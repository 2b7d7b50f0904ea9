"""Rows that ask for work outside a transaction: how an attempt begins and ends, and is owed again when it was lost.

The attempt is a fence: what an earlier one brings is dropped. The row says what is owed; a job only brings it sooner.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from sdg_tracker.work import Work

log = logging.getLogger(__name__)
LOST = 20  # attempts that never came back; what kills its worker must not do so for ever


class Progress(StrEnum):
    """How far a piece of work is that a row asks for."""

    QUEUED = "queued"
    WORKING = "working"
    READY = "ready"
    FAILED = "failed"


OPEN = (Progress.QUEUED.value, Progress.WORKING.value)


class Attempted:
    """The columns of a row that asks for one piece of work."""

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(sa.String(10), default=Progress.QUEUED.value)
    attempt: Mapped[int] = mapped_column(default=0)
    beat: Mapped[datetime | None]  # when the last attempt began, or ended


R = TypeVar("R")


@dataclass(frozen=True)
class Attempts(Generic[R]):
    """The attempts of one kind of row: the job that brings them, its columns, and the words that stand in its state."""

    kind: type[R]
    job: str
    owed: str = Progress.QUEUED.value
    working: str = Progress.WORKING.value
    failed: str = Progress.FAILED.value
    key: str = "id"  # the column by which the job names a row
    prefix: str = ""  # of state, attempt and beat, where a row asks for several pieces of work
    since: str = ""  # the column that stands in for the beat before the first attempt; without one it is owed at once
    lost: int | None = LOST  # None: it is tried for ever

    def claim(self, work: Work, key: int, attempt: int, given_up: Callable[[R], None] | None = None) -> R | None:
        """Begin the attempt after ``attempt``; None when another has begun, nothing is owed, or it was lost too often.

        ``given_up`` is told of a row that was lost too often, and has failed.
        """
        row = self._locked(work, key)
        if row is None or self._of(row, "attempt") != attempt or self._of(row, "state") not in self._open:
            return None
        if self.lost is not None and attempt >= self.lost:
            self._set(row, state=self.failed)
            log.error("%s %s is given up: %s attempts were lost", self.job, key, attempt)
            if given_up is not None:
                given_up(row)
            return None
        self._set(row, state=self.working, attempt=attempt + 1, beat=work.at)
        return row

    def held(self, work: Work, key: int, attempt: int) -> R | None:
        """Return the row of an attempt that ends now; None when another has begun meanwhile."""
        row = self._locked(work, key)
        if row is None or (self._of(row, "state"), self._of(row, "attempt")) != (self.working, attempt):
            log.info("%s %s, attempt %s: another attempt has begun", self.job, key, attempt)
            return None
        self._set(row, beat=work.at)
        return row

    def miss(self, row: R, most: int) -> bool:
        """Note that an attempt failed: it is owed again, or given up after ``most`` attempts; return whether it is."""
        attempt = self._of(row, "attempt")
        given_up = bool(attempt >= most)
        self._set(row, state=self.failed if given_up else self.owed)
        if given_up:
            log.error("%s %s is given up after %s attempts", self.job, self._of_key(row), attempt)
        return given_up

    def owe(self, work: Work, row: R) -> None:
        """Owe the next attempt at a row."""
        work.owe(self.job, work.library.id, self._of_key(row), self._of(row, "attempt"))

    def unfinished(self) -> sa.Select[int, int]:
        """Return what selects key and attempt of all that is not done, the oldest row first."""
        columns = (getattr(self.kind, self.key), self._column("attempt"))
        return sa.select(*columns).where(self._column("state").in_(self._open)).order_by(self._column("id", own=False))

    def owe_lost(self, work: Work, patience: timedelta, *, at_start: bool, most: int | None = None) -> None:
        """Owe again what was lost: at a worker's start all, later ``most`` of what has waited or worked too long."""
        rows = self.unfinished()
        if not at_start:
            beat, before = self._column("beat"), work.at - patience
            waited = sa.or_(beat.is_(None), beat < before)
            if self.since:
                waited = sa.func.coalesce(beat, getattr(self.kind, self.since)) < before
            rows = rows.where(waited).limit(most)
        for key, attempt in work.session.execute(rows):
            work.owe(self.job, work.library.id, key, attempt)

    def owe_in_turn(self, work: Work, pause: Callable[[R], timedelta], *, at_start: bool) -> None:
        """Owe again what was lost, where each row says how long it waits."""
        open_ones = sa.select(self.kind).where(self._column("state").in_(self._open))
        for row in work.session.scalars(open_ones.order_by(self._column("id", own=False))):
            since = self._of(row, "beat") or getattr(row, self.since)
            if at_start or since <= work.at - pause(row):
                self.owe(work, row)

    @property
    def _open(self) -> tuple[str, str]:
        return (self.owed, self.working)

    def _locked(self, work: Work, key: int) -> R | None:
        rows = sa.select(self.kind).where(getattr(self.kind, self.key) == key)
        return work.session.scalars(rows.with_for_update()).one_or_none()

    def _column(self, name: str, *, own: bool = True) -> Any:
        return getattr(self.kind, self.prefix + name if own else name)

    def _of(self, row: R, name: str) -> Any:
        return getattr(row, self.prefix + name)

    def _of_key(self, row: R) -> int:
        return int(getattr(row, self.key))

    def _set(self, row: R, **values: object) -> None:
        for name, value in values.items():
            setattr(row, self.prefix + name, value)
