"""What every figure of a report is made of: a mark for each, its formula, and the rows it can be counted from again.

Plain functions on the rows of a snapshot.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sdg_tracker.foundation.i18n import LOCALES, lazy
from sdg_tracker.impact import figures, made, made_measures
from sdg_tracker.impact.made import of_activities

Row = Mapping[str, Any]
Before = Mapping[int, Sequence[Row]]  # the activities that counted in the years before


def followed(snapshot: Row, cancelled: Sequence[int] = (), before: Before | None = None) -> list[dict[str, Any]]:
    """Return every figure that a report prints, numbered from 1; one that is nothing has no mark.

    ``cancelled`` are the numbers of the activities that were, ``before`` the activities of earlier years, which the
    report does not hold.
    """
    rows = [
        row
        for row in _all(snapshot, cancelled, before or {})
        if row["value"] is not None and (row["value"] != "0" or row["name"].startswith("measure:"))
    ]
    return [{"mark": mark, **row} for mark, row in enumerate(rows, 1)]


def _all(snapshot: Row, cancelled: Sequence[int], before: Before) -> Iterator[dict[str, Any]]:
    yield from _totals(snapshot, cancelled)
    yield from _goals(snapshot)
    yield from _houses(snapshot)
    yield from _actions(snapshot)
    yield from _named(snapshot)
    for row in snapshot.get("years", ()):
        known = before.get(row["year"])
        for one in _earlier(snapshot, row, known or ()):  # what is not in the report has no exhibits
            yield {**one, "of": one["of"] if known else [], "evidence": []}
    yield from made_measures.measures(snapshot)
    yield from made_measures.pledges(snapshot)
    yield from made_measures.effects(snapshot)


def _totals(snapshot: Row, cancelled: Sequence[int]) -> Iterator[dict[str, Any]]:
    rows, totals = snapshot["activities"], snapshot["figures"]["totals"]
    chosen = {
        "activities": rows,
        "mapped": [row for row in rows if row["mappings"]],
        "without_mapping": [row for row in rows if not row["mappings"]],
        "with_evidence": made.with_exhibits(rows),
        "evidence": made.with_exhibits(rows),
        "planned": [row for row in rows if row["status"] == "planned"],
    }
    for field, mine in chosen.items():
        yield of_activities("total", None, field, totals[field], mine)
    yield of_activities("total", None, "cancelled", totals["cancelled"], [], numbers=cancelled)
    yield from made.people("total", None, totals, rows)
    goals = [row["code"] for row in snapshot["figures"]["by_goal"] if row["all"]]
    supporting = [row for row in rows if any(figures.supports(row, code) for code in goals)]
    yield of_activities("total", None, "goals", len(goals), supporting)
    partners = {one["name"] for row in rows for one in row["partners"]}
    yield of_activities("total", None, "partners", len(partners), [row for row in rows if row["partners"]])


def _titles(snapshot: Row) -> dict[str, dict[str, str]]:
    return {
        goal["code"]: {locale: f"{goal['code']} {goal['title'][locale]}" for locale in LOCALES}
        for goal in snapshot["goals"]
    }


def _goals(snapshot: Row) -> Iterator[dict[str, Any]]:
    titles = _titles(snapshot)
    for given in snapshot["figures"]["by_goal"]:
        code, of = given["code"], titles[given["code"]]
        mine = [row for row in snapshot["activities"] if figures.supports(row, code)]
        main = [row for row in mine if any(one["main"] and one["goal"] == code for one in row["mappings"])]
        name = f"goal:{code}"
        yield of_activities(name, of, "activities", given["all"], mine)
        yield of_activities(name, of, "main", given["main"], main)
        yield of_activities(name, of, "evidence", given["evidence"], made.with_exhibits(mine))
        yield from made.people(name, of, given, mine)


def _house_names(snapshot: Row) -> dict[str, dict[str, str]]:
    rows = snapshot["library"]["branches"]
    names = {row["code"]: {"da": row["name"], "en": row["name_en"] or row["name"]} for row in rows}
    return {**names, "": made.both(lazy("Outside the houses"))}


def _of_house(rows: Sequence[Row], code: str) -> list[Row]:
    return [row for row in rows if (code in row["branches"] if code else not row["branches"])]


def _houses(snapshot: Row) -> Iterator[dict[str, Any]]:
    names = _house_names(snapshot)
    for given in snapshot["figures"]["by_branch"]:
        code = given["code"]
        yield from made.group(f"branch:{code}", names[code], given, _of_house(snapshot["activities"], code))


def _actions(snapshot: Row) -> Iterator[dict[str, Any]]:
    titles = {row["code"]: row["title"] for row in (snapshot["strategy"] or {"actions": ()})["actions"]}
    for given in snapshot["figures"]["by_action"]:
        code = given["code"]
        of = {locale: f"{code} {titles[code][locale]}" for locale in LOCALES}
        mine = [row for row in snapshot["activities"] if code in row["strategy_actions"]]
        yield from made.group(f"action:{code}", of, given, mine)


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
            yield from made.group(f"{kind}:{one['name']}", of, given, rows)


def _earlier(snapshot: Row, row: Row, known: Sequence[Row]) -> Iterator[dict[str, Any]]:
    """Yield the figures of a year before; its activities have the numbers that the library gives them."""
    name, counts = f"year:{row['year']}", row["figures"]
    of = dict.fromkeys(LOCALES, str(row["year"]))
    yield of_activities(name, of, "activities", counts["totals"]["activities"], known)
    yield of_activities(name, of, "evidence", counts["totals"]["evidence"], made.with_exhibits(known))
    yield from made.people(name, of, counts["totals"], known)
    titles, houses = _titles(snapshot), _house_names(snapshot)
    for given in counts["by_goal"]:
        mine = [one for one in known if figures.supports(one, given["code"])]
        yield of_activities(
            f"{name}:goal:{given['code']}", _within(of, titles[given["code"]]), "activities", given["all"], mine
        )
    for given in counts["by_branch"]:
        mine = _of_house(known, given["code"])
        yield of_activities(
            f"{name}:branch:{given['code']}",
            _within(of, houses[given["code"]]),
            "activities",
            given["activities"],
            mine,
        )


def _within(of: Row, part: Row) -> dict[str, str]:
    return {locale: f"{of[locale]}: {part[locale]}" for locale in LOCALES}


def measured(snapshot: Row) -> list[Row]:
    """Return what the measures of the whole library come to in each year of a report."""
    rows = snapshot.get("followed", ())
    return [row for row in rows if row["name"].startswith("measure:") and row["name"].count(":") == 2]
