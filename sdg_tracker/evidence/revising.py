"""What is said of a piece of evidence is changed, or the piece is withdrawn."""

from sdg_tracker import trail
from sdg_tracker.access import Permission
from sdg_tracker.evidence import guarding
from sdg_tracker.evidence.changing import changeable
from sdg_tracker.evidence.details import EvidenceDetails, check_details, chosen_activity
from sdg_tracker.evidence.models import Evidence
from sdg_tracker.evidence.preparing import index, searched
from sdg_tracker.evidence.reviewing import ask_again
from sdg_tracker.foundation.errors import Invalid, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.foundation.text import sort_key
from sdg_tracker.work import Work

words(
    {
        "evidence-title-empty": lazy("Write a title."),
        "withdrawal-reason-missing": lazy("Write why it is withdrawn."),
        "withdrawal-reason-long": lazy("The reason is longer than %(limit)s characters."),
    }
)

trail.declare(
    {
        "evidence.withdrawn": (lazy("Evidence withdrawn"), set()),
    }
)


def revise(work: Work, number: int, details: EvidenceDetails, revision: int | None = None) -> Evidence:
    """Change what is said of a piece of evidence. Raises Conflict when somebody else did since ``revision``."""
    evidence = changeable(work, number, Permission.EVIDENCE_REVISE, revision)
    if not details.title.strip():
        raise Invalid("evidence-title-empty", field="title")
    check_details(work, details)
    moved = details.activity != (evidence.activity.number if evidence.activity else None)
    activity = chosen_activity(work, details.activity) if moved else evidence.activity
    values = {
        "title": details.title.strip(),
        "kind": details.kind,
        "description": details.description.strip(),
        "collected_on": details.collected_on,
        "public": details.public,
        **guarding.answer(evidence, details.people, details.kind),
        "activity_id": activity.id if activity else None,
        "language": details.language,
        "alt": details.alt.strip(),
        "source": details.source.strip(),
        "valid_until": details.valid_until,
    }
    changed = sorted(name for name, value in values.items() if getattr(evidence, name) != value)
    if not changed:
        return evidence
    for name in changed:
        setattr(evidence, name, values[name])
    guarding.settle(work, evidence)
    evidence.sort_key, evidence.search_text = sort_key(evidence.title)[:300], searched(evidence)
    index(work, evidence)
    work.session.flush()
    trail.record(work, "evidence.revised", evidence, revision=evidence.revision, changed=changed)
    ask_again(work, evidence)
    return evidence


def withdraw(work: Work, number: int, reason: str, revision: int | None = None, *, no_cpr: bool = False) -> Evidence:
    """Withdraw a piece of evidence for a reason; it stays to be seen, and its bytes stay."""
    evidence = changeable(work, number, Permission.EVIDENCE_WITHDRAW, revision)
    limit = 500
    if not reason.strip():
        raise Invalid("withdrawal-reason-missing", field="reason")
    if len(reason.strip()) > limit:
        raise Invalid("withdrawal-reason-long", field="reason", limit=limit)
    if not no_cpr:
        guarding.check_typed(reason=reason)
    evidence.withdrawn_at, evidence.withdrawn_by = work.at, work.actor.number
    evidence.withdrawn_reason = reason.strip()
    work.session.flush()
    trail.record(work, "evidence.withdrawn", evidence)
    return evidence
