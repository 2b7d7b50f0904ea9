"""An edition before it is frozen: its pages as they would be now, made outside the request, and their approval."""

import io
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, joinedload, mapped_column

from sdg_tracker.access import SYSTEM, Permission
from sdg_tracker.accounts import queries as accounts
from sdg_tracker.attempts import Attempted, Attempts, Progress
from sdg_tracker.collecting import plain
from sdg_tracker.editions import build, chapters
from sdg_tracker.editions.kinds import Snapshot
from sdg_tracker.foundation import errors
from sdg_tracker.foundation.blobs import StoredBlob
from sdg_tracker.foundation.documents import canonical, digest
from sdg_tracker.foundation.errors import Conflict, Invalid, NotFound, Problem, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.keeping import names
from sdg_tracker.keeping.names import Named
from sdg_tracker.printing import pictures
from sdg_tracker.work import Work, Workplace

log = logging.getLogger(__name__)
words(
    {
        "preview-none": lazy("There are no pages yet. Have them made on the page where the edition is composed."),
        "approve-no-preview": lazy("Make the pages first and look at them; what you saw is what you approve."),
        "approve-other-preview": lazy("The pages were made again after you opened them. Look at them, then approve."),
        "approve-as-missing": lazy("Write what you are at the library, such as library director."),
    }
)
OF_THE_MOMENT = ("number", "frozen_at", "frozen_by", "trail", "names", "draft")  # of a snapshot: says when, not what
ROLE_LIMIT = 100
FILE = "report.pdf"
PATIENCE = timedelta(minutes=10)  # longer than an attempt takes
ATTEMPTS = 3


class Approvable:
    """What was composed, with who approved the pages of it."""

    approved_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.number"))
    approved_as: Mapped[str] = mapped_column(sa.String(ROLE_LIMIT), default="")  # at the library, in words
    approved_at: Mapped[datetime | None]
    approved_essence: Mapped[str | None] = mapped_column(sa.String(64))  # see essence


class Drafted(Attempted):
    """The pages of an edition that is not frozen. Newer ones take their place."""

    essence: Mapped[str] = mapped_column(sa.String(64))
    snapshot_sha256: Mapped[str] = mapped_column(sa.String(64))
    snapshot_size: Mapped[int]  # bytes
    asked_at: Mapped[datetime]
    sha256: Mapped[str | None] = mapped_column(sa.String(64))  # of the PDF
    size: Mapped[int | None]  # bytes
    pages: Mapped[int | None]
    fault: Mapped[str] = mapped_column(sa.Text, default="")  # why it failed, empty unless it did


A = TypeVar("A", bound=Approvable)
D = TypeVar("D", bound=Drafted)
NUMBER: Callable[[Any], int] = attrgetter("number")


def composition(work: Work, model: type[A], *which: sa.ColumnElement[bool]) -> A | None:
    """Return what was chosen, with its preview; None when nobody has chosen anything."""
    composed: Any = model
    return work.session.scalars(sa.select(model).where(*which).options(joinedload(composed.preview))).one_or_none()


def named(work: Work, model: type[D], sha256: str, number: Callable[[Any], int] = NUMBER) -> list[Named]:
    """Return the previews that name a blob, each with the ``number`` of its composition."""
    pages = sa.select(model).where(sa.or_(model.sha256 == sha256, model.snapshot_sha256 == sha256))
    previews: list[Any] = list(work.session.scalars(pages))
    return [Named(row.__tablename__, number(row.composition), "pages") for row in previews]


def passing(model: type[Drafted]) -> Sequence[names.Columns]:
    """Return the columns of previews that name bytes, which are on their way."""
    return (model.snapshot_sha256, model.snapshot_size), (model.sha256, model.size)


def essence(snapshot: Mapping[str, Any]) -> str:
    """Return the digest of what somebody approves: all of a snapshot but when, by whom and under which number.

    When a stored file was read again is left out too; that happens every night.
    """
    kept = {key: value for key, value in snapshot.items() if key not in OF_THE_MOMENT}
    kept["evidence"] = [{key: value for key, value in row.items() if key != "fixity"} for row in snapshot["evidence"]]
    kept["composition"] = {**snapshot["composition"], "approved": None}
    return digest(kept)


def same_but_approved(snapshot: Mapping[str, Any], approved: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the snapshot with who approved it."""
    return {**snapshot, "composition": {**snapshot["composition"], "approved": approved}}


def next_number(work: Work) -> int:
    """Return the number that the next edition of the library gets."""
    return work.library.numbers.get("edition", 0) + 1


def ask(work: Work, preview: Drafted, taken: Snapshot) -> None:
    """Keep what an edition frozen now would hold; the pages of it are to be made. The caller owes the job."""
    kept = work.blobs.put(io.BytesIO(canonical(taken)))
    preview.essence = essence(taken)
    preview.snapshot_sha256, preview.snapshot_size = kept.sha256, kept.size
    preview.state, preview.asked_at, preview.attempt, preview.beat = Progress.QUEUED.value, work.at, 0, None
    preview.sha256 = preview.size = preview.pages = None
    preview.fault = ""


def begin(work: Work, composition: Any, model: type[Drafted], taken: Snapshot, job: str) -> Any:
    """Keep what an edition frozen now would hold, and owe its pages; return the preview of the composition."""
    preview = composition.preview
    if preview is None:
        new: Any = model
        preview = new(composition_id=composition.id, composition=composition)
        work.session.add(preview)
    ask(work, preview, taken)
    work.session.flush()
    work.owe(job, work.library.id, preview.id, 0)
    return preview


def make(
    workplace: Workplace, library_id: int, preview_id: int, attempt: int, *, kind: str, previews: Attempts[D]
) -> None:
    """Make the pages, if ``attempt`` is still the last one: so a job that comes twice works once."""
    with workplace.writing(SYSTEM, library_id) as work:
        claimed = _claim(work, previews, preview_id, attempt)
    if claimed is None:
        return
    made, why = None, ""
    try:
        shelf = chapters.Shelf(workplace, library_id)
        stored = build.in_child(workplace, kind, claimed, FILE, shelf=shelf)
        with workplace.blobs.open(stored.sha256, stored.size) as file:
            made = stored, pictures.count(file)
    except Problem as problem:
        log.warning("pages of %s preview %s, attempt %s: %s", kind, preview_id, attempt + 1, problem)
        why = errors.kept(problem)
    with workplace.writing(SYSTEM, library_id) as work:
        _finish(work, previews, preview_id, attempt + 1, made=made, why=why)


def _claim(work: Work, previews: Attempts[D], preview_id: int, attempt: int) -> StoredBlob | None:
    """Begin the attempt after ``attempt`` and return the snapshot to print; None when another has begun."""
    work.require(Permission.EDITION_BUILD)
    row = previews.claim(work, preview_id, attempt)
    return None if row is None else StoredBlob(row.snapshot_sha256, row.snapshot_size)


def _finish(
    work: Work, previews: Attempts[D], preview_id: int, attempt: int, *, made: tuple[StoredBlob, int] | None, why: str
) -> None:
    row = previews.held(work, preview_id, attempt)
    if row is None:
        return
    row.fault = why
    if made is not None:
        stored, row.pages = made
        row.state, row.sha256, row.size = Progress.READY.value, stored.sha256, stored.size
    else:
        previews.miss(row, ATTEMPTS)


def fault(preview: Drafted) -> str:
    """Return in words why the pages could not be made; empty unless that is so."""
    return errors.told(preview.fault)


def page(work: Work, preview: Drafted | None, begins: str, number: int) -> bytes:
    """Return one page as a PNG; ``begins`` is how the digest of the PDF begins.

    Raises NotFound for what is not there any more.
    """
    work.require(Permission.EDITION_APPROVE)
    if preview is None or preview.sha256 is None or not preview.sha256.startswith(begins):
        raise NotFound("preview-none")
    if not 1 <= number <= (preview.pages or 0):
        raise NotFound("preview-none")
    with work.blobs.open(preview.sha256, preview.size) as file:
        return pictures.page(file, number)


def approve(work: Work, row: Approvable, preview: Drafted | None, acting_as: str, seen: str) -> None:
    """Note who approves the pages as they were seen; ``acting_as`` is what the person is at the library, in words.

    Raises Conflict when the pages that are there now are others than those seen, Invalid without ``acting_as``.
    """
    work.require(Permission.EDITION_APPROVE)
    if preview is None or preview.state != Progress.READY.value:
        raise Conflict("approve-no-preview")
    if preview.essence != seen:
        raise Conflict("approve-other-preview")
    told = " ".join(acting_as.split())
    if not 0 < len(told) <= ROLE_LIMIT:
        raise Invalid("approve-as-missing", field="acting_as")
    row.approved_by, row.approved_as = work.actor.number, told
    row.approved_at, row.approved_essence = work.at, seen


def approval(work: Work, row: Approvable) -> dict[str, Any] | None:
    """Return who approved, as a snapshot says it; None where nobody has."""
    if row.approved_by is None or row.approved_at is None:
        return None
    name = accounts.names(work, {row.approved_by}).get(row.approved_by, "")
    return {"name": name, "role": row.approved_as, "at": plain.moment(row.approved_at)}


def forget_approval(row: Approvable) -> None:
    """Take an approval back: the next edition is to be approved again."""
    row.approved_by, row.approved_as, row.approved_at, row.approved_essence = None, "", None, None
