"""Reviews: evidence is submitted, accepted, or sent back."""

from sdg_tracker import trail
from sdg_tracker.access import Permission
from sdg_tracker.evidence import guarding
from sdg_tracker.evidence.changing import changeable
from sdg_tracker.evidence.models import Evidence, Review
from sdg_tracker.evidence.states import Decision, State
from sdg_tracker.foundation.errors import Conflict, Invalid, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.work import Work

COMMENT_LONGEST = 2000  # characters

words(
    {
        "evidence-not-to-submit": lazy("Evidence %(number)s is submitted already."),
        "evidence-not-to-review": lazy("Evidence %(number)s does not wait for a review."),
        "evidence-own": lazy(
            "You added evidence %(number)s yourself, so somebody else has to accept it. "
            "The library can allow it under Administration, The library."
        ),
        "review-comment-missing": lazy("Write what is to be changed: the one who added it sees it."),
        "review-comment-long": lazy("The comment is longer than %(limit)s characters."),
    }
)

trail.declare(
    {
        "evidence.submitted": (lazy("Evidence submitted for review"), {"version"}),
        "evidence.accepted": (lazy("Evidence accepted"), {"version"}),
        "evidence.returned": (lazy("Evidence sent back"), {"version"}),
    }
)


def submit(work: Work, number: int) -> Evidence:
    """Let a draft, or what was sent back, be reviewed."""
    evidence = changeable(work, number, Permission.EVIDENCE_REVISE)
    if evidence.state not in (State.DRAFT.value, State.RETURNED.value):
        raise Conflict("evidence-not-to-submit", number=number)
    _submit(work, evidence)
    return evidence


def review(
    work: Work,
    number: int,
    decision: Decision,
    comment: str = "",
    version: int | None = None,
    *,
    no_cpr: bool = False,
) -> Evidence:
    """Accept the newest version, or send it back with a comment. Raises Conflict when it is not ``version`` any more.

    What was accepted can be sent back too, and then no longer counts. Nobody accepts what they added themselves, unless
    the library allows it.
    """
    evidence = changeable(work, number, Permission.EVIDENCE_REVIEW)
    comment = comment.strip()
    if decision is Decision.RETURNED and not comment:
        raise Invalid("review-comment-missing", field="comment")
    if len(comment) > COMMENT_LONGEST:
        raise Invalid("review-comment-long", field="comment", limit=COMMENT_LONGEST)
    if not no_cpr:
        guarding.check_typed(comment=comment)
    current = evidence.current.ordinal
    if version is not None and version != current:
        raise Conflict("changed-meanwhile")
    open_to = (State.SUBMITTED,) if decision is Decision.ACCEPTED else (State.SUBMITTED, State.ACCEPTED)
    if evidence.state not in open_to:
        raise Conflict("evidence-not-to-review", number=number)
    if decision is Decision.ACCEPTED and is_own(work, evidence) and not work.library.own_review:
        raise Conflict("evidence-own", number=number)
    if decision is Decision.ACCEPTED:
        evidence.accepted_version = current
        guarding.settle(work, evidence)
    elif evidence.state == State.ACCEPTED.value:
        evidence.accepted_version = None
    evidence.state = decision.value
    evidence.reviews.append(
        Review(
            version=current,
            decision=decision.value,
            comment=comment,
            decided_by=work.actor.number,
            decided_at=work.at,
        )
    )
    work.session.flush()
    action = "evidence.accepted" if decision is Decision.ACCEPTED else "evidence.returned"
    trail.record(work, action, evidence, version=current)
    return evidence


def is_own(work: Work, evidence: Evidence) -> bool:
    """Return whether the one who acts added the piece or its newest version."""
    return work.actor.number in (evidence.added_by, evidence.current.added_by)


def _submit(work: Work, evidence: Evidence) -> None:
    evidence.state = State.SUBMITTED.value
    work.session.flush()
    trail.record(work, "evidence.submitted", evidence, version=evidence.current.ordinal)


def ask_again(work: Work, evidence: Evidence) -> None:
    """Let what was accepted be reviewed once more when somebody changed it who does not review."""
    if evidence.state == State.ACCEPTED.value and not work.can(Permission.EVIDENCE_REVIEW, evidence):
        _submit(work, evidence)
