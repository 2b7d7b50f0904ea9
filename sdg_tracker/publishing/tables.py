"""Open data: the tables of a public report as CSV, and the descriptor of their data package.

CSV is that of RFC 4180 in UTF-8. A text that a spreadsheet would take for a formula begins with an apostrophe.
"""

import csv
import io
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sdg_tracker.foundation.i18n import Text, _, lazy
from sdg_tracker.publishing.rules import LICENCE_ADDRESSES, LICENCE_TITLES, TABLES, Place, Settings

Row = Mapping[str, Any]
Cell = str | int | bool | None
DESCRIPTOR = "datapackage.json"
PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
AGENDA = "https://docs.un.org/en/A/RES/71/313"
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
CODES = lazy("codes, with a space between them")


@dataclass(frozen=True)
class Field:
    """A column: its name, its type in the words of Table Schema, what stands in it."""

    name: str
    type: str
    meaning: Text


@dataclass(frozen=True)
class Table:
    """A table: its columns, what tells its rows apart, and how they are made of what is public."""

    fields: Sequence[Field]
    key: Sequence[str]
    rows: Callable[[Row], Iterable[Sequence[Cell]]]
    leads: Mapping[str, tuple[str, str]]  # column -> the table and column that it leads to


def given(data: Row, settings: Settings) -> list[str]:
    """Return the tables that are given out: those that were chosen and have a row."""
    return [name for name in settings.tables if next(iter(KNOWN[name].rows(data)), None) is not None]


def content(data: Row, name: str) -> bytes:
    """Return a table as CSV."""
    table, out = KNOWN[name], io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([field.name for field in table.fields])
    writer.writerows([_cell(value) for value in row] for row in table.rows(data))
    return out.getvalue().encode()


def _cell(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    return f"'{value}" if value.startswith(DANGEROUS) else value


def descriptor(data: Row, settings: Settings, place: Place) -> bytes:
    """Return what the data package says of itself, in the current language."""
    named = data["library"]
    found = {
        "$schema": PROFILE,
        "name": f"{named['slug']}-impact-{data['year']}",
        "id": f"{place.address}/data/{DESCRIPTOR}",
        "title": _("%(library)s and the global goals in %(year)s", library=named["name"], year=str(data["year"])),
        "description": _("What everybody may see of the library's report of the year, as tables."),
        "homepage": place.address,
        "version": str(data["number"]),
        "created": data["frozen_at"],
        "contributors": [{"title": named["name"], "roles": ["publisher"]}],
        "licenses": [
            {
                "name": settings.licence,
                "title": LICENCE_TITLES[settings.licence],
                "path": LICENCE_ADDRESSES[settings.licence],
            }
        ],
        "sources": [
            {"title": _("Report of the library, edition %(number)s", number=data["number"]), "path": place.address},
            {"title": _("Global indicator framework of the United Nations"), "path": AGENDA},
        ],
        "resources": [_resource(data, name, given(data, settings)) for name in given(data, settings)],
    }
    return (json.dumps(found, ensure_ascii=False, indent=2) + "\n").encode()


def _resource(data: Row, name: str, beside: Collection[str]) -> dict[str, Any]:
    table, made = KNOWN[name], content(data, name)
    whole = "branch" not in table.key  # an empty branch is the whole library, and no part of a primary key
    schema: dict[str, Any] = {
        "fields": [
            {
                "name": field.name,
                "type": field.type,
                "description": str(field.meaning),
                **({"constraints": {"required": True}} if whole and field.name in table.key else {}),
            }
            for field in table.fields
        ],
        **({"primaryKey": list(table.key)} if whole else {"uniqueKeys": [list(table.key)]}),
        "missingValues": [""],
    }
    leads = [
        {"fields": [column], "reference": {"resource": other, "fields": [there]}}
        for column, (other, there) in table.leads.items()
        if other in beside
    ]
    return {
        "name": name,
        "type": "table",
        "path": f"{name}.csv",
        "title": str(TABLES[name]),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(made),
        "hash": f"sha256:{sha256(made).hexdigest()}",
        "schema": {**schema, **({"foreignKeys": leads} if leads else {})},
    }


def _both(name: str, meaning: Text) -> tuple[Field, Field]:
    return Field(f"{name}_da", "string", meaning), Field(f"{name}_en", "string", meaning)


def _joined(codes: Iterable[object] | None) -> str:
    return " ".join(str(code) for code in codes or ())


def _names(rows: Iterable[Row]) -> str:
    return "; ".join(row["name"] for row in rows)


def _figure(figure: Row | None) -> tuple[Cell, Cell]:
    return (None, None) if figure is None else (figure["value"], figure["qualifier"])


def _two(text: Row | None) -> tuple[str, str]:
    return (text["da"], text["en"]) if text else ("", "")


CAME = (
    Field("attendance", "integer", lazy("people who came; empty where nobody has counted or few are not told")),
    Field("attendance_qualifier", "string", lazy("exact, about or more_than")),
    Field("signups", "integer", lazy("people who signed up")),
    Field("helped", "integer", lazy("people who got help")),
)


def _came(row: Row) -> tuple[Cell, ...]:
    return (*_figure(row["attendance"]), row["signups"], row["helped"])


def _goals(data: Row) -> Iterator[Sequence[Cell]]:
    told = {row["code"]: row for row in data["figures"]["by_goal"]}
    for goal in data["goals"]:
        row = told[goal["code"]]
        yield (goal["code"], *_two(goal["title"]), uri(goal["code"]), row["main"], row["all"], *_came(row))


def uri(code: str) -> str:
    """Return the address by which the United Nations name a goal or target."""
    return f"http://metadata.un.org/sdg/{code}"


def _activities(data: Row) -> Iterator[Sequence[Cell]]:
    for row in data["activities"]:
        yield (
            row["number"],
            row["title"],
            *_two(row["type"]),
            row["status"],
            row["starts_on"],
            row["ends_on"],
            row["year"],
            _joined(row["branches"]),
            "; ".join(one["da"] for one in row["audiences"]),
            *_came(row),
            _names(row["partners"]),
            _names(row["campaigns"]),
            _joined(row["strategy_actions"]),
        )


def _mappings(data: Row) -> Iterator[Sequence[Cell]]:
    for row in data["activities"]:
        for tie in row["mappings"]:
            yield (
                row["number"],
                tie["code"],
                tie["goal"],
                uri(tie["code"]),
                tie["main"],
                tie["stance"],
                tie["contribution"],
            )


def _exhibits(data: Row) -> Iterator[Sequence[Cell]]:
    for row in data["evidence"]:
        yield (row["exhibit"], row["title"], *_two(row["kind"]), row["collected_on"], row["activity"])


def _aim(aim: Row | None) -> tuple[Cell, Cell]:
    return (None, None) if aim is None else (aim["period"], aim["value"])


def _measures(data: Row) -> Iterator[Sequence[Cell]]:
    for row in data["measures"]:
        yield (
            row["code"],
            *_two(row["title"]),
            *_two(row["unit"]),
            *_two(row["definition"]),
            row["aggregation"],
            row["direction"],
            row["frequency"],
            _joined(row["goals"]),
            _joined(row["targets"]),
            row.get("source"),
            *_aim(row["baseline"]),
            *_aim(row["target"]),
        )


def _readings(data: Row) -> Iterator[Sequence[Cell]]:
    for measure in data["measures"]:
        for row in measure["readings"]:
            yield (
                row["number"] or None,
                measure["code"],
                row["period"],
                row["first"],
                row["last"],
                row["branch"],
                row["value"],
                row["qualifier"],
                row.get("read_on"),
                row.get("source"),
                None,
            )
        for row in measure.get("unknown", ()):
            days = row["period"], row["first"], row["last"]
            yield (None, measure["code"], *days, row["branch"], None, None, None, None, row["reason"])


def _pledges(data: Row) -> Iterator[Sequence[Cell]]:
    for row in (data["plan"] or {"pledges": ()})["pledges"]:
        yield (
            row["code"],
            *_two(row["title"]),
            *_two(row["text"]),
            row["kind"],
            _joined(row["goals"]),
            _joined(row["targets"]),
            row["adopted_on"],
            row["due_on"],
            row["measure"],
            *_aim(row["baseline"]),
            *_aim(row["target"]),
            row["times"],
            row["per"],
            row["status"]["shown"],
            row["status"]["computed"],
        )


def _initiatives(data: Row) -> Iterator[Sequence[Cell]]:
    for row in (data["plan"] or {"initiatives": ()})["initiatives"]:
        yield (
            row["code"],
            row["title"],
            row["area"],
            row["role"],
            _joined(row["goals"]),
            _joined(row["targets"]),
            _joined(row["strategy_actions"]),
            row["what"],
            row["first"],
            row["last"],
            row["success"],
            _joined(row["pledges"]),
            row["state"],
        )


NUMBER = Field("number", "integer", lazy("its number at the library"))
GOALS = (Field("goals", "string", CODES), Field("targets", "string", CODES))
AIMS = (
    Field("baseline_period", "string", lazy("period of the baseline")),
    Field("baseline_value", "number", lazy("the figure that it is measured from")),
    Field("target_period", "string", lazy("period of the target value")),
    Field("target_value", "number", lazy("the figure that is aimed at")),
)
KNOWN: Mapping[str, Table] = {
    "goals": Table(
        (
            Field("goal", "string", lazy("number of the goal")),
            *_both("title", lazy("its short name")),
            Field("uri", "string", lazy("the address by which the United Nations name it")),
            Field("main", "integer", lazy("activities with it as their main goal")),
            Field("all", "integer", lazy("activities that support it at all")),
            *CAME,
        ),
        ("goal",),
        _goals,
        {},
    ),
    "activities": Table(
        (
            NUMBER,
            Field("title", "string", lazy("what it is called")),
            *_both("type", lazy("its type")),
            Field("status", "string", lazy("planned, ongoing or held")),
            Field("starts_on", "date", lazy("first day")),
            Field("ends_on", "date", lazy("last day; empty for what goes on or is of one day")),
            Field("year", "integer", lazy("its year")),
            Field("branches", "string", CODES),
            Field("audiences", "string", lazy("whom it is for")),
            *CAME,
            Field("partners", "string", lazy("who took part in making it")),
            Field("campaigns", "string", lazy("campaigns that it belongs to")),
            Field("strategy_actions", "string", CODES),
        ),
        ("number",),
        _activities,
        {},
    ),
    "mappings": Table(
        (
            Field("activity", "integer", lazy("number of the activity")),
            Field("code", "string", lazy("the goal or target")),
            Field("goal", "string", lazy("number of the goal")),
            Field("uri", "string", lazy("the address by which the United Nations name it")),
            Field("main", "boolean", lazy("whether it is the activity's main goal")),
            Field("stance", "string", lazy("supports, against or unknown")),
            Field("contribution", "string", lazy("direct or indirect")),
        ),
        ("activity", "code"),
        _mappings,
        {"activity": ("activities", "number"), "goal": ("goals", "goal")},
    ),
    "exhibits": Table(
        (
            Field("exhibit", "integer", lazy("number of the exhibit in the report")),
            Field("title", "string", lazy("what it is called")),
            *_both("kind", lazy("its kind")),
            Field("collected_on", "date", lazy("the day that it is from")),
            Field("activity", "integer", lazy("number of the activity")),
        ),
        ("exhibit",),
        _exhibits,
        {"activity": ("activities", "number")},
    ),
    "measures": Table(
        (
            Field("code", "string", lazy("its code")),
            *_both("title", lazy("what it is called")),
            *_both("unit", lazy("its unit")),
            *_both("definition", lazy("how it is counted")),
            Field("aggregation", "string", lazy("how a year is made of its periods: sum, mean, last or rate")),
            Field("direction", "string", lazy("which way is wished: up, down or none")),
            Field("frequency", "string", lazy("how often it is read")),
            *GOALS,
            Field("source", "string", lazy("where its figures come from")),
            *AIMS,
        ),
        ("code",),
        _measures,
        {},
    ),
    "readings": Table(
        (
            Field(
                "number", "integer", lazy("its number at the library; empty for one that is counted from activities")
            ),
            Field("measure", "string", lazy("code of the measure")),
            Field("period", "string", lazy("a year, half year, quarter or month, such as 2025-Q3")),
            Field("first", "date", lazy("first day")),
            Field("last", "date", lazy("last day")),
            Field("branch", "string", lazy("code of the house; empty for the whole library")),
            Field("value", "number", lazy("the figure")),
            Field("qualifier", "string", lazy("exact, about, more_than or estimated")),
            Field("read_on", "date", lazy("the day on which it was read")),
            Field("source", "string", lazy("where it comes from")),
            Field("unknown", "string", lazy("why there is no figure and never will be; else empty")),
        ),
        ("measure", "period", "branch"),
        _readings,
        {"measure": ("measures", "code")},
    ),
    "pledges": Table(
        (
            Field("code", "string", lazy("its code")),
            *_both("title", lazy("what it is called")),
            *_both("text", lazy("its words")),
            Field("kind", "string", lazy("measurable, recurring or standing")),
            *GOALS,
            Field("adopted_on", "date", lazy("the day on which it was made")),
            Field("due_on", "date", lazy("the day by which it is to be kept")),
            Field("measure", "string", lazy("code of the measure")),
            *AIMS,
            Field("times", "integer", lazy("how often it is to be done")),
            Field("per", "string", lazy("in each week, month, quarter, half_year or year")),
            Field("status", "string", lazy("kept, on_track, behind, missed, not_due or no_data")),
            Field("computed", "string", lazy("what the figures say, where the library judges otherwise")),
        ),
        ("code",),
        _pledges,
        {},
    ),
    "initiatives": Table(
        (
            Field("code", "string", lazy("its code")),
            Field("title", "string", lazy("what it is called")),
            Field("area", "string", lazy("organisational, operational or citizens")),
            Field("role", "string", lazy("the library's role")),
            *GOALS,
            Field("strategy_actions", "string", CODES),
            Field("what", "string", lazy("what is done")),
            Field("first", "date", lazy("first day")),
            Field("last", "date", lazy("last day")),
            Field("success", "string", lazy("what shows that it succeeded")),
            Field("pledges", "string", CODES),
            Field("state", "string", lazy("promised, done, proved or lapsed")),
        ),
        ("code",),
        _initiatives,
        {},
    ),
}
