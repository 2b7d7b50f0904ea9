"""Commands that say whether all is well: doctor, and verify of an installation or of a downloaded bag."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from sdg_tracker import installation
from sdg_tracker.cli.acting import fail, load_settings, open_workplace, refusals, say
from sdg_tracker.editions import proof as proofs
from sdg_tracker.editions.proof import Proof
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
@click.option(
    "--signature",
    "signatures",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A signature that does not lie beside the bag.",
)
@click.option(
    "--trust",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The certificate that must be behind the seal, or its issuer's.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def verify(path: Path | None, signatures: tuple[Path, ...], trust: Path | None, as_json: bool) -> None:
    """Say exactly what was changed: in the whole installation, or in what was downloaded to PATH.

    A bag (.zip, or the folder it was unpacked to) or a signed report (.pdf) is checked without database and network,
    with the signatures that lie beside it. It says what is proved by that and what is not. Exit 0 only when all holds.
    """
    if path is not None:
        load_settings()
        with refusals():
            _tell(proofs.check(path, signatures, trust), as_json=as_json)
        return
    if signatures or trust:
        raise click.UsageError(_("A signature or certificate is of use with a PATH only."))
    workplace = open_workplace()
    if as_json:
        faults = list(installation.faults(workplace))
        say(json.dumps({"holds": not faults, "faults": faults}, ensure_ascii=False))
        sys.exit(1 if faults else 0)
    _end_with(installation.faults(workplace), "")
    counts = installation.counts(workplace)
    say(_("All holds: %(events)s events, %(files)s files.", events=counts.events, files=counts.files))


def _tell(found: Proof, *, as_json: bool) -> None:
    """Print faults, one a line, to standard output; then in plain words what is proved, beside them where any is."""
    if as_json:
        say(json.dumps(found.as_json(), ensure_ascii=False))
        sys.exit(0 if found.holds else 1)
    for fault in found.faults:
        say(fault)
    lines = [_("%(name)s: all holds.", name=found.name)] if found.holds else []
    for title, told in ((_("Proved:"), proofs.proved(found)), (_("Not proved:"), proofs.not_proved(found))):
        lines += ["", title, *(f"  - {line}" for line in told)] if told else []
    for line in lines:
        click.echo(line, err=not found.holds)
    if not found.holds:
        fail(ngettext_("%(num)s fault.", "%(num)s faults.", len(found.faults)))


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
