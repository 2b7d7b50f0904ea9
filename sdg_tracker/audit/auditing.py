"""What the auditor does in the room: mark exhibits, draw a sample, conclude, open the audit again."""

from collections.abc import Iterable
from dataclasses import dataclass

from sdg_tracker import trail
from sdg_tracker.access import Permission
from sdg_tracker.audit import queries, sampling
from sdg_tracker.audit.frozen import frozen
from sdg_tracker.audit.models import Audit, Mark, Sample
from sdg_tracker.audit.states import AuditState, Decision, FindingKind, FindingState, MarkState, Method
from sdg_tracker.editions import queries as editions
from sdg_tracker.editions.models import Edition
from sdg_tracker.foundation.errors import Conflict, Invalid, NotFound, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.work import Work, check_revision

TEXT_LONGEST = 10_000  # characters
NOTE_LONGEST = 2_000
words(
    {
        "audit-concluded": lazy(
            "The audit is concluded: only findings can still be answered and closed. The auditor can open it again."
        ),
        "audit-not-concluded": lazy("The audit is not concluded."),
        "audit-text-long": lazy("The text is longer than %(limit)s characters."),
        "audit-seed-wrong": lazy("Write a seed of at most %(limit)s characters; any text will do."),
        "audit-size-wrong": lazy("Choose how many to draw: from 1 to %(most)s."),
        "audit-no-sample": lazy("No sample was drawn in the audit of edition %(number)s."),
        "audit-nothing-to-draw": lazy("The edition has no exhibits to draw from."),
        "audit-unanswered": lazy("The library has not answered these major nonconformities yet: %(numbers)s."),
        "audit-conditions-missing": lazy("Write the conditions."),
        "audit-text-missing": lazy("Write why, in a few sentences."),
    }
)
trail.declare(
    {
        "audit.begun": (lazy("Audit begun"), {"edition"}),
        "audit.marked": (lazy("Exhibits marked by the auditor"), {"marks"}),
        "audit.sampled": (lazy("Sample drawn"), {"seed", "method", "count", "exhibits"}),
        "audit.concluded": (lazy("Audit concluded"), {"decision"}),
        "audit.reopened": (lazy("Audit opened again"), set()),
    }
)


@dataclass(frozen=True)
class Marking:
    """What is said of an exhibit; no mark takes it back. ``revision`` is of the mark seen, 0 where none was."""

    exhibit: int
    mark: MarkState | None
    note: str = ""
    revision: int | None = None


@dataclass(frozen=True)
class Conclusion:
    """How an audit ends."""

    decision: Decision
    conditions: str = ""
    text: str = ""


def held(work: Work, edition: Edition) -> Audit:
    """Return the edition's audit, locked, begun when there is none yet."""
    work.lock_library()
    audit = queries.audit_of(work, edition, lock=True)
    if audit is not None:
        return audit
    audit = Audit(
        number=work.next_number("audit"),
        edition_id=edition.id,
        edition=edition,
        begun_at=work.at,
        marks=[],
        samples=[],
        findings=[],
        questions=[],
    )
    work.session.add(audit)
    work.session.flush()
    trail.record(work, "audit.begun", audit, edition=edition.number)
    return audit


def opened(work: Work, edition_number: int, permission: Permission = Permission.AUDIT_WRITE) -> Audit:
    """Return the audit of an edition to write in, locked. Raises Forbidden, NotFound, Conflict when it is concluded."""
    audit = followed(work, edition_number, permission)
    if audit.concluded:
        raise Conflict("audit-concluded")
    return audit


def followed(work: Work, edition_number: int, permission: Permission = Permission.AUDIT_WRITE) -> Audit:
    """Return the audit of an edition, locked, concluded or not: what was found is followed up after the decision too.

    Raises Forbidden, NotFound.
    """
    edition = editions.get(work, edition_number)
    work.require(permission, edition)
    return held(work, edition)


def mark(work: Work, edition_number: int, markings: Iterable[Marking]) -> Audit:
    """Say of exhibits what they are; what is as it was is left alone.

    Raises Conflict when somebody else has marked one of them meanwhile, NotFound for an exhibit that is not there.
    """
    audit = opened(work, edition_number)
    put_marks(work, audit, markings)
    return audit


def put_marks(work: Work, audit: Audit, markings: Iterable[Marking]) -> int:
    """Put marks into an open audit and return how many have changed. It is a part of a step that was allowed."""
    there = {row.exhibit: row for row in audit.marks}
    exhibits = frozen(work.blobs, audit.edition)
    changed: dict[str, str] = {}
    for marking in markings:
        exhibits.exhibit(marking.exhibit)
        note = within(marking.note, NOTE_LONGEST, "note") if marking.mark else ""
        row = there.get(marking.exhibit)
        if (row.mark if row else None, row.note if row else "") == (marking.mark and marking.mark.value, note):
            continue
        if marking.revision is not None and marking.revision != (row.revision if row else 0):
            raise Conflict("changed-meanwhile", exhibit=marking.exhibit)
        _put_mark(work, audit, row, marking, note)
        changed[str(marking.exhibit)] = marking.mark.value if marking.mark else ""
    work.session.flush()
    if changed:
        trail.record(work, "audit.marked", audit, marks=changed)
    return len(changed)


def _put_mark(work: Work, audit: Audit, row: Mark | None, marking: Marking, note: str) -> None:
    if marking.mark is None:
        if row is not None:
            audit.marks.remove(row)
        return
    if row is None:
        row = Mark(library_id=audit.library_id, exhibit=marking.exhibit)
        audit.marks.append(row)
    row.mark, row.note = marking.mark.value, note
    row.marked_by, row.marked_at = work.actor.access, work.at


def draw(work: Work, edition_number: int, seed: str, size: int, method: Method) -> Sample:
    """Draw a sample; it takes the place of the one before, which is kept."""
    audit = opened(work, edition_number)
    return put_sample(work, audit, seed, size, method)


def put_sample(work: Work, audit: Audit, seed: str, size: int, method: Method) -> Sample:
    """Put a sample into an open audit. It is a part of a step that was allowed."""
    seed = seed.strip()
    if not 0 < len(seed) <= sampling.SEED_LONGEST:
        raise Invalid("audit-seed-wrong", field="seed", limit=sampling.SEED_LONGEST)
    found = frozen(work.blobs, audit.edition)
    candidates = sampling.candidates(found.snapshot)
    if not candidates:
        raise Conflict("audit-nothing-to-draw")
    if not 0 < size <= len(candidates):
        raise Invalid("audit-size-wrong", field="size", most=len(candidates))
    exhibits = sampling.draw(candidates, seed, size, method)
    shown = {tie["code"] for number in exhibits for tie in found.exhibits[number]["requirements"]}
    sample = Sample(
        library_id=audit.library_id,
        number=len(audit.samples) + 1,
        seed=seed,
        method=method.value,
        size=size,
        drawn={"exhibits": exhibits, "requirements": [code for code in found.requirements if code in shown]},
        drawn_by=work.actor.access,
        drawn_at=work.at,
    )
    audit.samples.append(sample)
    work.session.flush()
    trail.record(work, "audit.sampled", audit, seed=seed, method=method.value, count=size, exhibits=exhibits)
    return sample


def draw_again(work: Work, edition_number: int) -> list[tuple[Sample, list[int]]]:
    """Return each sample of an edition's audit, and the exhibits that its seed draws from the frozen data now."""
    edition = editions.get(work, edition_number)
    work.require(Permission.AUDIT_ANSWER, edition)
    audit = queries.audit_of(work, edition)
    if audit is None or not audit.samples:
        raise NotFound("audit-no-sample", number=edition_number)
    candidates = sampling.candidates(frozen(work.blobs, edition).snapshot)
    return [(row, sampling.draw(candidates, row.seed, row.size, Method(row.method))) for row in audit.samples]


def unanswered(audit: Audit) -> list[int]:
    """Return the numbers of the major nonconformities that the library has not answered; they put the end off."""
    return [
        finding.number
        for finding in audit.findings
        if finding.kind == FindingKind.MAJOR.value and finding.state == FindingState.OPEN.value
    ]


def conclude(work: Work, edition_number: int, conclusion: Conclusion, revision: int | None = None) -> Audit:
    """End the audit with a decision. From then on only findings go on: they are answered and closed."""
    audit = opened(work, edition_number)
    check_revision(audit, revision)
    put_conclusion(work, audit, conclusion)
    return audit


def put_conclusion(work: Work, audit: Audit, conclusion: Conclusion) -> None:
    """Conclude an open audit. It is a part of a step that was allowed."""
    conditions = within(conclusion.conditions, TEXT_LONGEST, "conditions")
    text = within(conclusion.text, TEXT_LONGEST, "text")
    if conclusion.decision is Decision.WITH_CONDITIONS and not conditions:
        raise Invalid("audit-conditions-missing", field="conditions")
    if not text:
        raise Invalid("audit-text-missing", field="text")
    waiting = unanswered(audit)
    if waiting:
        raise Conflict("audit-unanswered", numbers=", ".join(map(str, waiting)))
    audit.state, audit.decision = AuditState.CONCLUDED.value, conclusion.decision.value
    audit.conditions = conditions if conclusion.decision is Decision.WITH_CONDITIONS else ""
    audit.text = text
    audit.concluded_at, audit.concluded_by = work.at, work.actor.access
    work.session.flush()
    trail.record(work, "audit.concluded", audit, decision=conclusion.decision.value)


def reopen(work: Work, edition_number: int) -> Audit:
    """Open a concluded audit again, while the auditor's access lasts; decision and text stay as a draft."""
    edition = editions.get(work, edition_number)
    work.require(Permission.AUDIT_WRITE, edition)
    audit = held(work, edition)
    if not audit.concluded:
        raise Conflict("audit-not-concluded")
    audit.state, audit.concluded_at, audit.concluded_by = AuditState.OPEN.value, None, None
    work.session.flush()
    trail.record(work, "audit.reopened", audit)
    return audit


def within(text: str, limit: int, field: str) -> str:
    """Return a text without spaces around it. Raises Invalid when it is too long."""
    found = text.strip()
    if len(found) > limit:
        raise Invalid("audit-text-long", field=field, limit=limit)
    return found
