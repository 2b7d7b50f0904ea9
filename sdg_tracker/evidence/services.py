"""The steps that change evidence, and the proof that its bytes are what they were."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm.attributes import flag_modified

from sdg_tracker import trail
from sdg_tracker.access import Permission
from sdg_tracker.activities.models import Activity
from sdg_tracker.evidence import findings, queries, rules
from sdg_tracker.evidence.intake import Received
from sdg_tracker.evidence.models import Evidence, ScanState, ThumbnailState, Tie, Version
from sdg_tracker.foundation.errors import Conflict, Invalid, NotFound, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.foundation.text import search_text, sort_key
from sdg_tracker.keeping import names
from sdg_tracker.work import Work, check_revision

THUMBNAIL_JOB = "evidence.thumbnail"
_PAGES = re.compile(r"\d{1,5}(-\d{1,5})?(, ?\d{1,5}(-\d{1,5})?)*")

words(
    {
        "evidence-without-file": lazy("Choose at least one file."),
        "evidence-withdrawn": lazy("Evidence %(number)s is withdrawn and is no longer changed."),
        "evidence-quarantined": lazy(
            "Evidence %(number)s is in quarantine. It is changed once the coordinator has released it."
        ),
        "evidence-damaged": lazy(
            "The stored file of evidence %(number)s is missing or was changed. Tell whoever runs the program: "
            "sdg-tracker verify names it."
        ),
        "evidence-kind-unknown": lazy("There is no kind of evidence called %(kind)s. There are: %(known)s."),
        "evidence-title-empty": lazy("Write a title."),
        "evidence-title-long": lazy("The title is longer than %(limit)s characters."),
        "evidence-activity-withdrawn": lazy("Activity %(number)s is withdrawn. Choose another one."),
        "evidence-activity-unknown": lazy("There is no activity %(number)s in this library."),
        "evidence-day-ahead": lazy("The day lies ahead. Choose the day on which it was made."),
        "withdrawal-reason-missing": lazy("Write why it is withdrawn."),
        "withdrawal-reason-long": lazy("The reason is longer than %(limit)s characters."),
        "tie-pages-unreadable": lazy("Write pages as numbers, such as 4-6 or 2, 5."),
        "tie-none": lazy("Evidence %(number)s is not tied to %(requirement)s."),
    }
)

names.register(
    "evidence",
    names.Source(
        columns=(
            (Version.original_sha256, Version.original_size),
            (Version.rendition_sha256, Version.rendition_size),
            (Version.thumbnail_sha256, Version.thumbnail_size),
        ),
        naming=queries.naming,
    ),
)
trail.declare(
    {
        "evidence.added": (lazy("Evidence added"), {"version", "original", "rendition", "media_type", "kind"}),
        "evidence.version_added": (lazy("New version of evidence"), {"version", "original", "rendition", "media_type"}),
        "evidence.revised": (lazy("Evidence changed"), {"revision", "changed"}),
        "evidence.withdrawn": (lazy("Evidence withdrawn"), set()),
        "evidence.tied": (lazy("Evidence tied to a requirement"), {"cycle", "requirement", "pages"}),
        "evidence.checked": (
            lazy("What the check of a file found"),
            {"version", "findings", "quarantined"},
        ),
        "evidence.released": (lazy("Evidence released from quarantine"), {"version"}),
        "evidence.untied": (lazy("Evidence untied from a requirement"), {"cycle", "requirement"}),
        "evidence.downloaded": (lazy("Evidence downloaded"), {"version", "role"}),
    }
)


@dataclass(frozen=True)
class Wanted:
    """A tie that is asked for: the cycle's number, a requirement in it, and which pages show it."""

    cycle: int
    requirement: str
    pages: str = ""


@dataclass(frozen=True)
class EvidenceDetails:
    """What people say of a piece of evidence. Empty title and kind are found from the file."""

    title: str = ""
    kind: str = ""
    description: str = ""
    collected_on: date | None = None
    public: bool = False
    activity: int | None = None  # number
    language: str = "da"


@dataclass(frozen=True)
class Added:
    """A piece of evidence that was saved, and what its adder should know."""

    evidence: Evidence
    held_by: tuple[int, ...] = ()  # numbers of evidence that has the same bytes
    unaccepted: tuple[str, ...] = ()  # requirements that ask for other kinds


def add(work: Work, received: Received, details: EvidenceDetails, ties: Sequence[Wanted] = ()) -> Added:
    """Add a piece of evidence with its first version. What is kept apart is tied to nothing before its release."""
    work.require(Permission.EVIDENCE_ADD)
    activity = _activity(work, details.activity)
    kind = details.kind or rules.guess_kind(received.media_type, received.file_name)
    title = details.title.strip() or rules.title_from(received.file_name)
    _check_details(work, replace(details, title=title, kind=kind))
    held_by = queries.holding(work, received.original.sha256)
    evidence = Evidence(
        number=work.next_number("evidence"),
        activity_id=activity.id if activity else None,
        kind=kind,
        title=title,
        description=details.description.strip(),
        language=details.language,
        collected_on=details.collected_on,
        public=details.public,
        added_by=work.actor.number,
        added_at=work.at,
        sort_key=sort_key(title)[:300],
        search_text="",
    )
    version = _version(work, received, 1)
    evidence.versions.append(version)
    evidence.quarantined_at = version.quarantined_at  # the newest one decides
    evidence.search_text = _searched(evidence)
    work.session.add(evidence)
    work.session.flush()
    facts = _digests(received)
    trail.record(work, "evidence.added", evidence, version=1, kind=kind, media_type=received.media_type, **facts)
    _tell_findings(work, evidence, version)
    if version.quarantined:
        version.wanted = [_wish(work, evidence, wanted) for wanted in ties]
        return Added(evidence, held_by)
    owe_thumbnail(work, version)
    unaccepted = [wanted.requirement for wanted in ties if not _tie(work, evidence, wanted)]
    return Added(evidence, held_by, tuple(unaccepted))


def add_all(
    work: Work, received: Sequence[Received], details: EvidenceDetails, ties: Sequence[Wanted] = ()
) -> list[Added]:
    """Add a piece of evidence for each file of one form; a title of their own is numbered when there are several."""
    if not received:
        raise Invalid("evidence-without-file", field="document")
    several = len(received) > 1 and bool(details.title.strip())
    return [
        add(work, one, replace(details, title=f"{details.title.strip()} ({count})") if several else details, ties)
        for count, one in enumerate(received, start=1)
    ]


def add_version(work: Work, number: int, received: Received, revision: int | None = None) -> Added:
    """Let new bytes supersede the current ones; the old version stays."""
    evidence = _changeable(work, number, Permission.EVIDENCE_REVISE, revision)
    held_by = tuple(n for n in queries.holding(work, received.original.sha256) if n != number)
    before, version = evidence.current, _version(work, received, evidence.current.ordinal + 1)
    if before.wanted:
        version.wanted, before.wanted = before.wanted, []
    evidence.versions.append(version)
    evidence.quarantined_at = version.quarantined_at  # the newest one decides
    evidence.search_text = _searched(evidence)
    flag_modified(evidence, "search_text")  # a new version is a change, even under the same name
    work.session.flush()
    facts = _digests(received)
    trail.record(
        work,
        "evidence.version_added",
        evidence,
        version=version.ordinal,
        media_type=received.media_type,
        **facts,
    )
    _tell_findings(work, evidence, version)
    owe_thumbnail(work, version)
    return Added(evidence, held_by, make_wanted_ties(work, evidence) if evidence.stands else ())


def revise(work: Work, number: int, details: EvidenceDetails, revision: int | None = None) -> Evidence:
    """Change what is said of a piece of evidence. Raises Conflict when somebody else did since ``revision``."""
    evidence = _changeable(work, number, Permission.EVIDENCE_REVISE, revision)
    if not details.title.strip():
        raise Invalid("evidence-title-empty", field="title")
    _check_details(work, details)
    moved = details.activity != (evidence.activity.number if evidence.activity else None)
    activity = _activity(work, details.activity) if moved else evidence.activity
    values = {
        "title": details.title.strip(),
        "kind": details.kind,
        "description": details.description.strip(),
        "collected_on": details.collected_on,
        "public": details.public,
        "activity_id": activity.id if activity else None,
    }
    changed = sorted(name for name, value in values.items() if getattr(evidence, name) != value)
    if not changed:
        return evidence
    for name in changed:
        setattr(evidence, name, values[name])
    evidence.sort_key, evidence.search_text = sort_key(evidence.title)[:300], _searched(evidence)
    work.session.flush()
    trail.record(work, "evidence.revised", evidence, revision=evidence.revision, changed=changed)
    return evidence


def withdraw(work: Work, number: int, reason: str, revision: int | None = None) -> Evidence:
    """Withdraw a piece of evidence for a reason; it stays to be seen, and its bytes stay."""
    evidence = _changeable(work, number, Permission.EVIDENCE_WITHDRAW, revision)
    limit = 500
    if not reason.strip():
        raise Invalid("withdrawal-reason-missing", field="reason")
    if len(reason.strip()) > limit:
        raise Invalid("withdrawal-reason-long", field="reason", limit=limit)
    evidence.withdrawn_at, evidence.withdrawn_by = work.at, work.actor.number
    evidence.withdrawn_reason = reason.strip()
    work.session.flush()
    trail.record(work, "evidence.withdrawn", evidence)
    return evidence


def tie(work: Work, number: int, wanted: Wanted) -> bool:
    """Tie a piece of evidence to a requirement; return whether the requirement accepts its kind. Once is enough."""
    return _tie(work, _changeable(work, number, Permission.EVIDENCE_TIE), wanted)


def untie(work: Work, number: int, cycle: int, code: str) -> None:
    """Take a tie away. Raises NotFound when there is none."""
    evidence = _changeable(work, number, Permission.EVIDENCE_TIE)
    for found in evidence.ties:
        if (found.cycle.number, found.requirement_code) == (cycle, code):
            evidence.ties.remove(found)
            work.session.flush()
            trail.record(work, "evidence.untied", evidence, cycle=cycle, requirement=code)
            return
    raise NotFound("tie-none", number=number, requirement=code)


def faults(work: Work) -> Iterator[str]:
    """Read every stored byte of the library's evidence, each blob once, and yield what is not as its row says."""
    found: dict[str, tuple[str, int] | None] = {}
    told = _told_by_trail(work)
    for row in queries.digests(work):
        where = f"evidence {row.number} version {row.ordinal} {row.role}"
        if row.sha256 not in found:
            found[row.sha256] = _read(work, row.sha256)
        now = found[row.sha256]
        if now is None:
            yield f"{where}: expected {row.sha256} ({row.size} bytes), found nothing: the file is missing"
        elif now != (row.sha256, row.size):
            yield f"{where}: expected {row.sha256} ({row.size} bytes), found {now[0]} ({now[1]} bytes)"
        by_trail = told.get((row.number, row.ordinal, row.role), row.sha256)
        if by_trail != row.sha256:
            yield f"{where}: expected {by_trail} as in the trail, found {row.sha256} in the row"


def _read(work: Work, sha256: str) -> tuple[str, int] | None:
    size = work.blobs.size(sha256)
    try:
        return None if size is None else (work.blobs.digest_found(sha256), size)
    except NotFound:
        return None


def _told_by_trail(work: Work) -> dict[tuple[int | None, int, str], str]:
    told: dict[tuple[int | None, int, str], str] = {}
    for number, facts in queries.arrivals(work):
        for role in ("original", "rendition"):
            told[number, int(facts["version"]), role] = str(facts[role])
    return told


def _changeable(work: Work, number: int, permission: Permission, revision: int | None = None) -> Evidence:
    evidence = queries.get(work, number, lock=True)
    work.require(permission, evidence)
    if evidence.withdrawn_at is not None:
        raise Conflict("evidence-withdrawn", number=number)
    if evidence.quarantined_at is not None and not work.can(Permission.EVIDENCE_QUARANTINE, evidence):
        raise Conflict("evidence-quarantined", number=number)
    check_revision(evidence, revision)
    return evidence


def _activity(work: Work, number: int | None) -> Activity | None:
    if number is None:
        return None
    found = queries.activity(work, number)
    if found is None:
        raise Invalid("evidence-activity-unknown", field="activity", number=number)
    if found.withdrawn_at is not None:
        raise Invalid("evidence-activity-withdrawn", field="activity", number=number)
    return found


def _check_details(work: Work, details: EvidenceDetails) -> None:
    known = queries.kinds(work)
    limit = 300
    if details.kind not in known:
        raise Invalid("evidence-kind-unknown", field="kind", kind=details.kind, known=list(known))
    if len(details.title) > limit:
        raise Invalid("evidence-title-long", field="title", limit=limit)
    if details.collected_on is not None and details.collected_on > work.today:
        raise Invalid("evidence-day-ahead", field="collected_on")


def _searched(evidence: Evidence) -> str:
    names = [version.file_name for version in evidence.versions]
    return search_text(evidence.title, evidence.description, *names)


def _version(work: Work, received: Received, ordinal: int) -> Version:
    return Version(
        ordinal=ordinal,
        file_name=received.file_name,
        media_type=received.media_type,
        original_sha256=received.original.sha256,
        original_size=received.original.size,
        rendition_sha256=received.rendition.sha256,
        rendition_size=received.rendition.size,
        original_type=received.original_type,
        thumbnail_state=thumbnail_state(received.thumbnail and not received.quarantined),
        findings=[finding.as_json() for finding in received.findings],
        quarantined_at=work.at if received.quarantined else None,
        scan_state=_SCANNED[received.scanned].value,
        added_by=work.actor.number,
        added_at=work.at,
    )


_SCANNED = {None: ScanState.NONE, True: ScanState.CLEAN, False: ScanState.OWED}


def thumbnail_state(wanted: bool) -> str:
    """Return the state that a version begins with."""
    return (ThumbnailState.OWED if wanted else ThumbnailState.NONE).value


def _tell_findings(work: Work, evidence: Evidence, version: Version) -> None:
    """Tell the trail what was found in a file, when anything was."""
    found = [finding.code for finding in findings.of(version.findings)]
    if found:
        facts = {"version": version.ordinal, "findings": found, "quarantined": version.quarantined}
        trail.record(work, "evidence.checked", evidence, **facts)


def _wish(work: Work, evidence: Evidence, wanted: Wanted) -> dict[str, object]:
    """Return a tie as a version in quarantine keeps it. Raises what making it would raise."""
    work.require(Permission.EVIDENCE_TIE, evidence)
    queries.requirement(work, wanted.cycle, wanted.requirement)
    return {"cycle": wanted.cycle, "requirement": wanted.requirement, "pages": wanted.pages}


def _digests(received: Received) -> dict[str, object]:
    return {"original": received.original.sha256, "rendition": received.rendition.sha256}


def owe_thumbnail(work: Work, version: Version) -> None:
    """Owe the small picture of a version that lacks it."""
    if version.thumbnail_state == ThumbnailState.OWED.value:
        work.owe(THUMBNAIL_JOB, work.library.id, version.id, version.thumbnail_attempt)


def make_wanted_ties(work: Work, evidence: Evidence) -> tuple[str, ...]:
    """Make the ties that were asked for when a piece came that stands now; return those that ask for other kinds.

    Whoever added it might tie it then, so this is not asked again. A requirement that is gone meanwhile is left out.
    """
    version, unaccepted = evidence.current, []
    if not version.wanted:
        return ()
    for wish in version.wanted:
        wanted = Wanted(int(wish["cycle"]), str(wish["requirement"]), str(wish["pages"]))
        try:
            accepted = _make_tie(work, evidence, wanted, version.added_by)
        except (Invalid, NotFound):
            continue
        if not accepted:
            unaccepted.append(wanted.requirement)
    version.wanted = []
    work.session.flush()
    return tuple(unaccepted)


def _tie(work: Work, evidence: Evidence, wanted: Wanted) -> bool:
    work.require(Permission.EVIDENCE_TIE, evidence)
    if evidence.quarantined_at is not None:
        raise Conflict("evidence-quarantined", number=evidence.number)
    return _make_tie(work, evidence, wanted, work.actor.number)


def _make_tie(work: Work, evidence: Evidence, wanted: Wanted, by: int | None) -> bool:
    cycle, requirement = queries.requirement(work, wanted.cycle, wanted.requirement)
    pages = wanted.pages.strip()
    if len(pages) > 40 or (pages and not _PAGES.fullmatch(pages)):
        raise Invalid("tie-pages-unreadable", field="pages")
    found = next(
        (row for row in evidence.ties if (row.cycle_id, row.requirement_code) == (cycle.id, requirement.code)), None
    )
    if found is None:
        found = Tie(cycle_id=cycle.id, requirement_code=requirement.code, added_by=by, added_at=work.at)
        evidence.ties.append(found)
    elif found.pages == pages:
        return evidence.kind in requirement.kinds
    found.pages = pages
    work.session.flush()
    trail.record(work, "evidence.tied", evidence, cycle=cycle.number, requirement=requirement.code, pages=pages)
    return evidence.kind in requirement.kinds
