"""Freezing: everything that will be printed, as canonical JSON under its digest, in one transaction."""

import io
from collections.abc import Callable, Sequence
from typing import Any

from sdg_tracker import trail
from sdg_tracker.access import Permission
from sdg_tracker.editions import corrections, kinds, queries, succession
from sdg_tracker.editions.models import Edition, State
from sdg_tracker.foundation.documents import canonical
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.schemes.models import Cycle
from sdg_tracker.work import Work

trail.declare({"edition.frozen": (lazy("Edition frozen"), {"kind", "fingerprint"})})
FORMAT = 1


def freeze(
    work: Work,
    kind: str,
    take: Callable[[int], dict[str, Any]],
    *,
    title: str,
    language: str,
    cycle: Cycle | None = None,
    year: int | None = None,
    alike: Callable[[Edition], bool] | None = None,
) -> Edition:
    """Freeze what ``take`` collects, given the edition's number; its files are owed to the worker.

    ``alike`` narrows the earlier editions whose place it can take, and whose corrections it prints, where those of a
    kind and period are not all the same.
    The library's row is locked first, so two who freeze at once get two numbers and two whole snapshots.
    """
    work.require(Permission.EDITION_FREEZE)
    number = work.next_number("edition")
    cycle_id = cycle.id if cycle else None
    before = [one for one in queries.of_period(work, kind, cycle_id, year) if alike is None or alike(one)]
    replaced, noted = succession.pending(before), corrections.to_print(work, before)
    snapshot = {**take(number), "format": FORMAT, "kind": kind, "number": number, **_of_earlier(replaced, noted)}
    also = kinds.second_language(snapshot)
    kept = work.blobs.put(io.BytesIO(canonical(snapshot)))
    edition = Edition(
        number=number,
        kind=kind,
        title=title,
        language=language,
        also=also,
        cycle_id=cycle_id,
        year=year,
        fingerprint=kept.sha256,
        snapshot_size=kept.size,
        frozen_at=work.at,
        frozen_by=work.actor.number,
        state=State.QUEUED,
        total=len(kinds.get(kind).made(also)) + 1,
    )
    work.session.add(edition)
    work.session.flush()
    trail.record(work, "edition.frozen", edition, kind=kind, fingerprint=kept.sha256)
    for earlier in replaced:
        succession.give_way(work, earlier, number, earlier.supersede_reason)
    work.owe("edition.build", work.library.id, edition.id)
    return edition


def _of_earlier(replaced: Sequence[Edition], noted: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return what a snapshot says of earlier editions; keys that would be empty are absent."""
    told: dict[str, Any] = {}
    if replaced:
        told["supersedes"] = [
            {"number": one.number, "fingerprint": one.fingerprint, "reason": one.supersede_reason} for one in replaced
        ]
    if noted:
        told["corrections"] = list(noted)
    return told
