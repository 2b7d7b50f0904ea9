"""Small snapshots of a dossier and of a report, with real pictures, for tests of what is printed from them."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from PIL import Image

from sdg_tracker.foundation.blobs import Blobs
from sdg_tracker.foundation.documents import digest
from sdg_tracker.foundation.resources import resource_dir

Row = dict[str, Any]
KINDS = {
    "photo": {"code": "photo", "da": "foto", "en": "photo"},
    "minutes": {"code": "minutes", "da": "referat", "en": "minutes"},
    "statistics": {"code": "statistics", "da": "statistik", "en": "statistics"},
}
STATES = ("met", "under_way", "missing", "not_pursuing", "not_applicable", "unassessed")
COUNTED = ("met", "under_way", "missing")
FORMIDLER = {"code": "formidler", "title": {"da": "Formidler", "en": "Communicator"}}


def both(text: str) -> Row:
    """Return a text that is the same in both languages."""
    return {"da": text, "en": text}


def goals() -> list[Row]:
    """Return the seventeen goals."""
    with (resource_dir("seed") / "sdg/goals.csv").open(encoding="utf-8", newline="") as file:
        return [
            {
                "code": row["goal"],
                "title": {"da": row["title_short_da"], "en": row["title_short_en"]},
                "title_full": {"da": row["title_full_da"], "en": row["title_full_en"]},
                "color": row["color_hex"],
            }
            for row in csv.DictReader(file)
        ]


def mapping(code: str, *, main: bool = True, stance: str = "supports", reason: str = "") -> Row:
    """Return a mapping to a goal or target."""
    return {
        "code": code,
        "goal": code.partition(".")[0],
        "main": main,
        "stance": stance,
        "contribution": "direct" if stance == "supports" else None,
        "reason": reason,
        "confirmed": True,
    }


def activity(number: int, title: str, mappings: Sequence[Row] = (), **changes: Any) -> Row:
    """Return an activity."""
    return {
        "number": number,
        "title": title,
        "description": "Frivillige og gæster mødes.",
        "type": {"code": "fællesskab", "da": "fællesskab", "en": "community"},
        "status": "held",
        "starts_on": "2025-05-17",
        "ends_on": "2025-05-17",
        "year": 2025,
        "in_period": True,
        "branches": ["hoved"],
        "audiences": [],
        "attendance": {"value": 2000, "qualifier": "more_than"},
        "signups": 40,
        "helped": None,
        "partners": [{"name": "Lokal haveforening", "name_en": "Local garden society"}],
        "campaigns": [],
        "strategy_actions": ["5.3"],
        "source_library": "",
        "mappings": list(mappings),
        "exhibits": [],
        **changes,
    }


def picture(blobs: Blobs, shade: int) -> Row:
    """Keep a small JPEG and return what a snapshot says of it."""
    out = io.BytesIO()
    Image.new("RGB", (64, 48), (shade % 256, 90, 140)).save(out, "JPEG", quality=70)
    out.seek(0)
    kept = blobs.put(out)
    return {"sha256": kept.sha256, "size": kept.size, "media_type": "image/jpeg", "width": 64, "height": 48}


def exhibit(blobs: Blobs, number: int, title: str, codes: Sequence[str] = (), **changes: Any) -> Row:
    """Return a piece of evidence; every third has no picture."""
    drawn = picture(blobs, number * 7) if number % 3 else None
    kept = blobs.put(io.BytesIO(f"bytes of exhibit {number}".encode()))
    return {
        "exhibit": number,
        "number": number,
        "title": title,
        "description": "",
        "kind": KINDS["photo" if drawn else "statistics"],
        "state": "submitted",
        "collected_on": "2025-05-18",
        "added_on": "2025-05-20",
        "public": number % 2 == 0,
        "activity": None,
        "requirements": [{"code": code, "pages": ""} for code in codes],
        "media_type": "image/jpeg" if drawn else "text/csv",
        "sha256": kept.sha256,
        "size": kept.size,
        "original_sha256": kept.sha256,
        "file": f"evidence/Bilag-{number:03d}-stykke.{'jpg' if drawn else 'csv'}",
        "thumbnail": drawn,
        **changes,
    }


def _trail(length: int) -> Row:
    events: list[Row] = []
    previous = ""
    for number in range(1, length + 1):
        event = {
            "format": 1,
            "number": number,
            "at": f"2025-0{1 + number % 9}-12T08:30:00.000000+00:00",
            "actor": 1,
            "role": "coordinator",
            "action": "evidence.added",
            "subject": "evidence",
            "subject_number": number,
            "facts": {},
            "previous": previous,
        }
        previous = digest(event)
        events.append({**event, "digest": previous})
    return {"length": length, "head": previous, "events": events}


def common(activities: Sequence[Row], evidence: Sequence[Row]) -> Row:
    """Return what every snapshot says, with a trail of forty events."""
    return {
        "format": 1,
        "number": 7,
        "language": "da",
        "site": "https://tracker.example",
        "frozen_at": "2026-11-20T13:42:08Z",
        "frozen_by": {"role": "coordinator"},
        "library": {
            "slug": "demoby",
            "name": "Demoby Bibliotekerne",
            "name_en": "Demoby Libraries",
            "timezone": "Europe/Copenhagen",
            "branches": [
                {"code": "hoved", "name": "Hovedbiblioteket", "name_en": "Main library"},
                {"code": "soendervang", "name": "Søndervang", "name_en": ""},
            ],
        },
        "goals": goals(),
        "targets": {},
        "strategy": {
            "slug": "plan",
            "title": both("Strategi"),
            "actions": [
                {"code": "5.2", "objective": "5", "objective_title": both("Temaer"), "title": both("Data")},
                {"code": "5.3", "objective": "5", "objective_title": both("Temaer"), "title": both("Certificering")},
            ],
        },
        "activities": list(activities),
        "evidence": list(evidence),
        "trail": _trail(40),
        "names": {
            "actions": {"evidence.added": {"da": "Dokumentation tilføjet", "en": "Evidence added"}},
            "roles": {"coordinator": {"da": "Koordinator", "en": "Coordinator"}},
        },
    }


def _requirement(code: str, state: str, exhibits: Sequence[int]) -> Row:
    met = state == "met"
    needs = [
        {"what": "evidence", "label": both("Stykker"), "needed": 1, "found": len(exhibits), "met": bool(exhibits)},
        {"what": "count", "label": both("Aktiviteter"), "needed": 2, "found": 3, "met": True},
        {"what": "assessment", "label": both("Vurderet som opfyldt"), "needed": 1, "found": int(met), "met": met},
    ]
    periods = ("", "hoved 2026", "")
    counted = state in COUNTED or state == "unassessed"
    return {
        "code": code,
        "area": code[0],
        "criterion": code.partition(".")[0],
        "text": {"da": f"Kravet {code} er opfyldt.", "en": f"Requirement {code} is met."},
        "guidance": {"da": "Vis, hvordan.", "en": "Show how."},
        "kind": "activity_count",
        "scope": "organisation",
        "mandatory": True,
        "roles": ["formidler"],
        "confidence": "B",
        "applies": state != "not_applicable",
        "quantity": {"min": 2, "unit": "activities", "per": "year"},
        "accepted_kinds": ["photo"],
        "assessment": {
            "state": None if state == "unassessed" else state,
            "narrative": "Første afsnit.\n\nAndet afsnit." if met else "",
            "reason": "Det passer ikke til huset." if state.startswith("not_") else "",
            "assessed_on": None if state == "unassessed" else "2026-10-28",
        },
        "readiness": {
            "status": ("met" if met and exhibits else "gap") if counted else state,
            "needs": [
                {**need, "period": period, "running": bool(period)} for need, period in zip(needs, periods, strict=True)
            ]
            if counted
            else [],
        },
        "exhibits": [{"exhibit": number, "pages": ""} for number in exhibits],
    }


def _tally(requirements: Sequence[Row]) -> Row:
    states = [row["assessment"]["state"] or "unassessed" for row in requirements]
    gaps = sum(row["readiness"]["status"] == "gap" for row in requirements)
    return {"total": len(states), **{state: states.count(state) for state in STATES}, "gaps": gaps}


def dossier(blobs: Blobs, exhibits: int = 9, **changes: Any) -> Row:
    """Return a dossier: two areas, a requirement in every state, exhibits shown for two of them, one goal served."""
    activities = [
        activity(
            1,
            "Repair Café",
            [mapping("12.5", reason="Ting bliver repareret."), mapping("17", main=False)],
            exhibits=[1],
        ),
        activity(
            2, "Bogbussen på stranden", [mapping("13", main=False, stance="against", reason="Den kører på diesel.")]
        ),
        activity(3, "Læsekreds", starts_on=None, ends_on=None, year=2026, attendance=None, signups=None),
        activity(4, "Aflyst aften", [mapping("4")], status="cancelled"),
    ]
    evidence = [
        exhibit(
            blobs,
            number,
            f"Stykke {number} " + "om alt muligt " * (number % 5),
            ["O1.1", "O1.2"] if number < 3 else ["O1.1"],
        )
        for number in range(1, exhibits + 1)
    ]
    evidence[0]["activity"] = 1
    requirements = [
        _requirement("O1.1", "met", list(range(1, exhibits + 1))),
        _requirement("O1.2", "under_way", [1, 2]),
        _requirement("O1.3", "missing", []),
        _requirement("D1.1", "not_pursuing", []),
        _requirement("D1.2", "not_applicable", []),
        _requirement("D1.3", "unassessed", []),
    ]
    areas = [("O", "Organisation"), ("D", "Drift")]
    return {
        **common(activities, evidence),
        "kind": "dossier",
        "title": "Dossier 2025-2027",
        "scheme": {
            "slug": "ordning",
            "version": "0.1",
            "status": "draft",
            "label": {"da": "udkast – ikke bekræftet", "en": "draft – not confirmed"},
            "name": {"da": "Certificering", "en": "Certification"},
            "summary": both("Sat sammen af det, der er kendt."),
            "owner": {"name": "Ejeren", "url": "https://owner.example"},
            "claim_type": "second_party",
            "decided_by": both("Ejeren"),
            "decision": {"rule": "agreed_individually", "agreed_with": "Ejeren"},
        },
        "cycle": {
            "number": 1,
            "starts_on": "2025-01-01",
            "ends_on": "2027-12-31",
            "settings": [
                {"key": "plan_years", "text": both("Planens længde"), "value": 3, "unit": "years", "known": True},
                {"key": "deadline", "text": both("Frist"), "value": None, "unit": None, "known": False},
            ],
            "facts": [{"key": "renewal", "text": both("Certificeret før"), "value": True}],
        },
        "areas": [
            {
                "code": code,
                "title": both(title),
                "criteria": [
                    {
                        "code": f"{code}1",
                        "title": both("Grundlag"),
                        "requirements": [row["code"] for row in requirements if row["area"] == code],
                    }
                ],
            }
            for code, title in areas
        ],
        "requirements": requirements,
        "readiness": {
            "areas": [
                {"code": code, "title": both(title), **_tally([row for row in requirements if row["area"] == code])}
                for code, title in areas
            ],
            "roles": [{**FORMIDLER, **_tally(requirements)}],
            "whole": _tally(requirements),
        },
        "decision": {"rule": "agreed_individually", "reached": False, "reasons": [both("Tre krav mangler.")]},
        **changes,
    }


def impact(blobs: Blobs, **changes: Any) -> Row:
    """Return a report of a year in which one goal was served."""
    activities = [
        activity(1, "Repair Café", [mapping("12.5", reason="Ting bliver repareret.")], exhibits=[1, 2]),
        activity(2, "Læsekreds", attendance=None, branches=[]),
    ]
    evidence = [exhibit(blobs, number, f"Stykke {number}", activity=1) for number in (1, 2)]
    nobody: Row = {"attendance": None, "signups": 0, "helped": 0}
    people: Row = {"attendance": {"value": 2000, "qualifier": "more_than"}, "signups": 40, "helped": 0}
    none, some = {"activities": 0, "evidence": 0, **nobody}, {"activities": 1, "evidence": 2, **people}
    return {
        **common(activities, evidence),
        "kind": "impact",
        "title": "Rapport 2025",
        "year": 2025,
        "figures": {
            "by_goal": [
                {"code": row["code"], "main": 1, "all": 1, "evidence": 2, **people}
                if row["code"] == "12"
                else {"code": row["code"], "main": 0, "all": 0, "evidence": 0, **nobody}
                for row in goals()
            ],
            "by_action": [{"code": "5.2", **none}, {"code": "5.3", **some, "activities": 2}],
            "by_branch": [
                {"code": "hoved", **some},
                {"code": "soendervang", **none},
                {"code": "", **none, "activities": 1},
            ],
            "totals": {
                "activities": 2,
                "mapped": 1,
                "without_mapping": 1,
                "with_evidence": 1,
                "evidence": 2,
                **people,
                "signups": 80,
                "cancelled": 1,
                "planned": 0,
            },
        },
        **changes,
    }


def with_text(snapshot: Mapping[str, Any], text: str) -> Row:
    """Return a snapshot in which people have typed this text wherever they can type."""
    changed = {**snapshot, "title": text}
    changed["activities"] = [{**row, "title": text, "description": text} for row in snapshot["activities"]]
    for row in changed["activities"]:
        row["mappings"] = [{**tie, "reason": text} for tie in row["mappings"]]
        row["partners"] = [{"name": text, "name_en": text}]
    changed["evidence"] = [{**row, "title": text, "description": text} for row in snapshot["evidence"]]
    if "requirements" in snapshot:
        changed["requirements"] = [
            {**row, "assessment": {**row["assessment"], "narrative": text, "reason": text}}
            for row in snapshot["requirements"]
        ]
    return changed
