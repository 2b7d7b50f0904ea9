"""The step in which a requirement is assessed."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sdg_tracker import trail
from sdg_tracker.access import Permission
from sdg_tracker.certification import leaving, queries, task_queries
from sdg_tracker.certification.models import REASONED, Assessment
from sdg_tracker.certification.states import AssessmentState
from sdg_tracker.foundation.errors import Conflict, Invalid, words
from sdg_tracker.foundation.i18n import in_locale, lazy
from sdg_tracker.schemes import queries as schemes
from sdg_tracker.schemes.models import Cycle
from sdg_tracker.work import Work

NARRATIVE_LIMIT, REASON_LIMIT, ANSWER_LIMIT = 20_000, 500, 2_000  # characters
NEVER_SEEN = 0  # the revision of what nobody has assessed yet

words(
    {
        "assessment-reason-missing": lazy("Write why the requirement does not apply or is not pursued."),
        "assessment-reason-long": lazy("The reason is longer than %(limit)s characters."),
        "assessment-omission-missing": lazy("Choose one of the scheme's reasons."),
        "assessment-omission-unknown": lazy("The scheme has no reason %(omission)s. It has: %(known)s."),
        "assessment-not-left-out": lazy("The scheme does not let requirement %(requirement)s be left out."),
        "assessment-answer-long": lazy("“%(name)s” is longer than %(limit)s characters."),
        "assessment-answer-unknown": lazy("The scheme does not ask for “%(key)s”. It asks for: %(known)s."),
        "assessment-confirmed": lazy("The assessment of %(requirement)s does not wait to be confirmed."),
        "assessment-narrative-long": lazy("The description is longer than %(limit)s characters."),
    }
)
trail.declare({queries.CHANGED: (lazy("Assessment changed"), {"code", "before", "after"})})


@dataclass(frozen=True)
class AssessmentDetails:
    """What the library says of a requirement. The reasons are kept only where the state asks for one."""

    state: AssessmentState
    narrative: str = ""
    reason: str = ""
    omission: str = ""  # code of one of the scheme's ready-made reasons
    answers: Mapping[str, str] = field(default_factory=dict)  # to the scheme's answer fields, by key


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
    said = _clean(details)
    _check(said)
    _check_scheme(cycle, code, said)
    work.lock_library()  # one after the other, also where there is no row yet
    found = queries.assessment(work, cycle, code)
    if revision is not None and revision != (found.revision if found else NEVER_SEEN):
        raise Conflict("changed-meanwhile", revision=found.revision if found else NEVER_SEEN)
    before = found.state if found and not found.unconfirmed else None
    if found is None:
        found = Assessment(cycle_id=cycle.id, requirement_code=code)
        work.session.add(found)
    elif not found.unconfirmed and _said(found) == said:
        return found
    found.state, found.narrative, found.reason = said.state.value, said.narrative, said.reason
    found.omission, found.answers = said.omission, dict(said.answers)
    found.unconfirmed = False
    found.assessed_by, found.assessed_at = work.actor.number, work.at
    work.session.flush()
    trail.record(work, queries.CHANGED, cycle, code=code, before=before, after=said.state.value)
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


def _clean(details: AssessmentDetails) -> AssessmentDetails:
    """Return what is kept: no reasons where none is asked for, no answers that say nothing."""
    reasoned = details.state in REASONED
    answers = {key: text.replace("\r\n", "\n").strip() for key, text in details.answers.items()}
    return AssessmentDetails(
        details.state,
        details.narrative.replace("\r\n", "\n").strip(),
        details.reason.strip() if reasoned else "",
        details.omission if reasoned else "",
        {key: text for key, text in answers.items() if text},
    )


def _said(found: Assessment) -> AssessmentDetails:
    state = AssessmentState(found.state)
    return AssessmentDetails(state, found.narrative, found.reason, found.omission, found.answers)


def _check(said: AssessmentDetails) -> None:
    if len(said.reason) > REASON_LIMIT:
        raise Invalid("assessment-reason-long", field="reason", limit=REASON_LIMIT)
    if len(said.narrative) > NARRATIVE_LIMIT:
        raise Invalid("assessment-narrative-long", field="narrative", limit=NARRATIVE_LIMIT)


def _check_scheme(cycle: Cycle, code: str, said: AssessmentDetails) -> None:
    """Hold what is said against the scheme's rule: what may be left out, with which reasons, and what else it asks."""
    decision = cycle.scheme.document["decision"]
    known, asked = leaving.reasons(decision), leaving.fields(decision)
    for key, text in said.answers.items():
        if key not in asked:
            raise Invalid("assessment-answer-unknown", field="narrative", key=key, known=", ".join(asked) or "–")
        if len(text) > ANSWER_LIMIT:
            name = in_locale(asked[key]["da"], asked[key]["en"])
            raise Invalid("assessment-answer-long", field=f"answer_{key}", name=name, limit=ANSWER_LIMIT)
    if said.state not in REASONED:
        return
    if not leaving.may_leave_out(decision, code):
        raise Invalid("assessment-not-left-out", field="state", requirement=code)
    if known and not said.omission:
        raise Invalid("assessment-omission-missing", field="omission", known=", ".join(known))
    if said.omission and said.omission not in known:
        raise Invalid(
            "assessment-omission-unknown", field="omission", omission=said.omission, known=", ".join(known) or "–"
        )
    if not said.reason and leaving.wants_words(decision):
        raise Invalid("assessment-reason-missing", field="reason")
