"""Which frozen editions hold a file: told by the snapshots, which name every exhibit by its digests."""

import json
from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa

from sdg_tracker.editions.models import Edition
from sdg_tracker.evidence import uses
from sdg_tracker.evidence.uses import Held
from sdg_tracker.work import Work

DIGESTS = ("sha256", "original_sha256")


def of(work: Work, digests: Collection[str]) -> list[Held]:
    """Return the editions whose snapshots name one of the digests, each with the numbers of its exhibits.

    Every snapshot of the library is read; one that is lost is passed over, ``verify`` tells of it.
    """
    columns = (Edition.number, Edition.title, Edition.frozen_at, Edition.fingerprint)
    found = []
    for number, title, frozen_at, fingerprint in work.session.execute(sa.select(*columns).order_by(Edition.number)):
        if work.blobs.size(fingerprint) is None:
            continue
        with work.blobs.open(fingerprint) as file:
            content = file.read()
        if not any(digest.encode() in content for digest in digests):
            continue
        exhibits = [row["exhibit"] for row in json.loads(content).get("evidence", ()) if _names(row, digests)]
        if exhibits:
            found.append(Held(number, title, frozen_at, tuple(exhibits)))
    return found


def _names(row: Mapping[str, Any], digests: Collection[str]) -> bool:
    thumbnail = row.get("thumbnail") or {}
    return any(row.get(name) in digests for name in DIGESTS) or thumbnail.get("sha256") in digests


uses.register(of)
