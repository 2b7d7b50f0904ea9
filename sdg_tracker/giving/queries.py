"""A person's uploads, and the activities that a picture is probably of."""

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import defer, selectinload

from sdg_tracker.activities.models import Activity
from sdg_tracker.foundation.errors import NotFound, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.foundation.text import search_text
from sdg_tracker.giving.models import Upload, UploadPart
from sdg_tracker.giving.rules import LIVES, days_away
from sdg_tracker.work import Work

words({"upload-none": lazy("There is no such upload. Choose the file again; it begins anew.")})


def mine(work: Work, key: str, *, lock: bool = False) -> Upload:
    """Return an upload of the one who asks. Raises NotFound, also for somebody else's."""
    found = _mine(work).where(Upload.key == key)
    if lock:
        found = found.with_for_update().execution_options(populate_existing=True)
    upload = work.session.scalar(found)
    if upload is None:
        raise NotFound("upload-none")
    return upload


def unfinished(work: Work) -> list[Upload]:
    """Return what the one who asks has begun and neither saved nor given up, the newest first."""
    open_ones = _mine(work).where(Upload.ended_at.is_(None), Upload.touched_at > work.at - LIVES)
    return list(work.session.scalars(open_ones.options(selectinload(Upload.activity)).order_by(Upload.id.desc())))


def _mine(work: Work) -> sa.Select[Upload]:
    return sa.select(Upload).where(Upload.added_by == work.actor.number)


def parts(work: Work, upload: Upload) -> int:
    """Return how many parts of an upload are here."""
    counted = sa.select(sa.func.max(UploadPart.ordinal)).where(UploadPart.upload_id == upload.id)
    return work.session.scalar(counted) or 0


def near(work: Work, today: date, limit: int) -> Sequence[Activity]:
    """Return the activities nearest in time, today's first."""
    goes_on = sa.and_(Activity.starts_on <= today, Activity.ends_on >= today)
    before, after = Activity.starts_on <= today, Activity.starts_on > today
    asked = [
        _offered().where(goes_on).order_by(Activity.starts_on.desc(), Activity.number.desc()),
        _offered().where(before).order_by(Activity.starts_on.desc(), Activity.number.desc()),
        _offered().where(after).order_by(Activity.starts_on, Activity.number),
    ]
    found = {row.number: row for rows in asked for row in work.session.scalars(rows.limit(limit))}

    def order(row: Activity) -> tuple[int, bool]:  # of two as near the one that was: it has its pictures now
        return days_away(row.starts_on, row.ends_on, today), (row.starts_on or today) > today

    return sorted(found.values(), key=order)[:limit]


def called(work: Work, text: str, limit: int) -> Sequence[Activity]:
    """Return the activities whose words hold each of the text's, or that have it as their number; the latest first."""
    said = search_text(text).split()
    if not said:
        return []
    words_in = sa.and_(*(Activity.search_text.contains(word, autoescape=True) for word in said))
    number = text.strip().removeprefix("#")
    if number.isascii() and number.isdigit() and len(number) < 10:
        words_in = sa.or_(words_in, Activity.number == int(number))
    rows = _offered().where(words_in).order_by(Activity.starts_on.desc().nulls_last(), Activity.number.desc())
    return list(work.session.scalars(rows.limit(limit)))


def _offered() -> sa.Select[Activity]:
    heavy = (defer(Activity.description), defer(Activity.search_text))
    return sa.select(Activity).where(Activity.withdrawn_at.is_(None)).options(*heavy)
