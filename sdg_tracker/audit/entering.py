"""Using an auditor's link: once, by one browser, with the code where one is asked for."""

import hmac
import secrets
from dataclasses import dataclass

from sdg_tracker import trail
from sdg_tracker.access import ANYONE, Actor, Permission, Role
from sdg_tracker.accounts import entrance
from sdg_tracker.audit import queries, rules
from sdg_tracker.audit.models import AuditorAccess
from sdg_tracker.foundation.errors import Conflict, Invalid, NotFound, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.work import Workplace

words(
    {
        "auditor-link-spent": lazy("This link does not open anything any more. Ask the library for a new one."),
        "auditor-link-used": lazy(
            "This link has been used in another browser; each link opens one browser only. Go back to that browser, or "
            "ask the library to send you a new link: then the old one stops working."
        ),
        "auditor-code-wrong": lazy("The code is not right. The library has told you six digits."),
    }
)
trail.declare(
    {
        "auditor.entered": (lazy("Auditor opened the edition"), {"access"}),
        "auditor.refused": (lazy("Auditor's code refused"), {"edition"}),
    }
)


@dataclass(frozen=True)
class Visit:
    """A visit that may begin: whose access, in which library, and what the browser shows the next time."""

    access: AuditorAccess
    library_id: int
    proof: str


def find(workplace: Workplace, token: str, proof: str) -> tuple[Visit, bool]:
    """Return what a link opens and whether this browser, which holds ``proof``, has used it before.

    Raises NotFound for a link that opens nothing, Conflict for one that another browser has used.
    """
    found = queries.by_token(workplace, token)
    if found is None:
        raise NotFound("auditor-link-spent")
    access, library_id = found
    known = rules.is_bound(access.bound, proof)
    if access.bound and not known:
        raise Conflict("auditor-link-used")
    return Visit(access, library_id, proof), known


def enter(workplace: Workplace, token: str, code: str, address: str) -> Visit:
    """Bind a link to the browser that uses it. Raises NotFound, Conflict, and Invalid for a wrong code.

    Wrong codes are throttled like sign-ins: ``sign-in-wait`` with the seconds.
    """
    visit, _known = find(workplace, token, "")
    access, library_id = visit.access, visit.library_id
    trying = None
    if access.with_code:
        trying = entrance.count_attempt(workplace, f"auditor {library_id} {access.id}", address)
        right = rules.code(workplace.settings.key(), access.id, access.nonce)
        if not hmac.compare_digest("".join(code.split()).encode(), right.encode()):
            nobody = Actor(None, Role.ANYONE, library_id)
            trail.access(workplace, nobody, library_id, "auditor.refused", access, edition=access.edition.number)
            raise Invalid("auditor-code-wrong", field="code")
    proof = secrets.token_urlsafe(32)
    with workplace.writing(actor_of(access)) as work:
        work.require(Permission.AUDIT_ROOM, access.edition)
        row = queries.by_key(work, access.id, lock=True)
        if row is None or row.nonce != access.nonce or not rules.holds(row.until, row.revoked_at, work.today):
            raise NotFound("auditor-link-spent")
        if row.bound:
            raise Conflict("auditor-link-used")
        row.bound, row.bound_at = rules.digest_of(proof), work.at
        work.session.flush()
        trail.record(work, "auditor.entered", row.edition, access=row.number)
    if trying is not None:
        with workplace.writing(ANYONE) as work:
            entrance.forget_attempt(work, trying)
    return Visit(row, library_id, proof)


def actor_of(access: AuditorAccess) -> Actor:
    """Return the auditor of an access as they act."""
    return Actor(None, Role.AUDITOR, access.library_id, access.edition_id, access.number)
