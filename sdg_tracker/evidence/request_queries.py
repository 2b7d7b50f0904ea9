"""Requests as pages and the worker ask for them."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from sdg_tracker.access import Actor, Permission, Role, may_ever
from sdg_tracker.accounts import queries as accounts
from sdg_tracker.accounts.models import Membership
from sdg_tracker.evidence.request_models import Request, RequestState, stands_as
from sdg_tracker.foundation.errors import NotFound, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.work import Work

words({"request-not-found": lazy("There is no request %(number)s in this library.")})


def get(work: Work, number: int, *, lock: bool = False) -> Request:
    """Return a request. Raises NotFound. ``lock``: hold its row until the end of the step."""
    wanted = _whole(sa.select(Request).where(Request.number == number))
    found = work.session.scalars(wanted.with_for_update() if lock else wanted).one_or_none()
    if found is None:
        raise NotFound("request-not-found", number=number)
    return found


def by_id(work: Work, request_id: int) -> Request | None:
    """Return a request by its key, its row held until the end of the step."""
    wanted = _whole(sa.select(Request).where(Request.id == request_id))
    return work.session.scalars(wanted.with_for_update()).one_or_none()


def _whole(rows: sa.Select[Request]) -> sa.Select[Request]:
    return rows.options(selectinload(Request.activity), selectinload(Request.cycle), selectinload(Request.evidence))


def one_page(
    work: Work, state: RequestState, size: int, offset: int, giver: int | None = None
) -> tuple[list[Request], int]:
    """Return some of the requests that are so far, the most urgent first; ``giver``: only what this person owes."""
    where = [stands_as(state), *([Request.giver_number == giver] if giver is not None else [])]
    total = work.session.scalar(sa.select(sa.func.count()).select_from(Request).where(*where)) or 0
    rows = sa.select(Request).where(*where).order_by(Request.due_on, Request.number).limit(size).offset(offset)
    return list(work.session.scalars(_whole(rows))), total


def owed(work: Work, giver: int | None = None) -> Sequence[Request]:
    """Return every request that is open, the most urgent first; ``giver``: only what this person owes."""
    return one_page(work, RequestState.OPEN, 1000, 0, giver)[0]


def count(work: Work, giver: int | None = None, *, late: bool = False) -> int:
    """Return how many requests are open; ``late``: only those whose day is over."""
    where = [stands_as(RequestState.OPEN)]
    where += [Request.giver_number == giver] if giver is not None else []
    where += [Request.due_on < work.today] if late else []
    return work.session.scalar(sa.select(sa.func.count()).select_from(Request).where(*where)) or 0


def givers(work: Work) -> list[Membership]:
    """Return the people who can be asked: those who may give evidence, by name."""
    able = {role.value for role in Role if may_ever(Actor(0, role), Permission.REQUEST_GIVE)}
    return [row for row in accounts.members(work) if row.disabled_at is None and row.role in able]
