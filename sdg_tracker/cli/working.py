"""Commands for the daily work: activities, mapping, evidence, goals."""

import json
import sys
from contextlib import ExitStack
from pathlib import Path

import click

from sdg_tracker.access import SYSTEM
from sdg_tracker.activities import outputs
from sdg_tracker.activities import services as activities
from sdg_tracker.activities.importing import ImportRefused
from sdg_tracker.cli.acting import Acting, Group, acting, fail, open_workplace, say
from sdg_tracker.evidence import intake
from sdg_tracker.evidence import services as evidence
from sdg_tracker.evidence.services import EvidenceDetails, Wanted
from sdg_tracker.foundation.errors import Conflict, words
from sdg_tracker.foundation.i18n import _, lazy, ngettext_
from sdg_tracker.goals import queries as goals
from sdg_tracker.goals import rules as goal_rules
from sdg_tracker.schemes import queries as schemes

words({"cycle-missing": lazy("The library has no certification cycle to tie evidence to. Run: sdg-tracker init")})
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("activities", cls=Group)
def activities_group() -> None:
    """Import and export activities."""


@activities_group.command("import")
@click.argument("file", type=FILE)
@click.option("--dry-run", is_flag=True, help="Check everything and add nothing.")
@acting
def import_activities(who: Acting, file: Path, dry_run: bool) -> None:
    """Add every activity of FILE (.xlsx or .csv), or none when a row is wrong."""
    try:
        if dry_run:
            with who.reading() as work:
                report = activities.import_file(work, file, dry_run=True)
        else:
            with who.writing() as work:
                report = activities.import_file(work, file)
    except ImportRefused as refused:
        for fault in refused.faults:
            click.echo(str(fault), err=True)
        fail(_("Nothing was imported."))
    for note in report.warnings:
        click.echo(str(note), err=True)
    if dry_run:
        say(ngettext_("%(num)s activity would be added.", "%(num)s activities would be added.", report.found))
    else:
        say(ngettext_("Added %(num)s activity.", "Added %(num)s activities.", report.added))


@activities_group.command("export")
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@acting
def export_activities(who: Acting, file: Path) -> None:
    """Write all activities to FILE.xlsx, in columns that can be imported again."""
    with who.reading() as work, file.open("wb") as target:
        count = outputs.write_workbook(work, target)
    say(ngettext_("Wrote %(num)s activity.", "Wrote %(num)s activities.", count))


@click.command("map")
@click.argument("activity", type=click.IntRange(1))
@click.argument("codes", nargs=-1, required=True, metavar="CODE…")
@click.option("--reason", default="", help="Why the activity serves these goals.")
@acting
def map_activity(who: Acting, activity: int, codes: tuple[str, ...], reason: str) -> None:
    """Map ACTIVITY to goals or targets, the first CODE as the main one. Replaces what it was mapped to."""
    with who.writing() as work:
        mapped = activities.map_codes(work, activity, codes, reason)
        say(_("%(title)s: %(codes)s", title=mapped.title, codes=", ".join(m.code for m in mapped.mappings)))


@click.group("evidence", cls=Group)
def evidence_group() -> None:
    """Add evidence and check what is stored."""


@evidence_group.command("add")
@click.argument("paths", nargs=-1, required=True, type=FILE, metavar="FILE…")
@click.option("--activity", type=click.IntRange(1), help="Number of the activity that it is about.")
@click.option(
    "--requirement", "codes", multiple=True, metavar="CODE", help="Requirement that it shows; may be repeated."
)
@click.option("--kind", metavar="KIND", help="Such as photo, minutes, statistics; default: guessed from the file.")
@acting
def add_evidence(
    who: Acting, paths: tuple[Path, ...], activity: int | None, codes: tuple[str, ...], kind: str | None
) -> None:
    """Add each FILE as a piece of evidence, all of them or none."""
    with ExitStack() as stack, who.reading() as work:
        files = [(stack.enter_context(path.open("rb")), path.name) for path in paths]
        received, refused = intake.receive_all(work, files)
    for refusal in refused:
        click.echo(str(refusal), err=True)
    if refused:
        fail(_("Nothing was added."))
    with who.writing() as work:
        cycle = schemes.current_cycle(work)
        if codes and cycle is None:
            raise Conflict("cycle-missing")
        ties = [Wanted(cycle.number, code) for code in codes] if cycle else []
        for path, one in zip(paths, received, strict=True):
            details = EvidenceDetails(title=path.stem, kind=kind or "", activity=activity)
            added = evidence.add(work, one, details, ties).evidence
            say(f"{added.number}\t{one.original.sha256}\t{added.kind}\t{path}")
            for finding in one.findings:
                click.echo(f"{path}: {finding.text} {finding.advice}", err=True)
            if one.quarantined:
                click.echo(_("%(path)s is in quarantine until the coordinator has looked at it.", path=path), err=True)


@evidence_group.command("check")
@acting
def check_evidence(who: Acting) -> None:
    """Read every stored file again and say what is missing or was changed. Exit 1 when something is."""
    found = 0
    with who.reading() as work:
        for fault in evidence.faults(work):
            click.echo(fault)
            found += 1
    if found:
        fail(ngettext_("%(num)s fault.", "%(num)s faults.", found))
    say(_("All stored files are as they were received."))


@click.group("goals", cls=Group)
def goals_group() -> None:
    """The seventeen goals."""


@goals_group.command("check")
@click.argument("text")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def check_goals(text: str, as_json: bool) -> None:
    """Find a number in TEXT that stands with another goal's name. Exit 1 when there is one."""
    with open_workplace().reading(SYSTEM) as work:
        found = goal_rules.mismatches(text, goals.names(work))
    if as_json:
        say(json.dumps([{"quote": m.quote, "number": m.number, "goal": m.goal} for m in found], ensure_ascii=False))
    else:
        for mismatch in found:
            right = _("»%(quote)s«: the name is that of goal %(goal)s, the number is %(number)s.", **vars(mismatch))
            say(right)
    sys.exit(1 if found else 0)


COMMANDS = [activities_group, map_activity, evidence_group, goals_group]
