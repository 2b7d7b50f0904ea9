"""Commands for editions: freeze, list, fetch the files, invite an auditor."""

import json
import shutil
from datetime import date
from pathlib import Path

import click

from sdg_tracker.audit import services as audit
from sdg_tracker.cli.acting import Acting, Group, acting, say
from sdg_tracker.dossier import outputs as dossier_outputs
from sdg_tracker.dossier import services as dossier
from sdg_tracker.editions import build, kinds, queries
from sdg_tracker.editions import services as editions
from sdg_tracker.editions.models import Edition, State
from sdg_tracker.evidence import thumbnails
from sdg_tracker.foundation.errors import Conflict, NotFound, words
from sdg_tracker.foundation.i18n import _, lazy
from sdg_tracker.impact import outputs as impact_outputs
from sdg_tracker.impact import services as impact
from sdg_tracker.schemes import queries as schemes
from sdg_tracker.supplement import outputs as supplement_outputs

words(
    {
        "cycle-none": lazy("The library has no certification cycle. Run: sdg-tracker init"),
        "edition-not-ready": lazy("The files of edition %(number)s are not made: %(reason)s"),
    }
)
KINDS = (dossier_outputs.KIND, impact_outputs.KIND, supplement_outputs.KIND)  # importing them has registered them
FILES = {"report.pdf": "pdf", "report.xlsx": "xlsx", kinds.BAG: "zip"}
LANGUAGE = click.Choice(["da", "en"])


@click.group("dossier", cls=Group)
def dossier_group() -> None:
    """Certification dossiers."""


@dossier_group.command("freeze")
@click.option("--cycle", type=click.IntRange(1), help="Number of the cycle; default: the current one.")
@click.option("--language", type=LANGUAGE, help="Language of the dossier; default: the installation's.")
@acting
def freeze_dossier(who: Acting, cycle: int | None, language: str | None) -> None:
    """Freeze a dossier and make its files."""
    thumbnails.make_owed(who.workplace, who.library_id)
    with who.writing() as work:
        current = schemes.current_cycle(work) if cycle is None else schemes.cycle(work, cycle)
        if current is None:
            raise NotFound("cycle-none")
        edition = dossier.freeze(work, current.number, language)
        work.owed.clear()  # made here, not by a worker
    _build(who, edition)


@click.group("impact", cls=Group)
def impact_group() -> None:
    """Yearly impact reports."""


@impact_group.command("freeze")
@click.option("--year", type=int, required=True)
@click.option("--language", type=LANGUAGE, help="Language of the report; default: the installation's.")
@acting
def freeze_impact(who: Acting, year: int, language: str | None) -> None:
    """Freeze the report of a year and make its files."""
    with who.writing() as work:
        edition = impact.freeze(work, year, language)
        work.owed.clear()
    _build(who, edition)


def _build(who: Acting, edition: Edition) -> None:
    say(_("Frozen as edition %(number)s, fingerprint %(digest)s.", number=edition.number, digest=edition.fingerprint))
    with click.progressbar(length=edition.total, label=_("Making the files")) as bar:

        def progress(done: int, _total: int, name: str) -> None:
            bar.label = name or _("Done")
            bar.update(done - bar.pos)

        build.build(who.workplace, who.library_id, edition.id, progress)
    say(_("Edition %(number)s is ready.", number=edition.number))


@click.group("edition", cls=Group)
def edition_group() -> None:
    """Frozen editions and their files."""


@edition_group.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@acting
def list_editions(who: Acting, as_json: bool) -> None:
    """List the editions, the newest first."""
    with who.reading() as work:
        rows = [_as_row(edition) for edition in queries.newest_first(work)]
    if as_json:
        say(json.dumps(rows, indent=1, ensure_ascii=False))
        return
    for row in rows:
        say(f"{row['number']}\t{row['kind']}\t{row['state']}\t{row['frozen_at']}\t{row['fingerprint']}")


def _as_row(edition: Edition) -> dict[str, object]:
    return {
        "number": edition.number,
        "kind": edition.kind,
        "state": edition.state,
        "fingerprint": edition.fingerprint,
        "frozen_at": edition.frozen_at.isoformat(),
        "files": {artefact.name: artefact.sha256 for artefact in edition.artefacts},
    }


@edition_group.command("files")
@click.argument("number", type=click.IntRange(1))
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Folder to write to.")
@click.option("--rebuild", is_flag=True, help="Make them again from the snapshot instead, and compare.")
@acting
def files(who: Acting, number: int, out: Path, rebuild: bool) -> None:
    """Write an edition's files to a folder, flat, as <library>-<kind>-<number>.pdf .xlsx .zip."""
    with who.reading() as work:
        edition = queries.get(work, number)
        stem = build.file_stem(work.library.slug, kinds.get(edition.kind).slug, edition.number)
        if edition.state != State.READY:
            reason = editions.fault(edition) or edition.state
            raise Conflict("edition-not-ready", number=number, reason=reason)
        made = {artefact.name: (artefact.sha256, artefact.size) for artefact in edition.artefacts}
        if rebuild:
            made = build.again(who.workplace, work.library.slug, edition)
    out.mkdir(parents=True, exist_ok=True)
    for name, ending in FILES.items():
        if name not in made:
            continue  # this kind has no such file
        target = out / f"{stem}.{ending}"
        with who.workplace.blobs.open(*made[name]) as source, target.open("wb") as file:
            shutil.copyfileobj(source, file, 1 << 20)
        say(f"{made[name][0]}  {target}")


@click.group("auditor", cls=Group)
def auditor_group() -> None:
    """Auditors from outside."""


@auditor_group.command("invite")
@click.argument("number", type=click.IntRange(1))
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), required=True, help="Last day, such as 2026-12-31.")
@click.option("--email", required=True, help="Whom the link is for.")
@acting
def invite(who: Acting, number: int, until: object, email: str) -> None:
    """Print a link that opens edition NUMBER, and nothing else, until a day."""
    with who.writing() as work:
        access = audit.invite(work, number, email, date.fromisoformat(f"{until:%Y-%m-%d}"))
        say(audit.link(work, access))


COMMANDS = [dossier_group, impact_group, edition_group, auditor_group]
