"""What a plan's row says, in the shapes in which pages and printed editions show it. Plain rows only."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sdg_tracker.foundation.i18n import in_locale
from sdg_tracker.plans import steering, wording
from sdg_tracker.printing.series import Point

Row = Mapping[str, Any]
STATUSES = ("kept", "on_track", "behind", "missed", "not_due", "no_data")
LAGGING = {"behind", "missed", "no_data"}  # what a committee asks about


@dataclass(frozen=True)
class Pledge:
    """A pledge with what stands behind it in an edition: its measure, activities and exhibits."""

    row: Row
    measure: Row | None
    activities: Sequence[Row]
    exhibits: Sequence[int]

    @property
    def status(self) -> str:
        """Return the status that holds: as counted, or as the library has overruled it."""
        return str(self.row["status"]["shown"])


@dataclass(frozen=True)
class Initiative:
    """An initiative with its activities and their exhibits in an edition."""

    row: Row
    activities: Sequence[Row]
    exhibits: Sequence[int]


def shown(snapshot: Row) -> dict[str, Any]:
    """Return what the blocks of print/plan_parts.html need of an edition that holds a plan."""
    plan = snapshot["plan"]
    rows = pledges(snapshot)
    return {
        **NAMES,
        "plan": plan,
        "pledges": rows,
        "initiatives": initiatives(snapshot),
        "statuses": statuses(plan),
        "lagging": [one for one in rows if {one.status, one.row["status"]["computed"]} & LAGGING],
        "behind": sum(one.status in LAGGING for one in rows),
        "years": steering.years(plan),
        "goal_years": steering.counts(plan, [goal["code"] for goal in snapshot["goals"]]),
        "partners": plan.get("partners", {}),
        "exhibits": {row["number"]: row["exhibit"] for row in snapshot["evidence"]},
        "proof": proofs(snapshot),
        "period": wording.period,
        "changed": wording.changed,
        "progress": progress,
        "state_in": steering.state_in,
    }


NAMES: Mapping[str, Any] = {
    "STATUSES": wording.STATUS_NAMES,
    "KINDS": wording.KIND_NAMES,
    "STATES": wording.INITIATIVE_NAMES,
    "AREAS": wording.AREA_NAMES,
    "ROLES": wording.ROLE_NAMES,
    "PERS": wording.PER_NAMES,
    "ANSWERS": wording.ANSWER_NAMES,
    "CHANGED": wording.WHAT_NAMES,
    "FIELDS": wording.FIELD_NAMES,
}


def pledges(snapshot: Row) -> list[Pledge]:
    """Return the pledges of an edition's plan in order."""
    measures = {row["code"]: row for row in snapshot.get("measures", ())}
    activities, pieces = _known(snapshot)
    found = []
    for row in snapshot["plan"]["pledges"]:
        mine = [activities[number] for number in row["activities"] if number in activities]
        own = [pieces[number] for number in row["evidence"] if number in pieces]
        exhibits = sorted({*own, *(exhibit for one in mine for exhibit in one["exhibits"])})
        found.append(Pledge(row, measures.get(row["measure"] or ""), mine, exhibits))
    return found


def initiatives(snapshot: Row) -> list[Initiative]:
    """Return the initiatives of an edition's plan in order."""
    activities, _pieces = _known(snapshot)
    found = []
    for row in snapshot["plan"]["initiatives"]:
        mine = [activities[number] for number in row["activities"] if number in activities]
        found.append(Initiative(row, mine, sorted({exhibit for one in mine for exhibit in one["exhibits"]})))
    return found


def _known(snapshot: Row) -> tuple[dict[int, Row], dict[int, int]]:
    return (
        {row["number"]: row for row in snapshot["activities"]},
        {row["number"]: row["exhibit"] for row in snapshot["evidence"]},
    )


def proofs(snapshot: Row) -> Callable[[Pledge], list[str]]:
    """Return what says of a pledge out of what its status was counted, a sentence each, in the language of then."""

    def said(pledge: Pledge) -> list[str]:
        branches = snapshot["library"]["branches"]
        houses = {row["code"]: in_locale(row["name"], row["name_en"] or row["name"]) for row in branches}
        return wording.proof(pledge.row, pledge.measure, houses)

    return said


def statuses(plan: Row) -> list[tuple[str, int]]:
    """Return how many pledges have each status, in order, those of none among them."""
    found = Counter(row["status"]["shown"] for row in plan["pledges"])
    return [(status, found[status]) for status in STATUSES]


def measured(plan: Row, measures: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the measures that pledges are measured by, and those that a rate among them is made of."""
    known = {row["code"]: row for row in measures}
    wanted = [row["measure"] for row in plan["pledges"] if row["measure"]]
    found: dict[str, dict[str, Any]] = {}
    for code in wanted:
        if code in known:
            found[code] = known[code]
            rate = known[code].get("rate") or {}
            parts = (str(rate.get(part)) for part in ("numerator", "denominator"))
            found |= {part: known[part] for part in parts if part in known}
    return list(found.values())


@dataclass(frozen=True)
class Way:
    """How far a measurable pledge is, for the chart ``progress``."""

    baseline: Point
    value: Point
    target: Point
    wanted: Point | None


def progress(pledge: Pledge) -> Way | None:
    """Return how far a measurable pledge is; None for other kinds, and where baseline or target value is not known."""
    row, numbers = pledge.row, pledge.row["status"]["numbers"]
    if row["kind"] != "measurable" or not row["baseline"] or not row["target"]:
        return None
    label = wording.period(numbers["period"]) if numbers["period"] else ""
    return Way(
        _point(row["baseline"]["period"], row["baseline"]["value"]),
        Point(label, _decimal(numbers["found"]), numbers.get("qualifier")),
        _point(row["target"]["period"], row["target"]["value"]),
        Point(label, _decimal(numbers["wanted"])) if numbers["wanted"] is not None else None,
    )


def _point(period: str, value: str) -> Point:
    return Point(wording.period(period) if period else "", Decimal(value))


def _decimal(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)
