"""Commands that copy the whole installation and bring it back: backup and restore."""

import json
import sys
from pathlib import Path

import click

from sdg_tracker import installation
from sdg_tracker.backups import making, restoring, telling
from sdg_tracker.cli.acting import fail, open_workplace, say
from sdg_tracker.foundation.i18n import _, format_size, ngettext_

FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.argument("folder", type=FOLDER, metavar="DIR")
@click.option("--with-secret", is_flag=True, help="Put the secret in too: whoever has the backup can then make links.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def backup(folder: Path, with_secret: bool, as_json: bool) -> None:
    """Copy everything into DIR and try the copy: rows, files, not the jobs. People can go on working.

    A later backup into the same DIR copies only the files that are new. Exit 1 when something does not hold.
    """
    made = making.make(open_workplace(), folder, telling.silent if as_json else say, with_secret=with_secret)
    told = made.manifest
    if as_json:
        figures = {"rows": told.rows, "files": told.blobs, "bytes": told.blob_bytes, "copied": made.copied}
        say(json.dumps({"made_at": told.made_at, "schema": told.schema, **figures, "faults": made.faults}))
        sys.exit(1 if made.faults else 0)
    for fault in made.faults:
        click.echo(fault)
    if made.faults:
        fail(ngettext_("%(num)s fault.", "%(num)s faults.", len(made.faults)))
    size = format_size(told.blob_bytes)
    say(_("The backup holds: %(rows)s rows, %(files)s files, %(size)s.", rows=told.rows, files=told.blobs, size=size))


@click.command()
@click.argument("folder", type=FOLDER, metavar="DIR")
def restore(folder: Path) -> None:
    """Bring back the backup in DIR, into an empty database and an empty store, of either kind.

    A damaged backup is refused before anything is written. Exit 0 only when all that was restored holds.
    """
    workplace = open_workplace(checked=False)
    restoring.restore(workplace, folder, say)
    found = 0
    for fault in installation.faults(workplace):
        click.echo(fault)
        found += 1
    if found:
        fail(ngettext_("%(num)s fault.", "%(num)s faults.", found))
    counts = installation.counts(workplace)
    say(_("All holds: %(events)s events, %(files)s files.", events=counts.events, files=counts.files))


COMMANDS = [backup, restore]
