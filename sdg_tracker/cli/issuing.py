"""Commands for editions: freeze, list, fetch the files, invite an auditor."""

import json
import shutil
from datetime import date
from pathlib import Path

import click

from sdg_tracker.attempts import Progress
from sdg_tracker.audit import services as audit
from sdg_tracker.auditreport import outputs as auditreport_outputs
from sdg_tracker.certification import checking, preflight
from sdg_tracker.certification.check_wording import KIND_NAMES, WEIGHT_NAMES, more
from sdg_tracker.certification.preflight import Weight
from sdg_tracker.cli.acting import Acting, Group, acting, say
from sdg_tracker.comparison import services as comparison
from sdg_tracker.comparison import shown
from sdg_tracker.dossier import outputs as dossier_outputs
from sdg_tracker.dossier import services as dossier
from sdg_tracker.editions import build, kinds, queries, seals, succession
from sdg_tracker.editions import services as editions
from sdg_tracker.editions.models import Edition, Seal, State
from sdg_tracker.editions.queries import SIGNED, TAGS
from sdg_tracker.evidence import thumbnails
from sdg_tracker.foundation.errors import Conflict, NotFound, words
from sdg_tracker.foundation.i18n import _, lazy
from sdg_tracker.impact import outputs as impact_outputs
from sdg_tracker.plandocument import outputs as plandocument_outputs
from sdg_tracker.schemes import queries as schemes
from sdg_tracker.supplement import outputs as supplement_outputs

words(
    {
        "cycle-none": lazy("The library has no certification cycle. Run: sdg-tracker init"),
        "edition-not-sealed": lazy("Edition %(number)s has no seal. Run: sdg-tracker edition seal %(number)s"),
        "edition-seal-failed": lazy("Edition %(number)s is issued, but could not be sealed: %(reason)s"),
        "edition-not-ready": lazy("The files of edition %(number)s are not made: %(reason)s"),
    }
)
KINDS = (  # importing them has registered them
    dossier_outputs.KIND,
    impact_outputs.KIND,
    supplement_outputs.KIND,
    auditreport_outputs.KIND,
    plandocument_outputs.KIND,
)
OF_SEAL, CERTIFICATE = {SIGNED: "-signed.pdf", TAGS: f".{TAGS}"}, "-certificate.pem"  # what their names end in
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
    make(who, edition)


@dossier_group.command("check")
@click.option("--cycle", "number", type=click.IntRange(1), help="Number of the cycle; default: the current one.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
@acting
def check_dossier(who: Acting, number: int | None, as_json: bool) -> None:
    """Tell what is wrong or weak before a dossier is frozen. Exit status 1 when something stops an honest one."""
    with who.reading() as work:
        cycle = schemes.current_cycle(work) if number is None else schemes.cycle(work, number)
        if cycle is None:
            raise NotFound("cycle-none")
        cases = checking.check(work, cycle)
    counts = preflight.counts(cases)
    if as_json:
        rows = [
            {"weight": c.weight.value, "kind": c.kind.value, c.subject.value: c.about, "title": c.title, "more": c.more}
            for c in cases
        ]
        say(json.dumps({"cycle": cycle.number, "counts": counts, "cases": rows}, ensure_ascii=False))
    else:
        for group in preflight.groups(cases):
            say(f"{WEIGHT_NAMES[group.weight]}: {KIND_NAMES[group.kind]} ({len(group.cases)})")
            for case in group.cases:
                said = more(case)
                say(f"  {case.subject.value} {case.about}: {case.title}" + (f" ({said})" if said else ""))
        say(", ".join(f"{name}: {counts[weight]}" for weight, name in WEIGHT_NAMES.items()))
    if counts[Weight.STOPS]:
        raise click.exceptions.Exit(1)


def make(who: Acting, edition: Edition) -> None:
    """Make the files of an edition that was just frozen, with a progress bar."""
    say(_("Frozen as edition %(number)s, fingerprint %(digest)s.", number=edition.number, digest=edition.fingerprint))
    with click.progressbar(length=edition.total, label=_("Making the files")) as bar:

        def progress(done: int, total: int, name: str) -> None:
            bar.label, bar.length = name or _("Finished"), total
            bar.update(done - bar.pos)

        build.build(who.workplace, who.library_id, edition.id, progress)
    say(_("Edition %(number)s is ready.", number=edition.number))
    if problem := _seal(who, edition.number):
        click.echo(str(problem), err=True)  # it is issued all the same


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
@click.option(
    "--signed", is_flag=True, help="Also the seal: the signed report, the signature on the bag, the certificate."
)
@acting
def files(who: Acting, number: int, out: Path, rebuild: bool, signed: bool) -> None:
    """Write an edition's files to a folder, flat, as <library>-<kind>-<number>.pdf .xlsx .zip."""
    with who.reading() as work:
        edition = queries.get(work, number)
        stem = build.file_stem(work.library.slug, kinds.get(edition.kind).slug, edition.number)
        if edition.state != State.READY:
            reason = editions.fault(edition) or edition.state
            raise Conflict("edition-not-ready", number=number, reason=reason)
        made = {artefact.name: (artefact.sha256, artefact.size) for artefact in edition.artefacts}
        if signed and edition.seal is None:
            raise Conflict("edition-not-sealed", number=number)
        if rebuild:
            made = build.again(who.workplace, work.library.slug, edition)
    out.mkdir(parents=True, exist_ok=True)
    for name, ending in (build.FILES | build.files_also(edition.also)).items():
        if name not in made:
            continue  # this kind has no such file
        target = out / f"{stem}{ending}"
        with who.workplace.blobs.open(*made[name]) as source, target.open("wb") as file:
            shutil.copyfileobj(source, file, 1 << 20)
        say(f"{made[name][0]}  {target}")
    if signed and edition.seal is not None:
        _write_seal(who, edition.seal, out, stem)


def _write_seal(who: Acting, seal: Seal, out: Path, stem: str) -> None:
    for name, kept in seals.files(seal).items():
        target = out / f"{stem}{OF_SEAL[name]}"
        with who.workplace.blobs.open(*kept) as source, target.open("wb") as file:
            shutil.copyfileobj(source, file, 1 << 20)
        say(f"{kept[0]}  {target}")
    (out / f"{stem}{CERTIFICATE}").write_text(seal.certificate, "ascii")
    say(f"{seal.certificate_digest}  {out / f'{stem}{CERTIFICATE}'}")


@edition_group.command("seal")
@click.argument("number", type=click.IntRange(1))
@acting
def seal_edition(who: Acting, number: int) -> None:
    """Seal an edition that has no seal, or once more when its seal has no time. Its files stay as they are."""
    with who.writing() as work:
        seals.again(work, number)
        work.owed.clear()  # made here, not by a worker
    if problem := _seal(who, number):
        raise problem


def _seal(who: Acting, number: int) -> Conflict | None:
    """Make the seal that is owed and say how it went; return why it could not be made."""
    seals.make_owed(who.workplace, who.library_id)
    with who.reading() as work:
        last = queries.get(work, number).seals[-1]
    if last.state == Progress.FAILED:
        return Conflict("edition-seal-failed", number=number, reason=seals.fault(last))
    say(_("Sealed by: %(subject)s (%(level)s).", subject=last.subject, level=last.level))
    if last.own:
        say(_("The key is the installation's own: the seal proves that the file is unchanged, not who made it."))
    if last.time_fault:
        say(_("The server of time stamps gave none: %(reason)s", reason=last.time_fault))
    return None


@edition_group.command("supersede")
@click.argument("number", type=click.IntRange(1))
@click.option("--by", type=click.IntRange(1), help="The edition that takes its place; default: the next one frozen.")
@click.option("--reason", required=True, help="Why; whoever holds the earlier edition reads it.")
@acting
def supersede_edition(who: Acting, number: int, by: int | None, reason: str) -> None:
    """Let another edition take the place of edition NUMBER. Both stay and can be reached."""
    with who.writing() as work:
        succession.supersede(work, number, by, reason)
    told = _("Edition %(by)s takes the place of edition %(number)s.", by=by, number=number)
    say(told if by else _("The next edition takes the place of edition %(number)s.", number=number))


@edition_group.command("compare")
@click.argument("first", type=click.IntRange(1))
@click.argument("second", type=click.IntRange(1))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@acting
def compare_editions(who: Acting, first: int, second: int, as_json: bool) -> None:
    """Say what changed from one edition to another of the same kind."""
    with who.reading() as work:
        found = comparison.compare(work, first, second)
    if as_json:
        say(json.dumps(found.as_json(), indent=1, ensure_ascii=False))
        return
    say(comparison.title(found))
    for note in shown.notes(found):
        say(note)
    for section in shown.sections(found):
        say(f"\n{section.title}: {section.same}")
        for line in section.lines:
            parts = (line.sign, line.key, line.name, line.what)
            before_and_after = f"{line.old} → {line.new}" if line.new else line.old
            say("  " + " · ".join(part for part in (*parts, before_and_after) if part))


@click.group("auditor", cls=Group)
def auditor_group() -> None:
    """Auditors from outside."""


@auditor_group.command("invite")
@click.argument("number", type=click.IntRange(1))
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), required=True, help="Last day, such as 2026-12-31.")
@click.option("--email", required=True, help="Whom the link is for.")
@click.option("--code", "with_code", is_flag=True, help="Ask for six digits beside the link, and print them.")
@acting
def invite(who: Acting, number: int, until: object, email: str, with_code: bool) -> None:
    """Print a link that opens edition NUMBER once, in one browser, and nothing else, until a day."""
    with who.writing() as work:
        day = date.fromisoformat(f"{until:%Y-%m-%d}")
        access = audit.invite(work, number, email, day, with_code=with_code)
        say(audit.link(work, access))
        if with_code:
            say(audit.code(work, access))


COMMANDS = [dossier_group, edition_group, auditor_group]
