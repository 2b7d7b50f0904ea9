"""What all commands share: the workplace, who acts in which library, and refusals as messages with an exit status."""

import functools
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import click
import sqlalchemy as sa

from sdg_tracker.access import SYSTEM, Actor
from sdg_tracker.accounts import queries as accounts
from sdg_tracker.foundation import settings as all_settings
from sdg_tracker.foundation.db import check_schema
from sdg_tracker.foundation.errors import Invalid, NotFound, Problem, words
from sdg_tracker.foundation.i18n import _, lazy, set_locale
from sdg_tracker.foundation.settings import Settings
from sdg_tracker.jobs import Queue
from sdg_tracker.work import Library, Work, Workplace

words(
    {
        "library-none": lazy("There is no library yet. Run: sdg-tracker init"),
        "library-unknown": lazy("There is no library %(slug)s. There are: %(known)s."),
        "library-unclear": lazy("There are several libraries; choose one with --library: %(known)s."),
        "coordinator-none": lazy("The library has no coordinator. Run: sdg-tracker init --coordinator E-MAIL"),
        "database-unreachable": lazy("The database can't be reached: %(reason)s"),
    }
)


class Group(click.Group):
    """A group whose commands end with a clear message and status 1 when a step is refused."""

    def invoke(self, context: click.Context) -> Any:
        """Run the command."""
        with refusals():
            return super().invoke(context)


@contextmanager
def refusals() -> Iterator[None]:
    """End with a clear message and status 1 when a step is refused."""
    try:
        yield
    except Problem as problem:
        fail(str(problem))
    except sa.exc.OperationalError as error:
        fail(str(Invalid("database-unreachable", reason=str(error.orig).strip().splitlines()[0])))


def fail(message: str, status: int = 1) -> NoReturn:
    """Print a message to standard error and end."""
    click.echo(message, err=True)
    sys.exit(status)


def load_settings() -> Settings:
    """Return the settings; a wrong one is wrong use and ends with status 2."""
    try:
        settings = all_settings.load()
    except Problem as problem:
        fail(str(problem), 2)
    set_locale(settings.language)
    return settings


def open_workplace(*, checked: bool = True) -> Workplace:
    """Return the workplace with its queue; ``checked``: refuse a database with another schema."""
    workplace = Workplace.open(load_settings())
    if checked:
        check_schema(workplace.engine)
    Queue(workplace)
    return workplace


class Acting:
    """Who acts, and where; opens the steps of a command."""

    def __init__(self, slug: str | None, email: str | None) -> None:
        self.workplace = open_workplace()
        with self.workplace.reading(SYSTEM) as work:
            self.library_id = _library(work, slug).id
        self.actor = self._actor(email)

    def _actor(self, email: str | None) -> Actor:
        with self.workplace.reading(SYSTEM, self.library_id) as work:
            if email is not None:
                return accounts.actor_for(work, email)
            found = accounts.first_coordinator(work)
        if found is None:
            raise NotFound("coordinator-none")
        return found

    @contextmanager
    def writing(self) -> Iterator[Work]:
        """Give the one writing step of a command."""
        with self.workplace.writing(self.actor, self.library_id) as work:
            yield work

    @contextmanager
    def reading(self) -> Iterator[Work]:
        """Give a reading step."""
        with self.workplace.reading(self.actor, self.library_id) as work:
            yield work


def _library(work: Work, slug: str | None) -> Library:
    libraries = list(work.session.scalars(sa.select(Library).order_by(Library.id)))
    if not libraries:
        raise NotFound("library-none")
    if slug is None and len(libraries) == 1:
        return libraries[0]
    known = [library.slug for library in libraries]
    if slug is None:
        raise Invalid("library-unclear", known=known)
    for library in libraries:
        if library.slug == slug:
            return library
    raise NotFound("library-unknown", slug=slug, known=known)


def library_of(workplace: Workplace, slug: str) -> int:
    """Return the key of a library by its short name. Raises NotFound."""
    with workplace.reading(SYSTEM) as work:
        return _library(work, slug).id


def acting(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options ``--library`` and ``--as``, and an Acting as its first argument."""

    @click.option("--library", "slug", metavar="SLUG", help="Which library; default: the only one.")
    @click.option("--as", "email", metavar="EMAIL", help="Act as this person; default: the first coordinator.")
    @functools.wraps(command)
    def wrapped(slug: str | None, email: str | None, **values: Any) -> Any:
        return command(Acting(slug, email), **values)

    return wrapped


def say(message: str) -> None:
    """Print a line of the answer."""
    click.echo(message)


def done(changed: int, message: str) -> None:
    """Print a message, or that there was nothing to do."""
    say(message if changed else _("Nothing to do."))
