"""Commands for the figures that the library follows."""

from pathlib import Path

import click

from sdg_tracker.cli.acting import Acting, Group, acting, fail, say
from sdg_tracker.foundation.errors import Invalid, words
from sdg_tracker.foundation.i18n import _, lazy, ngettext_
from sdg_tracker.foundation.tables import ImportRefused, read_bytes
from sdg_tracker.measures import loading, outputs
from sdg_tracker.measures.importing import CounterColumns

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FIELDS = ("period", "value", "branch")
words({"map-unreadable": lazy("--map is written FIELD=HEADING, with a field of %(known)s; this says %(value)s.")})


@click.group("measures", cls=Group)
def measures_group() -> None:
    """Import and export readings."""


@measures_group.command("import")
@click.argument("file", type=FILE)
@click.option("--dry-run", is_flag=True, help="Check everything and keep nothing.")
@click.option("--measure", "code", metavar="CODE", help="What a counter's file counts: the short name of a measure.")
@click.option(
    "--map", "mapped", multiple=True, metavar="FIELD=HEADING", help="What a column means: period, value or branch."
)
@click.option("--branch", default="", metavar="CODE", help="The branch of all rows of a counter's file.")
@click.option("--decimal", type=click.Choice([",", "."]), default=None, help="The decimal sign in texts.")
@acting
def import_readings(
    who: Acting,
    *,
    file: Path,
    dry_run: bool,
    code: str | None,
    mapped: tuple[str, ...],
    branch: str,
    decimal: str | None,
) -> None:
    """Keep every reading of FILE (.xlsx or .csv), or none when a row is wrong.

    The file is the one that "measures export" writes, or with --measure and --map what a counter has written: its rows
    are added up by period and branch.
    """
    mapping = _mapping(code, mapped, branch, decimal or "") if code or mapped else None
    with file.open("rb") as stream:
        content = read_bytes(stream, file.name)
    step = loading.look if dry_run else loading.load
    try:
        with who.reading() if dry_run else who.writing() as work:
            report = step(work, content, file.name, decimal=decimal or "", mapping=mapping)
    except ImportRefused as refused:
        for fault in refused.faults:
            click.echo(str(fault), err=True)
        fail(_("Nothing was imported."))
    for note in report.notes:
        click.echo(str(note), err=True)
    facts = {"new": len(report.lines), "corrected": len(report.corrections), "described": len(report.described)}
    if dry_run:
        say(_("%(new)s would be added, %(corrected)s corrected, %(described)s described anew.", **facts))
    else:
        say(_("%(new)s added, %(corrected)s corrected, %(described)s described anew.", **facts))


def _mapping(code: str | None, mapped: tuple[str, ...], branch: str, decimal: str) -> CounterColumns:
    columns = {}
    for text in mapped:
        name, _sign, heading = text.partition("=")
        if name not in FIELDS or not heading:
            raise Invalid("map-unreadable", value=text, known=FIELDS)
        columns[name] = heading
    return CounterColumns(
        measure=code or "",
        period=columns.get("period", ""),
        value=columns.get("value", ""),
        branch_column=columns.get("branch", ""),
        branch=branch,
        decimal=decimal,
    )


@measures_group.command("export")
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@acting
def export_readings(who: Acting, file: Path) -> None:
    """Write all readings to FILE.xlsx, with an empty row for each that is missing; it can be imported again."""
    with who.reading() as work, file.open("wb") as target:
        count = outputs.write_workbook(work, target)
    say(ngettext_("Wrote %(num)s row.", "Wrote %(num)s rows.", count))


COMMANDS = [measures_group]
