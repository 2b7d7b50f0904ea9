"""What is kept apart: released by the coordinator, or by the scanner's late verdict. The row says how far each is."""

import logging
from dataclasses import dataclass
from datetime import timedelta

from sdg_tracker import jobs, trail
from sdg_tracker.access import SYSTEM, Permission
from sdg_tracker.attempts import Attempts
from sdg_tracker.evidence import findings, queries, scanner
from sdg_tracker.evidence.findings import Finding
from sdg_tracker.evidence.media import WITH_THUMBNAIL
from sdg_tracker.evidence.models import Evidence, Version
from sdg_tracker.evidence.preparing import index, owe_thumbnail, thumbnail_state
from sdg_tracker.evidence.states import ScanState
from sdg_tracker.evidence.tying import make_wanted_ties
from sdg_tracker.foundation.errors import Conflict, Problem, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.work import Work, Workplace, check_revision

log = logging.getLogger(__name__)
SCAN_JOB = "evidence.scan"
PAUSE = timedelta(seconds=30)  # before the first attempt to ask the scanner again; then twice as long each time
LONGEST_PAUSE = timedelta(hours=1)
SCANS = Attempts(
    Version,
    SCAN_JOB,
    owed=ScanState.OWED.value,
    working=ScanState.OWED.value,  # it stays owed until there is a verdict, and is asked for ever
    prefix="scan_",
    since="added_at",
    lost=None,
)

words(
    {
        "quarantine-none": lazy("Evidence %(number)s is not in quarantine."),
        "quarantine-malware": lazy("Evidence %(number)s holds harmful code and can't be released. Withdraw it."),
        "quarantine-unscanned": lazy(
            "Evidence %(number)s was not looked at by the scanner for harmful code yet. It is asked again by itself."
        ),
    }
)
trail.declare(
    {
        "evidence.released": (lazy("Evidence released from quarantine"), {"version"}),
        "evidence.scanned": (lazy("Evidence looked at by the scanner"), {"version", "found"}),
    }
)


def release(work: Work, number: int, revision: int | None = None) -> tuple[str, ...]:
    """Let a piece stand although its check found something, and make the ties that were asked for when it came.

    Return those requirements that ask for other kinds.
    """
    evidence = queries.get(work, number, lock=True)
    work.require(Permission.EVIDENCE_QUARANTINE, evidence)
    if evidence.withdrawn_at is not None:
        raise Conflict("evidence-withdrawn", number=number)
    version = evidence.current
    if not version.quarantined:
        raise Conflict("quarantine-none", number=number)
    check_revision(evidence, revision)
    if version.scan_state == ScanState.FOUND.value:
        raise Conflict("quarantine-malware", number=number)
    if version.scan_state == ScanState.OWED.value and work.settings.clamd:
        raise Conflict("quarantine-unscanned", number=number)
    return _let_stand(work, evidence, version)


def _let_stand(work: Work, evidence: Evidence, version: Version) -> tuple[str, ...]:
    version.released_at, version.released_by = work.at, work.actor.number
    if version is evidence.current:
        evidence.quarantined_at = None
    version.thumbnail_state = thumbnail_state(version.media_type in WITH_THUMBNAIL)
    work.session.flush()
    trail.record(work, "evidence.released", evidence, version=version.ordinal)
    owe_thumbnail(work, version)
    index(work, evidence, file=True)
    return make_wanted_ties(work, evidence) if evidence.stands else ()


# The scanner's late verdict -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Claim:
    """An attempt that is ours: what to show the scanner, and the number under which its verdict is taken."""

    version_id: int
    attempt: int
    sha256: str
    size: int  # bytes


@jobs.task(SCAN_JOB)
def scan(workplace: Workplace, library_id: int, version_id: int, attempt: int) -> None:
    """Show a version to the scanner, if ``attempt`` is still the last one."""
    with workplace.writing(SYSTEM, library_id) as work:
        claimed = claim(work, version_id, attempt)
    if claimed is None:
        return
    try:
        with workplace.blobs.open(claimed.sha256, claimed.size) as file:
            harmful = scanner.scan(workplace.settings.clamd, file)
    except (scanner.ScannerAway, Problem, OSError) as away:
        log.warning("scan of version %s, attempt %s: %s", version_id, claimed.attempt, away)
        return
    with workplace.writing(SYSTEM, library_id) as work:
        finish(work, claimed, harmful)


def claim(work: Work, version_id: int, attempt: int) -> Claim | None:
    """Begin the attempt after ``attempt``; None when another one has begun, nothing is owed or nobody can be asked."""
    work.require(Permission.EVIDENCE_PREPARE)
    version = SCANS.claim(work, version_id, attempt) if work.settings.clamd else None
    if version is None:
        return None
    return Claim(version.id, attempt + 1, version.original_sha256, version.original_size)


def finish(work: Work, claimed: Claim, harmful: str | None) -> bool:
    """Keep the verdict; False when another attempt has begun meanwhile.

    A clean file leaves the quarantine when nothing else was found in it; a harmful one stays for ever.
    """
    work.require(Permission.EVIDENCE_PREPARE)
    version = SCANS.held(work, claimed.version_id, claimed.attempt)
    if version is None:
        return False
    evidence = queries.get(work, version.evidence.number, lock=True)
    left = [finding for finding in findings.of(version.findings) if finding.code != "not-scanned"]
    version.scan_state = (ScanState.CLEAN if harmful is None else ScanState.FOUND).value
    if harmful is not None:
        left.append(Finding("malware-found", {"found": harmful}))
        log.error("version %s holds %s and stays in quarantine", version.id, harmful)
    version.findings = [finding.as_json() for finding in left]
    trail.record(work, "evidence.scanned", evidence, version=version.ordinal, found=harmful or "")
    if version.quarantined and not findings.quarantines(left):
        _let_stand(work, evidence, version)
    return True


@jobs.sweep("evidence.scans")
def owe_again(work: Work, at_start: bool) -> None:
    """Ask the scanner again for what it has not seen: at a worker's start for all, later ever more seldom."""
    if not work.settings.clamd:
        return

    def pause(version: Version) -> timedelta:
        longer: timedelta = PAUSE * 2 ** min(version.scan_attempt, 10)
        return min(longer, LONGEST_PAUSE)

    SCANS.owe_in_turn(work, pause, at_start=at_start)
