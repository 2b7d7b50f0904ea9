"""The library's measures and their readings as plain rows, as editions keep them."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import pairwise, takewhile
from typing import Any

from sdg_tracker.accounts import queries as accounts
from sdg_tracker.measures import counting, queries, rules
from sdg_tracker.measures.models import Measure, MeasureVersion, UnknownReading
from sdg_tracker.measures.periods import Period
from sdg_tracker.measures.rules import written
from sdg_tracker.work import Work

Row = dict[str, Any]


def rows(work: Work, *, until: date | None = None) -> list[Row]:
    """Return every measure that is not withdrawn with its readings, in five statements; one more to count activities.

    Only readings of periods that end by ``until``. What will never be known stands in ``unknown``, where there is any.
    Readings that were counted from activities have the number 0 and tell the numbers of those in ``activities``, and in
    ``without`` how many others lacked the figure.
    """
    measures = queries.measures(work)
    if not measures:
        return []
    corrected: dict[int, list[Row]] = {}
    for row in queries.corrections(work):
        corrected.setdefault(row.reading_id, []).append(_correction(row))
    read: dict[int, list[Row]] = {}
    for row in queries.listed(work, until):
        read.setdefault(row.measure_id, []).append(_reading(row, corrected.get(row.id, [])))
    never: dict[int, list[Row]] = {}
    for unknown in queries.never_known(work, until):
        never.setdefault(unknown.measure_id, []).append(_unknown(unknown, work.day_of(unknown.added_at)))
    done = queries.done(work) if any(measure.counted for measure in measures) else []
    over = min(until or date.max, work.today - timedelta(days=1))
    found = []
    for measure in measures:
        if measure.counted:
            how = measure.counted, measure.counted_types, measure.frequency
            read[measure.id] = counting.readings(*how, done, over)
        row = _measure(measure, _held(measure, until), read.get(measure.id, []))
        found.append({**row, "unknown": never[measure.id]} if measure.id in never else row)
    return found


def due(work: Work) -> list[tuple[Row, str, Sequence[str]]]:
    """Return what is to be read: measure, period and branches (the empty one: the whole library), the oldest first."""
    branches = [branch.code for branch in accounts.branches(work)]
    found = [
        (row, period, places)
        for row in rows(work)
        for period, places in by_period(rules.due(row, work.today, branches))
    ]
    return sorted(found, key=lambda one: Period.parse(one[1]).last)


def by_period(missing: Iterable[rules.Missing]) -> list[tuple[str, Sequence[str]]]:
    """Return gaps by period, in their order."""
    found: dict[str, list[str]] = {}
    for period, branch in missing:
        found.setdefault(period, []).append(branch)
    return list(found.items())


def _held(measure: Measure, until: date | None) -> list[MeasureVersion]:
    """Return the versions of what a measure counts up to a day; the first one always."""
    first, *later = measure.versions
    return [first, *takewhile(lambda v: until is None or v.starts_on is None or v.starts_on <= until, later)]


def _measure(measure: Measure, versions: list[MeasureVersion], readings: list[Row]) -> Row:
    newest = versions[-1]
    row: Row = {
        "number": measure.number,
        "code": measure.code,
        "title": _both(measure.name, measure.name_en),
        "unit": _both(measure.unit, measure.unit_en),
        "definition": _both(newest.definition, newest.definition_en),
        "includes": _both(newest.includes, newest.includes_en),
        "excludes": _both(newest.excludes, newest.excludes_en),
        "aggregation": measure.aggregation,
        "rate": _rate(measure),
        "direction": measure.direction,
        "frequency": measure.frequency,
        "by_branch": measure.by_branch,
        "decimals": measure.decimals,
        "goals": list(measure.goals),
        "targets": list(measure.targets),
        "indicator": measure.indicator or None,
        "source": measure.source,
        "baseline": _pair(measure.baseline_period, measure.baseline_value),
        "target": _pair(measure.target_period, measure.target_value),
        "changes": list(_changes(versions)),
        "readings": readings,
    }
    if measure.counted:
        row["origin"] = counting.origin(measure.counted, measure.counted_types)
    return row


def _both(da: str, en: str) -> Row:
    return {"da": da, "en": en or da}


def _rate(measure: Measure) -> Row | None:
    if measure.factor is None or not measure.numerator:
        return None
    return {
        "numerator": measure.numerator,
        "denominator": measure.denominator,
        "factor": written(measure.factor),
    }


def _pair(period: str | None, value: Any) -> Row | None:
    return None if period is None or value is None else {"period": period, "value": written(value)}


def _changes(versions: list[MeasureVersion]) -> Iterable[Row]:
    """Yield the versions that count something else than the one before, in the order of the days they hold from."""
    found = [
        {
            "from": version.period,
            "first": version.starts_on.isoformat(),
            "reason": version.reason,
            "before": _both(before.definition, before.definition_en),
        }
        for before, version in pairwise(versions)
        if version.starts_on is not None
    ]
    yield from sorted(found, key=lambda change: str(change["first"]))


def _reading(row: Any, corrections: list[Row]) -> Row:
    return {
        "number": row.number,
        "period": row.period,
        "first": row.starts_on.isoformat(),
        "last": row.ends_on.isoformat(),
        "branch": row.branch or "",
        "value": written(row.value),
        "qualifier": row.qualifier,
        "read_on": row.read_on.isoformat() if row.read_on else None,
        "source": row.source,
        "note": row.note,
        "evidence": row.evidence_number,
        "role": row.added_role,
        "corrections": corrections,
    }


def _unknown(row: UnknownReading, on: date) -> Row:
    return {
        "number": row.number,
        "period": row.period,
        "first": row.starts_on.isoformat(),
        "last": row.ends_on.isoformat(),
        "branch": row.branch or "",
        "reason": row.reason,
        "on": on.isoformat(),
        "role": row.added_role,
    }


def _correction(row: Any) -> Row:
    return {
        "at": row.made_at.isoformat(timespec="seconds"),
        "old": written(row.old_value),
        "old_qualifier": row.old_qualifier,
        "reason": row.reason,
        "role": row.made_role,
    }
