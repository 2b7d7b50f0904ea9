"""Open data: the columns of each table, with what stands in them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sdg_tracker.foundation.i18n import Text, lazy
from sdg_tracker.publishing import rows
from sdg_tracker.publishing.rows import Cell, Row

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


def _both(name: str, meaning: Text) -> tuple[Field, Field]:
    return Field(f"{name}_da", "string", meaning), Field(f"{name}_en", "string", meaning)


CAME = (
    Field("attendance", "integer", lazy("people who came; empty where nobody has counted or few are not told")),
    Field("attendance_qualifier", "string", lazy("exact, about or more_than")),
    Field("signups", "integer", lazy("people who signed up")),
    Field("helped", "integer", lazy("people who got help")),
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
        rows.goals,
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
        rows.activities,
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
        rows.mappings,
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
        rows.exhibits,
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
        rows.measures,
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
        rows.readings,
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
        rows.pledges,
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
        rows.initiatives,
        {},
    ),
}
