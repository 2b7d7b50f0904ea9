"""The notes about pledges and the self-checks that rest on a piece of evidence."""

import sqlalchemy as sa

from sdg_tracker.access import Permission
from sdg_tracker.evidence.models import Evidence
from sdg_tracker.evidence.uses import Use
from sdg_tracker.foundation.i18n import _, format_date
from sdg_tracker.plans.models import Occurrence, Plan, Pledge, SelfCheck
from sdg_tracker.work import Work


def of(work: Work, evidence: Evidence) -> list[Use]:
    """Return the notes that a piece shows and the self-checks that drew it, of plans that stand; two statements."""
    if not work.can(Permission.PLAN_READ):
        return []
    standing = sa.select(Plan.id).where(Plan.withdrawn_at.is_(None))
    noted = (
        sa.select(Pledge, Occurrence.day)
        .join(Occurrence, Occurrence.pledge_id == Pledge.id)
        .where(Occurrence.evidence_id == evidence.id, Occurrence.withdrawn_at.is_(None), Pledge.plan_id.in_(standing))
        .order_by(Pledge.number, Occurrence.day)
    )
    checked = (
        sa.select(Pledge, SelfCheck.year, SelfCheck.sample)
        .join(SelfCheck, SelfCheck.pledge_id == Pledge.id)
        .where(SelfCheck.withdrawn_at.is_(None), Pledge.plan_id.in_(standing))
        .order_by(Pledge.number, SelfCheck.year, SelfCheck.number)
    )
    return [
        *(
            _use(_("Note about a pledge"), pledge, format_date(day), "notes")
            for pledge, day in work.session.execute(noted)
        ),
        *(
            _use(_("Self-check of a pledge"), pledge, str(year), "checks")
            for pledge, year, sample in work.session.execute(checked)
            if evidence.number in sample
        ),
    ]


def _use(what: str, pledge: Pledge, when: str, anchor: str) -> Use:
    values = {"number": pledge.number, "_anchor": anchor}
    return Use(what, f"{pledge.code} {pledge.title} ({when})", "pledges.show", values)
