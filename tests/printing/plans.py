"""A small plan with a pledge of each kind and initiatives in each state, and what is printed of it, as rows."""

from typing import Any

from sdg_tracker.foundation.blobs import Blobs
from tests.printing import snapshots
from tests.printing.snapshots import both

Row = dict[str, Any]
TEXTS = {"foreword": "", "reached": "", "not_reached": "", "learned": "", "proposal": ""}


def measure() -> Row:
    """Return electricity with five quarters, one of them missing in a house, one corrected."""
    return {
        "number": 1,
        "code": "electricity",
        "title": {"da": "Elforbrug", "en": "Electricity use"},
        "unit": both("kWh"),
        "definition": {"da": "Strøm, som husene har brugt.", "en": "Power that the houses have used."},
        "includes": both(""),
        "excludes": {"da": "Elbiler.", "en": "Electric cars."},
        "aggregation": "sum",
        "rate": None,
        "direction": "down",
        "frequency": "quarter",
        "by_branch": True,
        "decimals": 0,
        "goals": ["7"],
        "targets": ["7.3"],
        "indicator": None,
        "source": "Bimåler",
        "baseline": {"period": "2024", "value": "315400"},
        "target": {"period": "2027", "value": "268090"},
        "changes": [{"from": "2026", "first": "2026-01-01", "reason": "Ny måler.", "before": both("Som før.")}],
        "unknown": [
            {
                "period": "2025-Q2",
                "first": "2025-04-01",
                "last": "2025-06-30",
                "branch": "soendervang",
                "reason": "Tælleren var i stykker.",
                "on": "2025-07-08",
                "role": "coordinator",
            }
        ],
        "readings": [
            _reading(1, "2025-Q1", "2025-01-01", "2025-03-31", "hoved", "40473"),
            _reading(2, "2025-Q1", "2025-01-01", "2025-03-31", "soendervang", "22000", qualifier="about"),
            _reading(
                3,
                "2025-Q2",
                "2025-04-01",
                "2025-06-30",
                "hoved",
                "31200.5",
                corrections=[
                    {
                        "at": "2025-08-01T10:00:00Z",
                        "old": "32100",
                        "old_qualifier": "exact",
                        "reason": "Tastefejl.",
                        "role": "coordinator",
                    }
                ],
            ),
        ],
    }


def _reading(number: int, period: str, first: str, last: str, branch: str, value: str, **changes: Any) -> Row:
    return {
        "number": number,
        "period": period,
        "first": first,
        "last": last,
        "branch": branch,
        "value": value,
        "qualifier": "exact",
        "read_on": None,
        "source": "Bimåler",
        "note": "",
        "evidence": None,
        "role": "coordinator",
        "corrections": [],
        **changes,
    }


def pledge(code: str, kind: str, shown: str, numbers: Row, **changes: Any) -> Row:
    """Return a pledge whose status was counted."""
    return {
        "code": code,
        "title": {"da": f"Dogme {code}", "en": f"Pledge {code}"},
        "text": {"da": "Vi gør det, vi har sagt.", "en": "We do what we said."},
        "kind": kind,
        "goals": ["12"],
        "targets": ["12.5"],
        "responsible": "Driftsansvarlig",
        "adopted_on": "2025-01-27",
        "due_on": None,
        "measure": None,
        "baseline": None,
        "target": None,
        "times": None,
        "per": None,
        "status": {"computed": shown, "shown": shown, "overruled": None, "numbers": numbers},
        "activities": [],
        "evidence": [],
        **changes,
    }


def initiative(code: str, states: Row, **changes: Any) -> Row:
    """Return an initiative with a state in each of its years."""
    return {
        "code": code,
        "title": f"Indsats {code}",
        "area": "citizens",
        "role": "aktør",
        "goals": ["12"],
        "targets": [],
        "strategy_actions": ["5.3"],
        "responsible": "Programansvarlig",
        "partners": ["have"],
        "what": "Vi åbner et værksted.",
        "how": "Hver torsdag med frivillige.",
        "first": "2025-01-01",
        "last": "2026-12-31",
        "success": "Antal ting, der er repareret",
        "baseline": "0",
        "target": "200",
        "pledges": ["D1"],
        "years": [2025, 2026],
        "state": list(states.values())[-1],
        "states": states,
        "activities": [],
        **changes,
    }


def plan() -> Row:
    """Return a plan in its second version."""
    seen = {"period": "2025", "last": "2025-12-31", "value": "305000", "wanted": "299630", "qualifier": "exact"}
    measured = {
        "wanted": "299630",
        "found": "305000",
        "period": "2025",
        "observations": [seen],
        "missing": [["2025-Q3", "hoved"]],
    }
    overruled = {
        "status": "on_track",
        "reason": "Nyt anlæg sat i drift i december.",
        "on": "2026-01-15",
        "role": "coordinator",
    }
    times = {"period": "2025", "needed": 2, "found": 2, "on_time": 1, "late": 1}
    check = {"year": 2025, "on": "2025-12-10", "answer": "partly", "sample": [1, 99], "note": "Flasker ved et møde."}
    return {
        "number": 1,
        "title": "Handleplan 2025-2027",
        "first": "2025-01-01",
        "last": "2027-12-31",
        "version": 2,
        "approved": {"by": "Kulturudvalget", "on": "2025-01-20", "case": "25-1234"},
        "versions": [
            {"version": 1, "approved_on": "2025-01-20", "by": "Kulturudvalget", "reason": "", "changes": []},
            {
                "version": 2,
                "approved_on": "2026-01-19",
                "by": "Kulturudvalget",
                "reason": "Fristen er flyttet.",
                "changes": [change("pledge", "D1", "due_on", "2026-12-31", "2027-12-31")],
            },
        ],
        "focus_goals": [
            {"label": "7+13", "goals": ["7", "13"], "reason": "Strøm og klima hører sammen i husene."},
            {"label": "12", "goals": ["12"], "reason": ""},
        ],
        "pledges": [
            pledge(
                "D1",
                "measurable",
                "behind",
                measured,
                due_on="2027-12-31",
                measure="electricity",
                baseline={"period": "2024", "value": "315400"},
                target={"period": "2027", "value": "268090"},
                status={"computed": "behind", "shown": "on_track", "overruled": overruled, "numbers": measured},
            ),
            pledge("D2", "recurring", "behind", {"periods": [times]}, times=2, per="year", activities=[1]),
            pledge("D3", "standing", "missed", {"checks": [check], "missing": []}, times=1, per="year", evidence=[1]),
            pledge("D4", "standing", "not_due", {"checks": [], "missing": []}),
        ],
        "initiatives": [
            initiative("I1", {"2025": "proved", "2026": "promised"}, activities=[1]),
            initiative(
                "I2", {"2025": "lapsed"}, role="formidler", area="operational", goals=[], targets=[], pledges=[]
            ),
            initiative("I3", {"2025": "done"}, goals=["12", "13"], targets=["4.7"], strategy_actions=[]),
        ],
        "partners": {"have": {"da": "Lokal haveforening", "en": "Local garden society"}},
    }


def change(what: str, code: str, field: str, old: str, new: str) -> Row:
    """Return a line that a version has changed."""
    return {"what": what, "code": code, "field": field, "old": old, "new": new}


def document(blobs: Blobs, variant: str, **changes: Any) -> Row:
    """Return the snapshot of a printed plan."""
    activities, evidence = [], []
    if variant != "plan":
        activities = [snapshots.activity(1, "Repair Café", [snapshots.mapping("12.5")], exhibits=[1])]
        evidence = [snapshots.exhibit(blobs, 1, "Referat", activity=1)]
    found = {
        **snapshots.common(activities, evidence),
        "kind": "plan",
        "title": "Handleplan 2025-2027",
        "composition": {
            "variant": variant,
            "year": None if variant == "plan" else 2025,
            "on": "2026-11-20" if variant == "plan" else "2025-12-31",
            "languages": ["da"],
            "title_also": "",
            **TEXTS,
        },
        "plan": plan(),
        "measures": [measure()],
        **changes,
    }
    if variant == "evaluation":
        found.setdefault(
            "proposal",
            {
                "version": 3,
                "based_on": 2,
                "approved_on": None,
                "reason": "Målet er nået før tid.",
                "changes": [change("initiative", "I3", "title", "Indsats I3", "Mere af det")],
            },
        )
    return found
