"""Findings and questions: raised by the auditor, answered by the library, closed or sent back by the auditor."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sdg_tracker import trail
from sdg_tracker.access import Permission
from sdg_tracker.audit import queries, rules
from sdg_tracker.audit.auditing import NOTE_LONGEST, TEXT_LONGEST, followed, opened, within
from sdg_tracker.audit.frozen import frozen
from sdg_tracker.audit.models import Audit, AuditorAccess, Finding, Question
from sdg_tracker.audit.states import NOTED, FindingKind, FindingState
from sdg_tracker.foundation.errors import Conflict, Invalid, words
from sdg_tracker.foundation.i18n import Text, _, lazy
from sdg_tracker.mail import services as mail
from sdg_tracker.mail.services import Receiver, Said
from sdg_tracker.trail import Subject
from sdg_tracker.work import Work, check_revision

words(
    {
        "finding-text-missing": lazy("Write what you found."),
        "finding-answered": lazy("The library has answered this finding already. Close it or send it back."),
        "finding-not-answered": lazy("The library has not answered this finding yet."),
        "finding-closed": lazy("This finding is closed."),
        "finding-noted": lazy("This kind of finding asks for no answer."),
        "finding-correction-missing": lazy("Write what the library does about it."),
        "finding-deadline-missing": lazy("Choose the day by which it is done."),
        "finding-reply-missing": lazy("Write what is still missing: the library sees it."),
        "question-text-missing": lazy("Write what you ask the library for."),
        "question-answer-missing": lazy("Write an answer."),
    }
)
trail.declare(
    {
        "finding.raised": (lazy("Finding raised"), {"finding", "kind", "requirement"}),
        "finding.revised": (lazy("Finding changed"), {"finding", "fields"}),
        "finding.answered": (lazy("Finding answered by the library"), {"finding", "deadline"}),
        "finding.closed": (lazy("Finding closed"), {"finding"}),
        "finding.sent_back": (lazy("Answer to a finding sent back"), {"finding"}),
        "question.asked": (lazy("Auditor asked the library for something"), {"question"}),
        "question.answered": (lazy("Auditor's question answered"), {"question"}),
    }
)


@dataclass(frozen=True)
class FindingDetails:
    """What was found; ``key`` is that of the auditor's own desk."""

    kind: FindingKind
    text: str
    requirement: str = ""
    exhibits: Sequence[int] = ()
    key: str = ""


@dataclass(frozen=True)
class Answer:
    """What the library says to a finding."""

    cause: str
    correction: str
    deadline: date | None


def raise_finding(work: Work, edition_number: int, details: FindingDetails) -> Finding:
    """Write down a finding. Conformity and good practice ask for no answer and are closed at once."""
    return put_finding(work, opened(work, edition_number), details)


def put_finding(work: Work, audit: Audit, details: FindingDetails) -> Finding:
    """Put a finding into an open audit. It is a part of a step that was allowed."""
    finding = Finding(
        library_id=audit.library_id,
        number=len(audit.findings) + 1,
        key=details.key,
        raised_by=work.actor.access,
        raised_at=work.at,
        answered_at=None,
        closed_at=None,
        state=FindingState.OPEN.value,
        **_checked(work, audit, details),
    )
    _note(work, finding)
    audit.findings.append(finding)
    work.session.flush()
    facts = {"finding": finding.number, "kind": finding.kind, "requirement": finding.requirement}
    trail.record(work, "finding.raised", audit, **facts)
    return finding


def revise(
    work: Work, edition_number: int, number: int, details: FindingDetails, revision: int | None = None
) -> Finding:
    """Change a finding, as long as the library has not answered it."""
    audit = opened(work, edition_number)
    finding = queries.finding(audit, number)
    check_revision(finding, revision)
    put_revision(work, audit, finding, details)
    return finding


def put_revision(work: Work, audit: Audit, finding: Finding, details: FindingDetails) -> bool:
    """Change a finding of an open audit; return whether anything is new. It is a part of a step that was allowed."""
    values = _checked(work, audit, details)
    fields = sorted(name for name, value in values.items() if getattr(finding, name) != value)
    if not fields:
        return False
    if finding.answered_at is not None:
        raise Conflict("finding-answered")
    for name in fields:
        setattr(finding, name, values[name])
    _note(work, finding)
    work.session.flush()
    trail.record(work, "finding.revised", audit, finding=finding.number, fields=fields)
    return True


def _note(work: Work, finding: Finding) -> None:
    noted = FindingKind(finding.kind) in NOTED
    finding.state = (FindingState.CLOSED if noted else FindingState.OPEN).value
    finding.closed_at = work.at if noted else None


def _checked(work: Work, audit: Audit, details: FindingDetails) -> dict[str, object]:
    text = within(details.text, TEXT_LONGEST, "text")
    if not text:
        raise Invalid("finding-text-missing", field="text")
    found = frozen(work.blobs, audit.edition)
    if details.requirement:
        found.requirement(details.requirement)
    exhibits = sorted(set(details.exhibits))
    for exhibit in exhibits:
        found.exhibit(exhibit)
    return {"kind": details.kind.value, "requirement": details.requirement, "exhibits": exhibits, "text": text}


def answer(work: Work, edition_number: int, number: int, given: Answer, revision: int | None = None) -> Finding:
    """Answer a finding for the library: cause, correction and deadline. Until it is closed it can be answered anew."""
    audit = followed(work, edition_number, Permission.AUDIT_ANSWER)
    finding = queries.finding(audit, number)
    check_revision(finding, revision)
    if FindingKind(finding.kind) in NOTED:
        raise Conflict("finding-noted")
    if finding.state == FindingState.CLOSED.value:
        raise Conflict("finding-closed")
    cause = within(given.cause, TEXT_LONGEST, "cause")
    correction = within(given.correction, TEXT_LONGEST, "correction")
    if not correction:
        raise Invalid("finding-correction-missing", field="correction")
    if given.deadline is None and finding.kind != FindingKind.OPPORTUNITY.value:
        raise Invalid("finding-deadline-missing", field="deadline")
    finding.cause, finding.correction, finding.deadline = cause, correction, given.deadline
    finding.answered_by, finding.answered_at = work.actor.number, work.at
    finding.state = FindingState.ANSWERED.value
    work.session.flush()
    deadline = given.deadline.isoformat() if given.deadline else None
    trail.record(work, "finding.answered", audit, finding=finding.number, deadline=deadline)
    _tell(work, audit, lazy("Finding %(number)s", number=finding.number))
    return finding


def close(work: Work, edition_number: int, number: int, reply: str = "", revision: int | None = None) -> Finding:
    """Close a finding that the library has answered; an opportunity for improvement may go without an answer."""
    audit, finding = _answered(work, edition_number, number, revision, unless=FindingKind.OPPORTUNITY)
    finding.reply = within(reply, NOTE_LONGEST, "reply")
    finding.state, finding.closed_at = FindingState.CLOSED.value, work.at
    work.session.flush()
    trail.record(work, "finding.closed", audit, finding=finding.number)
    return finding


def send_back(work: Work, edition_number: int, number: int, reply: str, revision: int | None = None) -> Finding:
    """Ask the library to answer again; its words stay to be changed."""
    audit, finding = _answered(work, edition_number, number, revision)
    finding.reply = within(reply, NOTE_LONGEST, "reply")
    if not finding.reply:
        raise Invalid("finding-reply-missing", field="reply")
    finding.state = FindingState.OPEN.value
    work.session.flush()
    trail.record(work, "finding.sent_back", audit, finding=finding.number)
    return finding


def _answered(
    work: Work, edition_number: int, number: int, revision: int | None, unless: FindingKind | None = None
) -> tuple[Audit, Finding]:
    audit = followed(work, edition_number)
    finding = queries.finding(audit, number)
    check_revision(finding, revision)
    if finding.state == FindingState.CLOSED.value:
        raise Conflict("finding-closed")
    if finding.state != FindingState.ANSWERED.value and finding.kind != unless:
        raise Conflict("finding-not-answered")
    return audit, finding


def ask(work: Work, edition_number: int, text: str, requirement: str = "") -> Question:
    """Ask the library for something."""
    audit = opened(work, edition_number)
    asked = within(text, TEXT_LONGEST, "text")
    if not asked:
        raise Invalid("question-text-missing", field="text")
    if requirement:
        frozen(work.blobs, audit.edition).requirement(requirement)
    question = Question(
        library_id=audit.library_id,
        number=len(audit.questions) + 1,
        requirement=requirement,
        text=asked,
        asked_by=work.actor.access,
        asked_at=work.at,
        answered_at=None,
        supplement=None,
    )
    audit.questions.append(question)
    work.session.flush()
    trail.record(work, "question.asked", audit, question=question.number)
    return question


def reply_to(work: Work, edition_number: int, number: int, text: str, revision: int | None = None) -> Question:
    """Answer a question for the library. New material comes as a supplement, see supplements."""
    audit = opened(work, edition_number, Permission.AUDIT_ANSWER)
    question = queries.question(audit, number)
    check_revision(question, revision)
    said = within(text, TEXT_LONGEST, "answer")
    if not said:
        raise Invalid("question-answer-missing", field="answer")
    question.answer, question.answered_by, question.answered_at = said, work.actor.number, work.at
    work.session.flush()
    trail.record(work, "question.answered", audit, question=question.number)
    _tell(work, audit, lazy("Question %(number)s", number=question.number))
    return question


def _tell(work: Work, audit: Audit, what: Text) -> None:
    """Write to the auditors who have begun that the library has answered."""
    for access in queries.of_edition(work, audit.edition):
        if access.bound and rules.holds(access.until, access.revoked_at, work.today):
            to = Receiver(access.email, audit.edition.language, Subject(AuditorAccess.__tablename__, access.number))
            mail.write_out(work, to, "answer", lambda: _answered_letter(work, audit, what))


def _answered_letter(work: Work, audit: Audit, what: Text) -> Said:
    lines = [
        _("%(library)s has answered: %(what)s.", library=work.library.name, what=str(what)),
        audit.edition.title,
        "",
        _("Open it with the link that you were sent, in the same browser."),
        "",
        "-- ",
        work.library.name,
        "",
    ]
    return Said(_("Answer about %(title)s", title=audit.edition.title), "\n".join(lines))
