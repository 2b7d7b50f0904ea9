"""The public page as HTML, and the goals alone for other people's pages. Rendered without Flask: the same for all."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

import jinja2
from markupsafe import Markup

from sdg_tracker.effects.wording import DIMENSION_NAMES
from sdg_tracker.foundation.i18n import Text, _, current_locale, lazy, use_locale
from sdg_tracker.foundation.resources import resource_dir
from sdg_tracker.goals.breaking import soft
from sdg_tracker.impact.made import FORMULAS
from sdg_tracker.impact.marks import Marks, ranges
from sdg_tracker.impact.sections import TITLES as SECTION_TITLES
from sdg_tracker.measures import rules as measured
from sdg_tracker.measures.periods import Period
from sdg_tracker.plans import wording as plans
from sdg_tracker.printing import served, texts
from sdg_tracker.printing.head import named
from sdg_tracker.printing.series import ENOUGH, Point
from sdg_tracker.publishing import card, linked, photos, tables
from sdg_tracker.publishing.rules import LICENCE_ADDRESSES, LICENCE_TITLES, TABLES, Place, Settings

Row = Mapping[str, Any]
FIRST, SHOWN = 5, 12  # activities under a goal: at once, and unfolded; the table has them all
LISTED = 60  # exhibits
ORDER = (
    "foreword",
    "year",
    "goals",
    "focus",
    "pledges",
    "initiatives",
    "strategy",
    "branches",
    "partners",
    "campaigns",
    "stories",
    "effects",
    "figures",
    "unreached",
    "next",
    "exhibits",
    "made",
    "method",
)
TITLES: Mapping[str, Text] = {
    **{section.value: title for section, title in SECTION_TITLES.items()},
    "year": lazy("The year in figures"),
    "initiatives": lazy("Initiatives"),
    "exhibits": lazy("Evidence that everybody may see"),
    "made": lazy("What the figures are made of"),
    "method": lazy("Method and data"),
}
ALWAYS = ("year", "goals", "method")
OURS = {"pledges": ("initiatives",)}  # what follows a chosen section
LAST = ("exhibits", "made", "method")


def render(data: Row, settings: Settings, place: Place, edition: Row, language: str) -> bytes:
    """Return the page. ``edition`` names the frozen report: number, code, fingerprint and where to check it."""
    with use_locale(language):
        values = {**_values(data, settings, place, language), "edition": edition, **shown(data)}
        values["linked"] = Markup(linked.for_page(linked.head(data, settings, place)))  # noqa: S704 - made harmless there
        return _environment().get_template("public/page.html").render(values).encode()


def render_goals(data: Row, settings: Settings, place: Place, goal: str, language: str) -> bytes:
    """Return the goals alone, or the one that is asked for, to be framed by other pages."""
    with use_locale(language):
        values = {**_values(data, settings, place, language), "goal": goal if goal in _counts(data) else ""}
        return _environment().get_template("public/goals.html").render(values).encode()


def render_data(data: Row, settings: Settings, place: Place, language: str) -> bytes:
    """Return the page that lists the open data."""
    with use_locale(language):
        sizes = {name: len(tables.content(data, name)) for name in tables.given(data, settings)}
        values = {**_values(data, settings, place, language), "sizes": sizes}
        return _environment().get_template("public/data.html").render(values).encode()


def render_gone(year: int, library: str, static: str, language: str) -> bytes:
    """Return what stands where a page was withdrawn."""
    with use_locale(language):
        values = {"year": str(year), "name": library, "static": static, "language": language}
        return _environment().get_template("public/gone.html").render(values).encode()


def _values(data: Row, settings: Settings, place: Place, language: str) -> dict[str, Any]:
    library = data["library"]
    return {
        "data": data,
        "year": str(data["year"]),
        "settings": settings,
        "place": place,
        "base": place.base,
        "static": place.static,
        "language": language,
        "own": data["language"],
        "name": (library["name_en"] if language == "en" else "") or library["name"],
        "counts": _counts(data),
        "card": card.name(language),
        "card_size": card.SIZE,
        "TABLES": TABLES,
        "licence": LICENCE_TITLES[settings.licence],
        "licence_address": LICENCE_ADDRESSES[settings.licence],
        "linked_name": linked.NAME,
        "descriptor": tables.DESCRIPTOR,
    }


def _counts(data: Row) -> dict[str, int]:
    return {row["code"]: row["all"] for row in data["figures"]["by_goal"]}


def shown(data: Row) -> dict[str, Any]:
    """Return what the page needs beside the data themselves, in the current language."""
    branches = data["library"]["branches"]
    exhibits = {row["exhibit"]: row for row in data["evidence"]}
    return {
        "heading": heading(data),
        "sections": sections(data),
        "section_titles": TITLES,
        "served": served.by_goal(data),
        "goal_figures": {row["code"]: row for row in data["figures"]["by_goal"]},
        "titles": {goal["code"]: texts.said(goal["title"]) for goal in data["goals"]},
        "houses": {row["code"]: named(row) for row in branches},
        "activities": {row["number"]: row for row in data["activities"]},
        "exhibits": exhibits,
        "photos": {number: _photo(row) for number, row in exhibits.items() if "sizes" in row},
        "doubtful": served.doubtful(data),
        "unmapped": served.unmapped(data),
        "measures": _figures(data),
        **_by_year(data),
        "dimensions": DIMENSION_NAMES,
        "statuses": plans.STATUS_NAMES,
        "initiative_states": plans.INITIATIVE_NAMES,
        "answers": plans.ANSWER_NAMES,
        "partners": _by_name(data, "partners"),
        "campaigns": _by_name(data, "campaigns"),
        "actions": {row["code"]: row for row in data["figures"]["by_action"]},
        "mark": _Marks(data["followed"]),
        "ranges": ranges,
        "made": _made(data),
        "FORMULAS": FORMULAS,
        "FIRST": FIRST,
        "SHOWN": SHOWN,
        "LISTED": LISTED,
    }


def _by_year(data: Row) -> dict[str, Any]:
    """Return the figures of the years before and of the year itself, in all and for each goal."""
    years = [*data["years"], {"year": data["year"], "figures": data["figures"]}]
    names = [str(row["year"]) for row in years]
    counts = {
        goal["code"]: {name: _counts(row)[goal["code"]] for name, row in zip(names, years, strict=True)}
        for goal in data["goals"]
    }
    goals = [{"code": goal["code"], "label": texts.said(goal["title"])} for goal in data["goals"]]
    return {
        "by_year": [
            (name, "total" if row is years[-1] else f"year:{name}", row["figures"]["totals"])
            for name, row in zip(names, years, strict=True)
        ],
        "heat_years": names,
        "heat_counts": counts,
        "goal_names": goals,
        "heat_table": [[f"{goal['code']} {goal['label']}", *counts[goal["code"]].values()] for goal in goals],
    }


def _figures(data: Row) -> list[dict[str, Any]]:
    """Return the measures with their figures by year, the report's year last; those never read are left out.

    A line is drawn through three figures and more, of the measure's own periods where the years are fewer.
    """
    known, found = {row["code"]: row for row in data["measures"]}, []
    for row in data["measures"]:
        years, own = _points(data, known, row, "year"), _points(data, known, row, "own")
        if any(point.figure.value is not None for point in years):
            points = years if len(years) >= ENOUGH else own
            drawn = points if len(points) >= ENOUGH else []
            found.append(
                {
                    "row": row,
                    "table": _listed(years, measured.reasons(row, known), f"measure:{row['code']}"),
                    "drawn": [_drawn(point) for point in drawn],
                    "line": _listed(drawn, measured.reasons(row, known)) if points is not years else [],
                    "aims": _aims(row),
                }
            )
    return found


def _points(data: Row, known: Mapping[str, Row], row: Row, by: Literal["year", "own"]) -> list[measured.Point]:
    return [point for point in measured.points(row, by=by, measures=known) if point.first.year <= data["year"]]


def _drawn(point: measured.Point) -> Point:
    """Return a point of a line; a figure that lacks a reading is a gap, for it compares to nothing."""
    value = None if point.figure.missing else point.figure.value
    return Point(Period.parse(point.period).short, value, point.figure.qualifier, point.broken)


def _listed(
    points: Sequence[measured.Point], never: Mapping[measured.Missing, str], figure: str = ""
) -> list[list[Any]]:
    """Return the rows of a table: each figure's own name, the figure as it is known, and how much of it that is."""
    found = []
    for point in points:
        name, made = Period.parse(point.period).short, point.figure
        known = _("%(found)s of %(expected)s", found=made.found, expected=made.expected)
        for why in dict.fromkeys(never[one] for one in made.missing if one in never):
            known += "; " + _("never to be known: %(reason)s", reason=why.rstrip("."))
        mark = f"{figure}:{point.period}" if figure else ""
        found.append([mark, name, Point(name, made.value, made.qualifier, point.broken), known])
    return found


class _Marks(Marks):
    """The marks of the report, in fewer bytes: a page is to be light."""

    def __call__(self, name: str) -> Markup:
        """Return the mark of a figure; empty where there is none."""
        made = str(super().__call__(name))
        return Markup(made.replace(' class="mark"', "").replace('"figure-', '"f').replace("#made-", "#m"))  # noqa: S704


def _made(data: Row) -> dict[str, Any]:
    """Return what the figures of measures are made of: by name, each house's readings and their sources."""
    houses = {row["code"]: named(row) for row in data["library"]["branches"]}
    known = {row["code"]: row for row in data["measures"]}
    readings = {one["number"]: one for row in data["measures"] for one in row["readings"]}
    found: dict[str, Any] = {}
    for row in data["followed"]:
        parts = []
        for of in row["of"]:
            rows = [readings[number] for number in of.get("readings", ()) if number in readings]
            places = dict.fromkeys(one["branch"] for one in rows)
            parts += [
                {
                    "title": known[of["measure"]]["title"],
                    "house": houses.get(place, place),
                    "readings": [_drawn_reading(one) for one in rows if one["branch"] == place],
                    "sources": list(dict.fromkeys(one["source"] for one in rows if one["branch"] == place)),
                }
                for place in places
            ]
        if parts:
            found[row["name"]] = parts
    return found


def _drawn_reading(row: Row) -> Point:
    return Point(Period.parse(row["period"]).short, Decimal(row["value"]), row["qualifier"])


def _aims(row: Row) -> list[tuple[str, Point]]:
    """Return where a measure began and where it is to come to, as far as that is said."""
    aims = ((_("Baseline"), row["baseline"]), (_("Target value"), row["target"]))
    return [(name, Point(aim["period"], Decimal(aim["value"]), "exact")) for name, aim in aims if aim]


def _photo(row: Row) -> dict[str, Any]:
    sizes = row["sizes"]
    return {
        "sources": [(photos.name(row["exhibit"], width), width) for width, _height in sizes],
        "width": sizes[-1][0],
        "height": sizes[-1][1],
        "alt": row.get("alt") or row["title"],
    }


def _by_name(data: Row, kind: str) -> list[tuple[str, int, str]]:
    """Return partners or campaigns with how many activities each has, the most first, and the name of that figure."""
    found: dict[str, int] = {}
    figures: dict[str, str] = {}
    for activity in data["activities"]:
        for row in activity[kind]:
            found[named(row)] = found.get(named(row), 0) + 1
            figures.setdefault(named(row), f"{kind.removesuffix('s')}:{row['name']}:activities")
    rows = [(name, count, figures[name]) for name, count in found.items()]
    return sorted(rows, key=lambda row: (-row[1], row[0]))


def sections(data: Row) -> list[tuple[str, str, str]]:
    """Return the sections in order, each with the library's own text and its language.

    They are those that were chosen, else all that have something.
    """
    chosen = data["composition"]
    own = {row["name"]: _own(data, row) for row in chosen["sections"]} if chosen else {}
    names: Sequence[str] = ORDER
    if chosen:
        names = [one for name in own for one in (name, *OURS.get(name, ()))]
        names = [*(name for name in ALWAYS[:2] if name not in names), *names]
        names = [*(name for name in names if name not in LAST), *LAST]
    told = [(name, *own.get(name, ("", ""))) for name in names]
    return [(name, text, said) for name, text, said in told if name in ALWAYS or text or _has(data, name)]


def _own(data: Row, row: Row) -> tuple[str, str]:
    """Return the library's text for a section with its language: the second one where that is the page's."""
    second = data["composition"]["languages"][1:2] == [current_locale()] and row.get("text_also")
    return (str(second), current_locale()) if second else (row["text"], data["language"])


def heading(data: Row) -> str:
    """Return what the page is called: what the library calls its report, else the year."""
    chosen = data["composition"] or {"languages": []}
    second = chosen["languages"][1:2] == [current_locale()]
    title = (second and chosen.get("title_also")) or chosen.get("title")
    return str(title or _("The global goals in %(year)s", year=str(data["year"])))


def _has(data: Row, name: str) -> bool:
    """Return whether there is something to show in a section."""
    plan, figures = data["plan"], data["figures"]
    found = {
        "focus": bool(plan and plan["focus_goals"]),
        "pledges": bool(plan and plan["pledges"]),
        "initiatives": bool(plan and plan["initiatives"]),
        "strategy": data["strategy"] is not None,
        "branches": len(figures["by_branch"]) > 1,
        "partners": any(row["partners"] for row in data["activities"]),
        "campaigns": any(row["campaigns"] for row in data["activities"]),
        "stories": bool(data["stories"]),
        "effects": any(row["seen"] or row["quotes"] for row in data["effects"]),
        "figures": any(row["readings"] for row in data["measures"]),
        "unreached": any(not row["all"] for row in figures["by_goal"]),
        "exhibits": bool(data["evidence"]),
        "made": bool(data["followed"]),
    }
    return found.get(name, False)


@cache
def _environment() -> jinja2.Environment:
    """Return the templates of print without their styles inside of charts, which the policy of a page forbids."""
    found = texts.environment().overlay()
    found.globals = {name: value for name, value in found.globals.items() if name != "chart_style"}
    found.filters = {**found.filters, "figure_of": Decimal, "kept": _kept, "soft": soft}
    return found


def _kept(periods: Sequence[Row]) -> int:
    """Return in how many periods something recurring was done often enough."""
    return sum(row["found"] >= row["needed"] for row in periods)


@cache
def renderer() -> str:
    """Return a digest of what makes a page of data: templates, words and this part; another one gives other bytes."""
    package = Path(__file__).parent
    files = [
        *sorted((resource_dir("templates") / "public").glob("*.html")),
        resource_dir("templates") / "components" / "charts.html",
        package.parent / "impact" / "marks.py",
        *(package.parent / "printing" / f"{name}.py" for name in ("axes", "curves", "plots")),
        *sorted((package.parent / "translations").rglob("*.po")),
        *sorted(package.glob("*.py")),
    ]
    return sha256(b"".join(path.read_bytes() for path in files)).hexdigest()
