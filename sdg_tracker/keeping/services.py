"""The watch: stored files are read again, what is wrong is told to every library that names it, loose bytes go."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from sdg_tracker import jobs, trail
from sdg_tracker.access import SYSTEM, Permission
from sdg_tracker.foundation.blobs import Blobs, Entry, StoreError
from sdg_tracker.foundation.errors import NotFound
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.jobs import library_ids
from sdg_tracker.keeping import names, queries
from sdg_tracker.keeping.models import Fixity, Result
from sdg_tracker.work import Work, Workplace

log = logging.getLogger(__name__)
EVENT = "fixity check"  # the word of PREMIS for it, in the trail and in what is told
FILES, BYTES = 200, 20_000_000  # read in one round
NEW = 5000  # files taken under watch in one round
LOOSE_AFTER = timedelta(days=1)
BATCH = 200  # checks noted in one step

trail.declare(
    {
        "fixity.failed": (lazy("A stored file is damaged"), {"event", "outcome", "file", "expected", "found"}),
        "fixity.mended": (lazy("A damaged file is whole again"), {"event", "outcome", "file", "expected"}),
    }
)


@dataclass(frozen=True)
class Finding:
    """What was found when a blob was read."""

    sha256: str
    size: int  # bytes expected
    result: Result
    found: str = ""  # digest of changed bytes, empty when they could not be read

    def __str__(self) -> str:
        if self.result == Result.MISSING:
            return f"expected {self.sha256} ({self.size} bytes), found nothing: the file is missing"
        return f"expected {self.sha256} ({self.size} bytes), found {self.found or 'a file that can not be read'}"


def read(blobs: Blobs, sha256: str, size: int) -> Finding:
    """Read all bytes of a blob. Raises StoreError when it is the whole store that can't be asked."""
    try:
        found = blobs.digest_found(sha256)
    except NotFound:
        return Finding(sha256, size, Result.MISSING)
    except StoreError:
        raise
    except OSError as error:
        log.warning("%s can't be read: %s", sha256, error)
        return Finding(sha256, size, Result.CHANGED)
    return Finding(sha256, size, Result.OK if found == sha256 else Result.CHANGED, found)


def check(workplace: Workplace, digests: Iterable[tuple[str, int]]) -> Iterator[Finding]:
    """Read blobs (digest, size) again, note each result, and yield it."""
    well: list[Finding] = []
    try:
        for sha256, size in digests:
            finding = read(workplace.blobs, sha256, size)
            if finding.result == Result.OK:
                well.append(finding)
            else:
                log.error("%s: %s", EVENT, finding)
                _note_ill(workplace, finding)
            if len(well) >= BATCH:
                _note_well(workplace, well)
                well = []
            yield finding
    finally:
        _note_well(workplace, well)


def _note_well(workplace: Workplace, findings: list[Finding]) -> None:
    if not findings:
        return
    with workplace.writing(SYSTEM) as work:
        work.require(Permission.STORE_KEEP)
        known = queries.of(work, [finding.sha256 for finding in findings])
        mended = [one for one in findings if known.get(one.sha256) is not None and _was_ill(known[one.sha256])]
        for finding in findings:
            if finding not in mended:
                _note(work, known.get(finding.sha256), finding)
    for finding in mended:
        _tell_all(workplace, finding)


def _note_ill(workplace: Workplace, finding: Finding) -> None:
    with workplace.reading(SYSTEM) as work:
        known = queries.of(work, [finding.sha256]).get(finding.sha256)
        news = known is None or (known.result, known.found) != (finding.result.value, finding.found)
    if news:
        _tell_all(workplace, finding)
    else:
        with workplace.writing(SYSTEM) as work:
            _note(work, queries.of(work, [finding.sha256]).get(finding.sha256), finding)


def _tell_all(workplace: Workplace, finding: Finding) -> None:
    """Note a change in the trail of every library that names the blob; the check itself in the last of these steps.

    When the program ends between two libraries all are told again. What nobody names is watched no longer.
    """
    concerned = []
    for library_id in library_ids(workplace):
        with workplace.reading(SYSTEM, library_id) as work:
            if names.naming(work, finding.sha256):
                concerned.append(library_id)
    for library_id in concerned:
        with workplace.writing(SYSTEM, library_id) as work:
            work.require(Permission.STORE_KEEP)
            for named in names.naming(work, finding.sha256):
                _tell(work, named, finding)
            if library_id == concerned[-1]:
                _note(work, queries.of(work, [finding.sha256]).get(finding.sha256), finding)
    if not concerned:
        with workplace.writing(SYSTEM) as work:
            work.session.execute(sa.delete(Fixity).where(Fixity.sha256 == finding.sha256))


def _tell(work: Work, named: names.Named, finding: Finding) -> None:
    subject = trail.Subject(named.subject, named.number)
    facts: dict[str, object] = {"event": EVENT, "file": named.file, "expected": finding.sha256}
    if finding.result == Result.OK:
        trail.record(work, "fixity.mended", subject, outcome="success", **facts)
    else:
        trail.record(work, "fixity.failed", subject, outcome=finding.result.value, found=finding.found, **facts)


def _was_ill(row: Fixity) -> bool:
    return row.result not in (None, Result.OK.value)


def _note(work: Work, row: Fixity | None, finding: Finding) -> None:
    if row is None:
        row = Fixity(sha256=finding.sha256, size=finding.size)
        work.session.add(row)
    row.checked_at, row.result = work.at, finding.result.value
    row.found = "" if finding.result == Result.OK else finding.found


@jobs.chore("keeping.watch")
def watch(workplace: Workplace) -> None:
    """Take new files under watch and read those again that were not read for long: a few at a time."""
    with workplace.reading(SYSTEM) as work:
        work.require(Permission.STORE_KEEP)
    for library_id in library_ids(workplace):
        with workplace.reading(SYSTEM, library_id) as work:
            new = queries.unseen(work, NEW)
        if new:
            _take(workplace, new)
    with workplace.reading(SYSTEM) as work:
        due = [(row.sha256, row.size) for row in queries.due(work, FILES, BYTES)]
    try:
        for _finding in check(workplace, due):
            pass
    except StoreError as error:
        log.warning("the files could not be read this time: %s", error)


def _take(workplace: Workplace, new: Mapping[str, int]) -> None:
    try:
        with workplace.writing(SYSTEM) as work:
            seen = queries.of(work, new.keys())
            work.session.add_all(Fixity(sha256=key, size=size) for key, size in new.items() if key not in seen)
    except sa.exc.IntegrityError:
        log.info("another worker has taken the same files under watch")


def named(workplace: Workplace, library_id: int | None = None) -> dict[str, int]:
    """Return every blob that one library, or all of them, names, with its size in bytes."""
    found: dict[str, int] = {}
    for one in library_ids(workplace) if library_id is None else [library_id]:
        with workplace.reading(SYSTEM, one) as work:
            found.update(names.all_named(work))
    return found


def where(workplace: Workplace, sha256: str) -> list[str]:
    """Return, in words, where a blob is named; with the library's short name when there are several."""
    libraries, told = library_ids(workplace), []
    for library_id in libraries:
        with workplace.reading(SYSTEM, library_id) as work:
            before = f"{work.library.slug}: " if len(libraries) > 1 else ""
            told += [f"{before}{named}" for named in names.naming(work, sha256)]
    return told


def not_checked_since(workplace: Workplace, digests: Mapping[str, int], moment: datetime) -> dict[str, int]:
    """Return those of the blobs whose last check lies before a moment, or is owed."""
    with workplace.reading(SYSTEM) as work:
        known = queries.of(work, digests.keys())
    checked = {key for key, row in known.items() if row.checked_at is not None and row.checked_at >= moment}
    return {key: size for key, size in digests.items() if key not in checked}


def loose(workplace: Workplace) -> list[Entry]:
    """Return the blobs that no row names: what failed steps left, or what is about to be named. They are no fault."""
    wanted = named(workplace)
    for library_id in library_ids(workplace):
        with workplace.reading(SYSTEM, library_id) as work:
            wanted.update(names.all_passing(work))
    return [entry for entry in workplace.blobs.entries() if entry.sha256 not in wanted]


def sweep(workplace: Workplace, tell: Callable[[Entry], None], *, dry_run: bool = False) -> tuple[int, int]:
    """Take away loose blobs whose bytes nobody has put for a day; return how many, and how many unfinished uploads.

    A step that keeps bytes names them well within a day; bytes that come again meanwhile count as new.
    """
    with workplace.reading(SYSTEM) as work:
        work.require(Permission.STORE_KEEP)
        names.check_complete(work)
        before = min(work.at, datetime.now(UTC)) - LOOSE_AFTER
    gone = 0
    for entry in loose(workplace):
        if entry.put_at < before and (dry_run or workplace.blobs.discard(entry.sha256, before)):
            tell(entry)
            gone += 1
    return gone, 0 if dry_run else workplace.blobs.discard_incoming(before)
