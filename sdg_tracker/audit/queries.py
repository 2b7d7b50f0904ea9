"""Accesses by number, by token, by edition."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from sdg_tracker.access import SYSTEM
from sdg_tracker.audit import rules
from sdg_tracker.audit.models import AuditorAccess
from sdg_tracker.editions.models import Edition
from sdg_tracker.foundation.errors import NotFound, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.jobs import library_ids
from sdg_tracker.work import Work, Workplace

words({"auditor-access-none": lazy("There is no access %(number)s for an auditor.")})


def get(work: Work, number: int) -> AuditorAccess:
    """Return an access with its edition. Raises NotFound."""
    found = work.session.scalar(_whole().where(AuditorAccess.number == number))
    if found is None:
        raise NotFound("auditor-access-none", number=number)
    return found


def of_edition(work: Work, edition: Edition) -> Sequence[AuditorAccess]:
    """Return the accesses to an edition, the newest first."""
    rows = sa.select(AuditorAccess).where(AuditorAccess.edition_id == edition.id)
    return work.session.scalars(rows.order_by(AuditorAccess.number.desc())).all()


def by_key(work: Work, access_id: int) -> AuditorAccess | None:
    """Return an access by its row key, with its edition and its files."""
    return work.session.scalar(_whole().where(AuditorAccess.id == access_id))


def by_token(workplace: Workplace, token: str) -> tuple[AuditorAccess, int] | None:
    """Return the access that a token opens today and its library's key; None when it opens nothing."""
    key = rules.key_of(token)
    if key is None:
        return None
    for library_id in library_ids(workplace):
        with workplace.reading(SYSTEM, library_id) as work:
            access = by_key(work, key)
            if access is not None and rules.is_right(token, workplace.settings.key(), access.id, access.nonce):
                return (access, library_id) if rules.holds(access.until, access.revoked_at, work.today) else None
    return None


def _whole() -> sa.Select[AuditorAccess]:
    return sa.select(AuditorAccess).options(
        joinedload(AuditorAccess.edition).options(selectinload(Edition.artefacts), selectinload(Edition.seals))
    )
