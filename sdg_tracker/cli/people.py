"""Commands for libraries and users."""

import click
import sqlalchemy as sa

from sdg_tracker.access import MEMBER_ROLES, SYSTEM, Role
from sdg_tracker.accounts import queries, services
from sdg_tracker.cli.acting import Acting, Group, acting, open_workplace, say
from sdg_tracker.foundation.i18n import _
from sdg_tracker.work import Library


@click.group(cls=Group)
def library() -> None:
    """Add and list libraries."""


@library.command("add")
@click.argument("name")
@click.option("--slug", help="Short name for addresses and files; default: made from the name.")
def add_library(name: str, slug: str | None) -> None:
    """Add a library."""
    with open_workplace().writing(SYSTEM) as work:
        added = services.add_library(work, name, slug=slug)
        say(_("Added the library %(name)s as %(slug)s.", name=added.name, slug=added.slug))


@library.command("list")
def list_libraries() -> None:
    """List the libraries: short name and name."""
    with open_workplace().reading(SYSTEM) as work:
        for row in work.session.scalars(sa.select(Library).order_by(Library.slug)):
            say(f"{row.slug}\t{row.name}")


@click.group(cls=Group)
def user() -> None:
    """Add, list and disable users."""


@user.command("add")
@click.argument("email")
@click.option("--name", default="", help="The person's name.")
@click.option("--role", type=click.Choice([role.value for role in MEMBER_ROLES]), default="staff", show_default=True)
@acting
def add_user(who: Acting, email: str, name: str, role: str) -> None:
    """Add a user and print the link to choose a password."""
    with who.writing() as work:
        added = services.add_user(work, email, name, Role(role))
        if added.password_hash is None:
            say(services.password_link(work, added))
        else:
            say(_("%(email)s has a password already.", email=added.email))


@user.command("list")
@acting
def list_users(who: Acting) -> None:
    """List the library's users: number, e-mail, role, state."""
    with who.reading() as work:
        for member in queries.members(work):
            state = _("disabled") if member.disabled_at else _("active")
            say(f"{member.user.number}\t{member.user.email}\t{member.role}\t{state}")


@user.command("disable")
@click.argument("email")
@acting
def disable_user(who: Acting, email: str) -> None:
    """Disable a user and end their sessions."""
    with who.writing() as work:
        services.disable_user(work, queries.user_by_email(work, email).number)
        say(_("Disabled %(email)s.", email=email))


COMMANDS = [library, user]
