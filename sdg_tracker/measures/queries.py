"""Finding measures and readings, and what the library's activities count up to."""

from collections.abc import Collection
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from sdg_tracker.activities.models import Activity
from sdg_tracker.evidence.models import Evidence
from sdg_tracker.foundation.errors import NotFound, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.measures.models import Measure, Reading, ReadingCorrection, UnknownReading
from sdg_tracker.printing.served import COUNTED
from sdg_tracker.work import Work

words(
    {
        "measure-not-found": lazy("There is no measure %(number)s in this library."),
        "measure-code-unknown": lazy("There is no measure with the short name %(value)s. There are: %(known)s."),
        "reading-not-found": lazy("There is no reading %(number)s in this library."),
        "unknown-not-found": lazy("Nothing with the number %(number)s is marked as never to be known."),
    }
)


def get(work: Work, number: int) -> Measure:
    """Return a measure with its versions, a withdrawn one too. Raises NotFound."""
    found = work.session.scalar(_measures().where(Measure.number == number))
    if found is None:
        raise NotFound("measure-not-found", number=number)
    return found


def measures(work: Work, *, withdrawn: bool = False) -> list[Measure]:
    """Return the library's measures in the order in which they were added, each with its versions."""
    rows = _measures().order_by(Measure.number)
    return list(work.session.scalars(rows if withdrawn else rows.where(Measure.withdrawn_at.is_(None))))


def by_code(work: Work, *, withdrawn: bool = False) -> dict[str, Measure]:
    """Return the library's measures by code, in the order in which they were added."""
    return {measure.code: measure for measure in measures(work, withdrawn=withdrawn)}


def _measures() -> sa.Select[Measure]:
    return sa.select(Measure).options(selectinload(Measure.versions))


def reading(work: Work, number: int) -> Reading:
    """Return a reading with its measure and its corrections, a withdrawn one too. Raises NotFound."""
    wanted = sa.select(Reading).where(Reading.number == number)
    loaded = wanted.options(
        selectinload(Reading.corrections), selectinload(Reading.measure).selectinload(Measure.versions)
    )
    found = work.session.scalar(loaded)
    if found is None:
        raise NotFound("reading-not-found", number=number)
    return found


def standing(
    work: Work, measures: Collection[Measure], periods: Collection[str]
) -> dict[tuple[int, str, str], Reading]:
    """Return the readings that stand, by key of the measure, period and branch."""
    keys = {measure.id for measure in measures}
    rows = sa.select(Reading).where(
        Reading.measure_id.in_(keys), Reading.period.in_(set(periods)), Reading.withdrawn_at.is_(None)
    )
    return {(row.measure_id, row.period, row.branch or ""): row for row in work.session.scalars(rows)}


def unknown(
    work: Work, measures: Collection[Measure], periods: Collection[str]
) -> dict[tuple[int, str, str], UnknownReading]:
    """Return what will never be known, by key of the measure, period and branch."""
    keys = {measure.id for measure in measures}
    rows = sa.select(UnknownReading).where(
        UnknownReading.measure_id.in_(keys),
        UnknownReading.period.in_(set(periods)),
        UnknownReading.withdrawn_at.is_(None),
    )
    return {(row.measure_id, row.period, row.branch or ""): row for row in work.session.scalars(rows)}


def unknown_reading(work: Work, number: int) -> UnknownReading:
    """Return what was marked as never to be known with its measure, a mark taken back too. Raises NotFound."""
    wanted = sa.select(UnknownReading).where(UnknownReading.number == number)
    found = work.session.scalar(wanted.options(selectinload(UnknownReading.measure)))
    if found is None:
        raise NotFound("unknown-not-found", number=number)
    return found


def never_known(work: Work, until: date | None = None) -> list[UnknownReading]:
    """Return all that will never be known in the order of time; only of periods that end by ``until``."""
    rows = sa.select(UnknownReading).where(UnknownReading.withdrawn_at.is_(None))
    if until is not None:
        rows = rows.where(UnknownReading.ends_on <= until)
    order = UnknownReading.starts_on, UnknownReading.ends_on, UnknownReading.branch, UnknownReading.number
    return list(work.session.scalars(rows.order_by(*order)))


def has_readings(work: Work, measure: Measure) -> bool:
    """Return whether a measure has a reading that stands."""
    rows = sa.select(Reading.id).where(Reading.measure_id == measure.id, Reading.withdrawn_at.is_(None))
    return work.session.scalar(rows.limit(1)) is not None


def listed(work: Work, until: date | None = None) -> list[Any]:
    """Return the readings that stand, as plain rows in the order of time; only of periods that end by ``until``."""
    rows = (
        sa.select(
            Reading.id,
            Reading.measure_id,
            Reading.number,
            Reading.period,
            Reading.starts_on,
            Reading.ends_on,
            Reading.branch,
            Reading.value,
            Reading.qualifier,
            Reading.read_on,
            Reading.source,
            Reading.note,
            Reading.evidence_number,
            Reading.added_role,
        )
        .where(Reading.withdrawn_at.is_(None))
        .order_by(Reading.starts_on, Reading.ends_on, Reading.branch, Reading.number)
    )
    if until is not None:
        rows = rows.where(Reading.ends_on <= until)
    return list(work.session.execute(rows))


def corrections(work: Work) -> list[Any]:
    """Return what was corrected in all readings, the oldest first, as plain rows."""
    rows = sa.select(
        ReadingCorrection.reading_id,
        ReadingCorrection.made_at,
        ReadingCorrection.old_value,
        ReadingCorrection.old_qualifier,
        ReadingCorrection.reason,
        ReadingCorrection.made_role,
    )
    return list(work.session.execute(rows.order_by(ReadingCorrection.reading_id, ReadingCorrection.ordinal)))


def done(work: Work) -> list[Any]:
    """Return the activities that were held or go on, as plain rows by number: what a measure can count of them."""
    rows = sa.select(
        Activity.number,
        Activity.type,
        Activity.starts_on,
        Activity.year,
        Activity.attendance,
        Activity.attendance_qualifier,
        Activity.signups,
        Activity.helped,
    )
    counted = rows.where(Activity.withdrawn_at.is_(None), Activity.status.in_(COUNTED), Activity.source_library == "")
    return list(work.session.execute(counted.order_by(Activity.number)))


def recent_evidence(work: Work, limit: int, kept: int | None = None) -> list[tuple[int, str]]:
    """Return number and title of the newest evidence, and of the piece that is to be among it."""
    rows = sa.select(Evidence.number, Evidence.title).where(Evidence.withdrawn_at.is_(None))
    found = [
        (number, title) for number, title in work.session.execute(rows.order_by(Evidence.number.desc()).limit(limit))
    ]
    if kept is not None and kept not in {number for number, _title in found}:
        there = sa.select(Evidence.number, Evidence.title).where(Evidence.number == kept)
        found += [(number, title) for number, title in work.session.execute(there)]
    return found
