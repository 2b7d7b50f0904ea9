"""What is known of stored files, and which are to be read next."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from sdg_tracker.keeping import names
from sdg_tracker.keeping.models import Backup, Fixity, Outcome, Result
from sdg_tracker.work import Work

DUE = timedelta(days=28)  # two days before it would be late
DUE_WHEN_ILL = timedelta(days=1)
MANY = 500  # keys in one question


@dataclass(frozen=True)
class Watch:
    """How the watch over all stored files stands."""

    files: int
    checked: int  # of them, at least once
    oldest: datetime | None  # the check that lies longest back
    faults: int  # files missing or changed when last read


@dataclass(frozen=True)
class Checked:
    """How some files were found that belong together."""

    at: datetime | None  # the oldest check, None while one is owed
    well: bool
    result: str  # the worst


def watch(work: Work) -> Watch:
    """Return how the watch stands, over all libraries."""
    ill = sa.func.count().filter(Fixity.result != Result.OK.value)
    counted = sa.select(sa.func.count(), sa.func.count(Fixity.checked_at), sa.func.min(Fixity.checked_at), ill)
    files, checked, oldest, faults = work.session.execute(counted.select_from(Fixity)).one()
    return Watch(files, checked, oldest, faults)


def last_backup(work: Work) -> Backup | None:
    """Return the last backup that has ended."""
    ended = sa.select(Backup).where(Backup.outcome != Outcome.RUNNING.value).order_by(Backup.id.desc())
    return work.session.scalars(ended.limit(1)).first()


def of(work: Work, digests: Collection[str]) -> Mapping[str, Fixity]:
    """Return the last check of each blob; those that no check is owed for are absent."""
    wanted, found = sorted(set(digests)), {}
    for start in range(0, len(wanted), MANY):
        rows = sa.select(Fixity).where(Fixity.sha256.in_(wanted[start : start + MANY]))
        found.update({row.sha256: row for row in work.session.scalars(rows)})
    return found


def together(checks: Mapping[str, Fixity], digests: Iterable[str]) -> Checked:
    """Return the checks of several files as one."""
    rows = [checks.get(sha256) for sha256 in digests]
    ill = [row.result for row in rows if row is not None and row.result not in (None, Result.OK.value)]
    moments = [None if row is None else row.checked_at for row in rows]
    known = [moment for moment in moments if moment is not None]
    return Checked(
        at=min(known) if len(known) == len(moments) else None,
        well=not ill,
        result=ill[0] or "" if ill else Result.OK.value,
    )


def due(work: Work, files: int, size: int) -> list[Fixity]:
    """Return which files are to be read again, the longest unread first: at most ``files``, about ``size`` bytes."""
    ill = sa.and_(Fixity.result != Result.OK.value, Fixity.checked_at < work.at - DUE_WHEN_ILL)
    waits = sa.or_(Fixity.checked_at.is_(None), Fixity.checked_at < work.at - DUE, ill)
    order = (Fixity.checked_at.is_not(None), Fixity.checked_at, Fixity.sha256)
    taken: list[Fixity] = []
    for row in work.session.scalars(sa.select(Fixity).where(waits).order_by(*order).limit(files)):
        if taken and sum(one.size for one in taken) + row.size > size:
            break
        taken.append(row)
    return taken


def unseen(work: Work, limit: int) -> Mapping[str, int]:
    """Return blobs that the library's rows name and that nobody watches yet, with their sizes; about ``limit``."""
    found: dict[str, int] = {}
    for sha256, size in names.columns():
        watched = sa.select(Fixity.sha256).where(Fixity.sha256 == sha256).exists()
        rows = sa.select(sha256, size).where(sha256.is_not(None), ~watched).limit(max(0, limit - len(found)))
        found.update((digest, length or 0) for digest, length in work.session.execute(rows))
    return found
