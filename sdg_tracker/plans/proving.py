"""Steps that prove a pledge or an initiative: tie activities, note what happened, check a rule, overrule a status."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from sdg_tracker import trail
from sdg_tracker.access import Permission
from sdg_tracker.activities import queries as activities
from sdg_tracker.activities.models import Activity
from sdg_tracker.evidence.models import Evidence
from sdg_tracker.foundation.errors import Conflict, Invalid, NotFound, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.measures.periods import Period
from sdg_tracker.measures.states import Frequency
from sdg_tracker.plans import queries, rules
from sdg_tracker.plans.details import tidied
from sdg_tracker.plans.models import (
    Initiative,
    InitiativeActivity,
    Occurrence,
    Pledge,
    PledgeActivity,
    SelfCheck,
    StatusOverrule,
)
from sdg_tracker.plans.states import Answer, Kind, Per, Status
from sdg_tracker.work import Work

MOST = 10_000  # that can be counted at once

words(
    {
        "pledge-withdrawn": lazy("%(name)s is taken out of the plan."),
        "tie-activity-withdrawn": lazy("The activity is withdrawn, so it can't be tied to the plan."),
        "occurrence-of-recurring": lazy("Only for a pledge that recurs can be noted that it happened."),
        "occurrence-late": lazy("What has not happened yet can't be noted. Choose today or an earlier day."),
        "occurrence-count": lazy("Give a number from 1 to 10,000."),
        "occurrence-period": lazy("Write the period like %(example)s. That is how %(name)s is counted."),
        "plan-evidence-unknown": lazy("There is no evidence %(number)s that counts."),
        "occurrence-unknown": lazy("There is no note %(number)s about this pledge."),
        "check-of-standing": lazy("Only a standing rule has a yearly self-check."),
        "check-late": lazy("A self-check can't be of a day or a year that is still to come."),
        "check-note-missing": lazy("Say what was not kept, and what is done about it."),
        "check-unknown": lazy("There is no self-check %(number)s of this pledge."),
        "overrule-reason-missing": lazy("Say why the status is another than the one computed."),
        "overrule-late": lazy("An overruled status can't hold from a day that is still to come."),
        "overrule-none": lazy("The status is not overruled."),
        "plan-taken-back": lazy("It has been taken back already."),
    }
)
trail.declare(
    {
        "pledge.tied": (lazy("Activity tied to a pledge"), {"code", "activity"}),
        "pledge.untied": (lazy("Activity untied from a pledge"), {"code", "activity"}),
        "initiative.tied": (lazy("Activity tied to an initiative"), {"code", "activity"}),
        "initiative.untied": (lazy("Activity untied from an initiative"), {"code", "activity"}),
        "pledge.overruled": (lazy("Status of a pledge overruled"), {"code", "status", "since", "reason"}),
        "pledge.restored": (lazy("Status of a pledge as computed again"), {"code", "since", "reason"}),
        "occurrence.added": (lazy("Noted that a pledge was kept"), {"code", "day", "period", "count", "evidence"}),
        "occurrence.withdrawn": (lazy("Note about a pledge taken back"), {"code", "reason"}),
        "self_check.added": (lazy("Pledge checked"), {"code", "year", "day", "outcome", "seed", "exhibits"}),
        "self_check.withdrawn": (lazy("Check of a pledge taken back"), {"code", "reason"}),
    }
)


@dataclass(frozen=True)
class Noted:
    """That something recurring happened: on a day, or so many times up to it. ``period``: that it counts for."""

    day: date
    count: int = 1
    period: str = ""
    note: str = ""
    evidence: int | None = None


@dataclass(frozen=True)
class Checked:
    """What a self-check found. ``seed``: of the sample that was looked at."""

    year: int
    day: date
    answer: Answer
    seed: str
    note: str = ""
    size: int = rules.SAMPLE


def tie(work: Work, activity_number: int, pledges: Collection[int], initiatives: Collection[int]) -> Activity:
    """Let an activity belong to these pledges and initiatives, by their numbers, and to no others of an open plan.

    Ties to what was taken out of a plan stay as they are. Raises NotFound, Conflict for a withdrawn activity.
    """
    activity = activities.get(work, activity_number)
    work.require(Permission.PLAN_TIE, activity)
    if activity.withdrawn_at is not None:
        raise Conflict("tie-activity-withdrawn")
    of_pledge, of_initiative = queries.ties(work, activity)
    there = {("pledge", row.number): row for row in of_pledge} | {
        ("initiative", row.number): row for row in of_initiative
    }
    wanted = {("pledge", number) for number in pledges} | {("initiative", number) for number in initiatives}
    for kind, number in sorted(wanted - there.keys()):
        part = queries.pledge(work, number) if kind == "pledge" else queries.initiative(work, number)
        _tie(work, part, activity)
    for key in sorted(there.keys() - wanted):
        _untie(work, there[key], activity)
    return activity


def tie_several(
    work: Work, part: Pledge | Initiative, add: Collection[int], remove: Collection[int] = ()
) -> tuple[int, int]:
    """Let activities belong to a pledge or an initiative, and others no longer; return how many changed.

    Raises Forbidden for one that the person may not tie, Conflict for a withdrawn one or a part taken out of the plan.
    """
    link = PledgeActivity if isinstance(part, Pledge) else InitiativeActivity
    changed = [0, 0]
    for place, numbers in enumerate((add, remove)):
        for number in sorted(numbers):
            activity = activities.get(work, number)
            work.require(Permission.PLAN_TIE, activity)
            if activity.withdrawn_at is not None:
                raise Conflict("tie-activity-withdrawn")
            there = work.session.get(link, (part.id, activity.id)) is not None
            if there == bool(place):
                (_untie if place else _tie)(work, part, activity)
                changed[place] += 1
    return changed[0], changed[1]


def _tie(work: Work, part: Pledge | Initiative, activity: Activity) -> None:
    if part.withdrawn_at is not None:
        raise Conflict("pledge-withdrawn", name=part.code)
    said = {"activity_id": activity.id, "added_by": work.actor.number, "added_at": work.at}
    if isinstance(part, Pledge):
        work.session.add(PledgeActivity(pledge_id=part.id, **said))
    else:
        work.session.add(InitiativeActivity(initiative_id=part.id, **said))
    work.session.flush()
    trail.record(work, f"{part.__tablename__}.tied", part, code=part.code, activity=activity.number)


def _untie(work: Work, part: Pledge | Initiative, activity: Activity) -> None:
    model = PledgeActivity if isinstance(part, Pledge) else InitiativeActivity
    work.session.delete(work.session.get_one(model, (part.id, activity.id)))
    work.session.flush()
    trail.record(work, f"{part.__tablename__}.untied", part, code=part.code, activity=activity.number)


def note(work: Work, pledge_number: int, noted: Noted) -> Occurrence:
    """Note that what a pledge promises happened. Raises Invalid, Conflict, NotFound."""
    pledge = _open(work, pledge_number)
    if pledge.kind != Kind.RECURRING:
        raise Conflict("occurrence-of-recurring")
    if noted.day > work.today:
        raise Invalid("occurrence-late", field="day")
    if not 1 <= noted.count <= MOST:
        raise Invalid("occurrence-count", field="count")
    row = Occurrence(
        number=work.next_number("occurrence"),
        pledge_id=pledge.id,
        day=noted.day,
        period=_period(pledge, noted.period),
        count=noted.count,
        note=tidied(noted.note, "note"),
        evidence_id=_evidence(work, noted.evidence),
        added_by=work.actor.number,
        added_at=work.at,
    )
    work.session.add(row)
    work.session.flush()
    told = {"day": row.day.isoformat(), "period": row.period, "count": row.count, "evidence": noted.evidence}
    trail.record(work, "occurrence.added", row, code=pledge.code, **told)
    return row


def counted_by(pledge: Pledge) -> Frequency:
    """Return the length of the periods that a recurring pledge is counted in."""
    return Frequency.QUARTER if pledge.per == Per.WEEK else Frequency(pledge.per)


def _period(pledge: Pledge, text: str) -> str:
    if not text.strip():
        return ""
    length = counted_by(pledge)
    try:
        period = Period.parse(text)
    except Invalid:
        period = None
    if period is None or period.frequency is not length:
        example = Period.of(date(2025, 7, 1), length).code
        raise Invalid("occurrence-period", field="period", name=pledge.code, example=example)
    return period.code


def _evidence(work: Work, number: int | None) -> int | None:
    if number is None:
        return None
    found = work.session.scalar(sa.select(Evidence.id).where(Evidence.number == number, Evidence.counts))
    if found is None:
        raise Invalid("plan-evidence-unknown", field="evidence", number=number)
    return found


def take_back_note(work: Work, pledge_number: int, number: int, reason: str) -> None:
    """Take back that something happened. Raises NotFound, Invalid without a reason."""
    pledge = _open(work, pledge_number)
    found = sa.select(Occurrence).where(Occurrence.number == number, Occurrence.pledge_id == pledge.id)
    row = work.session.scalar(found)
    if row is None:
        raise NotFound("occurrence-unknown", number=number)
    _take_back(work, row, reason)
    trail.record(work, "occurrence.withdrawn", row, code=pledge.code, reason=row.withdrawn_reason)


def evidence_of(work: Work, pledge: Pledge, year: int) -> list[int]:
    """Return the numbers of the evidence of a year that a self-check draws its sample from."""
    plan, last = queries.plan_of(work, pledge), date(year, 12, 31)
    proof = queries.proof(work, plan, min(last, work.today))
    done = [one for one in proof.of_pledge.get(pledge.number, ()) if one.first.year <= year <= (one.last or last).year]
    return sorted({piece for one in done for piece in proof.evidence[one.number]})


def check(work: Work, pledge_number: int, checked: Checked) -> SelfCheck:
    """Keep a self-check with the sample that its seed draws; a later one of the year takes its place.

    Raises Invalid, Conflict.
    """
    pledge = _open(work, pledge_number)
    if pledge.kind != Kind.STANDING:
        raise Conflict("check-of-standing")
    if checked.day > work.today or checked.year > checked.day.year:
        raise Invalid("check-late", field="day")
    text = tidied(checked.note, "note")
    if checked.answer is not Answer.KEPT and not text:
        raise Invalid("check-note-missing", field="note")
    pool = evidence_of(work, pledge, checked.year)
    row = SelfCheck(
        number=work.next_number("self_check"),
        pledge_id=pledge.id,
        year=checked.year,
        day=checked.day,
        answer=checked.answer.value,
        note=text,
        seed=checked.seed,
        drawn_from=len(pool),
        sample=rules.sample(pool, checked.seed, checked.size),
        added_by=work.actor.number,
        added_role=work.actor.role.value,
        added_at=work.at,
    )
    work.session.add(row)
    work.session.flush()
    told = {"year": row.year, "day": row.day.isoformat(), "outcome": row.answer, "seed": row.seed}
    trail.record(work, "self_check.added", row, code=pledge.code, exhibits=row.sample, **told)
    return row


def take_back_check(work: Work, pledge_number: int, number: int, reason: str) -> None:
    """Take back a self-check. Raises NotFound, Invalid without a reason."""
    pledge = _open(work, pledge_number)
    row = work.session.scalar(sa.select(SelfCheck).where(SelfCheck.number == number, SelfCheck.pledge_id == pledge.id))
    if row is None:
        raise NotFound("check-unknown", number=number)
    _take_back(work, row, reason)
    trail.record(work, "self_check.withdrawn", row, code=pledge.code, reason=row.withdrawn_reason)


def overrule(work: Work, pledge_number: int, status: Status, reason: str, since: date | None = None) -> StatusOverrule:
    """Say how a pledge stands, otherwise than computed, and why. Raises Invalid without a reason."""
    pledge = _open(work, pledge_number)
    row = _overrule(work, pledge, status.value, reason, since)
    told = {"since": row.day.isoformat(), "reason": row.reason}
    trail.record(work, "pledge.overruled", pledge, code=pledge.code, status=row.status, **told)
    return row


def restore(work: Work, pledge_number: int, reason: str, since: date | None = None) -> StatusOverrule:
    """Let a pledge stand as computed again. Raises Conflict where it does, Invalid without a reason."""
    pledge = _open(work, pledge_number)
    newest = next(reversed(queries.overrules(work, pledge)), None)
    if newest is None or not newest.status:
        raise Conflict("overrule-none")
    row = _overrule(work, pledge, "", reason, since)
    trail.record(work, "pledge.restored", pledge, code=pledge.code, since=row.day.isoformat(), reason=row.reason)
    return row


def _overrule(work: Work, pledge: Pledge, status: str, reason: str, since: date | None) -> StatusOverrule:
    reason, day = tidied(reason, "reason"), since or work.today
    if not reason:
        raise Invalid("overrule-reason-missing", field="reason")
    if day > work.today:
        raise Invalid("overrule-late", field="since")
    row = StatusOverrule(
        pledge_id=pledge.id,
        status=status,
        reason=reason,
        day=day,
        added_by=work.actor.number,
        added_role=work.actor.role.value,
        added_at=work.at,
    )
    work.session.add(row)
    work.session.flush()
    return row


def _open(work: Work, number: int) -> Pledge:
    pledge = queries.pledge(work, number)
    work.require(Permission.PLAN_WRITE, pledge)
    if pledge.withdrawn_at is not None:
        raise Conflict("pledge-withdrawn", name=pledge.code)
    return pledge


def _take_back(work: Work, row: Occurrence | SelfCheck, reason: str) -> None:
    reason = tidied(reason, "reason")
    if not reason:
        raise Invalid("plan-reason-missing", field="reason")
    if row.withdrawn_at is not None:
        raise Conflict("plan-taken-back")
    row.withdrawn_at, row.withdrawn_by, row.withdrawn_reason = work.at, work.actor.number, reason
    work.session.flush()
