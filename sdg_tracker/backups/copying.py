"""The bytes that rows name, copied into a backup."""

import json
from collections.abc import Iterator

import sqlalchemy as sa

from sdg_tracker.access import SYSTEM
from sdg_tracker.backups.folder import Folder
from sdg_tracker.foundation.errors import NotFound
from sdg_tracker.foundation.i18n import _
from sdg_tracker.giving import services as giving
from sdg_tracker.keeping import names
from sdg_tracker.work import Library, Workplace

NAMING = (giving,)  # importing it has registered the rows that name files on their way


def named_blobs(workplace: Workplace, connection: sa.Connection) -> dict[str, int]:
    """Return the size of every blob that a row of any library names, in bytes, by its digest."""
    found: dict[str, int] = {}
    with workplace.on(connection, SYSTEM) as work:
        names.check_complete(work)
        libraries = list(work.session.scalars(sa.select(Library.id).order_by(Library.id)))
    for library_id in libraries:
        with workplace.on(connection, SYSTEM, library_id) as work:
            found.update(names.all_named(work))
    return found


def copy_blobs(workplace: Workplace, folder: Folder, named: dict[str, int]) -> tuple[dict[str, int], list[str], int]:
    """Copy what the folder lacks; return the blobs that are there, what the store has lost, how many were copied."""
    kept: dict[str, int] = {}
    lost, copied = [], 0
    for sha256, size in sorted(named.items()):
        if folder.blobs.size(sha256) != size:
            fault = copy(workplace, folder, sha256)
            if fault:
                lost.append(fault)
                continue
            copied += 1
        kept[sha256] = size
    return kept, lost, copied


def copy(workplace: Workplace, folder: Folder, sha256: str) -> str:
    """Copy a blob; return what is wrong with it, empty when nothing is."""
    folder.blobs.remove(sha256)
    try:
        with workplace.blobs.open(sha256) as source:
            stored = folder.blobs.put(source)
    except NotFound:
        return _("%(sha256)s: missing in the store", sha256=sha256)
    if stored.sha256 == sha256:
        return ""
    folder.blobs.remove(stored.sha256)
    return _("%(sha256)s: changed in the store, found %(found)s", sha256=sha256, found=stored.sha256)


def blob_lines(kept: dict[str, int]) -> Iterator[bytes]:
    """Yield a line of JSON for each blob that is in the backup."""
    for sha256, size in kept.items():
        yield json.dumps({"sha256": sha256, "size": size}).encode() + b"\n"
