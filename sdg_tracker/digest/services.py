"""The digest: written by the worker on Monday morning, once for each person, when there is something to say."""

import logging
from datetime import date
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from sdg_tracker import jobs, trail
from sdg_tracker.access import SYSTEM, Actor, Permission, Role, may_ever
from sdg_tracker.accounts import queries as accounts
from sdg_tracker.digest import queries, rules
from sdg_tracker.digest.models import Digest
from sdg_tracker.foundation.i18n import _, lazy
from sdg_tracker.jobs import library_ids
from sdg_tracker.mail import services as mail
from sdg_tracker.mail.services import Said
from sdg_tracker.trail import Subject
from sdg_tracker.work import Work, Workplace

log = logging.getLogger(__name__)
trail.declare({"digest.written": (lazy("Weekly digest written"), {"week_on"})})


@jobs.chore("digest.weekly")
def write_all(workplace: Workplace) -> None:
    """Write the digests that are due, each in a step of its own."""
    if not workplace.settings.smtp:
        return
    for library_id in library_ids(workplace):
        with workplace.reading(SYSTEM, library_id) as work:
            week = rules.week_of(work.at.astimezone(ZoneInfo(work.library.timezone)))
            due = [(actor, week) for actor in people(work, week)] if week else []
        for actor, monday in due:
            try:
                with workplace.writing(SYSTEM, library_id) as work:
                    write(work, actor, monday)
            except sa.exc.IntegrityError:
                log.info("another worker has written the digest for user %s", actor.number)


def people(work: Work, week: date) -> list[Actor]:
    """Return those who get a digest of the week and have none yet, as they act: all who may give evidence."""
    work.require(Permission.DIGEST_WRITE)
    rows = sa.select(Digest.user_number).where(Digest.week_on == week)
    done = set(work.session.scalars(rows))
    found = []
    for row in accounts.members(work):
        actor = Actor(row.user_number, Role(row.role), work.library.id)
        if row.disabled_at is None and row.user_number not in done and may_ever(actor, Permission.EVIDENCE_ADD):
            found.append(actor)
    return found


def write(work: Work, actor: Actor, week: date) -> None:
    """Write somebody's digest of the week, if there is something to say."""
    work.require(Permission.DIGEST_WRITE)
    digest = Digest(user_number=actor.number or 0, week_on=week, sent=False, added_at=work.at)
    work.session.add(digest)
    work.session.flush()  # refused when another worker was quicker
    if not queries.sections(work, actor):
        return
    letter = mail.write(work, digest.user_number, "digest", lambda: compose(work, actor))
    if letter is not None:
        digest.sent = True
        trail.record(work, "digest.written", Subject("user", digest.user_number), week_on=week.isoformat())


def compose(work: Work, actor: Actor) -> Said:
    """Return somebody's digest in the current language."""
    found = queries.sections(work, actor)
    body = rules.as_text(found, work.settings.url.rstrip("/"), work.library.name)
    return Said(_("What waits for you at %(library)s", library=work.library.name), body)
