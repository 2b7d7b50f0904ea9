"""Steps of the work with readings: enter some, correct one, say more of one, withdraw one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import sqlalchemy as sa

from sdg_tracker import trail
from sdg_tracker.access import Permission
from sdg_tracker.accounts import queries as accounts
from sdg_tracker.evidence.models import Evidence
from sdg_tracker.foundation.errors import Conflict, Invalid, words
from sdg_tracker.foundation.i18n import format_date, lazy
from sdg_tracker.measures import details as rules
from sdg_tracker.measures import queries
from sdg_tracker.measures.details import Entry
from sdg_tracker.measures.models import Measure, Reading, ReadingCorrection, UnknownReading
from sdg_tracker.measures.periods import Period
from sdg_tracker.measures.rules import written
from sdg_tracker.work import Work, check_revision

words(
    {
        "reading-there": lazy(
            "There is a reading for %(period)s already: %(value)s (number %(number)s). Correct that one, with a reason."
        ),
        "reading-never-known": lazy(
            "%(period)s is marked as never to be known: %(reason)s. Take that back first, then enter the value."
        ),
        "reading-twice": lazy("%(period)s stands twice. Keep one of the two."),
        "reading-evidence-unknown": lazy("There is no evidence %(number)s. Choose one that is there, or none."),
        "reading-withdrawn": lazy("Reading %(number)s is withdrawn and can't be changed."),
        "reading-withdrawal-reason": lazy("Say why the reading is withdrawn."),
        "reading-correction-reason": lazy("Say why the value is corrected: it is printed beside the old one."),
        "reading-correction-same": lazy("The value is as it was. Change it, or leave the page."),
    }
)

trail.declare(
    {
        "reading.entered": (
            lazy("Reading entered"),
            {"revision", "code", "period", "branch", "value", "qualifier", "sha256"},
        ),
        "reading.corrected": (lazy("Reading corrected"), {"revision", "old", "new", "reason"}),
        "reading.described": (lazy("Reading described"), {"revision", "fields"}),
        "reading.withdrawn": (lazy("Reading withdrawn"), {"revision", "reason"}),
    }
)

Key = tuple[int, str, str]  # key of the measure, period, branch


@dataclass(frozen=True)
class Known:
    """What entries are checked against."""

    measures: Mapping[str, Measure]
    branches: Sequence[str]  # codes of those in use
    standing: Mapping[Key, Reading]
    unknown: Mapping[Key, UnknownReading]
    evidence: frozenset[int]
    today: date


def known_for(work: Work, entries: Sequence[Entry]) -> Known:
    """Return what these entries are checked against, in a fixed number of statements."""
    measures = queries.by_code(work)
    named = [measure for code in {entry.measure for entry in entries} if (measure := measures.get(code))]
    periods = {_code(entry.period) for entry in entries}
    wanted = {entry.evidence for entry in entries if entry.evidence is not None}
    there = sa.select(Evidence.number).where(Evidence.number.in_(wanted), Evidence.withdrawn_at.is_(None))
    return Known(
        measures=measures,
        branches=[branch.code for branch in accounts.branches(work)],
        standing=queries.standing(work, named, periods) if named else {},
        unknown=queries.unknown(work, named, periods) if named else {},
        evidence=frozenset(work.session.scalars(there)) if wanted else frozenset(),
        today=work.today,
    )


def _code(period: str) -> str:
    try:
        return Period.parse(period).code
    except Invalid:
        return period  # said when the entry itself is checked


def checked(entry: Entry, known: Known) -> Entry:
    """Return an entry that can be kept, tidied. Raises Invalid, naming the field that does not hold."""
    measure = known.measures.get(entry.measure)
    if measure is None:
        raise Invalid("measure-code-unknown", field="measure", value=entry.measure or "–", known=list(known.measures))
    entry = rules.checked_entry(entry, measure, known.branches, known.today)
    there = known.standing.get((measure.id, entry.period, entry.branch))
    if there is not None:
        facts = {"period": Period.parse(entry.period).name, "value": written(there.value), "number": there.number}
        raise Invalid("reading-there", field="value", **facts)
    never = known.unknown.get((measure.id, entry.period, entry.branch))
    if never is not None:
        facts = {"period": Period.parse(entry.period).name, "reason": never.reason.rstrip(".")}
        raise Invalid("reading-never-known", field="value", **facts)
    if entry.evidence is not None and entry.evidence not in known.evidence:
        raise Invalid("reading-evidence-unknown", field="evidence", number=entry.evidence)
    return entry


def enter(work: Work, entries: Sequence[Entry], sha256: str = "") -> list[Reading]:
    """Enter readings, all of them or none. ``sha256`` is that of the file they came in.

    Raises Invalid for the first that does not hold.
    """
    work.require(Permission.READING_ENTER)
    work.lock_library()  # two people who enter the same period wait for each other
    known, made, seen = known_for(work, entries), [], set()
    for found in entries:
        entry = checked(found, known)
        measure, period = known.measures[entry.measure], Period.parse(entry.period)
        key = (measure.id, entry.period, entry.branch)
        if key in seen:
            raise Invalid("reading-twice", field="period", period=period.name)
        seen.add(key)
        made.append(
            Reading(
                number=work.next_number("reading"),
                measure=measure,
                period=entry.period,
                starts_on=period.first,
                ends_on=period.last,
                branch=entry.branch or None,
                value=entry.value,
                qualifier=entry.qualifier,
                read_on=entry.read_on,
                source=entry.source,
                note=entry.note,
                evidence_number=entry.evidence,
                added_by=work.actor.number,
                added_role=work.actor.role.value,
                added_at=work.at,
                library_id=work.library.id,
            )
        )
    work.session.add_all(made)
    work.session.flush()
    for reading in made:
        trail.record(
            work,
            "reading.entered",
            reading,
            revision=reading.revision,
            code=reading.measure.code,
            period=reading.period,
            branch=reading.branch or "",
            value=written(reading.value),
            qualifier=reading.qualifier,
            sha256=sha256,
        )
    return made


def correct(
    work: Work,
    number: int,
    revision: int | None,
    value: Decimal,
    *,
    qualifier: str,
    reason: str,
    note: str | None = None,
) -> Reading:
    """Give a reading another value, and say why. The old one is kept and printed beside it; no ``note``: as it was."""
    reading = _to_change(work, number, revision)
    reason = rules.checked_reason(reason, "reading-correction-reason")
    rules.check_value(value, reading.measure.decimals)
    said = rules.checked_words(qualifier, reading.source, reading.note if note is None else note)
    if (value, qualifier) == (reading.value, reading.qualifier):
        raise Invalid("reading-correction-same", field="value")
    old = written(reading.value)
    reading.corrections.append(
        ReadingCorrection(
            library_id=work.library.id,
            ordinal=len(reading.corrections) + 1,
            old_value=reading.value,
            old_qualifier=reading.qualifier,
            reason=reason,
            made_by=work.actor.number,
            made_role=work.actor.role.value,
            made_at=work.at,
        )
    )
    reading.value, reading.qualifier, reading.note = value, qualifier, said["note"]
    work.session.flush()
    facts = {"revision": reading.revision, "old": old, "new": written(value), "reason": reason}
    trail.record(work, "reading.corrected", reading, **facts)
    return reading


def describe(
    work: Work, number: int, revision: int | None, *, read_on: date | None, source: str, note: str, evidence: int | None
) -> Reading:
    """Say where a reading comes from: when it was read, its source, a note, the evidence that shows it."""
    reading = _to_change(work, number, revision)
    said = rules.checked_words(reading.qualifier, source, note)
    if read_on is not None and read_on < reading.starts_on:
        raise Invalid("reading-read-before", field="read_on", day=format_date(read_on))
    if evidence is not None and evidence != reading.evidence_number:
        there = sa.select(Evidence.number).where(Evidence.number == evidence, Evidence.withdrawn_at.is_(None))
        if work.session.scalar(there) is None:
            raise Invalid("reading-evidence-unknown", field="evidence", number=evidence)
    wanted = {"read_on": read_on, "source": said["source"], "note": said["note"], "evidence_number": evidence}
    changed = [name for name, value in wanted.items() if getattr(reading, name) != value]
    if changed:
        for name in changed:
            setattr(reading, name, wanted[name])
        work.session.flush()
        trail.record(work, "reading.described", reading, revision=reading.revision, fields=changed)
    return reading


def withdraw(work: Work, number: int, reason: str, revision: int | None = None) -> Reading:
    """Take a reading out of all figures; its period is a gap again and can be read anew."""
    reading = _to_change(work, number, revision)
    reason = rules.checked_reason(reason, "reading-withdrawal-reason")
    reading.withdrawn_at, reading.withdrawn_by, reading.withdrawn_reason = work.at, work.actor.number, reason
    work.session.flush()
    trail.record(work, "reading.withdrawn", reading, revision=reading.revision, reason=reason)
    return reading


def _to_change(work: Work, number: int, revision: int | None) -> Reading:
    reading = queries.reading(work, number)
    work.require(Permission.READING_CORRECT, reading)
    if reading.withdrawn_at is not None or reading.measure.withdrawn_at is not None:
        raise Conflict("reading-withdrawn", number=number)
    check_revision(reading, revision)
    return reading
