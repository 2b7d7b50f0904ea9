"""Accesses by number, by token, by edition; the audit of an edition."""

from collections.abc import Collection, Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from sdg_tracker.access import SYSTEM
from sdg_tracker.audit import rules
from sdg_tracker.audit.models import Audit, AuditorAccess, Finding, Question
from sdg_tracker.audit.states import AuditState, FindingKind, FindingState
from sdg_tracker.editions.models import Edition
from sdg_tracker.foundation.errors import NotFound, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.jobs import library_ids
from sdg_tracker.schemes.models import Cycle, Scheme
from sdg_tracker.work import Work, Workplace

words(
    {
        "auditor-access-none": lazy("There is no access %(number)s for an auditor."),
        "audit-finding-none": lazy("There is no finding %(number)s in this audit."),
        "audit-question-none": lazy("There is no question %(number)s in this audit."),
    }
)


def get(work: Work, number: int, *, lock: bool = False) -> AuditorAccess:
    """Return an access with its edition. Raises NotFound."""
    asked = _whole().where(AuditorAccess.number == number)
    found = work.session.scalar(asked.with_for_update(of=AuditorAccess) if lock else asked)
    if found is None:
        raise NotFound("auditor-access-none", number=number)
    return found


def of_edition(work: Work, edition: Edition) -> Sequence[AuditorAccess]:
    """Return the accesses to an edition, the newest first."""
    rows = sa.select(AuditorAccess).where(AuditorAccess.edition_id == edition.id)
    return work.session.scalars(rows.order_by(AuditorAccess.number.desc())).all()


def by_key(work: Work, access_id: int, *, lock: bool = False) -> AuditorAccess | None:
    """Return an access by its row key, with its edition and its files."""
    asked = _whole().where(AuditorAccess.id == access_id)
    return work.session.scalar(asked.with_for_update(of=AuditorAccess) if lock else asked)


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


def audit_of(work: Work, edition: Edition, *, lock: bool = False) -> Audit | None:
    """Return the audit of an edition with all that is in it; None before anything was said."""
    parts = (Audit.marks, Audit.samples, Audit.findings, Audit.questions)
    asked = sa.select(Audit).where(Audit.edition_id == edition.id)
    asked = asked.options(joinedload(Audit.edition, innerjoin=True), *map(selectinload, parts))
    return work.session.scalar(asked.with_for_update(of=Audit) if lock else asked)


def audits(work: Work) -> Sequence[Audit]:
    """Return every audit of the library with its edition, the newest first."""
    return work.session.scalars(
        sa.select(Audit).options(joinedload(Audit.edition), selectinload(Audit.findings)).order_by(Audit.number.desc())
    ).all()


def finding(audit: Audit | None, number: int) -> Finding:
    """Return a finding of an audit. Raises NotFound."""
    for found in audit.findings if audit else ():
        if found.number == number:
            return found
    raise NotFound("audit-finding-none", number=number)


def question(audit: Audit | None, number: int) -> Question:
    """Return a question of an audit. Raises NotFound."""
    for found in audit.questions if audit else ():
        if found.number == number:
            return found
    raise NotFound("audit-question-none", number=number)


def findings_of(work: Work, cycle_id: int, codes: Collection[str]) -> Sequence[Finding]:
    """Return the findings of requirements in the audits of a cycle's dossiers, with audit and edition."""
    rows = _findings().where(Edition.cycle_id == cycle_id, Finding.requirement.in_(codes))
    return work.session.scalars(rows).all()


def findings_of_scheme(work: Work, slug: str) -> Sequence[Finding]:
    """Return the findings in the audits of all dossiers of a scheme, whatever its version, with audit and edition."""
    rows = _findings().join(Cycle, Edition.cycle_id == Cycle.id).join(Scheme, Cycle.scheme_id == Scheme.id)
    return work.session.scalars(rows.where(Scheme.slug == slug)).all()


def unanswered_findings(work: Work) -> Sequence[Finding]:
    """Return the findings that wait for the library, with audit and edition.

    Once an audit is concluded, an opportunity for improvement waits no more: nobody asks for its answer.
    """
    asked = sa.or_(Audit.state == AuditState.OPEN.value, Finding.kind != FindingKind.OPPORTUNITY.value)
    return work.session.scalars(_findings().where(asked, Finding.state == FindingState.OPEN.value)).all()


def promised(work: Work, until: date) -> Sequence[Finding]:
    """Return the findings whose correction is promised by a day and that nobody has closed, the earliest first."""
    wanted = (Finding.state == FindingState.ANSWERED.value, Finding.deadline <= until)
    return work.session.scalars(_findings().where(*wanted).order_by(None).order_by(Finding.deadline, Finding.id)).all()


def unanswered_questions(work: Work) -> Sequence[Question]:
    """Return the questions of open audits that wait for the library, with audit and edition."""
    rows = (
        sa.select(Question)
        .join(Audit, Question.audit_id == Audit.id)
        .where(Audit.state == AuditState.OPEN.value, Question.answered_at.is_(None))
        .options(joinedload(Question.audit).joinedload(Audit.edition))
        .order_by(Audit.number, Question.number)
    )
    return work.session.scalars(rows).all()


def _findings() -> sa.Select[Finding]:
    return (
        sa.select(Finding)
        .join(Finding.audit)
        .join(Audit.edition)
        .options(joinedload(Finding.audit).joinedload(Audit.edition))
        .order_by(Audit.number, Finding.number)
    )


def _whole() -> sa.Select[AuditorAccess]:
    return sa.select(AuditorAccess).options(
        joinedload(AuditorAccess.edition).options(selectinload(Edition.artefacts), selectinload(Edition.seals))
    )
