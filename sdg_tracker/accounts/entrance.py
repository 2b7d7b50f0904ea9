"""Signing in and choosing passwords: steps around slow hashing, which never happens while a transaction writes."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from sdg_tracker import trail
from sdg_tracker.access import ANYONE, Actor, Permission, Role
from sdg_tracker.accounts import passwords, queries, rules, tokens
from sdg_tracker.accounts.models import Attempt, User
from sdg_tracker.foundation.errors import Conflict, Invalid, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.foundation.settings import Settings
from sdg_tracker.work import Work, Workplace

words(
    {
        "sign-in-wrong": lazy("The e-mail or the password is not right."),
        "sign-in-wait": lazy("Too many attempts. Wait %(seconds)s seconds, then try again."),
        "password-wrong": lazy("This is not your present password."),
        "password-short": lazy("The password is too short: it needs at least 12 characters."),
        "password-long": lazy("The password is too long: it can have at most 200 characters."),
        "password-is-email": lazy("The password must not be your e-mail address."),
        "password-obvious": lazy("This password is among the first that somebody would guess. Choose another one."),
        "link-used": lazy("This link has been used, or a newer one has taken its place."),
    }
)
trail.declare(
    {
        "session.opened": (lazy("Signed in"), set()),
        "session.refused": (lazy("Sign-in refused"), set()),
        "user.password_chosen": (lazy("Password chosen"), set()),
    }
)


@dataclass(frozen=True)
class SignedIn:
    """What a session needs to begin."""

    number: int
    epoch: int
    library_id: int
    language: str | None


@dataclass(frozen=True)
class Try:
    """An attempt that counts as failed until it has succeeded."""

    account: str
    rows: tuple[int, ...]


def sign_in(workplace: Workplace, email: str, password: str, address: str) -> SignedIn:
    """Return the beginning of a session in the first of the person's libraries.

    Raises Invalid: ``sign-in-wait`` with the seconds, ``sign-in-wrong`` for a wrong password, an unknown account and a
    disabled one alike. A refusal at an account that exists is in the trail of its libraries.
    """
    trying = count_attempt(workplace, rules.fold_email(email), address)
    with workplace.reading(ANYONE) as work:
        work.require(Permission.PUBLIC_READ)
        user = queries.by_email(work, email)
    homes = queries.homes(user) if user is not None else []
    known = user.password_hash if user is not None and homes else None
    if not passwords.holds(known, password) or user is None or known is None:
        for membership in user.memberships if user is not None else ():
            nobody = Actor(None, Role.ANYONE, membership.library_id)
            trail.access(workplace, nobody, membership.library_id, "session.refused", user)
        raise Invalid("sign-in-wrong")
    renewed = passwords.hashed(password) if passwords.outdated(known) else None
    with workplace.writing(ANYONE) as work:
        forget_attempt(work, trying)
        row = work.session.get_one(User, user.number)
        if row.session_epoch != user.session_epoch or row.password_hash != known:
            raise Invalid("sign-in-wrong")
        if renewed is not None:
            row.password_hash = renewed
    for home in homes:
        trail.access(workplace, Actor(user.number, home.role, home.library_id), home.library_id, "session.opened", user)
    return SignedIn(user.number, user.session_epoch, homes[0].library_id, user.language)


def invited(work: Work, token: str) -> User:
    """Return whom a password link is for. Raises Invalid for one that is not whole, too old or used."""
    ticket = tokens.read(work.settings, token, work.at)
    user = queries.by_number(work, ticket.number)
    if user is None or user.session_epoch != ticket.epoch or not queries.homes(user):
        raise Invalid("link-used")
    return user


def set_password(workplace: Workplace, token: str, password: str) -> None:
    """Give the person of a link a password; all their sessions and links end. Raises Invalid."""
    with workplace.reading(ANYONE) as work:
        user = invited(work, token)
    _check(password, user.email)
    _keep(workplace, user, passwords.hashed(password))


def change_password(workplace: Workplace, actor: Actor, present: str, new: str, address: str) -> SignedIn:
    """Change one's own password; all other sessions end, and the one that is returned begins. Raises Invalid."""
    with workplace.reading(actor) as work:
        work.require(Permission.ACCOUNT_OWN)
        user = queries.by_number(work, actor.number or 0)
    if user is None or actor.library_id is None:
        raise Conflict("changed-meanwhile")
    trying = count_attempt(workplace, user.email, address)
    if not passwords.holds(user.password_hash, present):
        raise Invalid("password-wrong", field="present")
    with workplace.writing(ANYONE) as work:
        forget_attempt(work, trying)
    _check(new, user.email)
    epoch = _keep(workplace, user, passwords.hashed(new))
    return SignedIn(user.number, epoch, actor.library_id, user.language)


def _check(password: str, email: str) -> None:
    fault = rules.password_fault(password, email)
    if fault is not None:
        raise Invalid(fault, field="password")


def _keep(workplace: Workplace, user: User, password_hash: str) -> int:
    """Keep a hash and end all sessions, unless somebody was quicker; return the new epoch."""
    first, *others = [Actor(user.number, home.role, home.library_id) for home in queries.homes(user)]
    with workplace.writing(first) as work:
        row = work.session.get_one(User, user.number)
        if row.session_epoch != user.session_epoch:
            raise Invalid("link-used")
        row.password_hash = password_hash
        row.session_epoch += 1
        work.session.flush()
        trail.record(work, "user.password_chosen", row)
        epoch = row.session_epoch
    for actor in others:
        trail.access(workplace, actor, actor.library_id or 0, "user.password_chosen", user)
    return epoch


def count_attempt(workplace: Workplace, account: str, address: str) -> Try:
    """Count an attempt before it is made, so that many at once are counted too. Raises Invalid (``sign-in-wait``)."""
    key = _key(workplace.settings, f"account {account}")
    limits = {
        key: rules.ACCOUNT_LIMIT,
        _key(workplace.settings, f"address {rules.address_group(address)}"): rules.ADDRESS_LIMIT,
    }
    with workplace.writing(ANYONE) as work:
        since: datetime = work.at - rules.WINDOW
        waits = [rules.seconds_to_wait(queries.failures(work, one, since), work.at, limits[one]) for one in limits]
        if max(waits):
            raise Invalid("sign-in-wait", seconds=max(waits))
        work.session.execute(sa.delete(Attempt).where(Attempt.at <= since))
        rows = [Attempt(key=one, at=work.at) for one in limits]
        work.session.add_all(rows)
        work.session.flush()
        return Try(key, tuple(row.id for row in rows))


def forget_attempt(work: Work, trying: Try) -> None:
    """The attempt succeeded: the account begins anew, and the address is not blamed for this one."""
    work.session.execute(sa.delete(Attempt).where(sa.or_(Attempt.key == trying.account, Attempt.id.in_(trying.rows))))


def _key(settings: Settings, what: str) -> str:
    return hmac.new(settings.key().encode(), what.encode(), hashlib.sha256).hexdigest()
