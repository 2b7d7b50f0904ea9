"""Requests: somebody is asked for a thing by a day, reminded, and gives it."""

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from sdg_tracker import jobs, trail
from sdg_tracker.access import SYSTEM, Permission
from sdg_tracker.accounts import queries as accounts
from sdg_tracker.activities.models import Activity
from sdg_tracker.evidence import adding, queries, request_queries, request_rules, reviewing
from sdg_tracker.evidence.adding import Added
from sdg_tracker.evidence.details import EvidenceDetails
from sdg_tracker.evidence.intake import Received
from sdg_tracker.evidence.request_models import Request, RequestState
from sdg_tracker.evidence.states import State
from sdg_tracker.evidence.tying import Wanted
from sdg_tracker.foundation.errors import Conflict, Invalid, words
from sdg_tracker.foundation.i18n import _, format_date, lazy
from sdg_tracker.jobs import library_ids
from sdg_tracker.mail import services as mail
from sdg_tracker.mail.services import Said
from sdg_tracker.work import Work, Workplace, check_revision

REASON_LONGEST, TITLE_LONGEST, NOTE_LONGEST = 500, 300, 5000  # characters
MORNING = 7  # the hour after which people are reminded

words(
    {
        "request-title-missing": lazy("Write what you ask for."),
        "request-title-long": lazy("What you ask for is longer than %(limit)s characters."),
        "request-note-long": lazy("The note is longer than %(limit)s characters."),
        "request-day-over": lazy("The day is over. Choose today or a later day."),
        "request-giver-unable": lazy("Choose somebody from the list: who is asked has to be able to add evidence."),
        "request-reason-missing": lazy("Write why it is cancelled: the one who was asked sees it."),
        "request-reason-long": lazy("The reason is longer than %(limit)s characters."),
        "request-over": lazy("Request %(number)s is done or cancelled and is no longer changed."),
        "request-given": lazy("What was asked for in request %(number)s was given already and waits to be reviewed."),
    }
)
trail.declare(
    {
        "request.made": (lazy("Evidence asked for"), {"giver", "due_on"}),
        "request.given": (lazy("What was asked for is given"), {"evidence"}),
        "request.reminded": (lazy("Reminder of a request"), {"giver"}),
        "request.cancelled": (lazy("Request cancelled"), set()),
    }
)


@dataclass(frozen=True)
class RequestDetails:
    """What is asked of whom, until when and what for."""

    title: str
    due_on: date
    giver: int  # number of a user
    note: str = ""
    activity: int | None = None  # number
    requirement: Wanted | None = None


def address(work: Work, request: Request) -> str:
    """Return the address of a request's page."""
    return f"{work.settings.url.rstrip('/')}/evidence/requests/{request.number}"


def make(work: Work, details: RequestDetails) -> Request:
    """Ask somebody for a thing, and write to them where mail is sent."""
    work.require(Permission.REQUEST_MAKE)
    title, note = details.title.strip(), details.note.strip()
    if not title:
        raise Invalid("request-title-missing", field="title")
    if len(title) > TITLE_LONGEST:
        raise Invalid("request-title-long", field="title", limit=TITLE_LONGEST)
    if len(note) > NOTE_LONGEST:
        raise Invalid("request-note-long", field="note", limit=NOTE_LONGEST)
    if details.due_on < work.today:
        raise Invalid("request-day-over", field="due_on")
    if details.giver not in {row.user_number for row in request_queries.givers(work)}:
        raise Invalid("request-giver-unable", field="giver")
    wanted, activity, cycle = details.requirement, _activity(work, details.activity), None
    if wanted is not None:
        cycle, _requirement = queries.requirement(work, wanted.cycle, wanted.requirement)
    request = Request(
        number=work.next_number("request"),
        title=title,
        note=note,
        due_on=details.due_on,
        giver_number=details.giver,
        activity=activity,
        cycle=cycle,
        requirement_code=wanted.requirement if wanted else "",
        added_by=work.actor.number,
        added_at=work.at,
    )
    work.session.add(request)
    work.session.flush()
    trail.record(work, "request.made", request, giver=request.giver_number, due_on=request.due_on.isoformat())
    mail.write(work, request.giver_number, "request", lambda: _asks(work, request))
    return request


def _activity(work: Work, number: int | None) -> Activity | None:
    if number is None:
        return None
    found = queries.activity(work, number)
    if found is None or found.withdrawn_at is not None:
        code = "evidence-activity-unknown" if found is None else "evidence-activity-withdrawn"
        raise Invalid(code, field="activity", number=number)
    return found


def give(work: Work, number: int, received: Received, description: str = "") -> Added:
    """Give a file for a request: a new piece of evidence, or a new version of what was sent back."""
    request = request_queries.get(work, number, lock=True)
    work.require(Permission.REQUEST_GIVE, request)
    if request.state in (RequestState.DONE, RequestState.CANCELLED):
        raise Conflict("request-over", number=number)
    if request.state is RequestState.GIVEN:
        raise Conflict("request-given", number=number)
    before = request.evidence
    if before is not None and before.withdrawn_at is None:
        added = adding.add_version(work, before.number, received)
        if added.evidence.state == State.DRAFT.value:
            reviewing.submit(work, before.number)
    else:
        added = adding.add(work, received, _details(request, description), _ties(work, request))
    request.evidence = added.evidence
    work.session.flush()
    trail.record(work, "request.given", request, evidence=added.evidence.number)
    return added


def _details(request: Request, description: str) -> EvidenceDetails:
    stands = request.activity is not None and request.activity.withdrawn_at is None
    return EvidenceDetails(
        title=request.title,
        description=description,
        activity=request.activity.number if request.activity and stands else None,
    )


def _ties(work: Work, request: Request) -> list[Wanted]:
    """Return what is tied to what is given; nothing where the period is on a version without the requirement."""
    if request.cycle is None:
        return []
    try:
        queries.requirement(work, request.cycle.number, request.requirement_code)
    except Invalid:
        return []
    return [Wanted(request.cycle.number, request.requirement_code)]


def cancel(work: Work, number: int, reason: str, revision: int | None = None) -> Request:
    """Ask for it no more, for a reason that is told to the one who was asked."""
    request = request_queries.get(work, number, lock=True)
    work.require(Permission.REQUEST_MAKE)
    check_revision(request, revision)
    if request.state in (RequestState.DONE, RequestState.CANCELLED):
        raise Conflict("request-over", number=number)
    reason = reason.strip()
    if not reason:
        raise Invalid("request-reason-missing", field="reason")
    if len(reason) > REASON_LONGEST:
        raise Invalid("request-reason-long", field="reason", limit=REASON_LONGEST)
    request.cancelled_at, request.cancelled_reason = work.at, reason
    work.session.flush()
    trail.record(work, "request.cancelled", request)
    mail.write(work, request.giver_number, "request", lambda: _spares(work, request))
    return request


# Reminders -----------------------------------------------------------------------------------------------------------


@jobs.chore("evidence.requests")
def remind(workplace: Workplace) -> None:
    """Remind those who owe something, in the morning of the library's own day."""
    if not workplace.settings.smtp:
        return
    for library_id in library_ids(workplace):
        with workplace.reading(SYSTEM, library_id) as work:
            work.require(Permission.REQUEST_REMIND)
            if work.at.astimezone(ZoneInfo(work.library.timezone)).hour < MORNING:
                continue
            due = [request.id for request in request_queries.owed(work) if _reminds(work, request)]
        for request_id in due:
            with workplace.writing(SYSTEM, library_id) as work:
                request = request_queries.by_id(work, request_id)
                if request is not None and request.state is RequestState.OPEN and _reminds(work, request):
                    remind_of(work, request)


def remind_of(work: Work, request: Request) -> None:
    """Remind the one who was asked."""
    work.require(Permission.REQUEST_REMIND)
    request.reminded_on = work.today
    work.session.flush()
    if mail.write(work, request.giver_number, "reminder", lambda: _reminder(work, request)) is not None:
        trail.record(work, "request.reminded", request, giver=request.giver_number)


def _reminds(work: Work, request: Request) -> bool:
    asked_on = request.added_at.astimezone(ZoneInfo(work.library.timezone)).date()
    return request_rules.reminds(request.due_on, asked_on, request.reminded_on, work.today)


# Letters -------------------------------------------------------------------------------------------------------------


def _asks(work: Work, request: Request) -> Said:
    asker = accounts.names(work, [request.added_by]).get(request.added_by or 0, work.library.name)
    first = _("%(name)s asks you for: %(title)s", name=asker, title=request.title)
    return Said(_("Please give: %(title)s", title=request.title), _letter(work, request, first))


def _reminder(work: Work, request: Request) -> Said:
    if request.due_on < work.today:
        subject = _("Overdue: %(title)s", title=request.title)
    elif request.due_on == work.today:
        subject = _("Today: %(title)s", title=request.title)
    else:
        subject = _("Soon: %(title)s", title=request.title)
    first = _("You were asked for: %(title)s", title=request.title)
    sent_back = request.evidence is not None and request.evidence.state == State.RETURNED.value
    more = [_("What you gave was sent back to you with a comment.")] if sent_back else []
    return Said(subject, _letter(work, request, first, *more))


def _spares(work: Work, request: Request) -> Said:
    first = _("You were asked for this, and it is no longer needed: %(title)s", title=request.title)
    subject = _("No longer needed: %(title)s", title=request.title)
    return Said(subject, "\n".join([first, "", request.cancelled_reason, "", "-- ", work.library.name, ""]))


def _letter(work: Work, request: Request, *first: str) -> str:
    about = [_("By: %(day)s", day=format_date(request.due_on))]
    if request.activity is not None:
        about.append(_("Activity: %(title)s", title=request.activity.title))
    if request.cycle is not None:
        about.append(_("Requirement: %(code)s", code=request.requirement_code))
    note = ["", *request.note.splitlines()] if request.note else []
    end = [_("Give it here:"), address(work, request), "", "-- ", work.library.name, ""]
    return "\n".join([*first, "", *about, *note, "", *end])
