"""What is still wanted of a piece of evidence once its file is in: asked right after, or later from one's own list."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date

import sqlalchemy as sa

from sdg_tracker.access import Permission
from sdg_tracker.evidence import changing, file_queries, revising, tying
from sdg_tracker.evidence.details import EvidenceDetails
from sdg_tracker.evidence.models import Evidence, Tie
from sdg_tracker.evidence.tying import Wanted
from sdg_tracker.foundation.errors import Invalid, words
from sdg_tracker.foundation.i18n import _, lazy
from sdg_tracker.schemes.models import Cycle
from sdg_tracker.work import Work

GUESSES = 5
words(
    {
        "evidence-not-the-same": lazy(
            "Evidence %(other)s has not the same file as evidence %(number)s, or can't be tied."
        )
    }
)


@dataclass(frozen=True)
class Answers:
    """What its giver says of a piece: an empty ``people`` and no ties leave these as they are."""

    kind: str
    valid_until: date | None = None
    people: str = ""
    ties: Sequence[Wanted] = ()


def guesses(work: Work, evidence: Evidence, cycle: Cycle) -> list[str]:
    """Return the codes of the requirements that a piece most likely shows something for, the likeliest first.

    These take its kind, and other evidence shows something for them: of the same activity, else of the same kind.
    """
    taking = [row.code for row in cycle.scheme.requirements() if evidence.kind in row.kinds]
    beside = Evidence.activity_id == evidence.activity_id if evidence.activity_id else sa.false()
    rows = (
        sa.select(Tie.requirement_code, sa.func.count().filter(beside), sa.func.count())
        .join(Evidence, Evidence.id == Tie.evidence_id)
        .where(Tie.cycle_id == cycle.id, Evidence.stands, Evidence.id != evidence.id)
        .where(sa.or_(Evidence.kind == evidence.kind, beside))
        .group_by(Tie.requirement_code)
    )
    weights = {code: (together, same) for code, together, same in work.session.execute(rows)}
    tied = {tie.requirement_code for tie in evidence.ties if tie.cycle_id == cycle.id}
    likely = [code for code in taking if code in weights and code not in tied]
    return sorted(likely, key=lambda code: weights[code], reverse=True)[:GUESSES]


def finish(work: Work, number: int, answers: Answers, revision: int | None = None) -> Evidence:
    """Take the answers, and ask no more. Raises Conflict when somebody changed the piece since ``revision``."""
    evidence = changing.changeable(work, number, Permission.EVIDENCE_REVISE, revision)
    details = replace(_said(evidence), kind=answers.kind, valid_until=answers.valid_until, people=answers.people)
    revising.revise(work, number, details)
    for wanted in answers.ties:
        tying.tie(work, number, wanted)
    evidence.unfinished = False
    work.session.flush()
    return evidence


def same_file(work: Work, evidence: Evidence) -> list[Evidence]:
    """Return the other standing evidence with the same bytes that the one who acts may tie."""
    numbers = set(file_queries.holding(work, evidence.current.original_sha256)) - {evidence.number}
    rows = work.session.scalars(
        sa.select(Evidence).where(Evidence.number.in_(numbers), Evidence.stands).order_by(Evidence.number)
    )
    return [row for row in rows if work.can(Permission.EVIDENCE_TIE, row)]


def give_way(work: Work, number: int, to: int) -> None:
    """Withdraw a piece whose file the library had before; what it was tied to, the older one shows from now on.

    Raises Invalid when the other one does not have the same bytes.
    """
    evidence = changing.changeable(work, number, Permission.EVIDENCE_WITHDRAW)
    if to not in [one.number for one in same_file(work, evidence)]:
        raise Invalid("evidence-not-the-same", number=number, other=to)
    for tie in evidence.ties:
        with suppress(Invalid):  # a requirement that the period's version lacks: the tie stays with the older piece
            tying.tie(work, to, Wanted(tie.cycle.number, tie.requirement_code, tie.pages))
    revising.withdraw(work, number, _("The same file as evidence %(number)s.", number=to))


def others(work: Work, number: int) -> list[int]:
    """Return the numbers of what else the one who acts has not finished, the latest first."""
    rows = sa.select(Evidence.number).where(
        Evidence.unfinished, Evidence.added_by == work.actor.number, Evidence.stands, Evidence.number != number
    )
    return list(work.session.scalars(rows.order_by(Evidence.number.desc())))


def _said(evidence: Evidence) -> EvidenceDetails:
    return EvidenceDetails(
        title=evidence.title,
        kind=evidence.kind,
        description=evidence.description,
        collected_on=evidence.collected_on,
        public=evidence.public,
        activity=evidence.activity.number if evidence.activity else None,
        language=evidence.language,
        alt=evidence.alt,
        source=evidence.source,
        valid_until=evidence.valid_until,
        no_cpr=True,  # these texts were looked at before
    )
