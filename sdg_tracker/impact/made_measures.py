"""What figures that come from readings, from the plan and from effects are made of.

Plain functions on the rows of a snapshot.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sdg_tracker.effects import rules as effect_rules
from sdg_tracker.effects.wording import DIMENSION_NAMES
from sdg_tracker.foundation.i18n import LOCALES
from sdg_tracker.impact import made
from sdg_tracker.impact.aims import expected, rounded
from sdg_tracker.measures import rules
from sdg_tracker.measures.periods import Period

Row = Mapping[str, Any]
Made = Iterator[dict[str, Any]]


def _exhibits(snapshot: Row) -> dict[int, int]:
    """Return the numbers of the exhibits by those of their evidence."""
    return {piece["number"]: piece["exhibit"] for piece in snapshot["evidence"]}


# Measures -----------------------------------------------------------------------------------------------------------


def measures(snapshot: Row) -> Made:
    """Yield what the measures come to in each year, in the houses in the report's own, and what they aim at."""
    known = {row["code"]: row for row in snapshot.get("measures", ())}
    for row in known.values():
        for point in rules.points(row, measures=known):
            if int(point.period) <= snapshot["year"]:
                yield _measured(snapshot, row, known, point.period, "")
        for branch in rules.read_in(row) if row["by_branch"] else ():
            yield _measured(snapshot, row, known, str(snapshot["year"]), branch)
        if row["baseline"] and row["target"]:
            wanted = expected(row, snapshot["year"])
            names = {locale: row["title"][locale] for locale in LOCALES}
            yield from _aims(f"aim:{row['code']}", names, row, None if wanted is None else rounded(row, wanted))


def _aims(name: str, of: Mapping[str, str], row: Row, wanted: Decimal | None) -> Made:
    """Yield where something began, where it is to end, and where it should be on the line between them."""
    for field in ("baseline", "target"):
        told = made.during(made.label(of, field), row[field]["period"])
        yield made.figure(f"{name}:{field}", told, rules.written(Decimal(row[field]["value"])), "set")
    if wanted is not None:
        ends = [f"{name}:{field}" for field in ("baseline", "target")]
        yield made.derived(f"{name}:wanted", made.label(of, "wanted"), rules.written(wanted), "line", ends)


def _measured(snapshot: Row, row: Row, known: Mapping[str, Row], period: str, branch: str) -> dict[str, Any]:
    """Return a figure that readings come to."""
    found = rules.figure(row, period, branch, measures=known)
    houses = {one["code"]: one for one in snapshot["library"]["branches"]}
    house = houses.get(branch, {"name": branch, "name_en": ""})
    names = {"da": house["name"], "en": house["name_en"] or house["name"]} if branch else None
    of, evidence = _read(snapshot, row, known, found.readings)
    if found.activities:
        of.append({"activities": sorted(set(found.activities)), "field": "counted"})
    return made.figure(
        f"measure:{row['code']}:{period}" + (f":{branch}" if branch else ""),
        {locale: f"{row['title'][locale]} {period}" + (f", {names[locale]}" if names else "") for locale in LOCALES},
        None if found.value is None else rules.written(found.value),
        found.formula,
        qualifier=found.qualifier or "exact",
        of=of,
        evidence=evidence,
        missing=[list(one) for one in found.missing],
    )


def _read(
    snapshot: Row, row: Row, known: Mapping[str, Row], readings: Sequence[int]
) -> tuple[list[dict[str, Any]], list[int]]:
    """Return readings by their measure, in the order in which they were made, and the exhibits behind them."""
    used = [
        (part["code"], reading)
        for part in parts(row, known)
        for reading in part["readings"]
        if reading["number"] in readings
    ]
    of = [
        {"measure": code, "readings": [reading["number"] for one, reading in used if one == code]}
        for code in dict.fromkeys(code for code, _reading in used)
    ]
    exhibits = _exhibits(snapshot)
    shown = {reading["evidence"] for _code, reading in used if reading["evidence"] in exhibits}
    return of, sorted(exhibits[number] for number in shown)


def parts(measure: Row, known: Mapping[str, Row]) -> list[Row]:
    """Return the measures whose readings a measure is made of: itself, or the two of a rate."""
    rate = measure["rate"]
    if not rate:
        return [measure]
    return [known[rate[key]] for key in ("numerator", "denominator") if rate[key] in known]


# Pledges ------------------------------------------------------------------------------------------------------------


def pledges(snapshot: Row) -> Made:
    """Yield the numbers out of which the status of each pledge is computed."""
    known = {row["code"]: row for row in snapshot.get("measures", ())}
    for row in (snapshot.get("plan") or {}).get("pledges", ()):
        of = {locale: f"{row['code']} {row['title'][locale]}" for locale in LOCALES}
        if row["kind"] == "measurable":
            yield from _measurable(snapshot, row, of, known)
        elif row["kind"] == "recurring":
            yield from _recurring(snapshot, row, of)


def _measurable(snapshot: Row, row: Row, of: Mapping[str, str], known: Mapping[str, Row]) -> Made:
    name, numbers, measure = f"pledge:{row['code']}", row["status"]["numbers"], known.get(row["measure"] or "")
    if numbers["found"] is not None and measure:
        made_of, evidence = _read(snapshot, measure, known, numbers.get("readings", ()))
        yield made.figure(
            f"{name}:found",
            made.during(made.label(of, "found"), numbers["period"]),
            rules.written(rounded(measure, Decimal(numbers["found"]))),
            measure["aggregation"],
            qualifier=numbers.get("qualifier") or "exact",
            of=made_of,
            evidence=evidence,
        )
    if row["baseline"] and row["target"]:
        wanted = numbers["wanted"]
        yield from _aims(name, of, row, None if wanted is None else rounded(measure, Decimal(wanted)))


def _recurring(snapshot: Row, row: Row, of: Mapping[str, str]) -> Made:
    exhibits = _exhibits(snapshot)
    shown = sorted(exhibits[number] for number in row["evidence"] if number in exhibits)
    held = [one for one in snapshot["activities"] if one["number"] in row["activities"] and one["status"] != "planned"]
    for one in row["status"]["numbers"]["periods"]:
        first, last = _days(one["period"])
        mine = [activity["number"] for activity in held if first <= (activity["starts_on"] or "") <= last]
        of_activities = [{"activities": mine, "field": "held"}] if mine else []
        name = f"pledge:{row['code']}:{one['period']}"
        for field, key, formula in (("done", "found", "noted"), ("needed", "needed", "set"), ("late", "late", "noted")):
            yield made.figure(
                f"{name}:{field}",
                made.during(made.label(of, field), one["period"]),
                one[key],
                formula,
                of=of_activities if field == "done" else [],
                evidence=shown if formula == "noted" else [],
            )


def _days(code: str) -> tuple[str, str]:
    period = Period.parse(code)
    return period.first.isoformat(), period.last.isoformat()


# Effects ------------------------------------------------------------------------------------------------------------


def effects(snapshot: Row) -> Made:
    """Yield what was meant and what was seen in each dimension, over the activities where it was both."""
    rows = {row["activity"]: row for row in snapshot.get("effects", ())}
    measured = effect_rules.from_rows(rows.values(), snapshot["activities"])
    exhibits = _exhibits(snapshot)
    for one in effect_rules.compare(measured):
        name, of = f"effect:{one.dimension.value}", made.both(DIMENSION_NAMES[one.dimension.value])
        pairs = [
            row.activity
            for row in measured
            if row.intended.get(one.dimension) is not None and row.seen.get(one.dimension) is not None
        ]
        shown = sorted(exhibits[number] for key in pairs if (number := rows[key].get("source")) in exhibits)
        for field, value, formula in (
            ("intended", one.intended, "mean"),
            ("seen", one.seen, "mean"),
            ("pairs", one.pairs, "count"),
            ("answers", one.answers, "sum"),
        ):
            mine = [key for key in pairs if rows[key]["answers"]] if field == "answers" else pairs
            made_of = [{"activities": mine, "field": f"effect:{field}"}]
            yield made.figure(
                f"{name}:{field}", made.label(of, field), value, formula, of=made_of, evidence=sorted(set(shown))
            )
        ends = [f"{name}:{field}" for field in ("intended", "seen")]
        yield made.derived(f"{name}:difference", made.label(of, "difference"), one.difference, "difference", ends)
