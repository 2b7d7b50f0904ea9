"""What may be shown outside the library, as a condition of the database. The rule itself is ``people.publication``."""

from datetime import date

import sqlalchemy as sa

from sdg_tracker.evidence.models import Evidence
from sdg_tracker.evidence.people import PICTORIAL, Basis, People, Scope
from sdg_tracker.evidence.people_models import Consent

OUTSIDE = Scope.WEBSITE  # a report of the year that everybody can fetch, and what counts as open to the public


def may_be_shown(day: date, scope: Scope = OUTSIDE) -> sa.ColumnElement[bool]:
    """Return the condition under which a piece of evidence may be shown there on a day."""
    nobody = sa.or_(
        Evidence.people == People.NO.value, sa.and_(Evidence.people == "", Evidence.kind.not_in(sorted(PICTORIAL)))
    )
    agreed = (
        sa.select(Consent.id)
        .where(
            Consent.evidence_id == Evidence.id,
            Consent.library_id == Evidence.library_id,
            getattr(Consent, scope.value),
            Consent.given_on <= day,
            sa.or_(Consent.expires_on.is_(None), Consent.expires_on >= day),
            sa.or_(Consent.withdrawn_on.is_(None), Consent.withdrawn_on > day),
        )
        .correlate(Evidence)
        .exists()
    )
    weighed = sa.and_(Evidence.basis != Basis.CONSENT.value, ~Evidence.children, ~Evidence.sensitive)
    somebody = sa.and_(Evidence.people == People.YES.value, Evidence.basis != "", sa.or_(weighed, agreed))
    return sa.and_(
        Evidence.public, Evidence.withdrawn_at.is_(None), Evidence.paused_at.is_(None), sa.or_(nobody, somebody)
    )
