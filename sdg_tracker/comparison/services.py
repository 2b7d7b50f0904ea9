"""Comparing two editions of a library: which two, what changed, and that as a file."""

import json
import tempfile
from collections.abc import Sequence
from typing import BinaryIO

from sdg_tracker.access import Permission
from sdg_tracker.comparison import difference
from sdg_tracker.comparison.difference import Difference
from sdg_tracker.editions import build, queries
from sdg_tracker.editions.models import Edition
from sdg_tracker.foundation import children
from sdg_tracker.foundation.errors import Conflict, words
from sdg_tracker.foundation.i18n import _, lazy
from sdg_tracker.work import Work

CHILD = "sdg_tracker.comparison.printed"
MEMORY = 2 << 30  # bytes that the child may take
SECONDS = 300  # CPU seconds that it may take
words(
    {
        "comparison-failed": lazy("The comparison could not be made: %(reason)s"),
    }
)


def pair(work: Work, first: int, second: int) -> tuple[Edition, Edition]:
    """Return two editions, the earlier one first. Raises NotFound, Conflict for two of different kinds."""
    one, other = (queries.get(work, number) for number in sorted((first, second)))
    for edition in (one, other):
        work.require(Permission.EDITION_READ, edition)
    if one.kind != other.kind:
        raise Conflict("comparison-of-kinds", one=one.number, other=other.number)
    return one, other


def other_of(editions: Sequence[Edition], edition: Edition) -> Edition | None:
    """Return what an edition is compared with unless another is chosen.

    It is the newest of those it took the place of, else the one before it of the same kind and period, else the one
    before it of the same kind, else the next one.
    """
    alike = [one for one in editions if one.kind == edition.kind and one.number != edition.number]
    before = sorted((one for one in alike if one.number < edition.number), key=lambda one: -one.number)
    replaced = [one for one in before if one.superseded_by == edition.number]
    same = [one for one in before if (one.cycle_id, one.year) == (edition.cycle_id, edition.year)]
    after = sorted((one for one in alike if one.number > edition.number), key=lambda one: one.number)
    return next(iter([*replaced, *same, *before, *after]), None)


def compare(work: Work, first: int, second: int) -> Difference:
    """Return what changed from the earlier of two editions to the later one."""
    one, other = pair(work, first, second)
    old, new = (build.snapshot_of(work.blobs, edition) for edition in (one, other))
    return difference.between(old, new, one.fingerprint, other.fingerprint)


def title(found: Difference) -> str:
    """Return what a comparison is called in the current language."""
    return _title(found.old.number, found.new.number)


def _title(old: int, new: int) -> str:
    return _("What changed from edition %(old)s to edition %(new)s", old=old, new=new)


def printed(work: Work, first: int, second: int, ending: str, language: str) -> BinaryIO:
    """Return the comparison as a file that is kept nowhere; the caller closes it. Raises Conflict when it fails."""
    one, other = pair(work, first, second)
    asked = {
        "old": build.snapshot_of(work.blobs, one),
        "new": build.snapshot_of(work.blobs, other),
        "old_fingerprint": one.fingerprint,
        "new_fingerprint": other.fingerprint,
        "title": _title(one.number, other.number),
        "language": language,
    }
    target = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    try:
        with tempfile.TemporaryFile() as source:
            source.write(json.dumps(asked).encode())
            source.flush()
            children.run(CHILD, ending, source=source.fileno(), target=target.fileno(), memory=MEMORY, seconds=SECONDS)
    except children.ChildFailed as error:
        target.close()
        raise Conflict("comparison-failed", reason=str(error)) from error
    target.seek(0)
    return target
