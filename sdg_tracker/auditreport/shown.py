"""What the pages of an audit report say beside its snapshot."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sdg_tracker.audit.states import NOTED, FindingState
from sdg_tracker.audit.wording import DECISION_NAMES, FINDING_KINDS, FINDING_STATES, MARK_NAMES, METHOD_NAMES
from sdg_tracker.foundation.i18n import Text, lazy

Snapshot = Mapping[str, Any]
OPENED: Mapping[str, Text] = {"file": lazy("file fetched"), "preview": lazy("preview shown")}


def values(snapshot: Snapshot) -> dict[str, Any]:
    """Return the words, and what is counted."""
    audit = snapshot["audit"]
    kinds = Counter(finding["kind"] for finding in audit["findings"])
    marks = Counter(mark["mark"] for mark in audit["marks"])
    return {
        "audit": audit,
        "audited": snapshot["audited"],
        "DECISIONS": DECISION_NAMES,
        "FINDING_KINDS": FINDING_KINDS,
        "FINDING_STATES": FINDING_STATES,
        "MARKS": MARK_NAMES,
        "METHODS": METHOD_NAMES,
        "NOTED": NOTED,
        "OPENED": OPENED,
        "texts": {row["code"]: row["text"] for row in audit["requirements"]},
        "marked": {mark["exhibit"]: mark for mark in audit["marks"]},
        "kinds": [(kind, name, kinds[kind]) for kind, name in FINDING_KINDS.items()],
        "marks": [(mark, name, marks[mark]) for mark, name in MARK_NAMES.items()],
        "sample": sample(snapshot),
        "left_open": [row for row in audit["findings"] if row["state"] != FindingState.CLOSED],
    }


def sample(snapshot: Snapshot) -> Mapping[str, Any] | None:
    """Return the sample drawn last: the one that holds."""
    drawn: Sequence[Mapping[str, Any]] = snapshot["audit"]["samples"]
    return drawn[-1] if drawn else None
