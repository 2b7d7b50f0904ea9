"""What the pages of a composed report need beside the snapshot: plain functions on it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

from sdg_tracker.effects import rules as effects
from sdg_tracker.foundation.i18n import _, in_locale
from sdg_tracker.impact import following, suggestions
from sdg_tracker.impact.aims import expected, rounded
from sdg_tracker.impact.made import FORMULAS
from sdg_tracker.impact.marks import Marks, ranges
from sdg_tracker.impact.sections import TITLES, Section
from sdg_tracker.impact.unreached import unreached
from sdg_tracker.measures import rules
from sdg_tracker.measures.periods import Period
from sdg_tracker.measures.states import AGGREGATION_NAMES, FREQUENCY_NAMES, QUALIFIER_NAMES
from sdg_tracker.plans import wording
from sdg_tracker.plans.wording import proof
from sdg_tracker.printing import changes, series, served
from sdg_tracker.printing.series import Point

Snapshot = Mapping[str, Any]
Row = Mapping[str, Any]
PICTURES = 3  # of a goal: photos that may be shown outside the library
STAND_OUT = 6  # changes on the page of the year
FLOWING = ("branches", "partners", "campaigns", "stories", "effects", "next", "method")  # begin no page of their own


@dataclass(frozen=True)
class Part:
    """A section as it is printed; ``lang`` is the language of its text."""

    name: str
    title: str
    text: str
    lang: str


@dataclass(frozen=True)
class Year:
    """What a measure comes to in a year."""

    year: int
    figure: rules.Figure
    broken: bool
    name: str  # of the figure, see following


@dataclass(frozen=True)
class Measured:
    """A measure as it is printed."""

    row: Row
    years: Sequence[Year]
    houses: Sequence[tuple[str, rules.Figure, str]]  # of the year: house, figure and its name
    points: Sequence[Point]  # by its own periods; one that lacks a reading is open
    against: Sequence[str]  # sentences: the year before, the baseline
    difference: str  # from the year before; empty where there is none to tell
    progress: tuple[Point, Point, Point, Point | None] | None  # baseline, now, target, where it should be
    changes: Sequence[Row]


def shown(snapshot: Snapshot) -> dict[str, Any]:
    """Return what the template needs beside the snapshot itself."""
    figures, goals = snapshot["figures"], served.by_goal(snapshot)
    plan = snapshot.get("plan") or {}
    pieces = {row["number"]: row for row in snapshot["evidence"]}
    years = [*snapshot["years"], {"year": snapshot["year"], "figures": figures}]
    measures = {row["code"]: row for row in snapshot.get("measures", ())}
    values: dict[str, Any] = {
        "figures": figures,
        "mark": Marks(snapshot["followed"]),
        "ranges": ranges,
        "subject_title": lambda subject, rows: _subject(snapshot, measures, subject, rows),
        "figure_title": lambda subject, row: figure_title(measures, subject, row),
        "measure_name": measure_name,
        "FLOWING": FLOWING,
        "goal_figures": {row["code"]: row for row in figures["by_goal"]},
        "goal_counts": {row["code"]: row["all"] for row in figures["by_goal"]},
        "served": goals,
        "pictures": {goal.code: pictures(snapshot, goal) for goal in goals},
        "objectives": objectives(snapshot),
        "doubtful": served.doubtful(snapshot),
        "unmapped": served.unmapped(snapshot),
        "years": years,
        "heat": heat(years),
        "panels": list(panels(snapshot, years)),
        "changed": suggestions.changed_most(snapshot)[:STAND_OUT],
        "told": changes.told,
        "by_partner": following.by_name(snapshot, "partners"),
        "by_campaign": following.by_name(snapshot, "campaigns"),
        "measured": [measured(snapshot, row, measures) for row in measures.values()],
        "measure_rows": measures,
        "lacking": lambda row, missing: lacking(snapshot, missing, rules.reasons(row, measures)),
        "plan": plan,
        "proved": proved,
        "rounded": rounded,
        "way": lambda row: way(row, measures.get(row["measure"]), snapshot["year"]),
        "coming": _coming(plan, snapshot["year"] + 1),
        "unreached": unreached(snapshot),
        "exhibit_of": {number: row["exhibit"] for number, row in pieces.items()},
        "picture_of": lambda number: _picture(pieces.get(number)),
        "activity_titles": {row["number"]: row["title"] for row in snapshot["activities"]},
        "compared": effects.compare(effects.from_rows(snapshot.get("effects", ()), snapshot["activities"])),
        "FORMULAS": FORMULAS,
        "AGGREGATIONS": AGGREGATION_NAMES,
        "FREQUENCIES": FREQUENCY_NAMES,
        "QUALIFIERS": QUALIFIER_NAMES,
        "period_name": period_name,
        "branch_place": {row["code"]: place for place, row in enumerate(snapshot["library"]["branches"])},
    }
    return {**values, "parts": [part for part in parts(snapshot) if _has(part, snapshot, values)]}


def parts(snapshot: Snapshot) -> Iterator[Part]:
    """Yield the sections that were chosen, each with the text in the language of the pages, if there is one."""
    composition = snapshot["composition"]
    first, language = composition["languages"][0], snapshot["language"]
    for row in composition["sections"]:
        also = row.get("text_also", "") if language != first else ""
        yield Part(row["name"], str(TITLES[Section(row["name"])]), also or row["text"], language if also else first)


def _subject(snapshot: Snapshot, measures: Mapping[str, Row], subject: str, rows: Sequence[Row]) -> str:
    """Return what a group of figures is of, in words."""
    kind, _colon, rest = subject.partition(":")
    if kind == "total":
        return str(snapshot["title"])
    if kind == "measure":
        row = measures[rest]
        return measure_name(row)
    label = in_locale(rows[0]["label"]["da"], rows[0]["label"]["en"])
    return label.partition(": ")[0] if kind == "year" else label.rpartition(": ")[0]


def lacking(snapshot: Snapshot, missing: Sequence[rules.Missing], never: Mapping[rules.Missing, str]) -> str:
    """Return which readings are missing, those of a period together, and why some will never be known."""
    names = {
        row["code"]: in_locale(row["name"], row["name_en"] or row["name"]) for row in snapshot["library"]["branches"]
    }
    periods: dict[tuple[str, str], list[str]] = {}
    for period, house in missing:
        periods.setdefault((period, never.get((period, house), "")), []).append(house)
    found = []
    for (period, reason), houses in periods.items():
        where = ", ".join(names.get(house, house) for house in houses if house)
        if len(houses) > 1 and set(houses) == set(names):
            where = _("all houses")
        told = period_name(period) + (f" ({where})" if where else "")
        why = _("never to be known: %(reason)s", reason=reason.rstrip(".")) if reason else ""
        found.append(f"{told} – {why}" if why else told)
    return "; ".join(found)


def measure_name(row: Row) -> str:
    """Return the title of a measure with its unit, which is left out where it says the same."""
    title, unit = (in_locale(row[key]["da"], row[key]["en"]) for key in ("title", "unit"))
    return title if unit.casefold() == title.casefold() or not unit else f"{title}, {unit}"


def figure_title(measures: Mapping[str, Row], subject: str, row: Row) -> str:
    """Return what a figure is called where its subject stands above it."""
    label = in_locale(row["label"]["da"], row["label"]["en"])
    if subject.startswith("measure:"):
        title = measures[subject.partition(":")[2]]["title"]
        label = label.removeprefix(in_locale(title["da"], title["en"])).removeprefix(":").strip()
    else:
        label = label.partition(": ")[2] if subject.startswith("year:") else label.rpartition(": ")[2]
    return label[:1].upper() + label[1:]


def proved(pledge: Row, measure: Row | None, houses: Mapping[str, str]) -> list[tuple[str, list[str]]]:
    """Return what a pledge's status was computed from, a sentence each, with the names of the figures in it."""
    name, numbers = f"pledge:{pledge['code']}", pledge["status"]["numbers"]
    figures: list[list[str]] = []
    if pledge["kind"] == "measurable" and numbers["found"] is not None:
        figures = [[f"{name}:found", f"{name}:wanted"]]
    elif pledge["kind"] == "recurring":
        periods = [row["period"] for row in numbers["periods"] if row["needed"] or row["found"]]
        figures = [[f"{name}:{period}:{field}" for field in ("done", "needed", "late")] for period in periods]
    sentences = proof(pledge, measure, houses)
    return list(zip(sentences, [*figures, *([] for _ in sentences[len(figures) :])], strict=True))


def _has(part: Part, snapshot: Snapshot, values: Mapping[str, Any]) -> bool:
    """Return whether a section has something to show: data of its own, or a text."""
    plan = values["plan"]
    there: Mapping[str, Any] = {
        Section.FOREWORD: False,
        Section.FOCUS: plan.get("focus_goals"),
        Section.PLEDGES: plan.get("pledges"),
        Section.STRATEGY: values["objectives"],
        Section.PARTNERS: values["by_partner"],
        Section.CAMPAIGNS: values["by_campaign"],
        Section.STORIES: snapshot.get("stories"),
        Section.EFFECTS: snapshot.get("effects"),
        Section.FIGURES: values["measured"],
        Section.NEXT: _coming(plan, snapshot["year"] + 1),
    }
    return bool(part.text or there.get(Section(part.name), True))


def _coming(plan: Row, year: int) -> list[Row]:
    return [row for row in plan.get("initiatives", ()) if year in row["years"]]


def pictures(snapshot: Snapshot, goal: served.Served) -> list[Row]:
    """Return the first photos of activities with this main goal that may be shown to everybody."""
    mine = {row.activity["number"] for row in goal.rows if row.main}
    found = [
        row
        for row in snapshot["evidence"]
        if row["public"] and row["thumbnail"] and row["kind"]["code"] == "photo" and row["activity"] in mine
    ]
    return found[:PICTURES]


def _picture(piece: Row | None) -> dict[str, Any] | None:
    if piece is None or not piece["thumbnail"] or not piece["public"]:
        return None
    return {"src": f"blob:{piece['thumbnail']['sha256']}", "exhibit": piece["exhibit"]}


def objectives(snapshot: Snapshot) -> list[tuple[Row, list[tuple[Row, Row]]]]:
    """Return the strategy's objectives, each with its actions and their figures; empty without a strategy."""
    if snapshot["strategy"] is None:
        return []
    figures = {row["code"]: row for row in snapshot["figures"]["by_action"]}
    actions = snapshot["strategy"]["actions"]
    grouped = (list(rows) for _code, rows in groupby(actions, key=lambda action: action["objective"]))
    return [(rows[0], [(action, figures[action["code"]]) for action in rows]) for rows in grouped]


def heat(years: Sequence[Row]) -> dict[str, dict[int, int]]:
    """Return how many activities supported each goal in each year."""
    found: dict[str, dict[int, int]] = {}
    for row in years:
        for goal in row["figures"]["by_goal"]:
            found.setdefault(goal["code"], {})[row["year"]] = goal["all"]
    return found


def panels(snapshot: Snapshot, years: Sequence[Row]) -> Iterator[dict[str, Any]]:
    """Yield the small charts of the goals, year by year."""
    counts = heat(years)
    for goal in snapshot["goals"]:
        code = goal["code"]
        yield {
            "code": code,
            "label": in_locale(goal["title"]["da"], goal["title"]["en"]),
            "class": f"goal-fill-{code}",
            "points": [Point(str(year), Decimal(number)) for year, number in counts[code].items()],
        }


def measured(snapshot: Snapshot, row: Row, measures: Mapping[str, Row]) -> Measured:
    """Return a measure as it is printed."""
    year = snapshot["year"]
    of_years = [point for point in rules.points(row, measures=measures) if int(point.period) <= year]
    years = [
        Year(int(point.period), point.figure, point.broken, f"measure:{row['code']}:{point.period}")
        for point in of_years
    ]
    own = [
        Point(period_name(point.period, short=True), _whole(point.figure), point.figure.qualifier, point.broken)
        for point in rules.points(row, by="own", measures=measures)
        if point.last.year <= year
    ]
    houses = [
        (code, rules.figure(row, str(year), code, measures=measures), f"measure:{row['code']}:{year}:{code}")
        for code in (rules.read_in(row) if row["by_branch"] else ())
    ]
    line = _line(of_years, year)
    before = changes.difference(series.change(line[-2:]), _unit(row)) if len(line) > 1 else ""
    return Measured(
        *(row, years, houses, own, _against(row, line, year), before),
        *(_progress(row, of_years, year), row["changes"]),
    )


def _whole(figure: rules.Figure) -> Decimal | None:
    """Return a value that lacks no reading."""
    return None if figure.missing else figure.value


def _line(points: Sequence[rules.Point], year: int) -> list[Point]:
    """Return the years up to that of the report; none where that was not read."""
    if not points or int(points[-1].period) != year:
        return []
    return [Point(point.period, _whole(point.figure), point.figure.qualifier, point.broken) for point in points]


def _unit(row: Row) -> str:
    """Return the unit that a difference is told with; things that are counted are so many more or fewer."""
    unit = in_locale(row["unit"]["da"], row["unit"]["en"])
    if unit in ("%", "procent", "percent", "per cent"):
        return changes.PERCENT
    return unit if row["decimals"] or unit != unit.lower() or len(unit) < 3 else ""


def _against(row: Row, line: Sequence[Point], year: int) -> list[str]:
    """Return what may be said of the year against the one before and against the baseline, a sentence each."""
    unit = _unit(row)
    found = [changes.told(series.change(line[-2:]), unit)] if len(line) > 1 else []
    baseline = row["baseline"]["period"] if row["baseline"] else None
    if baseline and baseline not in (str(year), str(year - 1)) and any(point.label == baseline for point in line):
        since = series.change(series.since(line, baseline))
        if since.why_not != "gap" or line[-1].value is not None:  # else it is said already
            found.append(changes.told(since, unit))
    return found


def _progress(row: Row, points: Sequence[rules.Point], year: int) -> tuple[Point, Point, Point, Point | None] | None:
    if not row["baseline"] or not row["target"] or not points or int(points[-1].period) != year:
        return None
    last, wanted = points[-1].figure, expected(row, year)
    return (
        Point(row["baseline"]["period"], Decimal(row["baseline"]["value"])),
        Point(str(year), _whole(last), last.qualifier),
        Point(row["target"]["period"], Decimal(row["target"]["value"])),
        None if wanted is None else Point(str(year), rounded(row, wanted)),
    )


def way(pledge: Row, measure: Row | None, year: int) -> tuple[Point, Point, Point, Point | None]:
    """Return how far a measurable pledge has come: baseline, now, target, and where it should be."""
    numbers = pledge["status"]["numbers"]
    label = wording.period(numbers["period"]) if numbers["period"] else str(year)

    def at(name: str, value: str | None, qualifier: str | None = None) -> Point:
        return Point(name, None if value is None else rounded(measure, Decimal(value)), qualifier)

    ends = [at(wording.period(pledge[key]["period"]), pledge[key]["value"]) for key in ("baseline", "target")]
    wanted = at(label, numbers["wanted"]) if numbers["wanted"] else None
    return ends[0], at(label, numbers["found"], numbers.get("qualifier")), ends[1], wanted


def period_name(code: str, *, short: bool = False) -> str:
    """Return a period as people write it; ``short`` without the century: ``25-Q3``."""
    if short and len(code) > 4:
        return code[2:]
    return Period.parse(code).name
