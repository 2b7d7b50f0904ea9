"""Who there is, and where: people, their libraries, branches."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, selectinload

from sdg_tracker.access import ANYONE, Actor, Permission, Role, allowed
from sdg_tracker.accounts.models import Attempt, Branch, Membership, User
from sdg_tracker.accounts.rules import fold_email
from sdg_tracker.foundation.errors import NotFound, words
from sdg_tracker.foundation.i18n import _, lazy
from sdg_tracker.foundation.text import sort_key
from sdg_tracker.web.identity import Person
from sdg_tracker.work import Library, Work, Workplace

words(
    {
        "user-unknown": lazy("There is no such user in this library."),
        "user-email-unknown": lazy("There is no user with the e-mail %(email)s in this library."),
        "branch-unknown": lazy("There is no such branch in this library."),
    }
)


@dataclass(frozen=True)
class Home:
    """A library in which a person is active, and as what."""

    library_id: int
    name: str
    role: Role


_PERSON = (  # asked for by every request
    sa.select(User.name, User.email, User.language, Membership.role, Library.id, Library.name)
    .join(Membership, Membership.user_number == User.number)
    .join(Library, Library.id == Membership.library_id)
    .where(
        User.number == sa.bindparam("number"),
        User.session_epoch == sa.bindparam("epoch"),
        Membership.disabled_at.is_(None),
    )
    .order_by(Library.name)
)


def person(workplace: Workplace, number: int, epoch: int, library_id: int) -> Person | None:
    """Return the person of a cookie in one statement.

    None when the sessions of that epoch were ended, or the person is no longer active in the library.
    """
    with workplace.reading(ANYONE) as work:
        rows = work.session.execute(_PERSON, {"number": number, "epoch": epoch}).all()
    for name, email, language, role, key, _library in rows:
        if key == library_id:
            libraries = tuple((row[4], row[5]) for row in rows)
            return Person(Actor(number, Role(role), library_id), name or email, language, libraries)
    return None


def by_email(work: Work, email: str) -> User | None:
    """Return the user with this address in any library, with memberships and their libraries."""
    return work.session.scalar(_with_homes().where(User.email == fold_email(email)))


def by_number(work: Work, number: int) -> User | None:
    """Return the user with this number in any library, with memberships and their libraries."""
    return work.session.scalar(_with_homes().where(User.number == number))


def _with_homes() -> sa.Select[User]:
    return sa.select(User).options(selectinload(User.memberships).joinedload(Membership.library))


def homes(user: User) -> list[Home]:
    """Return the libraries in which a user is active, in the order of their names."""
    active = [row for row in user.memberships if row.disabled_at is None]
    return sorted(
        (Home(row.library_id, row.library.name, Role(row.role)) for row in active), key=lambda home: sort_key(home.name)
    )


def members(work: Work) -> list[Membership]:
    """Return the people of the library, also the disabled ones, by name; ``user`` is loaded."""
    rows = work.session.scalars(_members(work)).unique()
    return sorted(rows, key=lambda row: (sort_key(row.user.name or row.user.email), row.user_number))


def member(work: Work, number: int) -> Membership:
    """Return what a user is in the library. Raises NotFound, also for a user of another library only."""
    found = work.session.scalar(_members(work).where(Membership.user_number == number))
    if found is None:
        raise NotFound("user-unknown")
    return found


def user_by_email(work: Work, email: str) -> User:
    """Return a user of the library. Raises NotFound."""
    found = work.session.scalar(_members(work).where(User.email == fold_email(email)))
    if found is None:
        raise NotFound("user-email-unknown", email=email)
    return found.user


def _members(work: Work) -> sa.Select[Membership]:
    return (
        sa.select(Membership)
        .join(Membership.user)
        .options(contains_eager(Membership.user))
        .where(Membership.library_id == work.library.id)
    )


def managers(work: Work) -> list[Membership]:
    """Return the active people who may manage the library's users; the library never loses the last of them."""
    roles = [role.value for role in Role if allowed(Actor(None, role), Permission.USER_MANAGE)]
    active = _members(work).where(Membership.disabled_at.is_(None), Membership.role.in_(roles))
    return list(work.session.scalars(active.order_by(Membership.user_number)))


def belongs_elsewhere(work: Work, number: int) -> bool:
    """Return whether a user is active in another library too."""
    return (
        work.session.scalar(
            sa.select(Membership.user_number)
            .where(
                Membership.user_number == number,
                Membership.library_id != work.library.id,
                Membership.disabled_at.is_(None),
            )
            .limit(1)
        )
        is not None
    )


def first_coordinator(work: Work) -> Actor | None:
    """Return the library's first coordinator as they act, None when there is none."""
    first = (
        sa.select(Membership.user_number)
        .where(
            Membership.library_id == work.library.id,
            Membership.role == Role.COORDINATOR.value,
            Membership.disabled_at.is_(None),
        )
        .order_by(Membership.user_number)
        .limit(1)
    )
    number = work.session.scalar(first)
    return None if number is None else Actor(number, Role.COORDINATOR, work.library.id)


def actor_for(work: Work, email: str) -> Actor:
    """Return a user of the library as they act. Raises NotFound, also for a disabled one."""
    found = work.session.scalar(_members(work).where(User.email == fold_email(email), Membership.disabled_at.is_(None)))
    if found is None:
        raise NotFound("user-email-unknown", email=email)
    return Actor(found.user_number, Role(found.role), work.library.id)


def names(work: Work, numbers: Collection[int | None]) -> dict[int, str]:
    """Return the names to show for numbers of the library's people, in one statement.

    A number whose name was erased, or that the library does not know, becomes ``user 7``.
    """
    wanted = {number for number in numbers if number is not None}
    known: dict[int, str] = {}
    if wanted:
        rows = _members(work).where(Membership.user_number.in_(wanted))
        known = {row.user_number: row.user.name for row in work.session.scalars(rows)}
    return {number: known.get(number) or _("user %(number)s", number=number) for number in sorted(wanted)}


def branches(work: Work, *, disabled: bool = False) -> list[Branch]:
    """Return the library's branches in their order; the disabled ones only when asked for."""
    rows = sa.select(Branch).order_by(Branch.position, Branch.id)
    return list(work.session.scalars(rows if disabled else rows.where(Branch.disabled_at.is_(None))))


def branch(work: Work, code: str) -> Branch:
    """Return a branch of the library. Raises NotFound."""
    found = work.session.scalar(sa.select(Branch).where(Branch.code == code))
    if found is None:
        raise NotFound("branch-unknown")
    return found


def only_library(work: Work) -> str | None:
    """Return the name of the installation's library while it has only one."""
    found = list(work.session.scalars(sa.select(Library.name).limit(2)))
    return found[0] if len(found) == 1 else None


def failures(work: Work, key: str, since: datetime) -> list[datetime]:
    """Return when the counted attempts under a key were made."""
    return list(work.session.scalars(sa.select(Attempt.at).where(Attempt.key == key, Attempt.at > since)))
