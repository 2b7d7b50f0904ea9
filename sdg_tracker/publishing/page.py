"""The public page as HTML, and the goals alone for other people's pages. Rendered without Flask: the same for all."""

from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from sdg_tracker.foundation.i18n import use_locale
from sdg_tracker.foundation.resources import resource_dir
from sdg_tracker.printing import served, texts
from sdg_tracker.printing.head import named
from sdg_tracker.publishing import card, linked, photos, tables
from sdg_tracker.publishing.rules import LICENCE_ADDRESSES, LICENCE_TITLES, TABLES, Place, Settings

Row = Mapping[str, Any]
SHOWN = 12  # activities under a goal; the table has them all
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
    "method",
)
ALWAYS = ("year", "goals", "method")
OURS = {"pledges": ("initiatives",), "figures": ("exhibits",)}  # what follows a chosen section


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
        sizes = {name: len(tables.content(data, name)) for name in settings.tables}
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
        "sections": sections(data),
        "served": served.by_goal(data),
        "goal_figures": {row["code"]: row for row in data["figures"]["by_goal"]},
        "titles": {goal["code"]: texts.said(goal["title"]) for goal in data["goals"]},
        "houses": {row["code"]: named(row) for row in branches},
        "activities": {row["number"]: row for row in data["activities"]},
        "exhibits": exhibits,
        "photos": {number: _photo(row) for number, row in exhibits.items() if "sizes" in row},
        "doubtful": served.doubtful(data),
        "unmapped": served.unmapped(data),
        "partners": _by_name(data, "partners"),
        "campaigns": _by_name(data, "campaigns"),
        "actions": {row["code"]: row for row in data["figures"]["by_action"]},
        "SHOWN": SHOWN,
        "LISTED": LISTED,
    }


def _photo(row: Row) -> dict[str, Any]:
    sizes = row["sizes"]
    return {
        "sources": [(photos.name(row["exhibit"], width), width) for width, _height in sizes],
        "width": sizes[-1][0],
        "height": sizes[-1][1],
        "alt": row.get("alt") or row["title"],
    }


def _by_name(data: Row, kind: str) -> list[tuple[str, int]]:
    """Return partners or campaigns with how many activities each has, the most first."""
    found: dict[str, int] = {}
    for activity in data["activities"]:
        for row in activity[kind]:
            found[named(row)] = found.get(named(row), 0) + 1
    return sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))


def sections(data: Row) -> list[tuple[str, str]]:
    """Return the sections in order, each with the library's own text: those chosen, else all that have something."""
    chosen = data["composition"]
    own = {row["name"]: row["text"] for row in chosen["sections"]} if chosen else {}
    names: Sequence[str] = ORDER
    if chosen:
        names = [one for name in own for one in (name, *OURS.get(name, ()))]
        names = [*(name for name in ALWAYS[:2] if name not in names), *names]
        names = [name for name in names if name != "method"] + ["method"]
    return [(name, own.get(name, "")) for name in names if name in ALWAYS or own.get(name) or _has(data, name)]


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
        "figures": bool(data["measures"]),
        "unreached": any(not row["all"] for row in figures["by_goal"]),
        "exhibits": bool(data["evidence"]),
    }
    return found.get(name, False)


@cache
def _environment() -> jinja2.Environment:
    """Return the templates of print without their styles inside of charts, which the policy of a page forbids."""
    found = texts.environment().overlay()
    found.globals = {name: value for name, value in found.globals.items() if name != "chart_style"}
    found.filters = {**found.filters, "named": named}
    return found


@cache
def renderer() -> str:
    """Return a digest of what makes a page of data: templates, words and this part; another one gives other bytes."""
    package = Path(__file__).parent
    files = [
        *sorted((resource_dir("templates") / "public").glob("*.html")),
        resource_dir("templates") / "components" / "charts.html",
        *sorted((package.parent / "translations").rglob("*.po")),
        *sorted(package.glob("*.py")),
    ]
    return sha256(b"".join(path.read_bytes() for path in files)).hexdigest()
