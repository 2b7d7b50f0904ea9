"""The difference of two snapshots of one kind, without a database: plain values under fixed English names.

What stands for the same thing in both is found by its code (requirements) or number (evidence, activities), so it
works across versions of a scheme. Keys that only newer snapshots have are read where they are.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sdg_tracker.foundation.errors import Conflict, words
from sdg_tracker.foundation.i18n import lazy

Row = Mapping[str, Any]
words({"comparison-of-kinds": lazy("Editions %(one)s and %(other)s are of two kinds and can't be compared.")})
ADDED, GONE, CHANGED, REPLACED = "added", "gone", "changed", "replaced"
STATES = ("met", "under_way", "missing", "not_pursuing", "not_applicable", "unassessed")
UNASSESSED = "unassessed"
WITHDRAWN = "evidence.withdrawn"  # of the trail


@dataclass(frozen=True)
class Field:
    """Something of a thing that is another in the later edition. Texts of two languages are ``{"da", "en"}``."""

    name: str
    old: Any
    new: Any


@dataclass(frozen=True)
class Item:
    """A requirement, exhibit, activity or plan line that is not the same in both; ``why`` is the trail's reason."""

    kind: str
    key: str
    title: Any
    fields: tuple[Field, ...] = ()
    why: str = ""


@dataclass(frozen=True)
class Figure:
    """A figure of both; ``of`` says whose it is, such as a goal's code and name, where it is not of the whole."""

    name: str
    old: Any
    new: Any
    of: Any = ""

    @property
    def same(self) -> bool:
        """Return whether it did not change."""
        return bool(self.old == self.new)


@dataclass(frozen=True)
class Side:
    """One of the two editions."""

    number: int
    title: str
    fingerprint: str
    frozen_at: str
    narrowed: bool  # only some areas were chosen, so what it lacks need not be gone


@dataclass(frozen=True)
class Difference:
    """What changed, in the order of the later edition; ``same`` counts what did not."""

    kind: str
    old: Side
    new: Side
    figures: tuple[Figure, ...]
    requirements: tuple[Item, ...]
    evidence: tuple[Item, ...]
    activities: tuple[Item, ...]
    same: Mapping[str, int]
    plan: tuple[Item, ...] = ()  # pledges and initiatives

    def as_json(self) -> dict[str, Any]:
        """Return it as plain data; of figures only those that changed."""
        found = asdict(self)
        found["figures"] = [asdict(figure) for figure in self.figures if not figure.same]
        return found


def between(old: Row, new: Row, old_fingerprint: str, new_fingerprint: str) -> Difference:
    """Return what changed from one snapshot to another. Raises Conflict for two of different kinds."""
    if old["kind"] != new["kind"]:
        raise Conflict("comparison-of-kinds", one=old["number"], other=new["number"])
    requirements, same_requirements = _requirements(old, new)
    evidence, same_evidence = _evidence(old, new)
    activities, same_activities = _activities(old, new)
    plan, same_plan = _plan(old, new)
    return Difference(
        old["kind"],
        _side(old, old_fingerprint),
        _side(new, new_fingerprint),
        tuple(_figures(old, new)),
        requirements,
        evidence,
        activities,
        {
            "requirements": same_requirements,
            "evidence": same_evidence,
            "activities": same_activities,
            "plan": same_plan,
        },
        plan,
    )


def _side(snapshot: Row, fingerprint: str) -> Side:
    narrowed = bool(snapshot.get("composition", {}).get("areas"))
    return Side(snapshot["number"], snapshot["title"], fingerprint, snapshot["frozen_at"], narrowed)


Fields = Callable[[Row], Mapping[str, Any]]


def _changed(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Field, ...]:
    return tuple(Field(name, old[name], new[name]) for name in old if name in new and old[name] != new[name])


def _items(
    old: Mapping[Any, Row], new: Mapping[Any, Row], title: Callable[[Row], Any], fields: Fields
) -> tuple[list[Item], int]:
    """Return what is not the same, in the order of the later one, what is gone last; and how much is the same."""
    found, same = [], 0
    for key, row in new.items():
        if key not in old:
            found.append(Item(ADDED, str(key), title(row), _told(fields(row), new=True)))
        elif changed := _changed(fields(old[key]), fields(row)):
            found.append(Item(CHANGED, str(key), title(row), changed))
        else:
            same += 1
    gone = [
        Item(GONE, str(key), title(row), _told(fields(row), new=False)) for key, row in old.items() if key not in new
    ]
    return found + gone, same


def _told(values: Mapping[str, Any], *, new: bool) -> tuple[Field, ...]:
    """Return of what is only in one edition how it stood there."""
    state = values.get("state")
    return (Field("state", None if new else state, state if new else None),) if state else ()


# Requirements -------------------------------------------------------------------------------------------------------


def _requirements(old: Row, new: Row) -> tuple[tuple[Item, ...], int]:
    one, other = ({row["code"]: row for row in snapshot.get("requirements", ())} for snapshot in (old, new))
    found, same = _items(one, other, lambda row: row["text"], _of_requirement)
    return tuple(found), same


def _of_requirement(row: Row) -> dict[str, Any]:
    assessment, needs = row["assessment"], row["readiness"]["needs"]
    return {
        "state": (assessment["state"] or UNASSESSED) if row["applies"] else "not_applicable",
        "narrative": assessment["narrative"],
        "reason": assessment["reason"],
        "omission": assessment.get("omission", {}).get("text"),
        "answers": "; ".join(answer["value"] for answer in assessment.get("answers", ())),
        "status": row["readiness"]["status"],
        "lacking": sum(not need["met"] for need in needs),
        "text": row["text"],
        "place": f"{row['area']} · {row['criterion']}",
        "mandatory": row["mandatory"],
        "quantity": (row["quantity"] or {}).get("min"),
    }


# Evidence -----------------------------------------------------------------------------------------------------------


def _evidence(old: Row, new: Row) -> tuple[tuple[Item, ...], int]:
    one, other = ({row["number"]: row for row in snapshot["evidence"]} for snapshot in (old, new))
    found, same = _items(one, other, lambda row: row["title"], _of_exhibit)
    reasons = _reasons(new)
    return tuple(_named(item, one, other, reasons) for item in found), same


def _of_exhibit(row: Row) -> dict[str, Any]:
    return {
        "sha256": row["sha256"],
        "review": row["state"],
        "name": row["title"],
        "sort": {"da": row["kind"]["da"], "en": row["kind"]["en"]},
        "shown_for": ", ".join(sorted(tie["code"] for tie in row["requirements"])),
        "valid_until": row.get("valid_until"),
    }


def _named(item: Item, old: Mapping[int, Row], new: Mapping[int, Row], reasons: Mapping[int, str]) -> Item:
    """Return an exhibit's item with the numbers it has in both, and as replaced when its file is another one."""
    number = int(item.key)
    before, after = (rows[number]["exhibit"] if number in rows else None for rows in (old, new))
    replaced = any(field.name == "sha256" for field in item.fields)
    kind = REPLACED if replaced else item.kind
    fields = (Field("exhibit", before, after), *item.fields)
    return Item(kind, item.key, item.title, fields, reasons.get(number, "") if kind == GONE else "")


def _reasons(snapshot: Row) -> dict[int, str]:
    """Return why evidence was withdrawn, by number, as far as the trail of the later edition tells."""
    events = snapshot.get("trail", {}).get("events", ())
    withdrawn = [event for event in events if event["action"] == WITHDRAWN]
    return {event["subject_number"]: str(event["facts"].get("reason", "")) for event in withdrawn}


# Activities and figures ---------------------------------------------------------------------------------------------


def _activities(old: Row, new: Row) -> tuple[tuple[Item, ...], int]:
    one, other = ({row["number"]: row for row in snapshot["activities"]} for snapshot in (old, new))
    found, same = _items(one, other, lambda row: row["title"], _of_activity)
    return tuple(found), same


def _of_activity(row: Row) -> dict[str, Any]:
    days = " – ".join(day for day in (row["starts_on"], row["ends_on"]) if day)
    return {
        "name": row["title"],
        "days": days or str(row["year"] or ""),
        "progress": row["status"],
        "attendance": (row["attendance"] or {}).get("value"),
        "signups": row["signups"],
        "helped": row["helped"],
        "goals": ", ".join(mapping["code"] for mapping in row["mappings"]),
    }


# The plan -----------------------------------------------------------------------------------------------------------


def _plan(old: Row, new: Row) -> tuple[tuple[Item, ...], int]:
    """Return the pledges and initiatives that are not the same; nothing where neither has a plan."""
    found: list[Item] = []
    same = 0
    for part, fields in (("pledges", _of_pledge), ("initiatives", _of_initiative)):
        one, other = ({row["code"]: row for row in (side.get("plan") or {}).get(part, ())} for side in (old, new))
        items, kept = _items(one, other, lambda row: row["title"], fields)
        found, same = found + items, same + kept
    return tuple(found), same


def _of_pledge(row: Row) -> dict[str, Any]:
    return {
        "pledge": row["status"]["shown"],
        "measured": row["status"]["numbers"].get("found"),
        "promise": row["text"],
        "aim": (row["target"] or {}).get("value"),
        "due_on": row["due_on"],
        "responsible": row["responsible"],
    }


def _of_initiative(row: Row) -> dict[str, Any]:
    return {
        "initiative": row["state"],
        "name": row["title"],
        "days": " – ".join(day for day in (row["first"], row["last"]) if day),
        "promise": row["what"],
        "responsible": row["responsible"],
    }


def _figures(old: Row, new: Row) -> Iterable[Figure]:
    before, after = _counted(old), _counted(new)
    names = list(dict.fromkeys([*after, *before]))
    titles = {goal["code"]: goal["title"] for goal in (*old["goals"], *new["goals"])}
    for name, of in names:
        title = "" if not of else {locale: f"{of} {titles[of][locale]}" for locale in ("da", "en")}
        yield Figure(name, before.get((name, of)), after.get((name, of)), title)


Counts = dict[tuple[str, str], Any]


def _counted(snapshot: Row) -> Counts:
    """Return the figures of a snapshot; none of a kind that has none."""
    if "readiness" in snapshot:
        return _dossier_figures(snapshot)
    return _report_figures(snapshot) if "figures" in snapshot else {}


def _dossier_figures(snapshot: Row) -> Counts:
    whole = snapshot["readiness"]["whole"]
    counted = [row for row in snapshot["activities"] if row["in_period"] and row["status"] in ("held", "ongoing")]
    found: Counts = {("decision", ""): snapshot["decision"]["reached"]}
    found |= {(name, ""): whole[name] for name in ("total", *STATES, "gaps")}
    found |= {
        ("exhibits", ""): len(snapshot["evidence"]),
        ("accepted", ""): sum(row["state"] == "accepted" for row in snapshot["evidence"]),
        ("activities", ""): len(counted),
        ("attendance", ""): sum((row["attendance"] or {}).get("value", 0) for row in counted),
        ("signups", ""): sum(row["signups"] or 0 for row in counted),
        ("helped", ""): sum(row["helped"] or 0 for row in counted),
        ("goals", ""): len({mapping["goal"] for row in counted for mapping in _supporting(row["mappings"])}),
    }
    return found


def _supporting(mappings: Sequence[Row]) -> list[Row]:
    return [mapping for mapping in mappings if mapping["stance"] == "supports"]


def _report_figures(snapshot: Row) -> Counts:
    totals = snapshot["figures"]["totals"]
    names = ("activities", "mapped", "with_evidence", "cancelled", "planned", "signups", "helped")
    found: Counts = {(name, ""): totals[name] for name in names}
    found |= {("exhibits", ""): totals["evidence"], ("attendance", ""): (totals["attendance"] or {}).get("value")}
    found |= {("goal", row["code"]): row["all"] for row in snapshot["figures"]["by_goal"]}
    return found
