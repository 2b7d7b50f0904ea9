"""Commands for audits: read in what an auditor has decided in the unpacked bag."""

from pathlib import Path

import click

from sdg_tracker.audit import incoming
from sdg_tracker.auditreport import services as auditreport
from sdg_tracker.cli.acting import Acting, Group, acting, fail, say
from sdg_tracker.cli.issuing import LANGUAGE, make
from sdg_tracker.foundation.i18n import _, ngettext_


@click.group("audit", cls=Group)
def audit_group() -> None:
    """Audits of frozen editions."""


@audit_group.command("import")
@click.argument("number", type=click.IntRange(1))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what it holds, and read nothing in.")
@acting
def import_decisions(who: Acting, number: int, file: Path, dry_run: bool) -> None:
    """Read the decisions FILE of an auditor into the audit of edition NUMBER: all of it or nothing."""
    with file.open("rb") as opened:
        document = incoming.parsed(opened.read(incoming.LARGEST + 1))
    with who.reading() as work:
        found, faults = incoming.look(work, number, document)
    for fault in faults:
        say(fault)
    if faults or found is None:
        fail(_("Nothing was read in."))
    say(ngettext_("%(num)s mark", "%(num)s marks", len(found.marks)))
    say(ngettext_("%(num)s finding", "%(num)s findings", len(found.findings)))
    say(_("with a conclusion") if found.conclusion else _("without a conclusion"))
    if dry_run:
        return
    with who.writing() as work:
        applied = incoming.read_in(work, number, document)
    changed = applied.marks + applied.findings
    say(
        ngettext_(
            "Read in: %(num)s mark or finding is new or changed.",
            "Read in: %(num)s marks and findings are new or changed.",
            changed,
        )
    )


@audit_group.command("freeze")
@click.argument("number", type=click.IntRange(1))
@click.option("--language", type=LANGUAGE, help="Language of the report; default: the edition's.")
@acting
def freeze(who: Acting, number: int, language: str | None) -> None:
    """Freeze the report of the audit of edition NUMBER, which has to be concluded, and make its files."""
    with who.writing() as work:
        edition = auditreport.freeze(work, number, language)
        work.owed.clear()  # made here, not by a worker
    make(who, edition)


COMMANDS = [audit_group]
