"""The steps that change evidence, and the proof that its bytes are what they were."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm.attributes import flag_modified

from sdg_tracker import trail
from sdg_tracker.access import Permission
from sdg_tracker.activities.models import Activity
from sdg_tracker.evidence import findings, guarding, people, queries, reading, rules, searching
from sdg_tracker.evidence.intake import Received
from sdg_tracker.evidence.models import Evidence, Link, Review, Tie, Version
from sdg_tracker.evidence.states import TICKS, Decision, ScanState, State, Strength, TextState, ThumbnailState
from sdg_tracker.evidence.validity import default_until
from sdg_tracker.foundation.errors import Conflict, Invalid, NotFound, words
from sdg_tracker.foundation.i18n import LANGUAGES, lazy
from sdg_tracker.foundation.text import search_text, sort_key
from sdg_tracker.keeping import names
from sdg_tracker.schemes import following
from sdg_tracker.schemes.following import Renames
from sdg_tracker.schemes.models import Cycle
from sdg_tracker.schemes.rules import settings_of
from sdg_tracker.work import Work, check_revision

THUMBNAIL_JOB = "evidence.thumbnail"
TEXT_JOB = "evidence.text"
ALT_LONGEST, SOURCE_LONGEST, COMMENT_LONGEST = 500, 300, 2000  # characters
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
        "evidence-alt-long": lazy("The alternative text is longer than %(limit)s characters."),
        "evidence-source-long": lazy("The source is longer than %(limit)s characters."),
        "evidence-valid-before": lazy("It can't expire before it was made."),
        "evidence-language-unknown": lazy("Choose a language from the list."),
        "evidence-not-to-submit": lazy("Evidence %(number)s is submitted already."),
        "evidence-not-to-review": lazy("Evidence %(number)s does not wait for a review."),
        "evidence-own": lazy(
            "You added evidence %(number)s yourself, so somebody else has to accept it. "
            "The library can allow it under Administration, The library."
        ),
        "review-comment-missing": lazy("Write what is to be changed: the one who added it sees it."),
        "review-comment-long": lazy("The comment is longer than %(limit)s characters."),
        "tie-strength-unknown": lazy("There is no strength %(strength)s."),
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
            (Tie.proof_sha256, Tie.proof_size),
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
        "evidence.submitted": (lazy("Evidence submitted for review"), {"version"}),
        "evidence.accepted": (lazy("Evidence accepted"), {"version"}),
        "evidence.returned": (lazy("Evidence sent back"), {"version"}),
        "evidence.tie_judged": (
            lazy("What evidence shows for a requirement judged"),
            {"cycle", "requirement", "pages", "strength", "ticks"},
        ),
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
class TieDetails:
    """How a piece of evidence shows something: on which pages, how directly, and what was checked (of TICKS)."""

    pages: str = ""
    strength: str = ""
    ticks: frozenset[str] = frozenset()


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
    alt: str = ""
    source: str = ""
    people: str = ""  # of people.People; empty leaves it as it is, and with a new picture nobody has said
    no_cpr: bool = False  # what looks like a CPR number in these texts is none
    valid_until: date | None = None  # of a new piece: None leaves it to the requirements that it is tied to
    draft: bool = False  # of a new piece: it is not to be reviewed yet
    unfinished: bool = False  # of a new piece: its giver may still say more of it


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
    activity = _activity(work, details.activity)
    kind = details.kind or rules.guess_kind(received.media_type, received.file_name)
    title = details.title.strip() or rules.title_from(received.file_name)
    _check_details(work, replace(details, title=title, kind=kind))
    guarding.check_open(work, received.original.sha256, received.file_name)
    held_by = queries.holding(work, received.original.sha256)
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
    evidence.search_text = _searched(evidence)
    work.session.add(evidence)
    work.session.flush()
    index(work, evidence, file=not version.quarantined)
    facts = _digests(received)
    trail.record(work, "evidence.added", evidence, version=1, kind=kind, media_type=received.media_type, **facts)
    _tell_findings(work, evidence, version)
    if version.quarantined:
        version.wanted = [_wish(work, evidence, wanted) for wanted in ties]
        return Added(evidence, held_by)
    owe_thumbnail(work, version)
    unaccepted = [wanted.requirement for wanted in ties if not _tie(work, evidence, wanted, by)]
    return Added(evidence, held_by, tuple(unaccepted))


def check(work: Work, details: EvidenceDetails, ties: Sequence[Wanted]) -> None:
    """Raise what ``add`` would raise for a file that is still to come, whose name is not known yet."""
    work.require(Permission.EVIDENCE_ADD)
    _activity(work, details.activity)
    _check_details(work, replace(details, kind=details.kind or rules.guess_kind("", "")))
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
    held_by = tuple(n for n in queries.holding(work, received.original.sha256) if n != number)
    before, version = evidence.current, _version(work, received, evidence.current.ordinal + 1)
    guarding.check_open(work, received.original.sha256, received.file_name)
    asked_anew = guarding.ask_anew(evidence, before, version)
    if before.wanted:
        version.wanted, before.wanted = before.wanted, []
    evidence.versions.append(version)
    evidence.quarantined_at = version.quarantined_at  # the newest one decides
    evidence.search_text = _searched(evidence)
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


def revise(work: Work, number: int, details: EvidenceDetails, revision: int | None = None) -> Evidence:
    """Change what is said of a piece of evidence. Raises Conflict when somebody else did since ``revision``."""
    evidence = changeable(work, number, Permission.EVIDENCE_REVISE, revision)
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
        **guarding.answer(evidence, details.people, details.kind),
        "activity_id": activity.id if activity else None,
        "language": details.language,
        "alt": details.alt.strip(),
        "source": details.source.strip(),
        "valid_until": details.valid_until,
    }
    changed = sorted(name for name, value in values.items() if getattr(evidence, name) != value)
    if not changed:
        return evidence
    for name in changed:
        setattr(evidence, name, values[name])
    guarding.settle(work, evidence)
    evidence.sort_key, evidence.search_text = sort_key(evidence.title)[:300], _searched(evidence)
    index(work, evidence)
    work.session.flush()
    trail.record(work, "evidence.revised", evidence, revision=evidence.revision, changed=changed)
    _ask_again(work, evidence)
    return evidence


def submit(work: Work, number: int) -> Evidence:
    """Let a draft, or what was sent back, be reviewed."""
    evidence = changeable(work, number, Permission.EVIDENCE_REVISE)
    if evidence.state not in (State.DRAFT.value, State.RETURNED.value):
        raise Conflict("evidence-not-to-submit", number=number)
    _submit(work, evidence)
    return evidence


def review(
    work: Work,
    number: int,
    decision: Decision,
    comment: str = "",
    version: int | None = None,
    *,
    no_cpr: bool = False,
) -> Evidence:
    """Accept the newest version, or send it back with a comment. Raises Conflict when it is not ``version`` any more.

    What was accepted can be sent back too, and then no longer counts. Nobody accepts what they added themselves, unless
    the library allows it.
    """
    evidence = changeable(work, number, Permission.EVIDENCE_REVIEW)
    comment = comment.strip()
    if decision is Decision.RETURNED and not comment:
        raise Invalid("review-comment-missing", field="comment")
    if len(comment) > COMMENT_LONGEST:
        raise Invalid("review-comment-long", field="comment", limit=COMMENT_LONGEST)
    if not no_cpr:
        guarding.check_typed(comment=comment)
    current = evidence.current.ordinal
    if version is not None and version != current:
        raise Conflict("changed-meanwhile")
    open_to = (State.SUBMITTED,) if decision is Decision.ACCEPTED else (State.SUBMITTED, State.ACCEPTED)
    if evidence.state not in open_to:
        raise Conflict("evidence-not-to-review", number=number)
    if decision is Decision.ACCEPTED and is_own(work, evidence) and not work.library.own_review:
        raise Conflict("evidence-own", number=number)
    if decision is Decision.ACCEPTED:
        evidence.accepted_version = current
        guarding.settle(work, evidence)
    elif evidence.state == State.ACCEPTED.value:
        evidence.accepted_version = None
    evidence.state = decision.value
    evidence.reviews.append(
        Review(
            version=current,
            decision=decision.value,
            comment=comment,
            decided_by=work.actor.number,
            decided_at=work.at,
        )
    )
    work.session.flush()
    action = "evidence.accepted" if decision is Decision.ACCEPTED else "evidence.returned"
    trail.record(work, action, evidence, version=current)
    return evidence


def is_own(work: Work, evidence: Evidence) -> bool:
    """Return whether the one who acts added the piece or its newest version."""
    return work.actor.number in (evidence.added_by, evidence.current.added_by)


def _submit(work: Work, evidence: Evidence) -> None:
    evidence.state = State.SUBMITTED.value
    work.session.flush()
    trail.record(work, "evidence.submitted", evidence, version=evidence.current.ordinal)


def _ask_again(work: Work, evidence: Evidence) -> None:
    """Let what was accepted be reviewed once more when somebody changed it who does not review."""
    if evidence.state == State.ACCEPTED.value and not work.can(Permission.EVIDENCE_REVIEW, evidence):
        _submit(work, evidence)


def withdraw(work: Work, number: int, reason: str, revision: int | None = None, *, no_cpr: bool = False) -> Evidence:
    """Withdraw a piece of evidence for a reason; it stays to be seen, and its bytes stay."""
    evidence = changeable(work, number, Permission.EVIDENCE_WITHDRAW, revision)
    limit = 500
    if not reason.strip():
        raise Invalid("withdrawal-reason-missing", field="reason")
    if len(reason.strip()) > limit:
        raise Invalid("withdrawal-reason-long", field="reason", limit=limit)
    if not no_cpr:
        guarding.check_typed(reason=reason)
    evidence.withdrawn_at, evidence.withdrawn_by = work.at, work.actor.number
    evidence.withdrawn_reason = reason.strip()
    work.session.flush()
    trail.record(work, "evidence.withdrawn", evidence)
    return evidence


def tie(work: Work, number: int, wanted: Wanted) -> bool:
    """Tie a piece of evidence to a requirement; return whether the requirement accepts its kind. Once is enough."""
    evidence = changeable(work, number, Permission.EVIDENCE_TIE)
    first = not evidence.ties and evidence.valid_until is None
    accepted = _tie(work, evidence, wanted, work.actor.number)
    if first:
        _expire(work, evidence, wanted)
    _ask_again(work, evidence)
    return accepted


def judge_tie(work: Work, number: int, cycle: int, code: str, details: TieDetails) -> Evidence:
    """Say how a piece of evidence shows something for a requirement. Raises NotFound when it is not tied to it."""
    evidence = changeable(work, number, Permission.EVIDENCE_TIE)
    found = tied(evidence, cycle, code)
    if details.strength and details.strength not in set(Strength):
        raise Invalid("tie-strength-unknown", field="strength", strength=details.strength)
    pages = _pages(details.pages)
    ticks = tuple(tick for tick in TICKS if tick in details.ticks)
    if (found.pages, found.strength, found.ticks) == (pages, details.strength, ticks):
        return evidence
    found.pages, found.strength = pages, details.strength
    for tick in TICKS:
        setattr(found, tick, tick in ticks)
    work.session.flush()
    facts = {"pages": pages, "strength": details.strength, "ticks": list(ticks)}
    trail.record(work, "evidence.tie_judged", evidence, cycle=cycle, requirement=code, **facts)
    _ask_again(work, evidence)
    return evidence


def untie(work: Work, number: int, cycle: int, code: str) -> None:
    """Take a tie away. Raises NotFound when there is none."""
    evidence = changeable(work, number, Permission.EVIDENCE_TIE)
    evidence.ties.remove(tied(evidence, cycle, code))
    work.session.flush()
    trail.record(work, "evidence.untied", evidence, cycle=cycle, requirement=code)


def tied(evidence: Evidence, cycle: int, code: str) -> Tie:
    """Return the tie to a requirement. Raises NotFound."""
    for found in evidence.ties:
        if (found.cycle.number, found.requirement_code) == (cycle, code):
            return found
    raise NotFound("tie-none", number=evidence.number, requirement=code)


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


def changeable(work: Work, number: int, permission: Permission, revision: int | None = None) -> Evidence:
    """Return a piece of evidence to change, held until the end of the step.

    Raises Forbidden, or Conflict when it is withdrawn, in quarantine, or was changed since ``revision``.
    """
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
    if details.kind not in known:
        raise Invalid("evidence-kind-unknown", field="kind", kind=details.kind, known=list(known))
    for problem in problems(details, work.today):
        raise problem


def problems(details: EvidenceDetails, today: date) -> Iterator[Invalid]:
    """Yield what is wrong with what is said of a piece; its kind and its activity are not looked at."""
    limit = 300
    if len(details.title) > limit:
        yield Invalid("evidence-title-long", field="title", limit=limit)
    if details.collected_on is not None and details.collected_on > today:
        yield Invalid("evidence-day-ahead", field="collected_on")
    until, made = details.valid_until, details.collected_on
    if until is not None and made is not None and until < made:
        yield Invalid("evidence-valid-before", field="valid_until")
    for value, field, longest in ((details.alt, "alt", ALT_LONGEST), (details.source, "source", SOURCE_LONGEST)):
        if len(value.strip()) > longest:
            yield Invalid(f"evidence-{field}-long", field=field, limit=longest)
    if details.language not in LANGUAGES:
        yield Invalid("evidence-language-unknown", field="language")
    try:
        guarding.check_answer(details.people)
        if not details.no_cpr:
            guarding.check_typed(
                title=details.title, description=details.description, alt=details.alt, source=details.source
            )
    except Invalid as problem:
        yield problem


def freshness(work: Work, wanted: Wanted) -> int | None:
    """Return how many months old evidence for a requirement may be, None for any age, or where it is gone."""
    try:
        cycle, requirement = queries.requirement(work, wanted.cycle, wanted.requirement)
    except Invalid:  # the period is on a version without it; whoever ties anew is told by the tie
        return None
    months = requirement.definition["evidence"]["max_age_months"]
    if isinstance(months, dict):
        months = settings_of(cycle.scheme.document, cycle.settings).get(months["setting"])
    return months if isinstance(months, int) else None


def index(work: Work, evidence: Evidence, *, file: bool = False) -> None:
    """Let it be found by what is said of it; ``file``: its newest file is to be read too."""
    row = searching.index(work, evidence)
    if not file:
        return
    readable = evidence.current.media_type in reading.READABLE
    row.state, row.beat = (TextState.OWED if readable else TextState.NONE).value, work.at
    row.text = row.read = ""
    if readable:
        work.session.flush()
        work.owe(TEXT_JOB, work.library.id, evidence.id, row.attempt)


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


def _follow(work: Work, cycle: Cycle, renames: Renames) -> None:
    """Let ties that wait for a release or a copy go to the requirement's new code."""
    waiting = [*work.session.scalars(sa.select(Version).where(Version.quarantined_at.is_not(None)))]
    waiting += [*work.session.scalars(sa.select(Link).where(Link.evidence_id.is_(None)))]
    for row in waiting:
        row.wanted = [
            {**wish, "requirement": renames.get(wish["requirement"], wish["requirement"])}
            if wish["cycle"] == cycle.number
            else wish
            for wish in row.wanted
        ]
    work.session.flush()


following.register_hook(_follow)


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


def _tie(work: Work, evidence: Evidence, wanted: Wanted, by: int | None) -> bool:
    work.require(Permission.EVIDENCE_TIE, evidence)
    if evidence.quarantined_at is not None:
        raise Conflict("evidence-quarantined", number=evidence.number)
    return _make_tie(work, evidence, wanted, by)


def _make_tie(work: Work, evidence: Evidence, wanted: Wanted, by: int | None) -> bool:
    cycle, requirement = queries.requirement(work, wanted.cycle, wanted.requirement)
    pages = _pages(wanted.pages)
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


def _pages(given: str) -> str:
    pages = given.strip()
    if len(pages) > 40 or (pages and not _PAGES.fullmatch(pages)):
        raise Invalid("tie-pages-unreadable", field="pages")
    return pages


def _expire(work: Work, evidence: Evidence, wanted: Wanted) -> None:
    """Let the first requirement that a piece is tied to say until when it holds, where the scheme does."""
    made = evidence.collected_on or evidence.added_at.astimezone(ZoneInfo(work.library.timezone)).date()
    evidence.valid_until = default_until(made, [freshness(work, wanted)])
    if evidence.valid_until is not None:
        work.session.flush()
        trail.record(work, "evidence.revised", evidence, revision=evidence.revision, changed=["valid_until"])
