"""Disposing of withdrawn evidence by the library's own rule; a record stays that it existed.

What an edition holds is never disposed of. The bytes go with the next sweep of files that nothing names.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Mapper, selectinload

from sdg_tracker import jobs, trail
from sdg_tracker.access import Permission
from sdg_tracker.evidence.link_models import Link
from sdg_tracker.evidence.models import Disposal, Evidence
from sdg_tracker.evidence.validity import months_later
from sdg_tracker.foundation.db import Base
from sdg_tracker.foundation.errors import Conflict, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.keeping import names
from sdg_tracker.keeping import services as keeping
from sdg_tracker.work import Work, Workplace

SWEEP_JOB = "evidence.disposed"

words(
    {
        "disposal-off": lazy(
            "The library has not said how long withdrawn evidence is kept. Choose it under Administration, The library."
        ),
        "disposal-not-due": lazy("Evidence %(number)s can't be disposed of: it is not due, or an edition holds it."),
    }
)
trail.declare({"evidence.disposed": (lazy("Evidence disposed of"), {"kind", "withdrawn_on", "months", "versions"})})


def due(work: Work) -> list[Evidence]:
    """Return what can be disposed of today, by number: withdrawn long enough, and in no edition."""
    work.require(Permission.EVIDENCE_DISPOSE)
    months = work.library.disposal_months
    if months is None:
        return []
    withdrawn = sa.select(Evidence).where(Evidence.withdrawn_at.is_not(None)).order_by(Evidence.number)
    rows = work.session.scalars(withdrawn.options(selectinload(Evidence.versions), selectinload(Evidence.activity)))
    ripe = [row for row in rows if row.withdrawn_at and _ripe(work, row.withdrawn_at, months)]
    if not ripe:
        return []
    held = names.elsewhere(work, "evidence")
    return [row for row in ripe if not any(sha256 in held for sha256 in _digests(row))]


def dispose(work: Work, numbers: Sequence[int]) -> None:
    """Take evidence away for good: all of it, or none. Raises Conflict for one that is not due."""
    work.require(Permission.EVIDENCE_DISPOSE)
    if work.library.disposal_months is None:
        raise Conflict("disposal-off")
    ripe = {row.number: row for row in due(work)}
    for number in dict.fromkeys(numbers):
        if number not in ripe:
            raise Conflict("disposal-not-due", number=number)
        _dispose(work, ripe[number], work.library.disposal_months)
    if numbers:
        work.owe(SWEEP_JOB, work.library.id)


def _dispose(work: Work, row: Evidence, months: int) -> None:
    versions = [{"original": one.original_sha256, "rendition": one.rendition_sha256} for one in row.versions]
    record = Disposal(
        number=row.number,
        kind=row.kind,
        added_at=row.added_at,
        added_by=row.added_by,
        withdrawn_at=row.withdrawn_at,
        withdrawn_by=row.withdrawn_by,
        disposed_at=work.at,
        disposed_by=work.actor.number,
        months=months,
        versions=versions,
    )
    work.session.add(record)
    work.session.flush()
    facts = {"kind": row.kind, "withdrawn_on": _day(work, record.withdrawn_at), "months": months}
    trail.record(work, "evidence.disposed", row, versions=versions, **facts)
    key = row.id
    work.session.expunge(row)
    for mapper, column in _naming():
        kept = column.nullable and mapper.class_ is not Link
        named = sa.update(mapper.class_).values({column.name: None}) if kept else sa.delete(mapper.class_)
        work.session.execute(named.where(column == key))
    work.session.execute(sa.delete(Evidence).where(Evidence.id == key))


def _naming() -> Iterator[tuple[Mapper[Any], Any]]:
    """Yield every kind of row that names a piece of evidence, with its column: those that must name one go with it."""
    of_evidence = sa.inspect(Evidence).local_table.c.id
    for mapper in sorted(Base.registry.mappers, key=lambda one: one.class_.__name__):
        for column in mapper.local_table.c:
            if any(key.column is of_evidence for key in column.foreign_keys):
                yield mapper, column


def _ripe(work: Work, withdrawn_at: datetime, months: int) -> bool:
    return months_later(withdrawn_at.astimezone(ZoneInfo(work.library.timezone)).date(), months) <= work.today


def _day(work: Work, at: datetime) -> str:
    return at.astimezone(ZoneInfo(work.library.timezone)).date().isoformat()


def _digests(row: Evidence) -> Iterator[str]:
    for version in row.versions:
        yield version.original_sha256
        yield version.rendition_sha256


@jobs.task(SWEEP_JOB)
def _sweep(workplace: Workplace, _library_id: int) -> None:
    """Take away the bytes that nothing names any more; a lost job leaves them to the next sweep."""
    keeping.sweep(workplace, lambda _entry: None)
