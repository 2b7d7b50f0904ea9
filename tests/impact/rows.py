"""A composed report in few rows: two measures, a pledge of each kind, a year before, everything followed."""

from typing import Any

from sdg_tracker.foundation.blobs import Blobs
from sdg_tracker.impact import following, snapshot
from sdg_tracker.impact.sections import USUAL, Chosen, Composed, Section
from tests.printing import snapshots

Row = dict[str, Any]
TEXTS = {Section.FOREWORD: "Kære læser.\n\nEt år er gået.", Section.NEXT: "Mere af det hele."}


def both(text: str) -> Row:
    return {"da": text, "en": text}


def reading(number: int, period: str, value: str, branch: str = "", **changes: Any) -> Row:
    year = period[:4]
    return {
        "number": number,
        "period": period,
        "first": f"{year}-01-01",
        "last": f"{year}-12-31",
        "branch": branch,
        "value": value,
        "qualifier": "exact",
        "read_on": None,
        "source": "",
        "note": "",
        "evidence": None,
        "role": "coordinator",
        "corrections": [],
        **changes,
    }


def measure(code: str, *readings: Row, **changes: Any) -> Row:
    return {
        "number": 1,
        "code": code,
        "title": both(code.capitalize()),
        "unit": both("kWh"),
        "definition": both("What the meter says"),
        "includes": both(""),
        "excludes": both(""),
        "aggregation": "sum",
        "rate": None,
        "direction": "down",
        "frequency": "year",
        "by_branch": False,
        "decimals": 0,
        "goals": ["7"],
        "targets": [],
        "indicator": None,
        "source": "The meter",
        "baseline": None,
        "target": None,
        "changes": [],
        "readings": list(readings),
        **changes,
    }


def pledge(code: str, kind: str, shown: str, numbers: Row, **changes: Any) -> Row:
    return {
        "number": int(code[1:]),
        "code": code,
        "title": both(f"Pledge {code}"),
        "text": both("We promise."),
        "kind": kind,
        "goals": ["7"],
        "targets": [],
        "responsible": "",
        "adopted_on": "2025-01-01",
        "due_on": None,
        "measure": None,
        "baseline": None,
        "target": None,
        "times": None,
        "per": None,
        "status": {"computed": shown, "shown": shown, "overruled": None, "numbers": numbers},
        "activities": [1],
        "evidence": [2],
        **changes,
    }


def power() -> Row:
    """A measure that is read each year and away from its target, with a correction and a piece of evidence."""
    corrected = {
        "at": "2026-01-20T09:00:00+00:00",
        "old": "980",
        "old_qualifier": "exact",
        "reason": "Læst forkert",
        "role": "x",
    }
    return measure(
        "power",
        reading(1, "2023", "1000"),
        reading(2, "2024", "990", qualifier="about"),
        reading(3, "2025", "970", evidence=2, corrections=[corrected]),
        baseline={"period": "2023", "value": "1000"},
        target={"period": "2027", "value": "600"},
    )


def guests() -> Row:
    """A measure by quarter and house that lacks a reading and was defined anew."""
    change = {"from": "2025-Q2", "first": "2025-04-01", "reason": "New counter", "before": both("By hand")}
    quarters = [
        reading(
            10 + number,
            f"2025-Q{number}",
            "100",
            "hoved",
            first=f"2025-{3 * number - 2:02}-01",
            last=f"2025-{3 * number:02}-28",
        )
        for number in (1, 2, 4)
    ]
    gap = {"period": "2025-Q3", "first": "2025-07-01", "last": "2025-09-30", "branch": "hoved"}
    gap |= {"reason": "The counter was broken.", "on": "2025-10-08", "role": "coordinator"}
    more = {"changes": [change], "unit": both("guests"), "goals": [], "unknown": [gap]}
    return measure("guests", *quarters, frequency="quarter", by_branch=True, **more)


def plan() -> Row:
    measurable = {
        "wanted": "900",
        "found": "970",
        "qualifier": "exact",
        "period": "2025",
        "observations": 3,
        "missing": [],
    }
    aims = {
        "measure": "power",
        "baseline": {"period": "2023", "value": "1000"},
        "target": {"period": "2027", "value": "600"},
    }
    recurring = {"periods": [{"period": "2025", "needed": 2, "found": 1, "on_time": 1, "late": 0}]}
    standing = {
        "checks": [{"year": 2025, "on": "2025-12-10", "answer": "kept", "sample": [2], "note": ""}],
        "missing": [],
    }
    overruled = {"status": "kept", "reason": "Holdt to gange", "on": "2026-01-02", "role": "coordinator"}
    pledges = [
        pledge("D1", "measurable", "behind", measurable, **aims),
        pledge("D2", "recurring", "missed", recurring, times=2, per="year"),
        pledge("D3", "standing", "kept", standing),
    ]
    pledges[1]["status"] |= {"shown": "kept", "overruled": overruled}
    initiative = {
        "code": "I1",
        "title": "Solceller",
        "responsible": "Drift",
        "what": "",
        "how": "",
        "success": "Strøm fra taget",
        "goals": ["7"],
        "targets": [],
        "years": [2025, 2026],
        "state": "lapsed",
        "activities": [],
        "partners": [],
        "states": {"2025": "lapsed", "2026": "promised"},
    }
    return {
        "number": 1,
        "title": "Handleplan",
        "first": "2025-01-01",
        "last": "2027-12-31",
        "version": 1,
        "versions": [],
        "approved": None,
        "focus_goals": [{"label": "7+13", "goals": ["7", "13"], "reason": "Vi har store huse."}],
        "pledges": pledges,
        "initiatives": [initiative],
    }


def report(blobs: Blobs, *, without: tuple[Section, ...] = (), **changes: Any) -> Row:
    """Return the report of 2025, composed of all sections but some."""
    taken = snapshots.impact(blobs)
    chosen = tuple(Chosen(one.section, one.section not in without, TEXTS.get(one.section, "")) for one in USUAL)
    composed = Composed(also="en", foreword_by="Lederen", sections=chosen)
    before = {"year": 2024, "figures": taken["figures"]}
    whole = {
        **taken,
        "composition": snapshot.composition(composed, 2025, "da"),
        "years": [before],
        "measures": [power(), guests()],
        "plan": plan(),
        "effects": [],
        "stories": [],
        **changes,
    }
    return {**whole, "followed": following.followed(whole, [9])}
