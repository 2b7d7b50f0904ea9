"""Steps of the work with activities: add, revise, withdraw, map."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.orm.attributes import flag_modified

from sdg_tracker import trail
from sdg_tracker.access import Permission
from sdg_tracker.activities import queries, rules
from sdg_tracker.activities.filling import (
    PERSON,
    apply,
    check_words,
    details_of,
    differences,
    flush,
    made,
    put_mappings,
)
from sdg_tracker.activities.models import Activity
from sdg_tracker.activities.rules import ActivityDetails, MappingChoice
from sdg_tracker.foundation.errors import Conflict, Invalid, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.work import Work, check_revision

words(
    {
        "activity-withdrawn": lazy("Activity %(number)s is withdrawn and can't be changed."),
        "withdrawal-without-reason": lazy("Say why the activity is withdrawn."),
    }
)

trail.declare(
    {
        "activity.added": (lazy("Activity added"), {"revision", "type", "status"}),
        "activity.revised": (lazy("Activity changed"), {"revision", "fields"}),
        "activity.mapped": (lazy("Activity mapped"), {"revision", "before", "after"}),
        "activity.withdrawn": (lazy("Activity withdrawn"), {"revision", "reason"}),
    }
)


def add(work: Work, details: ActivityDetails) -> Activity:
    """Add an activity. Raises Invalid for a field that does not hold."""
    work.require(Permission.ACTIVITY_ADD)
    details = rules.checked(details)
    known = queries.vocabulary(work)
    check_words(known, details)
    activity = made(work)
    apply(activity, details, known)
    work.session.add(activity)
    flush(work)
    trail.record(
        work, "activity.added", activity, revision=activity.revision, type=activity.type, status=activity.status
    )
    return activity


def revise(work: Work, number: int, revision: int | None, details: ActivityDetails) -> Activity:
    """Change an activity to what ``details`` say. Raises Conflict when it was changed since ``revision`` was shown."""
    activity = _to_change(work, number, revision, Permission.ACTIVITY_REVISE)
    details = rules.checked(details)
    known = queries.vocabulary(work)
    before = details_of(activity)
    check_words(known, details, before)
    changed = differences(before, replace(details, year=rules.year_of(details.starts_on, details.year)))
    if not changed:
        return activity
    apply(activity, details, known)
    _changed(work, activity)
    trail.record(work, "activity.revised", activity, revision=activity.revision, fields=changed)
    return activity


def withdraw(work: Work, number: int, reason: str, revision: int | None = None) -> Activity:
    """Take an activity out of lists and counts. It stays, with the reason; evidence that shows it stays too."""
    activity = _to_change(work, number, revision, Permission.ACTIVITY_REVISE)
    reason = rules.one_line(reason)
    if not reason:
        raise Invalid("withdrawal-without-reason", field="reason")
    if len(reason) > rules.REASON_LIMIT:
        raise Invalid("text-too-long", field="reason", limit=rules.REASON_LIMIT, found=len(reason))
    activity.withdrawn_at, activity.withdrawn_by, activity.withdrawn_reason = work.at, work.actor.number, reason
    _changed(work, activity)
    trail.record(work, "activity.withdrawn", activity, revision=activity.revision, reason=reason)
    return activity


def map_activity(work: Work, number: int, choices: Sequence[MappingChoice], revision: int | None = None) -> Activity:
    """Replace the mappings of an activity. Those without a reason stay unconfirmed."""
    activity = _to_change(work, number, revision, Permission.ACTIVITY_MAP)
    kept = rules.arranged(choices, queries.vocabulary(work).codes)
    before = [mapping.code for mapping in activity.mappings]
    put_mappings(work, activity, kept, PERSON)
    _changed(work, activity)
    after = [choice.code for choice in kept]
    trail.record(work, "activity.mapped", activity, revision=activity.revision, before=before, after=after)
    return activity


def map_codes(work: Work, number: int, codes: Sequence[str], reason: str = "") -> Activity:
    """Map an activity to codes, the first as the main one, all for the same reason."""
    choices = [MappingChoice(code, main=position == 0, reason=reason) for position, code in enumerate(codes)]
    return map_activity(work, number, choices)


def _to_change(work: Work, number: int, revision: int | None, permission: Permission) -> Activity:
    activity = queries.get(work, number)
    work.require(permission, activity)
    if activity.withdrawn_at is not None:
        raise Conflict("activity-withdrawn", number=number)
    check_revision(activity, revision)
    return activity


def _changed(work: Work, activity: Activity) -> None:
    """Write the change; the revision rises also when only houses, partners or mappings differ."""
    flag_modified(activity, "search_text")
    flush(work)
