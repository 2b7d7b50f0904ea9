"""What waits for a person, in words and with addresses."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from sdg_tracker.access import Actor, Permission
from sdg_tracker.accounts import queries as accounts
from sdg_tracker.audit import telling
from sdg_tracker.certification import task_queries as tasks
from sdg_tracker.certification.models import Task
from sdg_tracker.certification.states import TaskState
from sdg_tracker.digest.rules import SHOWN, Line, Section
from sdg_tracker.effects import queries as effects
from sdg_tracker.evidence import expiry, link_queries, listing, request_queries
from sdg_tracker.evidence import queries as evidence
from sdg_tracker.evidence.link_models import Link
from sdg_tracker.evidence.listing import Filters
from sdg_tracker.evidence.models import Evidence
from sdg_tracker.evidence.request_models import Request, RequestState
from sdg_tracker.evidence.states import State
from sdg_tracker.evidence.validity import Validity
from sdg_tracker.foundation.i18n import _, format_date, in_locale, ngettext_
from sdg_tracker.keeping import queries as keeping
from sdg_tracker.keeping.models import Outcome
from sdg_tracker.mail import services as mail
from sdg_tracker.measures import snapshot as measures
from sdg_tracker.measures.periods import Period
from sdg_tracker.plans import waiting, wording
from sdg_tracker.work import Work


def sections(work: Work, actor: Actor) -> list[Section]:
    """Return what waits for somebody, the most urgent first, in the current language; empty when nothing does."""
    seen = replace(work, actor=actor)
    found = list(_own(seen, actor.number or 0))
    if seen.can(Permission.EVIDENCE_REVIEW):
        found += [
            _requirements(_("Requirements to be approved"), tasks.ready(seen)),
            *_audits(seen),
            *_pledges(seen),
            *_to_review(seen),
            *_expiring(seen),
            *_readings(seen),
            *_links(seen, None),
        ]
        found += _troubles(seen)
    else:
        found += _links(seen, actor.number)
    return [section for section in found if section.total]


def _audits(work: Work) -> Iterable[Section]:
    rows = telling.waiting(work)
    lines = [Line(row.text.splitlines()[0], f"/editions/{row.audit.edition.number}/audit") for row in rows[:SHOWN]]
    yield Section(_("Asked or found by an auditor"), len(rows), lines, lines[0].path if lines else "")
    promised = [(row, row.deadline) for row in telling.promised(work) if row.deadline]
    due = [
        Line(
            _("%(title)s – by %(day)s", title=row.correction.splitlines()[0], day=format_date(day)),
            f"/editions/{row.audit.edition.number}/audit#finding-{row.number}",
        )
        for row, day in promised[:SHOWN]
    ]
    yield Section(_("Promised to an auditor"), len(promised), due, due[0].path if due else "")


def _pledges(work: Work) -> Iterable[Section]:
    """Return the pledges of the plan that are behind, have to be checked, or lack their figures."""
    rows = [pledge for found in waiting.pledges(work).values() for pledge in found]
    lines = [
        Line(
            f"{pledge['code']} {wording.own(pledge['title'])} – {wording.STATUS_NAMES[pledge['status']['shown']]}",
            f"/plan/pledges/{pledge['number']}",
        )
        for pledge in rows[:SHOWN]
    ]
    yield Section(_("Pledges to look at"), len(rows), lines, "/plan#pledges")


def _readings(work: Work) -> Iterable[Section]:
    """Return the figures that are to be read, a line for each measure and period."""
    rows = measures.due(work) if work.can(Permission.MEASURE_MANAGE) else []
    lines = [
        Line(
            f"{in_locale(row['title']['da'], row['title']['en'])}: {Period.parse(period).name}",
            f"/measures/{row['number']}/enter?period={period}",
        )
        for row, period, _places in rows[:SHOWN]
    ]
    yield Section(_("Figures to be read"), len(rows), lines, "/measures")


def _own(work: Work, number: int) -> Iterable[Section]:
    rows, total = request_queries.one_page(work, RequestState.OPEN, SHOWN, 0, number)
    path = "/evidence/requests" + (f"?giver={number}" if work.can(Permission.REQUEST_MAKE) else "")
    yield Section(_("You were asked for"), total, [_request(work, row) for row in rows], path)
    yield _requirements(_("Requirements of yours that are due"), tasks.due(work, number, work.today + tasks.SOON))
    for state, title in ((State.RETURNED, _("Sent back to you")), (State.DRAFT, _("Your drafts"))):
        mine = Filters(state=state.value, added_by=number)
        yield _evidence(work, title, mine, f"/evidence?state={state.value}&giver=me", _titled)
    held = effects.unseen(work, number)
    told = [Line(row.title, f"/activities/{row.number}/effect/seen") for row in held[:SHOWN]]
    yield Section(_("Held, and nobody has said what was seen"), len(held), told, "/effects")


def _request(work: Work, row: Request) -> Line:
    day = format_date(row.due_on)
    text = _("%(title)s – was due on %(day)s") if row.due_on < work.today else _("%(title)s – by %(day)s")
    return Line(text % {"title": row.title, "day": day}, f"/evidence/requests/{row.number}")


def _requirements(title: str, rows: Sequence[Task]) -> Section:
    """Return requirements; the link of the section leads to the cycle of the most urgent one."""

    def said(row: Task) -> Line:
        path = f"/certification/cycles/{row.cycle.number}/{row.requirement_code}"
        if row.due_on is None:
            return Line(row.requirement_code, path)
        return Line(_("%(code)s – by %(day)s", code=row.requirement_code, day=format_date(row.due_on)), path)

    lines = [said(row) for row in rows[:SHOWN]]
    which = "state=ready" if rows and rows[0].state == TaskState.READY.value else "owner=me"
    return Section(title, len(rows), lines, f"/certification/cycles/{rows[0].cycle.number}?{which}" if rows else "")


def _evidence(work: Work, title: str, filters: Filters, path: str, say: Callable[[Evidence], str]) -> Section:
    rows, total = listing.one_page(work, filters, "number", SHOWN, 0)
    return Section(title, total, [Line(say(row), f"/evidence/{row.number}") for row in rows], path)


def _titled(row: Evidence) -> str:
    return row.title


def _to_review(work: Work) -> Iterable[Section]:
    state = State.SUBMITTED.value
    yield _evidence(work, _("To be reviewed"), Filters(state=state), f"/evidence?state={state}", _titled)
    rows = [row for row in request_queries.owed(work) if row.due_on < work.today]
    names = accounts.names(work, [row.giver_number for row in rows])
    late = [
        Line(
            _("%(name)s: %(title)s", name=names[row.giver_number], title=row.title),
            f"/evidence/requests/{row.number}",
        )
        for row in rows[:SHOWN]
    ]
    yield Section(_("Overdue requests"), len(rows), late, "/evidence/requests")
    apart = evidence.quarantined(work)
    lines = [Line(row.title, f"/evidence/{row.number}") for row in apart[:SHOWN]]
    yield Section(_("In quarantine"), len(apart), lines, "/evidence/quarantine")


def _expiring(work: Work) -> Iterable[Section]:
    def say(row: Evidence) -> str:
        day = format_date(row.valid_until) if row.valid_until else ""
        code = expiry.ruled_by(work, row)
        if code:
            return _("%(title)s – %(day)s, by the rule of %(code)s", title=row.title, day=day, code=code)
        return _("%(title)s – %(day)s, set by hand", title=row.title, day=day)

    for validity, title in ((Validity.EXPIRED, _("Expired")), (Validity.SOON, _("Expires within 60 days"))):
        path = f"/evidence?validity={validity.value}"
        yield _evidence(work, title, Filters(validity=validity.value), path, say)


def _links(work: Work, giver: int | None) -> Iterable[Section]:
    wanted = (("failed", _("Links without a copy")), ("dead", _("Dead links")))
    for state, title in wanted:
        rows, total = link_queries.one_page(work, state, SHOWN, 0, giver)
        lines = [Line(_called(row), f"/evidence/links/{row.number}") for row in rows]
        yield Section(title, total, lines, f"/evidence/links?state={state}")


def _called(row: Link) -> str:
    return row.evidence.title if row.evidence else row.title or row.url


def _troubles(work: Work) -> Iterable[Section]:
    lines = []
    if damaged := keeping.watch(work).faults:
        lines.append(ngettext_("%(num)s stored file is damaged", "%(num)s stored files are damaged", damaged))
    backup = keeping.last_backup(work)
    if backup is not None and backup.outcome != Outcome.SOUND.value:
        broken = backup.outcome == Outcome.FAULTY.value
        lines.append(_("The last backup does not hold") if broken else _("The last backup could not be made"))
    if unsent := mail.failed(work):
        lines.append(ngettext_("%(num)s mail could not be sent", "%(num)s mails could not be sent", unsent))
    found = [Line(text) for text in lines]
    yield Section(_("Trouble with the installation"), len(found), found, "/admin/installation")
