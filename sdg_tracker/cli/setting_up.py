"""Commands that set up an installation and tell how it is: init, upgrade, demo, doctor, verify."""

import sys

import click

from sdg_tracker import demo as demo_library
from sdg_tracker import installation
from sdg_tracker.access import SYSTEM, Role
from sdg_tracker.accounts import queries as accounts
from sdg_tracker.accounts import services as accounts_services
from sdg_tracker.cli.acting import load_settings, open_workplace, say
from sdg_tracker.editions import seals
from sdg_tracker.foundation.db import schema_found, upgrade
from sdg_tracker.foundation.i18n import _
from sdg_tracker.jobs import library_ids
from sdg_tracker.work import Workplace


@click.command()
@click.option("--library", "name", metavar="NAME", help="The library's name.")
@click.option("--coordinator", "email", metavar="EMAIL", help="E-mail of the first coordinator.")
def init(name: str | None, email: str | None) -> None:
    """Make database, secret and library; load framework and schemes; print a link to choose a password.

    Running it again changes nothing that is there.
    """
    workplace = set_up()
    installation.prepare(workplace, name, say)
    _make_seal_key(workplace)
    with workplace.reading(SYSTEM, library_ids(workplace)[0]) as work:
        missing = accounts.first_coordinator(work) is None
    if email is None and missing and sys.stdin.isatty():
        email = click.prompt(_("E-mail of the first coordinator"))
    if email is not None:
        _coordinator(workplace, email)
    elif missing:
        say(_("There is no coordinator yet. Add one with: sdg-tracker init --coordinator E-MAIL"))


def set_up() -> Workplace:
    """Make what an installation needs before there is a library: secret and database."""
    settings = load_settings()
    if settings.make_key():
        say(_("Made the secret."))
    workplace = open_workplace(checked=False)
    if schema_found(workplace.engine) is None:
        say(_("Made the database."))
    return workplace


def _make_seal_key(workplace: Workplace) -> None:
    if seals.make_own_key(workplace):
        say(_("Made a key of its own to seal with. It proves that a file is unchanged, not who made it."))


def _coordinator(workplace: Workplace, email: str) -> None:
    with workplace.writing(SYSTEM, library_ids(workplace)[0]) as work:
        known = accounts.by_email(work, email)
        user = known or accounts_services.add_user(work, email, "", Role.COORDINATOR)
        if user.password_hash is None:
            say(_("Choose a password for %(email)s here, within seven days:", email=user.email))
            say(accounts_services.password_link(work, user))
        else:
            say(_("%(email)s has a password already.", email=user.email))


@click.command("upgrade")
def upgrade_database() -> None:
    """Bring the database to this program's schema and load what is new in the seed files."""
    workplace = open_workplace(checked=False)
    upgrade(workplace.engine)
    _make_seal_key(workplace)
    for loaded in installation.load_reference(workplace):
        say(_("Loaded %(what)s.", what=loaded))
    say(_("The database has schema %(found)s.", found=schema_found(workplace.engine)))


@click.command()
@click.option("--activities", type=click.IntRange(1), help="Make this many activities instead of the demo year's.")
@click.option("--evidence", type=click.IntRange(0), help="Make this many pieces of evidence.")
@click.option("--seed", type=int, default=1, show_default=True, help="Another seed makes other invented rows.")
def demo(activities: int | None, evidence: int | None, seed: int) -> None:
    """Set up the demo library and print its sign-ins. Running it again changes nothing."""
    make_demo(activities, evidence, seed)


def make_demo(activities: int | None = None, evidence: int | None = None, seed: int = 1) -> None:
    """Set up the demo library and print its sign-ins."""
    workplace = set_up()
    demo_library.prepare(workplace, say)
    _make_seal_key(workplace)
    demo_library.fill(workplace, say, activities=activities, evidence=evidence, seed=seed)
    for line in demo_library.sign_ins(workplace):
        say(line)


COMMANDS = [init, upgrade_database, demo]
