"""Links as pages and the worker ask for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from sdg_tracker.evidence.link_models import Link
from sdg_tracker.evidence.models import Evidence
from sdg_tracker.evidence.states import CopyState, Standing
from sdg_tracker.foundation.errors import NotFound, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.work import Work

EVERY = timedelta(days=30)  # a link is followed again
AFTER_FAILURE = timedelta(hours=20)  # one that failed, so that it is tried on another day
DEAD_AGAIN = timedelta(days=7)  # a dead one: it may have been the library's own line that was down
OPEN = (CopyState.OWED.value, CopyState.FETCHING.value)
WITHOUT_COPY = (*OPEN, CopyState.FAILED.value)
words({"link-not-found": lazy("There is no link %(number)s in this library.")})


@dataclass(frozen=True)
class Counts:
    """How many links lack a copy that can't be fetched, and how many are dead."""

    failed: int
    dead: int


def get(work: Work, number: int, *, lock: bool = False) -> Link:
    """Return a link with its evidence. Raises NotFound. ``lock``: hold its row until the end of the step."""
    wanted = sa.select(Link).where(Link.number == number).options(selectinload(Link.evidence))
    found = work.session.scalars(wanted.with_for_update() if lock else wanted).one_or_none()
    if found is None:
        raise NotFound("link-not-found", number=number)
    return found


def by_id(work: Work, link_id: int) -> Link | None:
    """Return a link by its key, its row held until the end of the step."""
    return work.session.scalars(sa.select(Link).where(Link.id == link_id).with_for_update()).one_or_none()


def _wanted(state: str) -> sa.ColumnElement[bool]:
    given_up = CopyState.GIVEN_UP.value
    return {
        "waiting": Link.state.in_(OPEN),
        "failed": Link.state == CopyState.FAILED.value,
        "dead": _dead(),
        "given_up": Link.state == given_up,
    }.get(state, Link.state != given_up)


def _dead() -> sa.ColumnElement[bool]:
    """Return the condition of a dead link whose evidence stands."""
    return sa.and_(Link.standing == Standing.DEAD.value, Link.evidence.has(Evidence.withdrawn_at.is_(None)))


def one_page(work: Work, state: str, size: int, offset: int, added_by: int | None = None) -> tuple[list[Link], int]:
    """Return some links, the newest first, and how many there are; evidence is loaded. ``state``: of LINK_FILTERS."""
    where = [_wanted(state), *([Link.added_by == added_by] if added_by is not None else [])]
    total = work.session.scalar(sa.select(sa.func.count()).select_from(Link).where(*where)) or 0
    rows = sa.select(Link).where(*where).order_by(Link.number.desc()).limit(size).offset(offset)
    return list(work.session.scalars(rows.options(selectinload(Link.evidence)))), total


def same(work: Work, url: str) -> list[Link]:
    """Return the links that lead to the same address already; evidence is loaded."""
    rows = sa.select(Link).where(Link.url == url, Link.state != CopyState.GIVEN_UP.value)
    return list(work.session.scalars(rows.order_by(Link.number).options(selectinload(Link.evidence))))


def counts(work: Work, added_by: int | None = None) -> Counts:
    """Return how many links want a person to look at them, in one statement; ``added_by``: only this person's."""
    mine = (Link.added_by == added_by,) if added_by is not None else ()

    def many(condition: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
        return sa.select(sa.func.count()).select_from(Link).where(condition, *mine).scalar_subquery()

    failed, dead = work.session.execute(sa.select(many(Link.state == CopyState.FAILED.value), many(_dead()))).one()
    return Counts(failed, dead)


def due(work: Work, many: int) -> Sequence[tuple[int, str, datetime | None]]:
    """Return key, address and last check of links that are to be followed again, the longest unseen first."""
    again = [
        sa.and_(Link.standing == standing.value, Link.checked_at < work.at - pause)
        for standing, pause in ((Standing.FAILING, AFTER_FAILURE), (Standing.DEAD, DEAD_AGAIN))
    ]
    rows = (
        sa.select(Link.id, Link.url, Link.checked_at)
        .where(
            Link.state == CopyState.KEPT.value,
            sa.or_(Link.checked_at.is_(None), Link.checked_at < work.at - EVERY, *again),
            Link.evidence.has(Evidence.withdrawn_at.is_(None)),
        )
        .order_by(Link.checked_at.asc().nulls_first(), Link.id)
        .limit(many)
    )
    return [(row[0], row[1], row[2]) for row in work.session.execute(rows)]
