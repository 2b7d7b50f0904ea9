"""A plan as plain data: what is approved, kept and printed, and how two of them differ."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sdg_tracker.measures.rules import written
from sdg_tracker.plans.models import FocusGoal, Initiative, Plan, Pledge

Row = dict[str, Any]
ADDED, REMOVED = "added", "removed"  # instead of the name of a field
_TOLD_OTHERWISE = ("number", "text", "first", "last", "adopted_on", "due_on", "measure", "baseline", "target", "per")
_PARTS = (("focus_goal", "focus_goals", "label"), ("pledge", "pledges", "code"), ("initiative", "initiatives", "code"))


@dataclass(frozen=True)
class Change:
    """One thing that two versions of a plan differ in. ``field`` is ``added`` or ``removed`` where it is the whole."""

    what: str  # plan, focus_goal, pledge, initiative
    code: str
    field: str
    old: str
    new: str


def whole(
    plan: Plan, focus_goals: Iterable[FocusGoal], pledges: Iterable[Pledge], initiatives: Iterable[Initiative]
) -> Row:
    """Return the plan with its parts; the order is the one given, decimals and days are text."""
    return {
        "title": plan.title,
        "first": plan.starts_on.isoformat(),
        "last": plan.ends_on.isoformat(),
        "focus_goals": [
            {"number": row.number, "label": row.code, "goals": list(row.goals), "reason": row.reason}
            for row in focus_goals
        ],
        "pledges": [_pledge(row) for row in pledges],
        "initiatives": [_initiative(row) for row in initiatives],
    }


def _pledge(row: Pledge) -> Row:
    return {
        "number": row.number,
        "code": row.code,
        "title": _both(row.title_da, row.title_en),
        "text": _both(row.text_da, row.text_en),
        "kind": row.kind,
        "goals": list(row.goals),
        "targets": list(row.targets),
        "responsible": row.responsible,
        "adopted_on": _day(row.adopted_on),
        "due_on": _day(row.due_on),
        "measure": row.measure or None,
        "baseline": _aim(row.baseline_period, row.baseline_value),
        "target": _aim(row.target_period, row.target_value),
        "times": row.times,
        "per": row.per or None,
    }


def _initiative(row: Initiative) -> Row:
    return {
        "number": row.number,
        "code": row.code,
        "title": row.title,
        "area": row.area,
        "role": row.role,
        "goals": list(row.goals),
        "targets": list(row.targets),
        "strategy_actions": list(row.strategy_actions),
        "responsible": row.responsible,
        "partners": list(row.partners),
        "what": row.what,
        "how": row.how,
        "first": _day(row.starts_on),
        "last": _day(row.ends_on),
        "success": row.success,
        "baseline": row.baseline,
        "target": row.target,
        "pledges": list(row.pledges),
    }


def _both(da: str, en: str) -> Row:
    return {"da": da or en, "en": en or da}


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _aim(period: str, value: Decimal | None) -> Row | None:
    return {"period": period, "value": written(value)} if value is not None else None


def columns(what: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the columns of a plan or of a part of it held when it was kept: the way back from ``whole``."""
    if what == "plan":
        return {"title": row["title"], "starts_on": _from(row["first"]), "ends_on": _from(row["last"])}
    if what == "focus_goal":
        return {"goals": list(row["goals"]), "reason": row["reason"]}
    same = {key: value for key, value in row.items() if key not in _TOLD_OTHERWISE}
    if what == "initiative":
        aims = {"baseline": row["baseline"], "target": row["target"]}
        return {**same, **aims, "starts_on": _from(row["first"]), "ends_on": _from(row["last"])}
    same.pop("title")
    return {
        **same,
        **_apart("title", row),
        **_apart("text", row),
        "adopted_on": _from(row["adopted_on"]),
        "due_on": _from(row["due_on"]),
        "measure": row["measure"] or "",
        "per": row["per"] or "",
        **{f"{key}_period": (row[key] or {}).get("period", "") for key in ("baseline", "target")},
        **{f"{key}_value": Decimal(row[key]["value"]) if row[key] else None for key in ("baseline", "target")},
    }


def _apart(key: str, row: Mapping[str, Any]) -> dict[str, str]:
    """Return a text as its two columns; one that both languages share was written once."""
    da, en = row[key]["da"], row[key]["en"]
    return {f"{key}_da": da, f"{key}_en": en if en != da else ""}


def _from(day: str | None) -> date | None:
    return date.fromisoformat(day) if day else None


def difference(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """Return what differs, in the order of the new version; a part is the same where its code is.

    A part that is new or gone is one change, with its title; fields that neither has are passed over.
    """
    found = [
        Change("plan", "", field, _text(old.get(field)), _text(new.get(field)))
        for field in ("title", "first", "last")
        if old.get(field) != new.get(field)
    ]
    for what, key, code in _PARTS:
        found += _of_parts(what, code, old.get(key, ()), new.get(key, ()))
    return found


def _of_parts(what: str, code: str, old: Sequence[Row], new: Sequence[Row]) -> Iterator[Change]:
    before, after = {row[code]: row for row in old}, {row[code]: row for row in new}
    for name, row in after.items():
        if name not in before:
            yield Change(what, name, ADDED, "", _title(row))
            continue
        was, now = _flat(before[name]), _flat(row)
        for field in dict.fromkeys([*now, *was]):
            if was.get(field, "") != now.get(field, ""):
                yield Change(what, name, field, was.get(field, ""), now.get(field, ""))
    for name, row in before.items():
        if name not in after:
            yield Change(what, name, REMOVED, _title(row), "")


def _flat(row: Row) -> dict[str, str]:
    """Return the fields as text; a text in two languages is two fields."""
    found = {}
    for name, value in row.items():
        if name == "number":
            continue
        if isinstance(value, dict) and value.keys() == {"da", "en"}:
            found.update({f"{name}_{language}": text for language, text in value.items()})
        else:
            found[name] = _text(value)
    return found


def _text(value: object) -> str:
    if isinstance(value, dict):
        return f"{value['period']}: {value['value']}" if value["period"] else str(value["value"])
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


def _title(row: Row) -> str:
    title = row.get("title", row.get("label", ""))
    return title["da"] if isinstance(title, dict) else str(title)
