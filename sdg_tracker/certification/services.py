"""The step in which a requirement is assessed."""

from dataclasses import dataclass

from sdg_tracker import trail
from sdg_tracker.access import Permission
from sdg_tracker.certification import queries, task_queries
from sdg_tracker.certification.models import REASONED, Assessment
from sdg_tracker.certification.states import AssessmentState
from sdg_tracker.foundation.errors import Conflict, Invalid, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.schemes import queries as schemes
from sdg_tracker.work import Work

NARRATIVE_LIMIT, REASON_LIMIT = 20_000, 500  # characters
NEVER_SEEN = 0  # the revision of what nobody has assessed yet

words(
    {
        "assessment-reason-missing": lazy("Write why the requirement does not apply or is not pursued."),
        "assessment-reason-long": lazy("The reason is longer than %(limit)s characters."),
        "assessment-confirmed": lazy("The assessment of %(requirement)s does not wait to be confirmed."),
        "assessment-narrative-long": lazy("The description is longer than %(limit)s characters."),
    }
)
trail.declare({queries.CHANGED: (lazy("Assessment changed"), {"code", "before", "after"})})


@dataclass(frozen=True)
class AssessmentDetails:
    """What the library says of a requirement. The reason is kept only where the state asks for one."""

    state: AssessmentState
    narrative: str = ""
    reason: str = ""


def assess(
    work: Work, cycle_number: int, code: str, details: AssessmentDetails, revision: int | None = None
) -> Assessment:
    """Say how far the library is with a requirement of a cycle.

    ``revision``: the one that was shown, ``NEVER_SEEN`` where there was none; None asks nothing.
    Raises NotFound for cycle and code, Conflict when somebody else did meanwhile, Invalid, which names the field.
    """
    cycle = schemes.cycle(work, cycle_number)
    work.require(Permission.ASSESSMENT_WRITE, task_queries.task(work, cycle, code))
    schemes.requirement(work, cycle.scheme, code)
    state, narrative = details.state, details.narrative.replace("\r\n", "\n").strip()
    reason = details.reason.strip() if state in REASONED else ""
    _check(state, narrative, reason)
    work.lock_library()  # one after the other, also where there is no row yet
    found = queries.assessment(work, cycle, code)
    if revision is not None and revision != (found.revision if found else NEVER_SEEN):
        raise Conflict("changed-meanwhile", revision=found.revision if found else NEVER_SEEN)
    before = found.state if found and not found.unconfirmed else None
    if found is None:
        found = Assessment(cycle_id=cycle.id, requirement_code=code)
        work.session.add(found)
    elif not found.unconfirmed and (found.state, found.narrative, found.reason) == (state.value, narrative, reason):
        return found
    found.state, found.narrative, found.reason = state.value, narrative, reason
    found.unconfirmed = False
    found.assessed_by, found.assessed_at = work.actor.number, work.at
    work.session.flush()
    trail.record(work, queries.CHANGED, cycle, code=code, before=before, after=state.value)
    return found


def confirm(work: Work, cycle_number: int, code: str, revision: int | None = None) -> Assessment:
    """Say that what was taken over from the cycle before still holds. Raises NotFound, Conflict."""
    cycle = schemes.cycle(work, cycle_number)
    work.require(Permission.ASSESSMENT_WRITE, task_queries.task(work, cycle, code))
    schemes.requirement(work, cycle.scheme, code)
    work.lock_library()
    found = queries.assessment(work, cycle, code)
    if found is None or not found.unconfirmed:
        raise Conflict("assessment-confirmed", requirement=code)
    if revision is not None and revision != found.revision:
        raise Conflict("changed-meanwhile", revision=found.revision)
    found.unconfirmed = False
    found.assessed_by, found.assessed_at = work.actor.number, work.at
    work.session.flush()
    trail.record(work, queries.CHANGED, cycle, code=code, before=None, after=found.state)
    return found


def _check(state: AssessmentState, narrative: str, reason: str) -> None:
    if state in REASONED and not reason:
        raise Invalid("assessment-reason-missing", field="reason")
    if len(reason) > REASON_LIMIT:
        raise Invalid("assessment-reason-long", field="reason", limit=REASON_LIMIT)
    if len(narrative) > NARRATIVE_LIMIT:
        raise Invalid("assessment-narrative-long", field="narrative", limit=NARRATIVE_LIMIT)
