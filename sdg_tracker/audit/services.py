"""Inviting an auditor, mailing a link, moving the last day, ending the access."""

import secrets
from datetime import date, timedelta

from sdg_tracker import trail
from sdg_tracker.access import Permission
from sdg_tracker.accounts.rules import fold_email, is_email
from sdg_tracker.audit import queries, rules
from sdg_tracker.audit.models import AuditorAccess
from sdg_tracker.editions import queries as editions
from sdg_tracker.editions.models import State
from sdg_tracker.foundation.errors import Conflict, Invalid, words
from sdg_tracker.foundation.i18n import _, format_date, lazy
from sdg_tracker.mail import services as mail
from sdg_tracker.mail.services import Receiver, Said
from sdg_tracker.trail import Subject
from sdg_tracker.work import Work

words(
    {
        "auditor-edition-not-ready": lazy("The files of this edition are not made yet. Invite when they are."),
        "auditor-until-passed": lazy("Choose a day from today on, at most a year ahead."),
        "auditor-access-ended": lazy("This access has ended already."),
        "auditor-access-over": lazy("The last day of this access is over. Choose a later one first."),
    }
)
trail.declare(
    {
        "auditor.invited": (lazy("Auditor invited"), {"edition", "until"}),
        "auditor.ended": (lazy("Auditor's access ended"), {"edition"}),
        "auditor.renewed": (lazy("Auditor's access renewed"), {"edition", "until"}),
        "auditor.link_made": (lazy("New link made for an auditor"), {"edition"}),
        "audit.page_opened": (lazy("Page opened by an auditor"), {"page", "exhibits"}),
        "audit.file_opened": (lazy("File opened by an auditor"), {"file", "sha256"}),
    }
)


def invite(
    work: Work, edition_number: int, email: str, until: date, *, with_code: bool = False, send: bool = True
) -> AuditorAccess:
    """Give somebody access to one edition until a day, that day included; the link is mailed where mail is sent.

    ``with_code``: the link opens nothing without six digits, which the library tells by another road.
    """
    edition = editions.get(work, edition_number)
    work.require(Permission.AUDITOR_INVITE, edition)
    if edition.state != State.READY:
        raise Conflict("auditor-edition-not-ready")
    folded = fold_email(email)
    if not is_email(folded):
        raise Invalid("email-wrong", field="email")
    _check_day(work, until)
    access = AuditorAccess(
        number=work.next_number("auditor_access"),
        edition_id=edition.id,
        edition=edition,
        email=folded,
        nonce=secrets.token_hex(16),
        until=until,
        with_code=with_code,
        added_by=work.actor.number,
        added_at=work.at,
    )
    work.session.add(access)
    work.session.flush()
    trail.record(work, "auditor.invited", access, edition=edition.number, until=until.isoformat())
    if send:
        _mail(work, access)
    return access


def link(work: Work, access: AuditorAccess) -> str:
    """Return the address that opens the edition once; the same until a new one is made."""
    work.require(Permission.AUDITOR_INVITE, access)
    token = rules.token(work.settings.key(), access.id, access.nonce)
    return f"{work.settings.url.rstrip('/')}/audit/{token}"


def code(work: Work, access: AuditorAccess) -> str:
    """Return the code that is asked for beside the link; empty where none is."""
    work.require(Permission.AUDITOR_INVITE, access)
    return rules.code(work.settings.key(), access.id, access.nonce) if access.with_code else ""


def new_link(work: Work, number: int) -> AuditorAccess:
    """Make a new link, and mail it where mail is sent. The old one and what it opened stop working at once."""
    access = _held(work, number)
    if work.today > access.until:
        raise Conflict("auditor-access-over")
    access.nonce, access.epoch = secrets.token_hex(16), access.epoch + 1
    access.bound, access.bound_at = "", None
    work.session.flush()
    trail.record(work, "auditor.link_made", access, edition=access.edition.number)
    _mail(work, access)
    return access


def renew(work: Work, number: int, until: date) -> AuditorAccess:
    """Move the last day of an access, also of one that is over; the link and the browser stay."""
    access = _held(work, number)
    _check_day(work, until)
    access.until = until
    work.session.flush()
    trail.record(work, "auditor.renewed", access, edition=access.edition.number, until=until.isoformat())
    return access


def end(work: Work, number: int) -> AuditorAccess:
    """End an access before its day."""
    access = _held(work, number)
    access.revoked_at = work.at
    trail.record(work, "auditor.ended", access, edition=access.edition.number)
    return access


def _held(work: Work, number: int) -> AuditorAccess:
    access = queries.get(work, number, lock=True)
    work.require(Permission.AUDITOR_INVITE, access)
    if access.revoked_at is not None:
        raise Conflict("auditor-access-ended")
    return access


def _check_day(work: Work, until: date) -> None:
    if not work.today <= until <= work.today + timedelta(days=rules.LONGEST_DAYS):
        raise Invalid("auditor-until-passed", field="until")


def _mail(work: Work, access: AuditorAccess) -> None:
    about = Subject(AuditorAccess.__tablename__, access.number)
    language = access.edition.language
    to = Receiver(access.email, language, about)
    if mail.write_out(work, to, "auditor", lambda: _invitation(work, access)) is not None:
        access.sent_at = work.at


def _invitation(work: Work, access: AuditorAccess) -> Said:
    edition, library = access.edition, work.library.name
    lines = [
        _("%(library)s invites you to audit this edition:", library=library),
        edition.title,
        _("Edition %(number)s", number=edition.number) + f" · {edition.short_code}",
        "",
        _("Open it here:"),
        link(work, access),
        "",
        _(
            "The link works once and opens one browser: the one that you use it in. There it opens the edition again "
            "and again, to the end of %(day)s.",
            day=format_date(access.until),
        ),
    ]
    if access.with_code:
        lines.append(_("You are asked for a code of six digits. The library tells you the code in another way."))
    lines += ["", _("The library can see which pages and files you open."), "", "-- ", library, ""]
    return Said(_("Audit of %(title)s", title=edition.title), "\n".join(lines))
