"""Evidence is added: a piece with its first version, or a version that supersedes another."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm.attributes import flag_modified

from sdg_tracker import trail
from sdg_tracker.access import Permission
from sdg_tracker.evidence import file_queries, findings, guarding, people, queries, rules
from sdg_tracker.evidence.changing import changeable
from sdg_tracker.evidence.details import EvidenceDetails, check_details, chosen_activity
from sdg_tracker.evidence.intake import Received
from sdg_tracker.evidence.models import Evidence, Version
from sdg_tracker.evidence.preparing import index, owe_thumbnail, searched, thumbnail_state
from sdg_tracker.evidence.states import ScanState, State
from sdg_tracker.evidence.tying import Wanted, attach, freshness, make_wanted_ties, wish
from sdg_tracker.evidence.validity import default_until
from sdg_tracker.foundation.errors import Invalid, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.foundation.text import sort_key
from sdg_tracker.work import Work

words({"evidence-without-file": lazy("Choose at least one file.")})

trail.declare(
    {
        "evidence.added": (lazy("Evidence added"), {"version", "original", "rendition", "media_type", "kind"}),
        "evidence.version_added": (lazy("New version of evidence"), {"version", "original", "rendition", "media_type"}),
        "evidence.checked": (
            lazy("What the check of a file found"),
            {"version", "findings", "quarantined"},
        ),
    }
)


@dataclass(frozen=True)
class Added:
    """A piece of evidence that was saved, and what its adder should know."""

    evidence: Evidence
    held_by: tuple[int, ...] = ()  # numbers of evidence that has the same bytes
    unaccepted: tuple[str, ...] = ()  # requirements that ask for other kinds


def add(
    work: Work, received: Received, details: EvidenceDetails, ties: Sequence[Wanted] = (), giver: int | None = None
) -> Added:
    """Add a piece of evidence with its first version. What is kept apart is tied to nothing before its release.

    ``giver``: the number of the one for whom the program adds what it has fetched.
    """
    work.require(Permission.EVIDENCE_ADD)
    by = work.actor.number if giver is None else giver
    activity = chosen_activity(work, details.activity)
    kind = details.kind or rules.guess_kind(received.media_type, received.file_name)
    title = details.title.strip() or rules.title_from(received.file_name)
    check_details(work, replace(details, title=title, kind=kind))
    guarding.check_open(work, received.original.sha256, received.file_name)
    held_by = file_queries.holding(work, received.original.sha256)
    made = details.collected_on or work.today
    evidence = Evidence(
        number=work.next_number("evidence"),
        activity_id=activity.id if activity else None,
        kind=kind,
        title=title,
        description=details.description.strip(),
        language=details.language,
        collected_on=details.collected_on,
        public=details.public,
        people=people.answered(details.people, kind, received.media_type),
        alt=details.alt.strip(),
        source=details.source.strip(),
        valid_until=details.valid_until or default_until(made, [freshness(work, wanted) for wanted in ties]),
        state=(State.DRAFT if details.draft else State.SUBMITTED).value,
        unfinished=details.unfinished,
        added_by=by,
        added_at=work.at,
        sort_key=sort_key(title)[:300],
        search_text="",
    )
    version = _version(work, received, 1)
    version.added_by = by
    evidence.versions.append(version)
    evidence.quarantined_at = version.quarantined_at  # the newest one decides
    evidence.search_text = searched(evidence)
    work.session.add(evidence)
    work.session.flush()
    index(work, evidence, file=not version.quarantined)
    facts = _digests(received)
    trail.record(work, "evidence.added", evidence, version=1, kind=kind, media_type=received.media_type, **facts)
    _tell_findings(work, evidence, version)
    if version.quarantined:
        version.wanted = [wish(work, evidence, wanted) for wanted in ties]
        return Added(evidence, held_by)
    owe_thumbnail(work, version)
    unaccepted = [wanted.requirement for wanted in ties if not attach(work, evidence, wanted, by)]
    return Added(evidence, held_by, tuple(unaccepted))


def check(work: Work, details: EvidenceDetails, ties: Sequence[Wanted]) -> None:
    """Raise what ``add`` would raise for a file that is still to come, whose name is not known yet."""
    work.require(Permission.EVIDENCE_ADD)
    chosen_activity(work, details.activity)
    check_details(work, replace(details, kind=details.kind or rules.guess_kind("", "")))
    for wanted in ties:
        queries.requirement(work, wanted.cycle, wanted.requirement)


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
    evidence = changeable(work, number, Permission.EVIDENCE_REVISE, revision)
    held_by = tuple(n for n in file_queries.holding(work, received.original.sha256) if n != number)
    before, version = evidence.current, _version(work, received, evidence.current.ordinal + 1)
    guarding.check_open(work, received.original.sha256, received.file_name)
    asked_anew = guarding.ask_anew(evidence, before, version)
    if before.wanted:
        version.wanted, before.wanted = before.wanted, []
    evidence.versions.append(version)
    evidence.quarantined_at = version.quarantined_at  # the newest one decides
    evidence.search_text = searched(evidence)
    flag_modified(evidence, "search_text")  # a new version is a change, even under the same name
    again = evidence.state in (State.ACCEPTED.value, State.RETURNED.value)
    if again:
        evidence.state = State.SUBMITTED.value
    index(work, evidence, file=not version.quarantined)
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
    if asked_anew:
        trail.record(work, "evidence.revised", evidence, revision=evidence.revision, changed=["people"])
    _tell_findings(work, evidence, version)
    if again:
        trail.record(work, "evidence.submitted", evidence, version=version.ordinal)
    owe_thumbnail(work, version)
    return Added(evidence, held_by, make_wanted_ties(work, evidence) if evidence.stands else ())


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


def _tell_findings(work: Work, evidence: Evidence, version: Version) -> None:
    """Tell the trail what was found in a file, when anything was."""
    found = [finding.code for finding in findings.of(version.findings)]
    if found:
        facts = {"version": version.ordinal, "findings": found, "quarantined": version.quarantined}
        trail.record(work, "evidence.checked", evidence, **facts)


def _digests(received: Received) -> dict[str, object]:
    return {"original": received.original.sha256, "rendition": received.rendition.sha256}
