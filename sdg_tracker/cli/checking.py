"""Commands that say whether all is well: doctor, and verify of an installation or of a downloaded bag."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from sdg_tracker import installation
from sdg_tracker.cli.acting import fail, load_settings, open_workplace, say
from sdg_tracker.editions.verify import faults as bag_faults
from sdg_tracker.foundation.i18n import _, ngettext_


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def doctor(as_json: bool) -> None:
    """Say what is set up, reachable, writable and missing. Exit 1 when something that is needed is missing."""
    checks = list(installation.checks(open_workplace(checked=False)))
    if as_json:
        say(json.dumps([{"name": c.name, "ok": c.ok, "text": str(c.text)} for c in checks], ensure_ascii=False))
    else:
        for check in checks:
            say(f"{'✓' if check.ok else '✗'} {check.name}: {check.text}")
    sys.exit(0 if all(check.ok or not check.needed for check in checks) else 1)


@click.command()
@click.argument("path", required=False, type=click.Path(exists=True, path_type=Path))
def verify(path: Path | None) -> None:
    """Say exactly what was changed: in the whole installation, or in a downloaded bag at PATH.

    A bag (.zip, or the folder it was unpacked to) is checked without database and network. Exit 0 only when all holds.
    """
    if path is not None:
        load_settings()
        _end_with(bag_faults(path), _("%(name)s: all holds.", name=path.name))
        return
    workplace = open_workplace()
    _end_with(installation.faults(workplace), "")
    counts = installation.counts(workplace)
    say(_("All holds: %(events)s events, %(files)s files.", events=counts.events, files=counts.files))


def _end_with(faults: Iterator[str], well: str) -> None:
    found = 0
    for fault in faults:
        click.echo(fault)
        found += 1
    if found:
        fail(ngettext_("%(num)s fault.", "%(num)s faults.", found))
    if well:
        say(well)


COMMANDS = [doctor, verify]
