"""Which frozen editions hold a file, a quote or a story: told by the snapshots, which name them all."""

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from sdg_tracker.editions.models import Edition
from sdg_tracker.effects import uses as told
from sdg_tracker.evidence import uses
from sdg_tracker.evidence.uses import Held
from sdg_tracker.work import Work

DIGESTS = ("sha256", "original_sha256")


def of(work: Work, digests: Collection[str]) -> list[Held]:
    """Return the editions whose snapshots name one of the digests, each with the numbers of its exhibits.

    Every snapshot of the library is read; one that is lost is passed over, ``verify`` tells of it.
    """
    found = []
    for edition, content in _snapshots(work):
        if not any(digest.encode() in content for digest in digests):
            continue
        exhibits = [row["exhibit"] for row in json.loads(content).get("evidence", ()) if _names(row, digests)]
        if exhibits:
            found.append(_held(edition, exhibits))
    return found


def telling(work: Work, kind: str, number: int) -> list[Held]:
    """Return the editions that hold a story, or a quote by itself or in a story."""
    found = []
    for edition, content in _snapshots(work):
        if b'"stories"' not in content and b'"effects"' not in content:
            continue
        snapshot = json.loads(content)
        stories = snapshot.get("stories") or ()
        quotes = [story.get("quote") or {} for story in stories]
        quotes += [quote for effect in snapshot.get("effects") or () for quote in effect["quotes"]]
        if any(row.get("number") == number for row in (stories if kind == "story" else quotes)):
            found.append(_held(edition, ()))
    return found


def _snapshots(work: Work) -> Iterator[tuple[Any, bytes]]:
    columns = (Edition.number, Edition.title, Edition.frozen_at, Edition.fingerprint)
    for edition in work.session.execute(sa.select(*columns).order_by(Edition.number)):
        if work.blobs.size(edition.fingerprint) is not None:
            with work.blobs.open(edition.fingerprint) as file:
                yield edition, file.read()


def _held(edition: Any, exhibits: Collection[int]) -> Held:
    return Held(edition.number, edition.title, edition.frozen_at, tuple(exhibits))


def _names(row: Mapping[str, Any], digests: Collection[str]) -> bool:
    thumbnail = row.get("thumbnail") or {}
    return any(row.get(name) in digests for name in DIGESTS) or thumbnail.get("sha256") in digests


uses.register(of)
told.register(telling)
