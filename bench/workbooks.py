"""The workbook of a dossier with 20,000 rows against XlsxWriter writing the same cells and nothing else."""

import io
import multiprocessing
import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, BinaryIO

import xlsxwriter

from bench.measure import Figure, highest_mb, paired, peak_mb
from sdg_tracker.dossier import workbook
from sdg_tracker.foundation.blobs import FolderBlobs
from sdg_tracker.foundation.i18n import use_locale
from sdg_tracker.printing.head import Head
from sdg_tracker.workbooks import sheets
from sdg_tracker.workbooks.book import OPTIONS, Link, Sheet

ROWS, FEW = 20_000, 2_000
LIMIT = 1.5
ROUNDS = 3
FINGERPRINT = "ab12" * 16
NO_BLOBS = FolderBlobs.__new__(FolderBlobs)
TEXTS = {"da": "tekst", "en": "text"}
ZEROS = dict.fromkeys(
    ("total", "met", "under_way", "missing", "not_pursuing", "not_applicable", "unassessed", "gaps"), 0
)


def _activity(number: int) -> dict[str, Any]:
    day = (date(2025, 1, 1) + timedelta(days=number % 700)).isoformat()
    code = f"{number % 17 + 1}.1"
    return {
        "number": number,
        "title": f"Læsekreds om klima og hverdag {number}",
        "description": "Ti læsere mødes hver måned om ny skønlitteratur. Alle er velkomne, også uden at have læst.",
        "type": {"code": "fællesskab", "da": "fællesskab", "en": "community"},
        "status": "held",
        "starts_on": day,
        "ends_on": day,
        "year": int(day[:4]),
        "in_period": True,
        "branches": ["hoved"],
        "audiences": [{"code": "alle", "da": "alle", "en": "everyone"}],
        "attendance": {"value": number % 90, "qualifier": "exact"},
        "signups": number % 70,
        "helped": None,
        "partners": [{"name": "Lokal ældreforening", "name_en": ""}],
        "campaigns": [],
        "strategy_actions": ["5.3"],
        "source_library": "",
        "mappings": [
            {
                "code": code,
                "goal": code.split(".", maxsplit=1)[0],
                "main": True,
                "stance": "supports",
                "contribution": "direct",
                "reason": "Litteratur giver sprog for klimaforandringerne.",
                "confirmed": True,
            }
        ],
        "exhibits": [number],
    }


def _exhibit(number: int) -> dict[str, Any]:
    return {
        "exhibit": number,
        "number": number,
        "title": f"Foto fra Læsekreds om klima og hverdag {number}",
        "description": "",
        "kind": {"code": "photo", "da": "foto", "en": "photo"},
        "state": "submitted",
        "collected_on": "2025-05-01",
        "added_on": "2025-05-02",
        "public": False,
        "activity": number,
        "requirements": [{"code": "O1.1", "pages": ""}],
        "media_type": "image/jpeg",
        "sha256": FINGERPRINT,
        "size": 120_000 + number,
        "original_sha256": FINGERPRINT,
        "file": f"evidence/Bilag-{number:03d}-foto-fra-laesekreds-om-klima-og-hverdag.jpg",
        "thumbnail": None,
    }


def _event(number: int) -> dict[str, Any]:
    at = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=number)
    return {
        "format": 1,
        "number": number,
        "at": at.isoformat(timespec="microseconds"),
        "actor": 3,
        "role": "staff",
        "action": "evidence.added",
        "subject": "evidence",
        "subject_number": number,
        "facts": {"version": 1, "kind": "photo", "original": FINGERPRINT, "rendition": FINGERPRINT},
        "previous": FINGERPRINT,
        "digest": FINGERPRINT,
    }


def snapshot(rows: int) -> dict[str, Any]:
    """Return a dossier without requirements: a quarter each of activities, mappings, exhibits and events."""
    each = range(1, rows // 4 + 1)
    return {
        "format": 1,
        "kind": "dossier",
        "number": 1,
        "language": "da",
        "title": "Bench",
        "site": "https://goals.example.org",
        "frozen_at": "2026-11-20T13:42:08Z",
        "library": {
            "name": "Bench",
            "name_en": "",
            "timezone": "Europe/Copenhagen",
            "branches": [{"code": "hoved", "name": "Hovedbiblioteket", "name_en": ""}],
        },
        "goals": [{"code": str(code), "title": TEXTS} for code in range(1, 18)],
        "targets": {f"{code}.1": TEXTS for code in range(1, 18)},
        "activities": [_activity(number) for number in each],
        "evidence": [_exhibit(number) for number in each],
        "trail": {"length": len(each), "head": FINGERPRINT, "events": [_event(number) for number in each]},
        "names": {"actions": {"evidence.added": TEXTS}, "roles": {"staff": TEXTS}},
        "scheme": {
            "label": None,
            "name": TEXTS,
            "version": "1",
            "owner": {"name": "Bench"},
            "claim_type": "self",
            "decided_by": TEXTS,
            "decision": {"rule": "all_mandatory"},
        },
        "cycle": {"starts_on": "2025-01-01", "ends_on": "2027-12-31", "settings": [], "facts": []},
        "areas": [],
        "requirements": [],
        "readiness": {"areas": [], "roles": [], "whole": ZEROS},
        "decision": {"rule": "all_mandatory", "reached": False, "reasons": []},
    }


def _cells(head: Head) -> list[tuple[Sheet, list[Any]]]:
    """Return the rows of the four sheets that hold nearly all of the book."""
    with use_locale("da"):
        made = [
            sheets.activities(head, with_period=True),
            sheets.mappings(head),
            sheets.evidence(head, with_requirements=True),
            sheets.trail(head),
        ]
        return [(sheet, [list(row) for row in sheet.rows]) for sheet in made]


def _bare(target: BinaryIO, pages: list[tuple[Sheet, list[Any]]]) -> None:
    """Write the same cells in the same formats with XlsxWriter alone."""
    with xlsxwriter.Workbook(target, OPTIONS) as book:
        text = book.add_format({"valign": "top", "text_wrap": True, "num_format": "@"})
        number = book.add_format({"valign": "top", "num_format": "#,##0"})
        day = book.add_format({"valign": "top", "num_format": "yyyy-mm-dd"})
        for page, rows in pages:
            sheet = book.add_worksheet(page.name)
            for row, cells in enumerate(rows, 1):
                for column, value in enumerate(cells):
                    if value is None or value == "":
                        continue
                    if isinstance(value, str):
                        sheet.write_string(row, column, value, text)
                    elif isinstance(value, Link):
                        sheet.write_url(row, column, value.target, text, str(value.text))
                    elif isinstance(value, datetime):
                        sheet.write_datetime(row, column, value.replace(tzinfo=None), day)
                    elif isinstance(value, date):
                        sheet.write_datetime(row, column, value, day)
                    else:
                        sheet.write_number(row, column, value, number)


def _grown(rows: int) -> float:
    """Return by how many MB a process grows while it writes a book of so many rows."""
    made = snapshot(rows)
    before = highest_mb()
    with tempfile.TemporaryFile() as target:
        workbook.build(made, FINGERPRINT, NO_BLOBS, target)
    return highest_mb() - before


def measure() -> Figure:
    """Return what a workbook costs, and how much memory few and many rows take beside their snapshot."""
    made = snapshot(ROWS)
    pages = _cells(Head(made, FINGERPRINT))
    used, baseline = paired(
        lambda: workbook.build(made, FINGERPRINT, NO_BLOBS, io.BytesIO()), lambda: _bare(io.BytesIO(), pages), ROUNDS
    )
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        few, many = (pool.apply(_grown, (rows,)) for rows in (FEW, ROWS))
    more = {"grown_mb": many, f"grown_mb_at_{FEW}": few}
    return Figure(used / baseline, LIMIT, used, baseline, peak_mb(), ROWS, more)


FIGURES: dict[str, Callable[[], Figure]] = {"workbook": measure}
