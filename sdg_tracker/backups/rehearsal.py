"""The weekly rehearsal: a backup is made and tried, by one of several workers."""

import logging
from datetime import timedelta
from functools import partial
from pathlib import Path

import sqlalchemy as sa

from sdg_tracker import jobs
from sdg_tracker.access import SYSTEM, Permission
from sdg_tracker.backups.making import make_noted
from sdg_tracker.foundation.errors import Problem
from sdg_tracker.foundation.i18n import use_locale
from sdg_tracker.jobs import library_ids
from sdg_tracker.keeping.models import Backup, Outcome
from sdg_tracker.work import Workplace

log = logging.getLogger(__name__)
WEEK = timedelta(days=7)
AGAIN = timedelta(days=1)  # after one that failed
LOST = timedelta(hours=12)  # after which a backup that has not ended was killed


@jobs.chore("backups.rehearsal")
def rehearse(workplace: Workplace) -> None:
    """Make and try a backup once a week, when a folder is set for it; of several workers one does."""
    if not workplace.settings.backup:
        return
    backup_id = _claim(workplace)
    if backup_id is None:
        return
    try:
        with use_locale(workplace.settings.language):
            made = make_noted(workplace, Path(workplace.settings.backup), partial(log.info, "backup: %s"), backup_id)
    except (Problem, OSError) as error:
        log.error("the weekly backup failed: %s", error)
        return
    for fault in made.faults:
        log.error("the weekly backup does not hold: %s", fault)


def _claim(workplace: Workplace) -> int | None:
    libraries = library_ids(workplace)
    if not libraries:
        return None
    with workplace.writing(SYSTEM, libraries[0]) as work:
        work.require(Permission.BACKUP_MAKE)
        work.lock_library()  # of two workers one waits here, and then finds the row of the other
        ours = sa.select(Backup).where(Backup.by_worker.is_(True)).order_by(Backup.id.desc()).limit(1)
        last = work.session.scalars(ours).first()
        if last is not None and work.at < last.began_at + _pause(last):
            return None
        row = Backup(began_at=work.at, by_worker=True, outcome=Outcome.RUNNING.value)
        work.session.add(row)
        work.session.flush()
        return row.id


def _pause(last: Backup) -> timedelta:
    return {Outcome.RUNNING: LOST, Outcome.FAILED: AGAIN}.get(Outcome(last.outcome), WEEK)
