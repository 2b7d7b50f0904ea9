"""What the page of a bag carries in itself: style, script, a policy that allows these bytes only, and its words."""

import base64
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from markupsafe import Markup

from sdg_tracker.foundation.i18n import _
from sdg_tracker.foundation.resources import resource_dir

STYLES = ("css/bag.css",)
SCRIPTS = ("js/digest.js", "js/zip.js", "js/manifest.js", "js/bag/find.js", "js/bag/check.js")
Snapshot = Mapping[str, Any]
NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True)
class Carried:
    """Style and script of a page, and the policy under which a browser runs them and fetches nothing."""

    style: Markup
    script: Markup
    policy: str


@cache
def carried(*more: str) -> Carried:
    """Return what a bag's page carries; ``more`` are further scripts in ``static``."""
    style, script = _read(STYLES), _read((*SCRIPTS, *more))
    rules = {
        "default-src": "'none'",
        "style-src": _allowed(style),
        "script-src": _allowed(script),
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    policy = "; ".join(f"{name} {value}" for name, value in rules.items())
    return Carried(Markup(style), Markup(script), policy)  # noqa: S704 - our own files


def _read(names: Iterable[str]) -> str:
    return "\n" + "\n".join((resource_dir("static") / name).read_text("utf-8") for name in names)


def _allowed(content: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"


@dataclass(frozen=True)
class Marks:
    """What a row can be chosen by: codes with a blank between them."""

    requirements: str
    goals: str
    states: str


@dataclass(frozen=True)
class Marked:
    """The marks of everything that can be found on the page."""

    requirements: Mapping[str, Marks]
    activities: Mapping[int, Marks]
    exhibits: Mapping[int, Marks]


def marked(snapshot: Snapshot) -> Marked:
    """Return the marks of requirements, activities and exhibits: each has those of what it belongs to.

    States are the library's assessments of requirements and the review of exhibits.
    """
    judged = {row["code"]: state_of(row) for row in snapshot.get("requirements", ())}
    activities = {row["number"]: row for row in snapshot["activities"]}
    served = {number: {mapping["goal"] for mapping in row["mappings"]} for number, row in activities.items()}
    shown, about, states = defaultdict(set), defaultdict(set), defaultdict(set)
    exhibits, by_requirement = {}, defaultdict(set)
    for row in snapshot["evidence"]:
        codes = [tie["code"] for tie in row.get("requirements", ())]
        goals = served.get(row["activity"], set())
        told = {row["state"], *(judged[code] for code in codes)}
        exhibits[row["exhibit"]] = _marks(codes, goals, told)
        shown[row["activity"]].update(codes)
        states[row["activity"]].update(told)
        for code in codes:
            by_requirement[code].update(goals)
            about[code].add(row["state"])
    return Marked(
        {code: _marks([code], by_requirement[code], {state, *about[code]}) for code, state in judged.items()},
        {number: _marks(shown[number], goals, states[number]) for number, goals in served.items()},
        exhibits,
    )


def state_of(requirement: Mapping[str, Any]) -> str:
    """Return the state that a requirement is counted under: what does not apply is not applicable."""
    if not requirement["applies"]:
        return "not_applicable"
    return str(requirement["assessment"]["state"] or "unassessed")


def _marks(requirements: Iterable[str], goals: Iterable[str], states: Iterable[str]) -> Marks:
    return Marks(*(" ".join(sorted(set(codes))) for codes in (requirements, goals, states)))


def values(snapshot: Snapshot, scripts: Iterable[str] = (), said: Mapping[str, str] = NOTHING) -> dict[str, Any]:
    """Return what every page of a bag needs beside its edition; ``scripts`` are further ones, ``said`` their words."""
    told = json.dumps({**_words(), **said}, ensure_ascii=False, sort_keys=True)
    return {"carried": carried(*scripts), "marked": marked(snapshot), "words": told}


def _words() -> dict[str, str]:
    """Return the words of the scripts in the current language; ``{name}`` stands for what they fill in."""
    return {
        "found": _("Found: %(number)s of %(all)s", number="{number}", all="{all}"),
        **words_of_check(),
        "fingerprint": _("The fingerprint of snapshot.json is the one on this page."),
        "fingerprint_wrong": _(
            "snapshot.json is not that of this page: expected %(expected)s, found %(found)s.",
            expected="{expected}",
            found="{found}",
        ),
        "fingerprint_told": _("bag-info.txt names another fingerprint: %(found)s.", found="{found}"),
        "not_dropped": _("The browser does not let this page read what was dropped. Choose the folder instead."),
    }


def words_of_check() -> dict[str, str]:
    """Return the words with which a bag is held against its lists, here and where files are dropped on the site."""
    return {
        "reading": _("Reading %(name)s", name="{name}"),
        "read": _("%(done)s of %(all)s files read", done="{done}", all="{all}"),
        "right": _("Everything is as it was frozen"),
        "wrong": _("Something does not hold"),
        "unchanged": _("Unchanged files: %(number)s.", number="{number}"),
        "faults": _("Faults: %(number)s.", number="{number}"),
        "changed": _(
            "%(name)s is changed. Expected %(expected)s, found %(found)s.",
            name="{name}",
            expected="{expected}",
            found="{found}",
        ),
        "not_frozen": _(
            "%(name)s is not the file that the frozen data name. Expected %(expected)s, found %(found)s.",
            name="{name}",
            expected="{expected}",
            found="{found}",
        ),
        "not_there": _("%(name)s is named by the frozen data, and is not in the folder.", name="{name}"),
        "trail": _(
            "data/trail.jsonl is not the trail of the frozen data: event %(number)s is missing, moved or changed.",
            number="{number}",
        ),
        "missing": _("%(name)s is missing: it is in the list and not in the folder.", name="{name}"),
        "extra": _("%(name)s does not belong here: it is in the folder and not in the list.", name="{name}"),
        "twice": _("%(name)s stands twice in %(list)s.", name="{name}", list="{list}"),
        "line": _("%(list)s, line %(number)s, is no digest and name.", list="{list}", number="{number}"),
        "unreadable": _("%(name)s can't be read.", name="{name}"),
        "no_bag": _("manifest-sha256.txt is not in this folder. Choose the folder that holds README.txt and data."),
        "no_zip": _(
            "%(name)s is no zip that this page can look into: cut, or packed again in another way. Unpack it, and drop "
            "the folder on data/index.html.",
            name="{name}",
        ),
    }
