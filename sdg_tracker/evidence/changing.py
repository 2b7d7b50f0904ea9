"""Taking a piece of evidence to change it: who may, and what is not changed any more."""

from sdg_tracker import trail
from sdg_tracker.access import Permission
from sdg_tracker.evidence import queries
from sdg_tracker.evidence.models import Evidence
from sdg_tracker.foundation.errors import Conflict, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.work import Work, check_revision

words(
    {
        "evidence-withdrawn": lazy("Evidence %(number)s is withdrawn and is no longer changed."),
        "evidence-quarantined": lazy(
            "Evidence %(number)s is in quarantine. It is changed once the coordinator has released it."
        ),
    }
)

trail.declare(
    {
        "evidence.revised": (lazy("Evidence changed"), {"revision", "changed"}),
    }
)


def changeable(work: Work, number: int, permission: Permission, revision: int | None = None) -> Evidence:
    """Return a piece of evidence to change, held until the end of the step.

    Raises Forbidden, or Conflict when it is withdrawn, in quarantine, or was changed since ``revision``.
    """
    evidence = queries.get(work, number, lock=True)
    work.require(permission, evidence)
    if evidence.withdrawn_at is not None:
        raise Conflict("evidence-withdrawn", number=number)
    if evidence.quarantined_at is not None and not work.can(Permission.EVIDENCE_QUARANTINE, evidence):
        raise Conflict("evidence-quarantined", number=number)
    check_revision(evidence, revision)
    return evidence
