"""Letters: written in a step of the work, sent by the worker, never inside a request."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from sdg_tracker import jobs, trail
from sdg_tracker.access import SYSTEM, Permission
from sdg_tracker.accounts import queries as accounts
from sdg_tracker.accounts.models import Membership
from sdg_tracker.attempts import Attempts
from sdg_tracker.foundation.errors import NotFound
from sdg_tracker.foundation.i18n import LOCALES, lazy, use_locale
from sdg_tracker.mail import post
from sdg_tracker.mail.models import Letter, LetterState
from sdg_tracker.mail.post import Envelope, NotSent
from sdg_tracker.trail import Subject
from sdg_tracker.work import Work, Workplace

log = logging.getLogger(__name__)
JOB = "mail.letter"
ATTEMPTS = 8  # that failed, over about half a day
PATIENCE = timedelta(minutes=2)  # longer than an attempt takes
PAUSE = timedelta(minutes=5)  # after the first failure, twice as long after each further one
LONGEST = 200  # characters of a subject
LETTERS = Attempts(
    Letter,
    JOB,
    owed=LetterState.OWED.value,
    working=LetterState.SENDING.value,
    failed=LetterState.FAILED.value,
    since="added_at",
    lost=30,
)

trail.declare(
    {
        "mail.sent": (lazy("Mail sent"), {"kind"}),
        "mail.failed": (lazy("Mail could not be sent"), {"kind", "reason"}),
    }
)


@dataclass(frozen=True)
class Said:
    """What a letter says."""

    subject: str
    body: str


@dataclass(frozen=True)
class Receiver:
    """Somebody outside, in which language they are written to, and the thing that it is about in the trail."""

    email: str
    language: str
    about: Subject


def sends(work: Work) -> bool:
    """Return whether this installation sends mail."""
    return bool(work.settings.smtp)


def write(work: Work, number: int, kind: str, compose: Callable[[], Said]) -> Letter | None:
    """Write a letter to a person, composed in their language; None where no mail is sent or they are gone.

    It is a part of a step whose service has asked for its permission.
    """
    person = _reached(work, number)
    if not sends(work) or person is None:
        return None
    letter = _composed(work, person.user.language or "", kind, compose)
    letter.to_number = number
    return _owed(work, letter)


def write_out(work: Work, to: Receiver, kind: str, compose: Callable[[], Said]) -> Letter | None:
    """Write a letter to somebody who is no user; None where no mail is sent.

    It is a part of a step whose service has asked for its permission.
    """
    if not sends(work):
        return None
    letter = _composed(work, to.language, kind, compose)
    letter.to_email, letter.about, letter.about_number = to.email, to.about.kind, to.about.number
    return _owed(work, letter)


def _composed(work: Work, chosen: str, kind: str, compose: Callable[[], Said]) -> Letter:
    language = chosen if chosen in LOCALES else work.settings.language
    with use_locale(language):
        said = compose()
    return Letter(
        to_number=None,
        about_number=None,
        kind=kind,
        language=language,
        subject=" ".join(said.subject.split())[:LONGEST],
        body=said.body,
        state=LetterState.OWED.value,
        added_at=work.at,
    )


def _owed(work: Work, letter: Letter) -> Letter:
    work.session.add(letter)
    work.session.flush()
    LETTERS.owe(work, letter)
    return letter


def _reached(work: Work, number: int) -> Membership | None:
    """Return a person who is active in the library."""
    try:
        found = accounts.member(work, number)
    except NotFound:
        return None
    return found if found.disabled_at is None else None


@dataclass(frozen=True)
class Claim:
    """An attempt that is ours, and what is to be sent."""

    letter_id: int
    attempt: int
    envelope: Envelope


@jobs.task(JOB)
def deliver(workplace: Workplace, library_id: int, letter_id: int, attempt: int) -> None:
    """Send a letter, if ``attempt`` is still the last one."""
    server = post.server(workplace.settings.smtp)
    if server is None:
        return
    with workplace.writing(SYSTEM, library_id) as work:
        claimed = claim(work, letter_id, attempt)
    if claimed is None:
        return
    failure = None
    try:
        post.send(server, claimed.envelope)
    except NotSent as refused:
        log.warning("letter %s, attempt %s: %s", letter_id, claimed.attempt, refused)
        failure = refused
    with workplace.writing(SYSTEM, library_id) as work:
        finish(work, claimed, failure)


def claim(work: Work, letter_id: int, attempt: int) -> Claim | None:
    """Begin the attempt after ``attempt``; None when another one has begun, nothing is owed or nobody is there."""
    work.require(Permission.MAIL_SEND)
    letter = LETTERS.claim(
        work, letter_id, attempt, lambda lost: _fail(work, lost, "lost" if _address(work, lost) else "gone")
    )
    if letter is None:
        return None
    email = _address(work, letter)
    if email is None:
        _fail(work, letter, "gone")
        return None
    envelope = Envelope(
        f"letter-{letter.id}-{work.library.slug}",
        email,
        letter.subject,
        letter.body,
        letter.language,
        letter.added_at,
    )
    return Claim(letter.id, attempt + 1, envelope)


def finish(work: Work, claimed: Claim, failure: NotSent | None) -> bool:
    """Note that a letter was sent, or why not; False when another attempt has begun meanwhile."""
    work.require(Permission.MAIL_SEND)
    letter = LETTERS.held(work, claimed.letter_id, claimed.attempt)
    if letter is None:
        return False
    if failure is None:
        letter.state, letter.sent_at, letter.failure = LetterState.SENT.value, work.at, ""
        _forget(letter)
        trail.record(work, "mail.sent", _subject(letter), kind=letter.kind)
        return True
    letter.failure = str(failure)
    if failure.final or LETTERS.miss(letter, ATTEMPTS):
        _fail(work, letter, "refused" if failure.final else "unreachable")
    return True


def _fail(work: Work, letter: Letter, reason: str) -> None:
    letter.state = LetterState.FAILED.value
    _forget(letter)
    trail.record(work, "mail.failed", _subject(letter), kind=letter.kind, reason=reason)


def _forget(letter: Letter) -> None:
    letter.body, letter.to_email = "", ""


def _subject(letter: Letter) -> Subject:
    if letter.to_number is not None:
        return Subject("user", letter.to_number)
    return Subject(letter.about, letter.about_number or 0)


def _address(work: Work, letter: Letter) -> str | None:
    """Return where a letter goes; None when the person is gone."""
    if letter.to_number is None:
        return letter.to_email or None
    person = _reached(work, letter.to_number)
    return person.user.email if person else None


def failed(work: Work) -> int:
    """Return how many letters could not be sent in the last 30 days."""
    recent = (Letter.state == LetterState.FAILED.value, Letter.added_at > work.at - timedelta(days=30))
    return work.session.scalar(sa.select(sa.func.count()).select_from(Letter).where(*recent)) or 0


@jobs.sweep("mail.letters")
def owe_again(work: Work, at_start: bool) -> None:
    """Owe again what was lost: at a worker's start everything that is open, later what has waited long."""
    if not sends(work):
        return

    def pause(letter: Letter) -> timedelta:
        tried = letter.state == LetterState.OWED.value and letter.attempt
        return PAUSE * 2 ** (letter.attempt - 1) if tried else PATIENCE

    LETTERS.owe_in_turn(work, pause, at_start=at_start)
