"""What the room shows: an edition's snapshot with its exhibits and requirements found by number and code.

A snapshot never changes, so the last ones read are kept in memory, whole and checked, under their fingerprints.
"""

from collections import OrderedDict, defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property
from threading import Lock
from typing import Any

from sdg_tracker.editions import build
from sdg_tracker.editions.models import Edition
from sdg_tracker.foundation.blobs import Blobs
from sdg_tracker.foundation.errors import NotFound, words
from sdg_tracker.foundation.i18n import lazy

Row = Mapping[str, Any]
KEPT = 2  # snapshots in memory
words(
    {
        "audit-exhibit-kept-back": lazy(
            "The library left the files out of this edition, exhibit %(exhibit)s among them. Ask the library for it."
        ),
        "audit-exhibit-none": lazy("This edition has no exhibit %(exhibit)s."),
        "audit-requirement-none": lazy("This edition has no requirement %(requirement)s."),
    }
)


class Frozen:
    """A snapshot to look things up in."""

    def __init__(self, snapshot: Row) -> None:
        self.snapshot = snapshot
        self.exhibits: dict[int, Row] = {row["exhibit"]: row for row in snapshot["evidence"]}
        self.requirements: dict[str, Row] = {row["code"]: row for row in snapshot.get("requirements", ())}

    @property
    def with_files(self) -> bool:
        """Return whether the exhibits' files belong to the edition; where only their list does, none is shown."""
        return bool(self.snapshot.get("composition", {}).get("files", True))

    def exhibit(self, number: int) -> Row:
        """Return an exhibit. Raises NotFound."""
        if number not in self.exhibits:
            raise NotFound("audit-exhibit-none", exhibit=number)
        return self.exhibits[number]

    def requirement(self, code: str) -> Row:
        """Return a requirement. Raises NotFound."""
        if code not in self.requirements:
            raise NotFound("audit-requirement-none", requirement=code)
        return self.requirements[code]

    def shown_for(self, code: str) -> list[tuple[Row, Row]]:
        """Return the exhibits of a requirement, each with its tie, by number."""
        ties = sorted(self.requirement(code)["exhibits"], key=lambda tie: tie["exhibit"])
        return [(self.exhibits[tie["exhibit"]], tie) for tie in ties]

    def events(self, exhibit: Row) -> Sequence[Row]:
        """Return the events of the snapshot's trail that are about an exhibit, the oldest first."""
        return self._events.get(exhibit["number"], ())

    @cached_property
    def _events(self) -> Mapping[int, list[Row]]:
        found: dict[int, list[Row]] = defaultdict(list)
        for event in self.snapshot.get("trail", {}).get("events", ()):
            if event["subject"] == "evidence" and event["subject_number"] is not None:
                found[event["subject_number"]].append(event)
        return found

    @cached_property
    def activities(self) -> Mapping[int, Row]:
        """Return the activities by number."""
        return {row["number"]: row for row in self.snapshot.get("activities", ())}


_kept: OrderedDict[str, Frozen] = OrderedDict()
_lock = Lock()


def frozen(blobs: Blobs, edition: Edition) -> Frozen:
    """Return an edition's snapshot. Raises NotFound or Conflict when its bytes are not those of the fingerprint."""
    with _lock:
        found = _kept.get(edition.fingerprint)
        if found is not None:
            _kept.move_to_end(edition.fingerprint)
            return found
    found = Frozen(build.snapshot_of(blobs, edition))
    with _lock:
        _kept[edition.fingerprint] = found
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return found
