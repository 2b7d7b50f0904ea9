"""What everybody may see of a report: a list of what is let through; all else stays inside. Nothing knows a database.

Evidence is let through when it was accepted and open to everybody at the freezing, and the same file may be shown
today; quotes and stories when the public may see the same words today. That is asked at each rendering. Never let
through: roles, numbers of users, the trail, notes, descriptions, reasons for mappings, names of files, and titles and
digests of evidence that stays inside.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sdg_tracker.publishing.rules import SMALL, Settings
from sdg_tracker.publishing.still import LeftOut, Still, left_out, may_quote, may_tell, why_inside

Row = Mapping[str, Any]
PER_GOAL = 3  # pictures
NARROW = 320  # pixels: the smaller of the two widths of a picture

TEXT = ("da", "en")
NAMED = ("name", "name_en")
PEOPLE = ("attendance", "signups", "helped")
GROUP = ("code", "activities", "evidence", *PEOPLE)
TOTALS = ("activities", "mapped", "without_mapping", "with_evidence", "evidence", *PEOPLE, "cancelled", "planned")
ACTIVITY = ("number", "title", "status", "starts_on", "ends_on", "year", "branches", "strategy_actions", *PEOPLE)
MAPPING = ("code", "goal", "main", "stance", "contribution")
EXHIBIT = ("exhibit", "title", "collected_on", "language", "activity", "alt")
MEASURE = (
    "number",
    "code",
    "title",
    "unit",
    "definition",
    "includes",
    "excludes",
    "aggregation",
    "direction",
    "frequency",
    "by_branch",
    "decimals",
    "goals",
    "targets",
    "indicator",
    "source",
    "baseline",
    "target",
)
UNKNOWN = ("period", "first", "last", "branch", "reason")
READING = ("number", "period", "first", "last", "branch", "value", "qualifier", "read_on", "source")
PLEDGE = (
    "code",
    "title",
    "text",
    "kind",
    "goals",
    "targets",
    "adopted_on",
    "due_on",
    "measure",
    "baseline",
    "target",
    "times",
    "per",
    "activities",
)
INITIATIVE = (
    "code",
    "title",
    "area",
    "role",
    "goals",
    "targets",
    "strategy_actions",
    "partners",
    "what",
    "first",
    "last",
    "success",
    "baseline",
    "target",
    "pledges",
    "years",
    "state",
    "activities",
)
FIGURE = ("mark", "name", "label", "value", "qualifier", "formula")
FOLLOWED = ("total", "goal", "branch", "action", "partner", "campaign", "year", "measure")
UNTOLD = ("evidence", "with_evidence", "cancelled")  # figures of what stays inside, or of what the report does not hold
STORY = ("number", "title", "language", "year", "need", "done", "changed", "goals", "targets", "activities", "partners")
BASES = ("observation", "survey", "interviews")
OUTCOMES = ("frirum", "perspektiv", "kreativitet", "faellesskab")


@dataclass(frozen=True)
class Public:
    """What everybody may see, as plain data, and what was left out."""

    data: Row
    left_out: Sequence[LeftOut]


def of(snapshot: Row, settings: Settings, still: Still, drawn: Collection[int] | None = None) -> Public:
    """Return what may be seen of a report. ``drawn``: the exhibits whose pictures there are; None for all."""
    shown = [row for row in snapshot["evidence"] if why_inside(row, still) is None]
    numbers = {row["number"]: row["exhibit"] for row in shown}
    stories = snapshot.get("stories", ())
    data = {
        **_pick(snapshot, "number", "language", "title", "year", "frozen_at"),
        "library": {
            **_pick(snapshot["library"], "slug", "name", "name_en", "timezone"),
            "branches": _rows(snapshot["library"]["branches"], "code", *NAMED),
        },
        "goals": _rows(snapshot["goals"], "code", "title", "title_full", "color"),
        "targets": {code: _pick(text, *TEXT) for code, text in snapshot["targets"].items()},
        "strategy": _strategy(snapshot["strategy"]),
        "figures": figures(snapshot["figures"], settings),
        "activities": [_activity(row, settings) for row in snapshot["activities"]],
        "evidence": [_exhibit(row, drawn) for row in shown],
        "measures": [_measure(row) for row in snapshot.get("measures", ())],
        "plan": _plan(snapshot.get("plan")),
        "schemes": [_scheme(row) for row in snapshot.get("schemes", ())],
        "stories": [_story(row, numbers, still) for row in stories if may_tell(row, still)],
        "effects": [_effect(row, settings, still) for row in snapshot.get("effects", ())],
        "years": [
            {"year": row["year"], "figures": figures(row["figures"], settings)} for row in snapshot.get("years", ())
        ],
        "composition": _composition(snapshot.get("composition")),
        "followed": list(_followed(snapshot.get("followed", ()), settings, shown)),
    }
    data["pictures"] = _pictures(data)
    return Public(data, left_out(snapshot, still))


def figures(row: Row, settings: Settings) -> dict[str, Any]:
    """Return the figures of a year."""
    totals = _pick(row["totals"], *TOTALS)
    return {
        "by_goal": [
            _people(one, settings) for one in _rows(row["by_goal"], "code", "main", "all", "evidence", *PEOPLE)
        ],
        "by_action": [_people(one, settings) for one in _rows(row["by_action"], *GROUP)],
        "by_branch": [_people(one, settings) for one in _rows(row["by_branch"], *GROUP)],
        "totals": _people(totals, settings),
    }


def _people(row: dict[str, Any], settings: Settings) -> dict[str, Any]:
    """Return a row without the headcounts that the library does not tell, those from 1 to 4."""
    if settings.small_numbers:
        return row
    came = row["attendance"]
    few = {name: None for name in ("signups", "helped") if 0 < (row[name] or 0) < SMALL}
    if came is not None and 0 < came["value"] < SMALL:
        few["attendance"] = None
    return row | few


def _pick(row: Row, *keys: str) -> dict[str, Any]:
    return {key: row[key] for key in keys if key in row}


def _whole(row: Row, *keys: str) -> dict[str, Any]:
    """Return all of the keys, None for those that a row lacks."""
    return {key: row.get(key) for key in keys}


def _rows(rows: Iterable[Row], *keys: str) -> list[dict[str, Any]]:
    return [_pick(row, *keys) for row in rows]


def _strategy(row: Row | None) -> dict[str, Any] | None:
    if row is None:
        return None
    actions = _rows(row["actions"], "code", "objective", "objective_title", "title")
    return {**_pick(row, "slug", "title"), "actions": actions}


def _activity(row: Row, settings: Settings) -> dict[str, Any]:
    found = {
        **_pick(row, *ACTIVITY),
        "type": _pick(row["type"], "code", *TEXT),
        "audiences": _rows(row["audiences"], "code", *TEXT),
        "partners": _rows(row["partners"], *NAMED),
        "campaigns": _rows(row["campaigns"], *NAMED),
        "mappings": _rows(row["mappings"], *MAPPING),
    }
    return _people(found, settings)


def _exhibit(row: Row, drawn: Collection[int] | None) -> dict[str, Any]:
    found = {**_pick(row, *EXHIBIT), "kind": _pick(row["kind"], "code", *TEXT)}
    picture = row["thumbnail"] if row["kind"]["code"] == "photo" else None
    if picture is not None and (drawn is None or row["exhibit"] in drawn):
        found["sizes"] = sizes(picture["width"], picture["height"])
    return found


def sizes(width: int, height: int) -> list[tuple[int, int]]:
    """Return the widths and heights in pixels at which a picture is shown, the smallest first."""
    wanted = [NARROW] if width > NARROW else []
    return [*((one, max(1, round(height * one / width))) for one in wanted), (width, height)]


def _measure(row: Row) -> dict[str, Any]:
    return {
        **_pick(row, *MEASURE),
        "rate": _pick(row["rate"], "numerator", "denominator", "factor") if row.get("rate") else None,
        "changes": _rows(row.get("changes", ()), "from", "first", "reason", "before"),
        "readings": _rows(row["readings"], *READING),
        **({"unknown": _rows(row["unknown"], *UNKNOWN)} if row.get("unknown") else {}),
    }


def _followed(rows: Iterable[Row], settings: Settings, shown: Sequence[Row]) -> Iterator[dict[str, Any]]:
    """Yield what the figures are made of; of what shows a measure only what may be seen, with its digest."""
    digests = {row["exhibit"]: row["sha256"] for row in shown}
    for row in rows:
        kind, field = row["name"].partition(":")[0], row["name"].rpartition(":")[2]
        if kind not in FOLLOWED or (kind != "measure" and _hidden(field, row["value"], settings)):
            continue
        yield {
            **_pick(row, *FIGURE),
            "of": _rows(row["of"], "measure", "readings", "activities", "field") if kind != "year" else [],
            "evidence": [[one, digests[one]] for one in row["evidence"] if kind == "measure" and one in digests],
            "missing": len(row["missing"]),
        }


def _hidden(field: str, value: str, settings: Settings) -> bool:
    few = field in PEOPLE and not settings.small_numbers and 0 < int(value) < SMALL
    return few or field in UNTOLD


def _scheme(row: Row) -> dict[str, Any]:
    texts = {key: _pick(row[key], *TEXT) if row[key] else None for key in ("name", "label")}
    return {**texts, **_pick(row, "first", "last")}


def _plan(row: Row | None) -> dict[str, Any] | None:
    """Return the plan; None for one that nobody has approved, which is a draft."""
    if row is None or not row["version"]:
        return None
    return {
        **_pick(row, "number", "title", "first", "last", "version"),
        "focus_goals": _rows(row["focus_goals"], "label", "goals", "reason"),
        "pledges": [{**_whole(one, *PLEDGE), "status": _status(one["status"])} for one in row["pledges"]],
        "initiatives": [_whole(one, *INITIATIVE) for one in row["initiatives"]],
    }


def _status(row: Row) -> dict[str, Any]:
    numbers = row.get("numbers") or {}
    return {
        **_pick(row, "computed", "shown"),
        "numbers": {
            **_whole(numbers, "wanted", "found", "period", "qualifier"),
            "periods": _rows(numbers.get("periods", ()), "period", "needed", "found"),
            "checks": _rows(numbers.get("checks", ()), "year", "on", "answer"),
        },
    }


def _story(row: Row, numbers: Mapping[int, int], still: Still) -> dict[str, Any]:
    picture, quote = row.get("picture") or {}, row.get("quote")
    exhibit = numbers.get(picture.get("evidence", 0))
    return {
        **_pick(row, *STORY),
        "picture": None if exhibit is None else {"exhibit": exhibit, "alt": picture["alt"]},
        "quote": _pick(quote, "text", "who", "language") if quote and may_quote(quote, still) else None,
    }


def _effect(row: Row, settings: Settings, still: Still) -> dict[str, Any]:
    answers = row.get("answers")
    few = not settings.small_numbers and answers is not None and 0 < answers < SMALL
    seen = row.get("seen")
    return {
        "activity": row["activity"],
        "intended": _pick(row["intended"], *OUTCOMES) if row.get("intended") else None,
        "seen": _pick(seen, *OUTCOMES) if seen and not few else None,
        "answers": None if few else answers,
        "basis": row["basis"] if row.get("basis") in BASES else "",
        "quotes": _rows((one for one in row.get("quotes", ()) if may_quote(one, still)), "text", "who", "language"),
    }


def _composition(row: Row | None) -> dict[str, Any] | None:
    if row is None:
        return None
    found = _pick(row, "title", "title_also", "languages", "foreword_by")
    return {**found, "sections": _rows(row.get("sections", ()), "name", "text", "text_also")}


def _pictures(data: Row) -> dict[str, list[int]]:
    """Return the exhibits whose pictures stand under each goal: the first ones of activities with it as main goal."""
    main = {
        row["number"]: tie["goal"]
        for row in data["activities"]
        for tie in row["mappings"]
        if tie["main"] and tie["stance"] == "supports"
    }
    found: dict[str, list[int]] = {}
    for row in data["evidence"]:
        goal = main.get(row["activity"])
        if goal is not None and "sizes" in row and len(found.setdefault(goal, [])) < PER_GOAL:
            found[goal].append(row["exhibit"])
    return found


def used_pictures(data: Row) -> list[int]:
    """Return the exhibits whose pictures the page shows, in order."""
    told = {exhibit for exhibits in data["pictures"].values() for exhibit in exhibits}
    told |= {row["picture"]["exhibit"] for row in data["stories"] if row["picture"]}
    return sorted(told)


def texts(data: Any) -> Iterable[str]:
    """Yield every text that is let through."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, Mapping):
        for value in data.values():
            yield from texts(value)
    elif isinstance(data, Sequence):
        for value in data:
            yield from texts(value)
