"""Inviting an auditor, printing the link again, ending the access."""

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
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.work import Work

words(
    {
        "auditor-edition-not-ready": lazy("The files of this edition are not made yet. Invite when they are."),
        "auditor-until-passed": lazy("Choose a day from today on, at most a year ahead."),
        "auditor-access-ended": lazy("This access has ended already."),
    }
)
trail.declare(
    {
        "auditor.invited": (lazy("Auditor invited"), {"edition", "until"}),
        "auditor.ended": (lazy("Auditor's access ended"), {"edition"}),
        "auditor.entered": (lazy("Auditor opened the edition"), {"access"}),
    }
)


def invite(work: Work, edition_number: int, email: str, until: date) -> AuditorAccess:
    """Give somebody access to one edition until a day, that day included."""
    edition = editions.get(work, edition_number)
    work.require(Permission.AUDITOR_INVITE, edition)
    if edition.state != State.READY:
        raise Conflict("auditor-edition-not-ready")
    folded = fold_email(email)
    if not is_email(folded):
        raise Invalid("email-wrong", field="email")
    if not work.today <= until <= work.today + timedelta(days=rules.LONGEST_DAYS):
        raise Invalid("auditor-until-passed", field="until")
    access = AuditorAccess(
        number=work.next_number("auditor_access"),
        edition_id=edition.id,
        email=folded,
        nonce=secrets.token_hex(16),
        until=until,
        added_by=work.actor.number,
        added_at=work.at,
    )
    work.session.add(access)
    work.session.flush()
    trail.record(work, "auditor.invited", access, edition=edition.number, until=until.isoformat())
    return access


def link(work: Work, access: AuditorAccess) -> str:
    """Return the address that opens the edition; the same every time, until the access ends."""
    work.require(Permission.AUDITOR_INVITE, access)
    token = rules.token(work.settings.key(), access.id, access.nonce)
    return f"{work.settings.url.rstrip('/')}/audit/{token}"


def end(work: Work, number: int) -> AuditorAccess:
    """End an access before its day."""
    access = queries.get(work, number)
    work.require(Permission.AUDITOR_INVITE, access)
    if access.revoked_at is not None:
        raise Conflict("auditor-access-ended")
    access.revoked_at = work.at
    trail.record(work, "auditor.ended", access, edition=access.edition.number)
    return access
