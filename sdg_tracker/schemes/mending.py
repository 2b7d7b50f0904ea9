"""What keeps a draft from being published, and the page that mends it."""

import re
from dataclasses import dataclass
from typing import Any

from flask import url_for

from sdg_tracker.foundation.refusals import Fault
from sdg_tracker.schemes.document import Document
from sdg_tracker.schemes.models import Draft

_INDEX = re.compile(r"(areas|criteria|requirements|settings|facts)\[(\d+)\]")


@dataclass(frozen=True)
class Problem:
    """What keeps a draft from being published, and where it is mended."""

    text: str
    href: str


def problem_of(draft: Draft, document: Document, fault: Fault) -> Problem:
    """Return a fault with the page that mends it: that of the requirement, else of what it lies in."""
    part, code, where = _part_at(document, fault.path)
    if part is None:
        return Problem(str(fault), url_for("drafting.head", number=draft.number))
    text = f"{code} {where}: {fault.reason}" if where else f"{code}: {fault.reason}"
    return Problem(text, url_for("drafting.change", number=draft.number, part=part, code=code))


def _part_at(document: Document, path: str) -> tuple[str | None, str, str]:
    """Return the innermost part that a path leads to: its kind, its code, and the rest of the path."""
    row: Any = document
    part, code, end = None, "", 0
    for found in _INDEX.finditer(path):
        rows = row.get(found[1], []) if isinstance(row, dict) else []
        if int(found[2]) >= len(rows):
            break
        row, end = rows[int(found[2])], found.end()
        part = {"criteria": "criterion"}.get(found[1], found[1].removesuffix("s"))
        code = str(row.get("code", row.get("key", "")))
    return part, code, path[end:].lstrip(".")
