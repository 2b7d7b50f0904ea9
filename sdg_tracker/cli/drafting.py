"""Commands for files of schemes: check one, load one."""

from pathlib import Path
from typing import NoReturn

import click

from sdg_tracker.access import SYSTEM
from sdg_tracker.cli.acting import Acting, Group, fail, load_settings, open_workplace, say
from sdg_tracker.foundation.errors import Invalid
from sdg_tracker.foundation.i18n import _, ngettext_
from sdg_tracker.schemes import drafts, files, queries, services
from sdg_tracker.schemes.document import Document, requirements

FILE = click.argument("path", metavar="FILE.yaml", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@click.group(cls=Group)
def scheme() -> None:
    """Schemes as files: what a certification asks."""


@scheme.command("check")
@FILE
def check(path: Path) -> None:
    """Say what is wrong with a file of a scheme, a line each. Needs no database; exit 1 when anything is."""
    load_settings()
    try:
        document = files.parse(path.read_bytes(), path.name, services.seed_words())
    except Invalid as error:
        _tell(path, error)
    count = sum(1 for _found in requirements(document))
    facts = {"scheme": document["id"], "version": document["version"]}
    say(ngettext_("%(scheme)s %(version)s: %(num)s requirement, all holds.",
                  "%(scheme)s %(version)s: %(num)s requirements, all holds.", count, **facts))  # fmt: skip


@scheme.command("load")
@FILE
@click.option("--library", "slug", metavar="SLUG", help="As this library's own version; without it for all libraries.")
@click.option("--draft", is_flag=True, help="With --library: as a draft to look at and publish in the browser.")
@click.option(
    "--as", "email", metavar="EMAIL", help="With --library: act as this person; default: the first coordinator."
)
def load(path: Path, slug: str | None, draft: bool, email: str | None) -> None:
    """Load a version of a scheme. Nothing is loaded when anything is wrong; loading the same again is harmless.

    Periods stay on their version until a coordinator moves them.
    """
    if slug is None and (draft or email):
        raise click.UsageError(_("--draft and --as need --library."))
    content = path.read_bytes()
    try:
        if slug is None:
            with open_workplace().writing(SYSTEM) as work:
                document = files.parse(content, path.name, queries.known_words(work))
                made = services.load_document(work, document, path.name)
            _say_loaded(made is not None, document)
            return
        with Acting(slug, email).writing() as work:
            document = files.parse(content, path.name, queries.known_words(work))
            if draft:
                number = drafts.take(work, content, path.name).number
                say(_("Draft %(number)s is what the file says.", number=number))
            else:
                _say_loaded(drafts.load(work, content, path.name) is not None, document)
    except Invalid as error:
        _tell(path, error)


def _say_loaded(new: bool, document: Document) -> None:
    facts = {"scheme": document["id"], "version": document["version"]}
    say(
        _("Loaded %(scheme)s %(version)s.", **facts) if new else _("%(scheme)s %(version)s is loaded already.", **facts)
    )


def _tell(path: Path, error: Invalid) -> NoReturn:
    """Print each fault of a file on a line and end with 1; another refusal ends as refusals do."""
    found = error.facts.get("problems")
    if not isinstance(found, list):
        raise error
    for fault in found:
        click.echo(f"{path.name}: {fault}")
    fail(ngettext_("%(num)s fault.", "%(num)s faults.", len(found)))


COMMANDS = [scheme]
