"""Steps with libraries, branches and people. No e-mail and no name goes into the trail."""

from collections.abc import Mapping
from zoneinfo import available_timezones

import sqlalchemy as sa

from sdg_tracker import trail
from sdg_tracker.access import MEMBER_ROLES, Permission, Role
from sdg_tracker.accounts import passwords, queries, rules, tokens
from sdg_tracker.accounts.models import Branch, Membership, User
from sdg_tracker.foundation.errors import Conflict, Invalid, words
from sdg_tracker.foundation.i18n import LOCALES, lazy
from sdg_tracker.foundation.text import slug as slug_of
from sdg_tracker.work import Library, Work, check_revision

words(
    {
        "name-missing": lazy("A name is missing."),
        "library-known": lazy("There is a library with the short name %(slug)s already."),
        "slug-wrong": lazy("A short name has only small letters a-z, digits and hyphens, at most 60 of them."),
        "timezone-unknown": lazy("There is no time zone %(value)s."),
        "branch-known": lazy("There is a branch with this name already."),
        "email-wrong": lazy("This is not an e-mail address. It looks like name@example.org."),
        "role-wrong": lazy("This is not a role that a person can have."),
        "user-known": lazy("This person is a user here already. Change the role or enable the account instead."),
        "user-last": lazy("The library needs somebody who can manage its users. Give another person that role first."),
        "user-disabled": lazy("This account is disabled. Enable it first."),
        "user-elsewhere": lazy(
            "This person also belongs to another library, so a new link can be made only by who runs the installation."
        ),
        "language-unknown": lazy("There is no such language here."),
    }
)
trail.declare(
    {
        "library.added": (lazy("Library added"), {"slug"}),
        "library.revised": (lazy("Library changed"), {"fields"}),
        "branch.added": (lazy("Branch added"), {"code"}),
        "branch.revised": (lazy("Branch changed"), {"code", "fields"}),
        "branch.disabled": (lazy("Branch taken out of use"), {"code"}),
        "branch.enabled": (lazy("Branch taken into use again"), {"code"}),
        "user.added": (lazy("User added"), {"role"}),
        "user.role_changed": (lazy("Role changed"), {"before", "after"}),
        "user.disabled": (lazy("User disabled"), set()),
        "user.enabled": (lazy("User enabled"), set()),
        "user.link_made": (lazy("Password link made"), set()),
        "user.language_chosen": (lazy("Language chosen"), {"language"}),
        "user.sessions_ended": (lazy("Signed out everywhere"), set()),
    }
)
SLUG_LONGEST = 60  # characters


def add_library(
    work: Work,
    name: str,
    *,
    slug: str | None = None,
    name_en: str = "",
    timezone: str = "Europe/Copenhagen",
    strategy: str | None = None,
) -> Library:
    """Add a library; the step goes on in it. Raises Invalid for a short name that is taken."""
    work.require(Permission.INSTALLATION_SET_UP)
    name = _named(name)
    slug = slug_of(name)[:SLUG_LONGEST].strip("-") if slug is None else slug
    if not slug or slug != slug_of(slug) or len(slug) > SLUG_LONGEST:
        raise Invalid("slug-wrong", field="slug")
    if work.session.scalar(sa.select(Library.id).where(Library.slug == slug)) is not None:
        raise Invalid("library-known", field="slug", slug=slug)
    library = Library(
        slug=slug, name=name, name_en=name_en.strip(), timezone=_timezone(timezone), strategy=strategy, numbers={}
    )
    work.session.add(library)
    work.session.flush()
    work.enter(library)
    trail.record(work, "library.added", library, slug=slug)
    return library


def revise_library(
    work: Work,
    seen: int | None,
    *,
    name: str,
    name_en: str,
    timezone: str,
    strategy: str | None,
    own_review: bool | None = None,
    disposal_months: int | None = None,
) -> Library:
    """Change the library. Raises Conflict when it was changed since revision ``seen``.

    None leaves ``own_review`` as it is, and keeps withdrawn evidence for ever.
    """
    work.require(Permission.LIBRARY_MANAGE, work.library)
    library = work.library
    check_revision(library, seen)
    values: dict[str, object] = {
        "name": _named(name),
        "name_en": name_en.strip(),
        "timezone": _timezone(timezone),
        "strategy": strategy,
        "disposal_months": disposal_months,
    }
    if own_review is not None:
        values["own_review"] = own_review
    if fields := _changed(library, values):
        work.session.flush()
        trail.record(work, "library.revised", library, fields=fields)
    return library


def add_branch(work: Work, name: str, *, name_en: str = "", code: str | None = None) -> Branch:
    """Add a house, last in the order. Raises Invalid for a name that is taken."""
    work.require(Permission.LIBRARY_MANAGE)
    name = _named(name)
    code = code or slug_of(name)[:SLUG_LONGEST].strip("-")
    if not code:
        raise Invalid("name-missing", field="name")
    if work.session.scalar(sa.select(Branch.id).where(Branch.code == code)) is not None:
        raise Invalid("branch-known", field="name")
    last = work.session.scalar(sa.select(sa.func.max(Branch.position))) or 0
    branch = Branch(code=code, name=name, name_en=name_en.strip(), position=last + 1)
    work.session.add(branch)
    work.session.flush()
    trail.record(work, "branch.added", branch, code=code)
    return branch


def revise_branch(
    work: Work, code: str, seen: int | None, *, name: str, name_en: str = "", position: int | None = None
) -> Branch:
    """Change a house; its code stays. Raises Conflict when it was changed since revision ``seen``."""
    branch = queries.branch(work, code)
    work.require(Permission.LIBRARY_MANAGE, branch)
    check_revision(branch, seen)
    values = {"name": _named(name), "name_en": name_en.strip()}
    fields = _changed(branch, values if position is None else {**values, "position": position})
    if fields:
        work.session.flush()
        trail.record(work, "branch.revised", branch, code=code, fields=fields)
    return branch


def disable_branch(work: Work, code: str) -> None:
    """Take a house out of the lists to choose from; what happened there stays. Twice is harmless."""
    branch = queries.branch(work, code)
    work.require(Permission.LIBRARY_MANAGE, branch)
    if branch.disabled_at is None:
        branch.disabled_at = work.at
        work.session.flush()
        trail.record(work, "branch.disabled", branch, code=code)


def enable_branch(work: Work, code: str) -> None:
    """Take a house into use again. Twice is harmless."""
    branch = queries.branch(work, code)
    work.require(Permission.LIBRARY_MANAGE, branch)
    if branch.disabled_at is not None:
        branch.disabled_at = None
        work.session.flush()
        trail.record(work, "branch.enabled", branch, code=code)


def add_user(work: Work, email: str, name: str, role: Role) -> User:
    """Add a person to the library; who is one already in this role is returned as they are.

    Somebody known from another library gets a membership, and their sessions and links end: a link that the other
    library has made must not open this one. Raises Invalid for a person who is here in another role, or disabled.
    """
    work.require(Permission.USER_MANAGE)
    folded = rules.fold_email(email)
    if not rules.is_email(folded):
        raise Invalid("email-wrong", field="email")
    _check_role(role)
    work.lock_library()
    user = queries.by_email(work, folded)
    if user is None:
        user = User(email=folded, name=name.strip(), added_at=work.at)
        work.session.add(user)
    else:
        here = next((row for row in user.memberships if row.library_id == work.library.id), None)
        if here is not None and here.disabled_at is None and here.role == role.value:
            return user
        if here is not None:
            raise Invalid("user-known", field="email")
        user.session_epoch += 1
    user.memberships.append(Membership(library_id=work.library.id, role=role.value))
    work.session.flush()
    trail.record(work, "user.added", user, role=role.value)
    return user


def set_role(work: Work, number: int, role: Role, seen: int | None = None) -> None:
    """Give a person another role in the library. Raises Conflict for the last one who manages users."""
    membership = queries.member(work, number)
    work.require(Permission.USER_MANAGE, membership)
    _check_role(role)
    work.lock_library()
    check_revision(membership, seen)
    before = membership.role
    if before == role.value:
        return
    membership.role = role.value
    work.session.flush()
    _keep_a_manager(work)
    trail.record(work, "user.role_changed", membership.user, before=before, after=role.value)


def disable_user(work: Work, number: int) -> None:
    """End a person's access to the library, at once. Raises Conflict for the last one who manages users."""
    membership = queries.member(work, number)
    work.require(Permission.USER_MANAGE, membership)
    work.lock_library()
    if membership.disabled_at is not None:
        return
    membership.disabled_at = work.at
    membership.user.session_epoch += 1
    work.session.flush()
    _keep_a_manager(work)
    trail.record(work, "user.disabled", membership.user)


def enable_user(work: Work, number: int) -> None:
    """Give a person access again, in the role they had. Twice is harmless."""
    membership = queries.member(work, number)
    work.require(Permission.USER_MANAGE, membership)
    if membership.disabled_at is not None:
        membership.disabled_at = None
        work.session.flush()
        trail.record(work, "user.enabled", membership.user)


def password_link(work: Work, user: User) -> str:
    """Return the address where a person chooses a password, good for one use within seven days.

    Who holds it can sign in as that person. So for somebody who is active in another library too, only the program
    itself makes one: raises Conflict (``user-elsewhere``) for others, and (``user-disabled``) for a disabled account.
    """
    membership = queries.member(work, user.number)
    work.require(Permission.USER_MANAGE, membership)
    if membership.disabled_at is not None:
        raise Conflict("user-disabled")
    if not work.can(Permission.INSTALLATION_SET_UP) and queries.belongs_elsewhere(work, user.number):
        raise Conflict("user-elsewhere")
    token = tokens.make(work.settings, tokens.Ticket(user.number, user.session_epoch), work.at)
    trail.record(work, "user.link_made", user)
    return f"{work.settings.url.rstrip('/')}/password/{token}"


def install_password(work: Work, user: User, password: str) -> None:
    """Give a person a password without a link: for the demo library and for tests. The same again changes nothing."""
    work.require(Permission.INSTALLATION_SET_UP)
    if user.password_hash is None or not passwords.holds(user.password_hash, password):
        user.password_hash = passwords.hashed(password)
        work.session.flush()


def choose_language(work: Work, language: str) -> None:
    """Keep the language in which a person reads the product."""
    work.require(Permission.ACCOUNT_OWN)
    if language not in LOCALES:
        raise Invalid("language-unknown", field="language")
    user = _own(work)
    if user.language != language:
        user.language = language
        work.session.flush()
        trail.record(work, "user.language_chosen", user, language=language)


def end_sessions(work: Work) -> int:
    """End all sessions of the one who acts; return the epoch of the new ones."""
    work.require(Permission.ACCOUNT_OWN)
    user = _own(work)
    user.session_epoch += 1
    work.session.flush()
    trail.record(work, "user.sessions_ended", user)
    return user.session_epoch


def _own(work: Work) -> User:
    return queries.member(work, work.actor.number or 0).user


def _named(name: str) -> str:
    if not name.strip():
        raise Invalid("name-missing", field="name")
    return name.strip()


def _timezone(name: str) -> str:
    if name not in available_timezones():
        raise Invalid("timezone-unknown", field="timezone", value=name)
    return name


def _check_role(role: Role) -> None:
    if role not in MEMBER_ROLES:
        raise Invalid("role-wrong", field="role")


def _changed(row: Library | Branch, values: Mapping[str, object]) -> list[str]:
    fields = sorted(name for name, value in values.items() if getattr(row, name) != value)
    for name in fields:
        setattr(row, name, values[name])
    return fields


def _keep_a_manager(work: Work) -> None:
    if not queries.managers(work):
        raise Conflict("user-last")
