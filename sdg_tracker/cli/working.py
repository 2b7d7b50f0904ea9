"""Commands for the daily work: activities, mapping, evidence, goals."""

import json
import random
import secrets
import sys
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import click

from sdg_tracker.access import SYSTEM
from sdg_tracker.activities import loading, outputs
from sdg_tracker.activities import services as activities
from sdg_tracker.cli.acting import Acting, Group, acting, fail, library_of, open_workplace, say
from sdg_tracker.editions import services as editions
from sdg_tracker.evidence import adding, bulk, file_queries, intake, link_queries, links
from sdg_tracker.evidence import queries as evidence_queries
from sdg_tracker.evidence.details import EvidenceDetails
from sdg_tracker.evidence.intake import Received
from sdg_tracker.evidence.links import LinkDetails
from sdg_tracker.evidence.models import Evidence
from sdg_tracker.evidence.people import People
from sdg_tracker.evidence.tying import Wanted
from sdg_tracker.evidence.validity import Validity, validity
from sdg_tracker.foundation import tables
from sdg_tracker.foundation.blobs import Entry
from sdg_tracker.foundation.errors import Conflict, words
from sdg_tracker.foundation.i18n import _, format_size, lazy, ngettext_
from sdg_tracker.foundation.tables import ImportRefused
from sdg_tracker.giving import services as giving
from sdg_tracker.goals import queries as goals
from sdg_tracker.goals import rules as goal_rules
from sdg_tracker.jobs import library_ids
from sdg_tracker.keeping import services as keeping
from sdg_tracker.keeping.models import Result
from sdg_tracker.schemes import queries as schemes
from sdg_tracker.work import Workplace

NAMING = (file_queries, giving, editions)  # importing them has registered the rows that name files
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
                report = loading.import_file(work, file, dry_run=True)
        else:
            with who.writing() as work:
                report = loading.import_file(work, file)
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
@click.option("--people", type=click.Choice(list(People)), help="Whether people can be recognised in the pictures.")
@acting
def add_evidence(
    who: Acting,
    *,
    paths: tuple[Path, ...],
    activity: int | None,
    codes: tuple[str, ...],
    kind: str | None,
    people: People | None,
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
            details = EvidenceDetails(title=path.stem, kind=kind or "", activity=activity, people=people or "")
            added = adding.add(work, one, details, ties).evidence
            _tell_added(added, one, str(path))


@evidence_group.command("import")
@click.argument("list_file", type=FILE, metavar="LIST")
@click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Where the files are; default: where LIST is.",
)
@click.option("--dry-run", is_flag=True, help="Check the list and every file, and add nothing.")
@acting
def import_evidence(who: Acting, list_file: Path, folder: Path | None, dry_run: bool) -> None:
    """Add many files as LIST (.xlsx or .csv) says: which file goes to which activity and requirements. All or none.

    Columns, in Danish or English: file, activity (number or whole title), requirements, kind, title, description, date,
    valid until, source, alternative text, language, people. Only the first is needed.
    """
    files = _files_below(folder or list_file.parent, list_file)
    try:
        with who.reading() as work, list_file.open("rb") as stream:
            content = tables.read_bytes(stream, list_file.name)
            planned, notes = bulk.read(work, content, list_file.name, files)
            with click.progressbar(length=len(planned), file=sys.stderr) as bar:
                how = (work, planned, lambda name: files[name].open("rb"), lambda _row: bar.update(1))
                found, received = (list(bulk.check(*how)), {}) if dry_run else ([], bulk.receive(*how))
    except ImportRefused as refused:
        for fault in refused.faults:
            click.echo(str(fault), err=True)
        fail(_("Nothing was added."))
    for note in notes:
        click.echo(str(note), err=True)
    if not dry_run:
        with who.writing() as work:
            for row, one in zip(planned, bulk.add(work, planned, received), strict=True):
                _tell_added(one.evidence, received[row.file], row.file)
        return
    for row in planned:
        say(f"{row.file}\t{row.details.activity or '-'}\t{row.details.title}")
    for row, finding in found:
        click.echo(f"{row.file}: {finding.text} {finding.advice}", err=True)
    count = len(planned)
    say(ngettext_("%(num)s piece of evidence would be added.", "%(num)s pieces of evidence would be added.", count))


def _files_below(folder: Path, list_file: Path) -> dict[str, Path]:
    """Return the files of a folder and its folders by their path in it; hidden ones and the list itself left out."""
    found = {}
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if path.is_file() and not any(part.startswith(".") for part in parts) and not path.samefile(list_file):
            found["/".join(parts)] = path
    return found


def _tell_added(added: Evidence, received: Received, name: str) -> None:
    say(f"{added.number}\t{received.original.sha256}\t{added.kind}\t{name}")
    for finding in received.findings:
        click.echo(f"{name}: {finding.text} {finding.advice}", err=True)
    if received.quarantined:
        click.echo(_("%(path)s is in quarantine until the coordinator has looked at it.", path=name), err=True)


@evidence_group.command("link")
@click.argument("url")
@click.option("--title", default="", help="Default: the page's own.")
@click.option("--seen-on", type=click.DateTime(["%Y-%m-%d"]), metavar="DAY", help="When you saw it; default: today.")
@click.option("--note", default="", help="What on the page shows something.")
@click.option("--copy", "path", type=FILE, help="Your own copy, such as the page printed as PDF; default: fetched.")
@click.option("--activity", type=click.IntRange(1), help="Number of the activity that it is about.")
@click.option(
    "--requirement", "codes", multiple=True, metavar="CODE", help="Requirement that it shows; may be repeated."
)
@acting
def add_link(
    who: Acting,
    *,
    url: str,
    title: str,
    seen_on: datetime | None,
    note: str,
    path: Path | None,
    activity: int | None,
    codes: tuple[str, ...],
) -> None:
    """Add the page at URL as evidence, with a dated copy. Exit 1 when none could be fetched: the link waits then."""
    received = None
    if path is not None:
        with path.open("rb") as file, who.reading() as work:
            received = intake.receive(work, file, path.name)
    with who.writing() as work:
        cycle = schemes.current_cycle(work)
        if codes and cycle is None:
            raise Conflict("cycle-missing")
        ties = [Wanted(cycle.number, code) for code in codes] if cycle else []
        about = EvidenceDetails(title=title, description=note, activity=activity)
        details = LinkDetails(url, seen_on.date() if seen_on else work.today, about)
        link = links.add(work, details, received, ties)[0] if received else links.ask(work, details, ties)
        number, owed = link.number, (work.library.id, link.id, link.attempt)
    if received is None:
        links.fetch(who.workplace, *owed)
    with who.reading() as work:
        link = link_queries.get(work, number)
        if link.evidence is None:
            fail(_("Link %(number)s is kept and waits for a copy. %(why)s", number=number, why=links.why(link)))
        kept = evidence_queries.get(work, link.evidence.number)
        say(f"{kept.number}\t{kept.current.original_sha256}\t{link.url}")


@evidence_group.command("check")
@click.option("--library", "slug", metavar="SLUG", help="Only the files of this library; default: of all.")
@click.option("--sample", type=click.IntRange(1), metavar="N", help="Only N files, chosen at random.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), metavar="DAY", help="Only those not checked since DAY.")
@click.option("--seed", type=int, help="Choose the sample that this seed gave before.")
def check_evidence(slug: str | None, sample: int | None, since: datetime | None, seed: int | None) -> None:
    """Read stored files again and say which are missing or changed, and what nobody names. Exit 1 for a fault.

    Without an option all files that evidence and editions name are read. Evidence that has expired, or will within 60
    days, is told too; it is no fault.
    """
    workplace = open_workplace()
    digests = keeping.named(workplace, library_of(workplace, slug) if slug else None)
    if since is not None:
        digests = keeping.not_checked_since(workplace, digests, since.replace(tzinfo=UTC))
    if sample is not None:
        seed = secrets.randbelow(1_000_000) if seed is None else seed
        say(_("Sample with seed %(seed)s.", seed=seed))
        chosen = random.Random(seed).sample(sorted(digests), min(sample, len(digests)))  # noqa: S311 - no secret
        digests = {sha256: digests[sha256] for sha256 in chosen}
    faults = 0
    for finding in keeping.check(workplace, digests.items()):
        if finding.result != Result.OK:
            faults += 1
            for where in keeping.where(workplace, finding.sha256) or [_("a snapshot")]:
                click.echo(f"{where}: {finding}")
    orphans = [] if slug or sample or since else keeping.loose(workplace)
    for entry in orphans:
        say(_("orphaned: %(sha256)s (%(size)s bytes)", sha256=entry.sha256, size=entry.size))
    if orphans:
        some = ngettext_("%(num)s file is named by nothing.", "%(num)s files are named by nothing.", len(orphans))
        say(some + " " + _("sdg-tracker evidence sweep takes away what is older than a day."))
    for library_id in [library_of(workplace, slug)] if slug else library_ids(workplace):
        _tell_expiring(workplace, library_id)
    if faults:
        fail(ngettext_("%(num)s fault.", "%(num)s faults.", faults))
    read = ngettext_("Read %(num)s file.", "Read %(num)s files.", len(digests))
    say(read + " " + _("All stored files are as they were received."))


def _tell_expiring(workplace: Workplace, library_id: int) -> None:
    """Tell which evidence has expired, or will within 60 days; it is no fault."""
    with workplace.reading(SYSTEM, library_id) as work:
        for piece in evidence_queries.expiring(work):
            expired = validity(piece.valid_until, work.today) is Validity.EXPIRED
            told = (
                lazy("Evidence %(number)s expired on %(day)s.")
                if expired
                else lazy("Evidence %(number)s expires on %(day)s.")
            )
            say(told.with_facts({"number": piece.number, "day": piece.valid_until}))


@evidence_group.command("sweep")
@click.option("--dry-run", is_flag=True, help="Say what would go and take nothing away.")
def sweep_evidence(dry_run: bool) -> None:
    """Take away stored files that nothing names and that are older than a day: what failed uploads left."""
    workplace, size = open_workplace(), 0

    def tell(entry: Entry) -> None:
        nonlocal size
        size += entry.size
        say(f"{entry.sha256}\t{entry.size}")

    gone, unfinished = keeping.sweep(workplace, tell, dry_run=dry_run)
    if dry_run:
        would = ngettext_(
            "%(num)s file would go, %(size)s.", "%(num)s files would go, %(size)s.", gone, size=format_size(size)
        )
        say(would)
        return
    say(ngettext_("%(num)s file went, %(size)s.", "%(num)s files went, %(size)s.", gone, size=format_size(size)))
    if unfinished:
        say(ngettext_("%(num)s upload that never ended.", "%(num)s uploads that never ended.", unfinished))


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
