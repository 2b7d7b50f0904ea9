"""Pages of editions: what there is, its files, how far they are; and the check that anybody may make."""

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from sdg_tracker import trail
from sdg_tracker.access import SYSTEM, Permission
from sdg_tracker.attempts import OPEN
from sdg_tracker.editions import build, corrections, holding, kinds, queries, seals, services, succession
from sdg_tracker.editions.forms import NEXT, CorrectionForm, SupersedeForm
from sdg_tracker.editions.models import Edition, Seal, State
from sdg_tracker.editions.queries import SIGNED, TAGS
from sdg_tracker.evidence.uses import Held
from sdg_tracker.foundation.errors import Conflict, Invalid, NotFound, words
from sdg_tracker.foundation.i18n import _, lazy
from sdg_tracker.jobs import library_ids
from sdg_tracker.printing import bagpage
from sdg_tracker.web import files, lifecycle, navigation
from sdg_tracker.web.forms import choices
from sdg_tracker.web.identity import actor, allow, can
from sdg_tracker.web.lifecycle import page, reading, workplace, writing
from sdg_tracker.work import Work

blueprint = Blueprint("editions", __name__)
navigation.add(60, lazy("Editions"), "editions.index", Permission.EDITION_LIST)
words({"edition-file-none": lazy("Edition %(number)s has no file %(name)s yet.")})

HOLDING = holding.of  # importing it has registered it
CERTIFICATE = "certificate.pem"
OF_SEAL = {SIGNED: "-signed.pdf", TAGS: f".{TAGS}", CERTIFICATE: "-certificate.pem"}  # what their names end in
MEDIA_TYPES = {SIGNED: "application/pdf", TAGS: "application/pkcs7-signature", CERTIFICATE: "application/x-pem-file"}


@dataclass(frozen=True)
class Offered:
    """A file to download: its name, its ending, its size in bytes (None until it is made), its second language."""

    name: str
    ending: str
    size: int | None
    language: str


@blueprint.get("/editions")
@allow(Permission.EDITION_LIST)
def index() -> ResponseReturnValue:
    """List the editions, the newest first."""
    work = reading()
    return page("editions/index.html", editions=queries.newest_first(work), kinds=kinds)


@blueprint.get("/editions/<int:number>")
@allow(Permission.EDITION_READ)
def show(number: int) -> ResponseReturnValue:
    """Show an edition; while its files are made, the page asks how far they are."""
    work = reading()
    edition = queries.get(work, number)
    work.require(Permission.EDITION_READ, edition)
    return page(
        "editions/show.html",
        fragment="editions/_files.html",
        edition=edition,
        kind=kinds.get(edition.kind),
        files=offered(edition),
        fault=services.fault(edition),
        waiting=edition.state in (State.QUEUED, State.BUILDING),
        sealing=any(seal.state in OPEN for seal in edition.seals),
        events=trail.of(work, "edition", number),
    )


@blueprint.get("/editions/<int:number>/files/<name>")
@allow(Permission.EDITION_READ, logged=True)
def download(number: int, name: str) -> ResponseReturnValue:
    """Send one of an edition's files."""
    work = reading()
    edition = queries.get(work, number)
    work.require(Permission.EDITION_READ, edition)
    return sent(edition, work.library.slug, name)


def sent(edition: Edition, library_slug: str, name: str) -> ResponseReturnValue:
    """Return an edition's file as an answer that is noted in the trail. Raises NotFound while it is not made."""
    if name in OF_SEAL:
        return _sent_of_seal(edition, library_slug, name)
    artefact = edition.artefact(name)
    endings = build.FILES | build.files_also(edition.also)
    if artefact is None or name not in endings:
        raise NotFound("edition-file-none", number=edition.number, name=name)
    full = build.file_stem(library_slug, kinds.get(edition.kind).slug, edition.number) + endings[name]
    answer = files.download(reading(), artefact.sha256, artefact.size, artefact.media_type, full)
    if files.was_sent(answer):
        lifecycle.note_access("edition.downloaded", edition, file=name)
    return answer


def _sent_of_seal(edition: Edition, library_slug: str, name: str) -> ResponseReturnValue:
    seal = edition.seal
    if seal is None:
        raise NotFound("edition-file-none", number=edition.number, name=name)
    full = f"{build.file_stem(library_slug, kinds.get(edition.kind).slug, edition.number)}{OF_SEAL[name]}"
    if name == CERTIFICATE:
        answer = files.text_answer(seal.certificate, MEDIA_TYPES[name], full)
    else:
        answer = files.download(reading(), *seals.files(seal)[name], MEDIA_TYPES[name], full)
    if files.was_sent(answer):
        lifecycle.note_access("edition.downloaded", edition, file=name)
    return answer


def offered(edition: Edition) -> list[Offered]:
    """Return the files that are offered by themselves."""
    made = {artefact.name: artefact.size for artefact in edition.artefacts}
    outputs = kinds.get(edition.kind).made(edition.also)
    languages = {output.name: output.language for output in outputs} | {kinds.BAG: ""}
    return [
        Offered(name, ending.rpartition(".")[2], made.get(name), languages[name])
        for name, ending in (build.FILES | build.files_also(edition.also)).items()
        if name in languages
    ]


@blueprint.post("/editions/<int:number>/retry")
@allow(Permission.EDITION_FREEZE)
def retry(number: int) -> ResponseReturnValue:
    """Build again what failed."""
    services.retry(writing(), number)
    flash(_("The files are being made again."))
    return redirect(url_for("editions.show", number=number), 303)


@blueprint.post("/editions/<int:number>/seal")
@allow(Permission.EDITION_SEAL)
def seal(number: int) -> ResponseReturnValue:
    """Seal an edition that has no seal, or whose seal has no time."""
    seals.again(writing(), number)
    flash(_("The seal is being made. The files stay as they are."))
    return redirect(url_for("editions.show", number=number), 303)


@blueprint.app_context_processor
def _for_pages() -> dict[str, object]:
    return {"seal_fault": seals.fault, "seal_size": _seal_size, "CORRECTED": corrections.ABOUT_NAMES}


def _seal_size(seal: Seal, name: str) -> int:
    return seals.files(seal)[name][1]


@blueprint.route("/editions/<int:number>/supersede", methods=["GET", "POST"])
@allow(Permission.EDITION_FREEZE)
def supersede(number: int) -> ResponseReturnValue:
    """Let a later edition take this one's place, and say why."""
    edition = queries.get(reading(), number)
    later = [one for one in queries.newest_first(reading()) if one.kind == edition.kind and one.number > number]
    form = SupersedeForm()
    form.by.choices = choices(
        [*((one.number, f"{one.number} · {one.title}") for one in later), (NEXT, _("The next one that is frozen"))]
    )
    status = 422 if form.is_submitted() else 200
    if form.validate_on_submit():
        try:
            succession.supersede(writing(), number, form.chosen(), form.reason.data or "")
        except (Invalid, Conflict) as problem:
            form.refuse(problem)
            status = problem.status
        else:
            flash(
                _("The edition is marked as superseded.") if form.chosen() else _("The next edition takes its place.")
            )
            return redirect(url_for("editions.show", number=number), 303)
    return page("editions/supersede.html", edition=edition, form=form), status


@blueprint.route("/editions/<int:number>/corrections/new", methods=["GET", "POST"])
@allow(Permission.EDITION_CORRECT)
def correct(number: int) -> ResponseReturnValue:
    """Note what stands wrong in an issued edition."""
    edition = queries.get(reading(), number)
    form = CorrectionForm()
    status = 422 if form.is_submitted() else 200
    if form.validate_on_submit():
        try:
            corrections.note(writing(), number, form.details())
        except (Invalid, Conflict) as problem:
            form.refuse(problem)
            status = problem.status
        else:
            flash(_("The correction is noted; the next edition prints it."))
            return redirect(url_for("editions.show", number=number), 303)
    return page("editions/correct.html", edition=edition, form=form), status


@blueprint.get("/verify")
@allow(Permission.PUBLIC_READ)
def verify() -> ResponseReturnValue:
    """Tell anybody whether a code is that of an edition here, and whether it is intact."""
    code = request.args.get("code", "")[:100].strip()
    found = _found(code) if code else None
    held = _held(code) if code and found is None else []
    return page("editions/verify.html", code=code, found=found, held=held, check_words=bagpage.words_of_check())


def _held(code: str) -> list[Held]:
    """Return the editions, of those that one may see, in which a file is an exhibit; to strangers it is not told."""
    digits = "".join(code.split()).lower()
    if len(digits) != queries.DIGEST_LENGTH or actor().library_id is None:
        return []
    work = reading()
    return [one for one in holding.of(work, [digits]) if can(Permission.EDITION_READ, queries.get(work, one.number))]


def _found(code: str) -> dict[str, object] | None:
    for library_id in library_ids(workplace()):
        with workplace().reading(SYSTEM, library_id) as work:
            edition, file = _of(work, code)
            if edition is not None:
                intact = work.blobs.size(edition.fingerprint) is not None and (
                    work.blobs.digest_found(edition.fingerprint) == edition.fingerprint
                )
                return {
                    "library": work.library.name,
                    "number": edition.number,
                    "title": edition.title,
                    "kind": kinds.get(edition.kind).title,
                    "frozen_at": edition.frozen_at,
                    "fingerprint": edition.fingerprint,
                    "file": file,
                    "intact": intact,
                    "superseded_by": edition.superseded_by,
                    "newer": _code_of(work, edition.superseded_by),
                    "corrections": len(edition.corrections),
                    "supersede_reason": edition.supersede_reason,
                }
    return None


def _code_of(work: Work, number: int | None) -> str:
    return queries.get(work, number).short_code if number is not None else ""


def _of(work: Work, code: str) -> tuple[Edition | None, str]:
    """Return the edition of a code, and which file of it the code is the digest of; empty for a part of a digest."""
    edition = queries.by_code(work, code)
    if edition is not None:
        return edition, "snapshot.json" if len(code) >= queries.DIGEST_LENGTH else ""
    return queries.by_file(work, code) or (None, "")
