"""A file of decisions before it is read in: what it holds, what of it is new, and why it can't be."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sdg_tracker.access import Permission
from sdg_tracker.audit import auditing, decisions, queries
from sdg_tracker.audit.decisions import Applied, Document
from sdg_tracker.audit.frozen import frozen
from sdg_tracker.audit.models import Audit
from sdg_tracker.audit.states import AuditState
from sdg_tracker.editions import queries as editions
from sdg_tracker.editions.models import Edition
from sdg_tracker.foundation.errors import Invalid, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.work import Work

LARGEST = 2_000_000  # bytes of a file of decisions
words(
    {
        "decisions-no-json": lazy("This is no decisions file. Choose the one that the auditor saved on the desk."),
        "decisions-large": lazy("A decisions file is at most 2 MB."),
    }
)


class Change(StrEnum):
    """What reading in does with a row."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"


@dataclass(frozen=True)
class Marked:
    """A mark of the file."""

    exhibit: int
    title: str
    mark: str
    note: str
    change: Change


@dataclass(frozen=True)
class Found:
    """A finding of the file."""

    kind: str
    requirement: str
    exhibits: list[int]
    text: str
    change: Change


@dataclass(frozen=True)
class Incoming:
    """What a file holds."""

    auditor: str
    made_at: datetime
    sample: Document | None
    marks: list[Marked]
    findings: list[Found]
    conclusion: Document | None


def parsed(content: bytes) -> object:
    """Return the document of a file. Raises Invalid for what is too large or no JSON."""
    if len(content) > LARGEST:
        raise Invalid("decisions-large", field="document")
    try:
        return json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise Invalid("decisions-no-json", field="document") from error


def look(work: Work, number: int, document: object) -> tuple[Incoming | None, list[str]]:
    """Return what a document holds and the faults for which it can't be read in; nothing is written.

    Of a document of another shape, or of another edition, only the faults are told.
    """
    edition = editions.get(work, number)
    work.require(Permission.AUDIT_IMPORT, edition)
    audit = queries.audit_of(work, edition) or _blank(edition)
    faults = decisions.faults(work, audit, document)
    if not isinstance(document, Mapping) or not decisions.is_shaped(document):
        return None, faults
    if document["edition"] != {"number": edition.number, "fingerprint": edition.fingerprint}:
        return None, faults
    return _incoming(work, audit, document), faults


def read_in(work: Work, number: int, document: object) -> Applied:
    """Read a document into an edition's audit: all of it or nothing. Raises Invalid naming the faults."""
    edition = editions.get(work, number)
    work.require(Permission.AUDIT_IMPORT, edition)
    return decisions.apply(work, auditing.held(work, edition), document)


def _blank(edition: Edition) -> Audit:
    """Return an audit in which nothing was said; it is not kept."""
    return Audit(edition=edition, state=AuditState.OPEN.value, marks=[], samples=[], findings=[], questions=[])


def _incoming(work: Work, audit: Audit, document: Document) -> Incoming:
    exhibits = frozen(work.blobs, audit.edition).exhibits
    marks = {row.exhibit: (row.mark, row.note) for row in audit.marks}
    findings = decisions.by_key(audit)
    return Incoming(
        document["auditor"],
        datetime.fromisoformat(document["made_at"]),
        document["sample"],
        [
            Marked(
                row["exhibit"],
                exhibits[row["exhibit"]]["title"] if row["exhibit"] in exhibits else "",
                row["mark"],
                row.get("note", ""),
                _change(marks.get(row["exhibit"]), (row["mark"], row.get("note", "").strip())),
            )
            for row in document["marks"]
        ],
        [
            Found(row["kind"], row["requirement"], row["exhibits"], row["text"], _of(findings.get(row["key"]), row))
            for row in document["findings"]
        ],
        document["conclusion"],
    )


def _change(there: object, given: object) -> Change:
    if there is None:
        return Change.NEW
    return Change.SAME if there == given else Change.CHANGED


def _of(there: Any, row: Document) -> Change:
    if there is None:
        return Change.NEW
    return Change.SAME if decisions.is_same(there, row) else Change.CHANGED
