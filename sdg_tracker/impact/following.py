"""What every figure of a report is made of: a mark for each, its formula, and the rows it can be counted from again.

Plain functions on the rows of a snapshot.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sdg_tracker.foundation.i18n import LOCALES, Text, lazy, use_locale
from sdg_tracker.impact import figures
from sdg_tracker.measures import rules

Row = Mapping[str, Any]
FIELDS: Mapping[str, Text] = {
    "activities": lazy("activities"),
    "main": lazy("activities with it as their main goal"),
    "mapped": lazy("activities mapped to a goal"),
    "without_mapping": lazy("activities without a goal"),
    "with_evidence": lazy("activities with an exhibit"),
    "planned": lazy("activities still planned"),
    "cancelled": lazy("activities cancelled"),
    "evidence": lazy("exhibits"),
    "attendance": lazy("people who came"),
    "signups": lazy("people who signed up"),
    "helped": lazy("people who got help"),
    "goals": lazy("goals with an activity"),
}
FORMULAS: Mapping[str, Text] = {
    "count": lazy("counted"),
    "sum": lazy("added up"),
    "mean": lazy("mean"),
    "last": lazy("the last reading of each house"),
    "rate": lazy("one divided by the other"),
}
COUNTS = (
    "activities",
    "main",
    "mapped",
    "without_mapping",
    "with_evidence",
    "planned",
    "cancelled",
    "goals",
    "evidence",
)


def followed(snapshot: Row, cancelled: Sequence[int] = ()) -> list[dict[str, Any]]:
    """Return every figure that a report prints, numbered from 1; one that is nothing has no mark.

    ``cancelled`` are the numbers of the activities that were, which the report does not hold.
    """
    rows = [
        row
        for row in _all(snapshot, cancelled)
        if row["value"] is not None and (row["value"] != "0" or row["name"].startswith("measure:"))
    ]
    return [{"mark": mark, **row} for mark, row in enumerate(rows, 1)]


def _all(snapshot: Row, cancelled: Sequence[int]) -> Iterator[dict[str, Any]]:
    yield from _totals(snapshot, cancelled)
    yield from _goals(snapshot)
    yield from _houses(snapshot)
    yield from _actions(snapshot)
    yield from _named(snapshot)
    yield from _earlier(snapshot)
    yield from _measures(snapshot)


def both(text: Text) -> dict[str, str]:
    """Return a text of the product in both languages."""
    found = {}
    for locale in LOCALES:
        with use_locale(locale):
            found[locale] = str(text)
    return found


def _label(of: Row | None, field: str) -> dict[str, str]:
    told = both(FIELDS[field])
    return {locale: f"{of[locale]}: {text}" if of else text[:1].upper() + text[1:] for locale, text in told.items()}


def _figure(
    name: str, of: Row | None, field: str, value: Any, rows: Sequence[Row], *, numbers: Sequence[int] | None = None
) -> dict[str, Any]:
    """Return a figure that is counted or added up from activities."""
    qualifier = "exact"
    if isinstance(value, Mapping):
        value, qualifier = value["value"], value["qualifier"]
    return {
        "name": f"{name}:{field}",
        "label": _label(of, field),
        "value": None if value is None else str(value),
        "qualifier": qualifier,
        "formula": "count" if field in COUNTS else "sum",
        "of": [{"activities": [row["number"] for row in rows] if numbers is None else list(numbers), "field": field}],
        "evidence": sorted({exhibit for row in rows for exhibit in row["exhibits"]}),
        "missing": [],
    }


def _people(name: str, of: Row | None, given: Row, rows: Sequence[Row]) -> Iterator[dict[str, Any]]:
    for field in ("attendance", "signups", "helped"):
        yield _figure(name, of, field, given[field], [row for row in rows if row[field] is not None])


def _shown(rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if row["exhibits"]]


def _totals(snapshot: Row, cancelled: Sequence[int]) -> Iterator[dict[str, Any]]:
    rows, totals = snapshot["activities"], snapshot["figures"]["totals"]
    chosen = {
        "activities": rows,
        "mapped": [row for row in rows if row["mappings"]],
        "without_mapping": [row for row in rows if not row["mappings"]],
        "with_evidence": _shown(rows),
        "evidence": _shown(rows),
        "planned": [row for row in rows if row["status"] == "planned"],
    }
    for field, mine in chosen.items():
        yield _figure("total", None, field, totals[field], mine)
    yield _figure("total", None, "cancelled", totals["cancelled"], [], numbers=cancelled)
    yield from _people("total", None, totals, rows)
    goals = [row["code"] for row in snapshot["figures"]["by_goal"] if row["all"]]
    supporting = [row for row in rows if any(figures.supports(row, code) for code in goals)]
    yield _figure("total", None, "goals", len(goals), supporting)


def _goals(snapshot: Row) -> Iterator[dict[str, Any]]:
    titles = {goal["code"]: goal["title"] for goal in snapshot["goals"]}
    for given in snapshot["figures"]["by_goal"]:
        code = given["code"]
        of = {locale: f"{code} {titles[code][locale]}" for locale in LOCALES}
        mine = [row for row in snapshot["activities"] if figures.supports(row, code)]
        main = [row for row in mine if any(one["main"] and one["goal"] == code for one in row["mappings"])]
        name = f"goal:{code}"
        yield _figure(name, of, "activities", given["all"], mine)
        yield _figure(name, of, "main", given["main"], main)
        yield _figure(name, of, "evidence", given["evidence"], _shown(mine))
        yield from _people(name, of, given, mine)


def _group(name: str, of: Row, given: Row, mine: Sequence[Row]) -> Iterator[dict[str, Any]]:
    yield _figure(name, of, "activities", given["activities"], mine)
    yield _figure(name, of, "evidence", given["evidence"], _shown(mine))
    yield from _people(name, of, given, mine)


def _houses(snapshot: Row) -> Iterator[dict[str, Any]]:
    names = {
        row["code"]: {"da": row["name"], "en": row["name_en"] or row["name"]} for row in snapshot["library"]["branches"]
    }
    outside = both(lazy("Outside the houses"))
    for given in snapshot["figures"]["by_branch"]:
        code = given["code"]
        mine = [row for row in snapshot["activities"] if (code in row["branches"] if code else not row["branches"])]
        yield from _group(f"branch:{code}", names[code] if code else outside, given, mine)


def _actions(snapshot: Row) -> Iterator[dict[str, Any]]:
    titles = {row["code"]: row["title"] for row in (snapshot["strategy"] or {"actions": ()})["actions"]}
    for given in snapshot["figures"]["by_action"]:
        code = given["code"]
        of = {locale: f"{code} {titles[code][locale]}" for locale in LOCALES}
        mine = [row for row in snapshot["activities"] if code in row["strategy_actions"]]
        yield from _group(f"action:{code}", of, given, mine)


def by_name(snapshot: Row, key: str) -> list[tuple[Row, list[Row], dict[str, Any]]]:
    """Return the partners or campaigns of a year by name, each with its activities and their figures."""
    named: dict[str, Row] = {}
    found: dict[str, list[Row]] = {}
    for activity in snapshot["activities"]:
        for one in activity[key]:
            named.setdefault(one["name"], one)
            found.setdefault(one["name"], []).append(activity)
    return [
        (named[name], rows, {"activities": len(rows), "evidence": figures.exhibits(rows), **figures.people(rows)})
        for name, rows in sorted(found.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    ]


def _named(snapshot: Row) -> Iterator[dict[str, Any]]:
    for kind, key in (("partner", "partners"), ("campaign", "campaigns")):
        for one, rows, given in by_name(snapshot, key):
            of = {"da": one["name"], "en": one["name_en"] or one["name"]}
            yield from _group(f"{kind}:{one['name']}", of, given, rows)


def _earlier(snapshot: Row) -> Iterator[dict[str, Any]]:
    """Yield the totals of the years before; their activities are not in this edition, so only their number is told."""
    for row in snapshot.get("years", ()):
        of = {locale: str(row["year"]) for locale in LOCALES}
        for field in ("activities", "evidence", "attendance", "signups", "helped"):
            yield {**_figure(f"year:{row['year']}", of, field, row["figures"]["totals"][field], []), "of": []}


def _measures(snapshot: Row) -> Iterator[dict[str, Any]]:
    rows = snapshot.get("measures", ())
    known = {row["code"]: row for row in rows}
    for row in rows:
        for point in rules.points(row, measures=known):
            if int(point.period) <= snapshot["year"]:
                yield _measured(snapshot, row, known, point.period, "")
        for branch in rules.read_in(row) if row["by_branch"] else ():
            yield _measured(snapshot, row, known, str(snapshot["year"]), branch)


def _measured(snapshot: Row, row: Row, known: Mapping[str, Row], period: str, branch: str) -> dict[str, Any]:
    """Return a figure that readings come to."""
    made = rules.figure(row, period, branch, measures=known)
    houses = {one["code"]: one for one in snapshot["library"]["branches"]}
    house = houses.get(branch, {"name": branch, "name_en": ""})
    names = {"da": house["name"], "en": house["name_en"] or house["name"]} if branch else None
    exhibits = {piece["number"]: piece["exhibit"] for piece in snapshot["evidence"]}
    used = [
        (part["code"], reading)
        for part in parts(row, known)
        for reading in part["readings"]
        if reading["number"] in made.readings
    ]
    of: list[dict[str, Any]] = [
        {"measure": code, "readings": [reading["number"] for one, reading in used if one == code]}
        for code in dict.fromkeys(code for code, _reading in used)
    ]
    if made.activities:
        of.append({"activities": sorted(set(made.activities)), "field": "counted"})
    shown = {reading["evidence"] for _code, reading in used if reading["evidence"] in exhibits}
    return {
        "name": f"measure:{row['code']}:{period}" + (f":{branch}" if branch else ""),
        "label": {
            locale: f"{row['title'][locale]} {period}" + (f", {names[locale]}" if names else "") for locale in LOCALES
        },
        "value": None if made.value is None else rules.written(made.value),
        "qualifier": made.qualifier or "exact",
        "formula": made.formula,
        "of": of,
        "evidence": sorted(exhibits[number] for number in shown),
        "missing": [list(one) for one in made.missing],
    }


def measured(snapshot: Row) -> list[Row]:
    """Return what the measures of the whole library come to in each year of a report."""
    rows = snapshot.get("followed", ())
    return [row for row in rows if row["name"].startswith("measure:") and row["name"].count(":") == 2]


def parts(measure: Row, measures: Mapping[str, Row]) -> list[Row]:
    """Return the measures whose readings a measure is made of: itself, or the two of a rate."""
    rate = measure["rate"]
    if not rate:
        return [measure]
    return [measures[rate[key]] for key in ("numerator", "denominator") if rate[key] in measures]
