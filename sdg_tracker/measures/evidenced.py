"""The readings that a piece of evidence shows."""

import sqlalchemy as sa

from sdg_tracker.access import Permission
from sdg_tracker.evidence.models import Evidence
from sdg_tracker.evidence.uses import Use
from sdg_tracker.foundation.i18n import _
from sdg_tracker.measures.models import Measure, Reading
from sdg_tracker.measures.periods import Period
from sdg_tracker.work import Work


def of(work: Work, evidence: Evidence) -> list[Use]:
    """Return the readings that stand and name a piece as what shows them; one statement."""
    if not work.can(Permission.MEASURE_READ):
        return []
    rows = (
        sa.select(Measure, Reading.number, Reading.period, Reading.branch)
        .join(Measure, Measure.id == Reading.measure_id)
        .where(Reading.evidence_number == evidence.number, Reading.withdrawn_at.is_(None))
        .order_by(Measure.number, Reading.starts_on, Reading.number)
    )
    return [
        Use(
            _("Reading"),
            f"{measure.title}, {Period.parse(period).name}" + (f" ({branch})" if branch else ""),
            "readings.show",
            {"number": number},
        )
        for measure, number, period, branch in work.session.execute(rows)
    ]
