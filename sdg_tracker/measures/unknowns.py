"""Steps for readings that there will never be: say so and why, and take that back."""

from collections.abc import Sequence

from sdg_tracker import trail
from sdg_tracker.access import Permission
from sdg_tracker.accounts import queries as accounts
from sdg_tracker.foundation.errors import Conflict, Invalid, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.measures import details as rules
from sdg_tracker.measures import queries
from sdg_tracker.measures.models import UnknownReading
from sdg_tracker.work import Work, check_revision

words(
    {
        "unknown-reason": lazy("Say why nobody will ever know it, such as that the counter was broken."),
        "unknown-nowhere": lazy("Choose at least one branch."),
        "unknown-read": lazy("There is a reading for %(period)s already (number %(number)s). Withdraw that first."),
        "unknown-there": lazy("%(period)s is marked as never to be known already: %(reason)s."),
        "unknown-taken-back": lazy("It is asked for again already."),
        "unknown-back-reason": lazy("Say why it is asked for again."),
    }
)
_FACTS = frozenset({"code", "period", "branch", "reason"})
trail.declare(
    {
        "unknown_reading.added": (lazy("Gap marked as never to be known"), _FACTS),
        "unknown_reading.withdrawn": (lazy("Gap is asked for again"), _FACTS),
    }
)


def mark(work: Work, measure_number: int, period: str, branches: Sequence[str], reason: str) -> list[UnknownReading]:
    """Say that readings of a period will never be known; the branch "" is the whole library.

    Raises Invalid where there is a reading or a mark already, or no reason.
    """
    work.require(Permission.READING_ENTER)
    work.lock_library()  # somebody who enters a reading of it waits
    measure = queries.get(work, measure_number)
    if measure.withdrawn_at is not None:
        raise Conflict("measure-withdrawn", measure=measure.title)
    reason = rules.checked_reason(reason, "unknown-reason")
    if not branches:
        raise Invalid("unknown-nowhere", field="branches")
    known = [branch.code for branch in accounts.branches(work, disabled=True)]
    found = rules.checked_period(period, measure, work.today)
    standing = queries.standing(work, [measure], [found.code])
    marked = queries.unknown(work, [measure], [found.code])
    made = []
    for branch in dict.fromkeys(branches):
        rules.check_branch(branch, measure, known, field="branches")
        key = (measure.id, found.code, branch)
        if key in standing:
            raise Invalid("unknown-read", field="branches", period=found.name, number=standing[key].number)
        if key in marked:
            facts = {"period": found.name, "reason": marked[key].reason.rstrip(".")}
            raise Invalid("unknown-there", field="branches", **facts)
        made.append(
            UnknownReading(
                number=work.next_number("unknown_reading"),
                measure=measure,
                period=found.code,
                starts_on=found.first,
                ends_on=found.last,
                branch=branch or None,
                reason=reason,
                added_by=work.actor.number,
                added_role=work.actor.role.value,
                added_at=work.at,
                library_id=work.library.id,
            )
        )
    work.session.add_all(made)
    work.session.flush()
    for row in made:
        _record(work, "unknown_reading.added", row, reason)
    return made


def take_back(work: Work, number: int, reason: str, revision: int | None = None) -> UnknownReading:
    """Let a reading be asked for again. Raises Invalid without a reason, Conflict where it is already."""
    row = queries.unknown_reading(work, number)
    work.require(Permission.READING_CORRECT, row)
    if row.withdrawn_at is not None:
        raise Conflict("unknown-taken-back")
    check_revision(row, revision)
    reason = rules.checked_reason(reason, "unknown-back-reason")
    row.withdrawn_at, row.withdrawn_by, row.withdrawn_reason = work.at, work.actor.number, reason
    work.session.flush()
    _record(work, "unknown_reading.withdrawn", row, reason)
    return row


def _record(work: Work, action: str, row: UnknownReading, reason: str) -> None:
    facts = {"code": row.measure.code, "period": row.period, "branch": row.branch or "", "reason": reason}
    trail.record(work, action, row, **facts)
