"""A backup is tried: read, restored into a scratch place, and held against what it says."""

import tempfile
from collections.abc import Iterator
from dataclasses import replace

import sqlalchemy as sa

from sdg_tracker import installation
from sdg_tracker.access import SYSTEM
from sdg_tracker.backups.copying import copy
from sdg_tracker.backups.folder import Folder, Manifest
from sdg_tracker.backups.restoring import load
from sdg_tracker.backups.telling import Tell
from sdg_tracker.editions import build, chapters
from sdg_tracker.editions import queries as editions
from sdg_tracker.editions.models import Edition, State
from sdg_tracker.foundation import rows
from sdg_tracker.foundation.blobs import FolderBlobs
from sdg_tracker.foundation.db import frozen
from sdg_tracker.foundation.errors import NotFound, Problem
from sdg_tracker.foundation.i18n import _
from sdg_tracker.jobs import library_ids
from sdg_tracker.work import Workplace


class _Read(FolderBlobs):
    """A store whose bytes have just been read and were what their names say."""

    def digest_found(self, sha256: str) -> str:
        """Return the digest without reading again what has just been read."""
        if self.size(sha256) is None:
            raise NotFound("blob-missing", sha256=sha256)
        return sha256


def tried(workplace: Workplace, folder: Folder, manifest: Manifest, tell: Tell) -> list[str]:
    """Read the whole backup, restore it into a scratch place, and return what does not hold.

    A blob that an earlier backup left damaged is copied again first.
    """
    faults = list(folder.faults(manifest))
    for sha256, fault in list(folder.blob_faults(manifest)):
        if again := copy(workplace, folder, sha256):
            faults += [fault, again]
    if faults:
        return faults
    with tempfile.TemporaryDirectory() as scratch:
        settings = replace(
            workplace.settings,
            database=f"sqlite:///{scratch}/tracker.sqlite",
            store=f"file:{folder.blobs.folder}",
            jobs=f"sqlite:///{scratch}/jobs.sqlite",
        )
        place = Workplace.open(settings)
        place.blobs, place.clock = _Read(folder.blobs.folder), workplace.clock
        try:
            load(place, folder, manifest)
            faults = [*_counted(place, manifest), *installation.faults(place, signatures=False), *_made_again(place)]
        except (Problem, ValueError, sa.exc.SQLAlchemyError) as error:
            faults = [_("It can't be restored: %(reason)s", reason=str(error).partition("\n")[0])]
        finally:
            place.engine.dispose()
    tell(_("Restored it on trial: %(faults)s faults.", faults=len(faults)))
    return faults


def _counted(place: Workplace, manifest: Manifest) -> Iterator[str]:
    told = manifest.tables()
    with frozen(place.engine) as connection:
        for name in rows.names(connection):
            found, expected = rows.count(connection, name), told[name].lines if name in told else 0
            if found != expected:
                yield f"{name}: expected {expected} rows, found {found}"


def _made_again(place: Workplace) -> Iterator[str]:
    """Make the files of the smallest edition again that this program has issued, and yield which differ."""
    smallest: tuple[int, str, Edition] | None = None
    for library_id in library_ids(place):
        with place.reading(SYSTEM, library_id) as work:
            for edition in editions.newest_first(work):
                ours = all(artefact.renderer == chapters.renderer() for artefact in edition.artefacts)
                size = sum(artefact.size for artefact in edition.artefacts)
                if edition.state == State.READY and ours and (smallest is None or size < smallest[0]):
                    smallest = (size, work.library.slug, edition)
    if smallest is None:
        return
    _size, slug, edition = smallest
    made = build.again(place, slug, edition)
    for artefact in edition.artefacts:
        found = made[artefact.name][0]
        if found != artefact.sha256:
            place.blobs.remove(found)
            yield f"edition {edition.number} {artefact.name}: expected {artefact.sha256}, made again as {found}"
