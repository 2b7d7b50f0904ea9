"""Commands for audits: read in what an auditor has decided in the unpacked bag, draw a sample again."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from sdg_tracker.audit import auditing, incoming, sampling
from sdg_tracker.audit.states import Method
from sdg_tracker.auditreport import services as auditreport
from sdg_tracker.cli.acting import Acting, Group, acting, fail, load_settings, say
from sdg_tracker.cli.issuing import LANGUAGE, make
from sdg_tracker.editions import build, contents, queries, verify
from sdg_tracker.foundation.errors import Invalid, words
from sdg_tracker.foundation.i18n import _, lazy, ngettext_

words({"audit-no-snapshot": lazy("%(name)s is neither a bag of an edition nor its snapshot.json.")})


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


@audit_group.command("sample")
@click.argument("source", metavar="N|FILE")
@click.option("--seed", help="The seed that was shown. Only for a FILE.")
@click.option("--size", type=click.IntRange(1), help="How many were drawn. Only for a FILE.")
@click.option("--method", type=click.Choice([one.value for one in Method]), default=Method.RANDOM.value)
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each sample instead of lines.")
@click.option("--library", "slug", metavar="SLUG", help="Which library; default: the only one.")
def sample(source: str, seed: str | None, size: int | None, method: str, *, as_json: bool, slug: str | None) -> None:
    """Draw a sample again from its seed.

    With the number N of an audited edition: each sample of its audit, held against what was drawn; ends with 1 where
    one differs. With a bag, its unpacked folder or a snapshot.json as FILE: the exhibits that --seed draws from it,
    without a database or a network.
    """
    if source.isdigit():
        _draw_again(int(source), slug, as_json=as_json)
        return
    load_settings()
    if not seed or size is None:
        raise click.UsageError(_("Give --seed and --size as the audit shows them."))
    frozen = _snapshot(Path(source))
    drawn = sampling.draw(sampling.candidates(frozen), seed.strip(), size, Method(method))
    _show(frozen, drawn, {"seed": seed.strip(), "method": method, "size": size}, as_json=as_json)


def _draw_again(number: int, slug: str | None, *, as_json: bool) -> None:
    with Acting(slug, None).reading() as work:
        found = auditing.draw_again(work, number)
        frozen = build.snapshot_of(work.blobs, queries.get(work, number))
    for row, again in found:
        about = {"seed": row.seed, "method": row.method, "size": row.size, "as_drawn": again == row.exhibits}
        _show(frozen, again, about, as_json=as_json)
        if not as_json:
            say(_("As it was drawn.") if again == row.exhibits else _("Other exhibits were drawn."))
    if any(again != row.exhibits for row, again in found):
        fail(_("The seed does not draw what was drawn."))


def _show(frozen: Mapping[str, Any], drawn: list[int], about: Mapping[str, Any], *, as_json: bool) -> None:
    if as_json:
        say(json.dumps({**about, "exhibits": drawn}))
        return
    say(_("Seed %(seed)s, %(method)s, %(size)s:", seed=about["seed"], method=about["method"], size=about["size"]))
    titles = {row["exhibit"]: row["title"] for row in frozen["evidence"]}
    for exhibit in drawn:
        say(f"{exhibit:>5}  {titles[exhibit]}")


def _snapshot(path: Path) -> Mapping[str, Any]:
    """Return the snapshot of a bag, of its folder, or in a file. Raises Invalid for anything else."""
    found: Mapping[str, Any] = {}
    if path.suffix == ".json" and path.is_file():
        found = contents.as_object(path.read_bytes())
    elif path.exists():
        with verify.opened(path) as tree:
            if tree is not None and contents.SNAPSHOT in tree.names():
                found = contents.snapshot(tree)
    if "evidence" not in found:
        raise Invalid("audit-no-snapshot", name=path.name)
    return found


COMMANDS = [audit_group]
