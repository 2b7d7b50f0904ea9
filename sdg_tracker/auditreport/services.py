"""The step that freezes the report of a concluded audit."""

from sdg_tracker import auditreport
from sdg_tracker.access import Permission
from sdg_tracker.audit import queries
from sdg_tracker.auditreport import snapshot
from sdg_tracker.editions import freeze as editions
from sdg_tracker.editions import queries as editions_queries
from sdg_tracker.editions.models import Edition
from sdg_tracker.foundation.errors import Conflict, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.work import Work

words({"audit-report-early": lazy("The report is frozen when the auditor has concluded the audit.")})


def freeze(work: Work, edition_number: int, language: str | None = None) -> Edition:
    """Freeze the report of an edition's audit, in the edition's language unless another is given; its files are owed.

    Raises Conflict while the audit is not concluded.
    """
    work.require(Permission.EDITION_FREEZE)
    work.lock_library()  # before anything is read, so that the whole snapshot is of one moment
    edition = editions_queries.get(work, edition_number)
    audit = queries.audit_of(work, edition)
    if audit is None or not audit.concluded:
        raise Conflict("audit-report-early")
    said_in = language or edition.language
    return editions.freeze(
        work,
        auditreport.KIND,
        lambda number: snapshot.take(work, audit, number, said_in),
        title=snapshot.title(edition, said_in),
        language=said_in,
        cycle=edition.cycle,
        year=edition.year,
    )
