"""Backup, restore, and the weekly rehearsal of both.

A backup is of one moment, while people go on working: rows are read in one transaction that sees no later change, and
the bytes that rows name were there before the rows. It is tried at once, in a scratch place, as a restore would be.
"""

import json
import logging
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, timedelta
from functools import partial
from io import BytesIO
from pathlib import Path

import sqlalchemy as sa

from sdg_tracker import __version__, installation, jobs, trail
from sdg_tracker.access import SYSTEM, Permission
from sdg_tracker.backups.folder import BLOBS, FORMAT, SEAL, SECRET, File, Folder, Manifest, digest
from sdg_tracker.editions import build, chapters
from sdg_tracker.editions import queries as editions
from sdg_tracker.editions.models import Edition, State
from sdg_tracker.foundation import rows
from sdg_tracker.foundation.blobs import FolderBlobs
from sdg_tracker.foundation.db import check_schema, frozen, knows_schema, schema_found, upgrade, writer
from sdg_tracker.foundation.errors import Conflict, Invalid, NotFound, Problem, words
from sdg_tracker.foundation.i18n import _, lazy, use_locale
from sdg_tracker.giving import services as giving
from sdg_tracker.jobs import library_ids
from sdg_tracker.keeping import names
from sdg_tracker.keeping.models import Backup, Outcome
from sdg_tracker.work import Library, Workplace

log = logging.getLogger(__name__)
NAMING = (giving,)  # importing it has registered the rows that name files on their way
Tell = Callable[[str], None]
WEEK = timedelta(days=7)
AGAIN = timedelta(days=1)  # after one that failed
LOST = timedelta(hours=12)  # after which a backup that has not ended was killed

words(
    {
        "restore-not-empty": lazy(
            "The database is not empty. A backup is restored into an empty database and an empty store only."
        ),
        "restore-store-not-empty": lazy(
            "The store is not empty. A backup is restored into an empty database and an empty store only."
        ),
        "restore-newer": lazy(
            "The backup has schema %(schema)s and was made by version %(product)s; this program, version %(here)s, "
            "does not know it. Restore it with a newer one."
        ),
        "restore-changed": lazy("The file %(sha256)s changed while it was read."),
    }
)
trail.declare(
    {
        "backup.made": (lazy("Backup made"), {"outcome", "rows", "files", "manifest"}),
        "backup.restored": (lazy("Restored from a backup"), {"made_at", "manifest"}),
    }
)


@dataclass(frozen=True)
class Made:
    """A backup that was made, and what does not hold in it."""

    manifest: Manifest
    copied: int  # blobs that were not there from an earlier backup
    faults: list[str]


def silent(_line: str) -> None:
    """Tell nobody."""


def make(workplace: Workplace, path: Path, tell: Tell = silent, *, with_secret: bool = False) -> Made:
    """Back up everything into a folder, only adding the blobs that it lacks, and try the result."""
    with workplace.writing(SYSTEM) as work:
        work.require(Permission.BACKUP_MAKE)
        row = Backup(began_at=work.at, by_worker=False, outcome=Outcome.RUNNING.value)
        work.session.add(row)
        work.session.flush()
        backup_id = row.id
    return _make(workplace, path, tell, backup_id, with_secret=with_secret)


def _make(workplace: Workplace, path: Path, tell: Tell, backup_id: int, *, with_secret: bool = False) -> Made:
    try:
        made = _made_and_tried(workplace, path, tell, with_secret=with_secret)
    except BaseException as error:
        with workplace.writing(SYSTEM) as work:
            row = work.session.get_one(Backup, backup_id)
            row.outcome, row.ended_at = Outcome.FAILED.value, work.at
            row.fault = str(error) or type(error).__name__
        raise
    outcome = Outcome.FAULTY if made.faults else Outcome.SOUND
    with workplace.writing(SYSTEM) as work:
        row = work.session.get_one(Backup, backup_id)
        row.outcome, row.ended_at, row.fault = outcome.value, work.at, "\n".join(made.faults[:100])
        row.rows, row.files, row.size = made.manifest.rows, made.manifest.blobs, made.manifest.blob_bytes
    _record(
        workplace,
        "backup.made",
        outcome=outcome.value,
        rows=made.manifest.rows,
        files=made.manifest.blobs,
        manifest=digest(made.manifest),
    )
    return made


def _record(workplace: Workplace, action: str, **facts: object) -> None:
    for library_id in library_ids(workplace):
        with workplace.writing(SYSTEM, library_id) as work:
            trail.record(work, action, "library", **facts)


def _made_and_tried(workplace: Workplace, path: Path, tell: Tell, *, with_secret: bool) -> Made:
    folder = Folder(path)
    check_schema(workplace.engine)
    with folder.held():
        set_name = folder.new_set(workplace.clock().astimezone(UTC))
        made_at = workplace.clock().astimezone(UTC).isoformat()
        with frozen(workplace.engine) as connection:
            schema = schema_found(workplace.engine) or ""
            files = [
                folder.write(set_name, f"tables/{table.name}.jsonl", rows.lines(connection, table))
                for table in rows.tables(connection)
            ]
            named = _named(workplace, connection)
        tell(_("Wrote %(rows)s rows of %(tables)s tables.", rows=sum(f.lines for f in files), tables=len(files)))
        kept, lost, copied = _copy_blobs(workplace, folder, named)
        tell(_("Copied %(copied)s of %(files)s files; the others were there.", copied=copied, files=len(kept)))
        files.append(folder.write(set_name, BLOBS, _blob_lines(kept)))
        if with_secret:
            files.append(folder.write(set_name, SECRET, [workplace.settings.key().encode("ascii")]))
            if own_key := workplace.settings.own_seal_key():
                files.append(folder.write(set_name, SEAL, BytesIO(own_key)))
        if workplace.settings.seal:
            tell(
                _(
                    "The library's own certificate, %(path)s, is in no backup: keep a copy.",
                    path=workplace.settings.seal,
                )
            )
        size = sum(kept.values())
        manifest = Manifest(FORMAT, __version__, schema, made_at, set_name, files, len(kept), size, lost)
        faults = lost + _tried(workplace, folder, manifest, tell)
        folder.finish(manifest, holds=not faults)
        return Made(manifest, copied, faults)


def _named(workplace: Workplace, connection: sa.Connection) -> dict[str, int]:
    found: dict[str, int] = {}
    with workplace.on(connection, SYSTEM) as work:
        names.check_complete(work)
        libraries = list(work.session.scalars(sa.select(Library.id).order_by(Library.id)))
    for library_id in libraries:
        with workplace.on(connection, SYSTEM, library_id) as work:
            found.update(names.all_named(work))
    return found


def _copy_blobs(workplace: Workplace, folder: Folder, named: dict[str, int]) -> tuple[dict[str, int], list[str], int]:
    """Copy what the folder lacks; return the blobs that are there, what the store has lost, how many were copied."""
    kept: dict[str, int] = {}
    lost, copied = [], 0
    for sha256, size in sorted(named.items()):
        if folder.blobs.size(sha256) != size:
            fault = _copy(workplace, folder, sha256)
            if fault:
                lost.append(fault)
                continue
            copied += 1
        kept[sha256] = size
    return kept, lost, copied


def _copy(workplace: Workplace, folder: Folder, sha256: str) -> str:
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


def _blob_lines(kept: dict[str, int]) -> Iterator[bytes]:
    for sha256, size in kept.items():
        yield json.dumps({"sha256": sha256, "size": size}).encode() + b"\n"


# The trial ----------------------------------------------------------------------------------------------------------


class _Read(FolderBlobs):
    """A store whose bytes have just been read and were what their names say."""

    def digest_found(self, sha256: str) -> str:
        """Return the digest without reading again what has just been read."""
        if self.size(sha256) is None:
            raise NotFound("blob-missing", sha256=sha256)
        return sha256


def _tried(workplace: Workplace, folder: Folder, manifest: Manifest, tell: Tell) -> list[str]:
    """Read the whole backup, restore it into a scratch place, and return what does not hold.

    A blob that an earlier backup left damaged is copied again first.
    """
    faults = list(folder.faults(manifest))
    for sha256, fault in list(folder.blob_faults(manifest)):
        if again := _copy(workplace, folder, sha256):
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
            _load(place, folder, manifest)
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


# The way back -------------------------------------------------------------------------------------------------------


def restore(workplace: Workplace, path: Path, tell: Tell = silent) -> Manifest:
    """Restore a backup into an empty database and store, and bring it to this program's schema.

    Raises Conflict before anything is written: when something is there already, when the backup is damaged (it names
    each file), when a newer program made it.
    """
    folder = Folder(path)
    manifest = folder.manifest()
    _check_room(workplace)
    if not knows_schema(workplace.engine, manifest.schema):
        raise Conflict("restore-newer", schema=manifest.schema, product=manifest.product, here=__version__)
    faults = list(folder.faults(manifest)) or [fault for _sha256, fault in folder.blob_faults(manifest)]
    if faults:
        raise Conflict("backup-damaged", faults="\n".join(["", *faults]))
    for sha256, _size in folder.listed(manifest):
        with folder.blobs.open(sha256) as source:
            if workplace.blobs.put(source).sha256 != sha256:
                raise Conflict("restore-changed", sha256=sha256)
    tell(_("Restored %(files)s files.", files=manifest.blobs))
    _load(workplace, folder, manifest)
    tell(_("Restored %(rows)s rows of schema %(schema)s.", rows=manifest.rows, schema=manifest.schema))
    installation.load_reference(workplace)
    with workplace.writing(SYSTEM) as work:
        work.require(Permission.BACKUP_MAKE)
        work.session.execute(sa.delete(Backup).where(Backup.outcome == Outcome.RUNNING.value))
    _record(workplace, "backup.restored", made_at=manifest.made_at, manifest=digest(manifest))
    tell(_secret(workplace, folder, manifest))
    tell(_seal_key(workplace, folder, manifest))
    return manifest


def _check_room(workplace: Workplace) -> None:
    with frozen(workplace.engine) as connection:
        if rows.names(connection) or schema_found(workplace.engine) is not None:
            raise Conflict("restore-not-empty")
    if next(workplace.blobs.entries(), None) is not None:
        raise Conflict("restore-store-not-empty")


def _load(workplace: Workplace, folder: Folder, manifest: Manifest) -> None:
    """Make the schema of the backup, fill it in one step, and migrate it to that of this program."""
    upgrade(workplace.engine, manifest.schema)
    told = manifest.tables()
    with writer(workplace.engine).begin() as connection:
        found = rows.tables(connection)
        rows.clear(connection, found)
        for table in found:
            if table.name in told:
                _load_table(connection, table, folder, manifest, told[table.name])
    upgrade(workplace.engine)


def _load_table(connection: sa.Connection, table: sa.Table, folder: Folder, manifest: Manifest, told: File) -> None:
    with folder.open(manifest, told.name) as file:
        added = rows.load(connection, table, file)
    if added != told.lines:
        raise Conflict("backup-damaged", faults=f"{told.name}: expected {told.lines} rows, found {added}")


def _secret(workplace: Workplace, folder: Folder, manifest: Manifest) -> str:
    if not folder.has(manifest, SECRET):
        workplace.settings.make_key()
        return _("The secret is not in the backup: links to passwords and editions have to be made anew.")
    with folder.open(manifest, SECRET) as file:
        kept = file.read().decode("ascii")
    try:
        here = workplace.settings.key()
    except Invalid:
        workplace.settings.make_key(kept)
        return _("Restored the secret.")
    return _("There is a secret already; it was kept.") if here != kept else _("The secret is the same.")


def _seal_key(workplace: Workplace, folder: Folder, manifest: Manifest) -> str:
    if folder.has(manifest, SEAL):
        with folder.open(manifest, SEAL) as file:
            kept = file.read()
        if workplace.settings.keep_seal_key(kept):
            return _("Restored the key to seal with.")
        if kept == workplace.settings.own_seal_key():
            return _("The key to seal with is the same.")
        return _(
            "There is another key to seal with here; it was kept. New seals are by it, and earlier seals still hold."
        )
    if workplace.settings.seal or workplace.settings.own_seal_key():
        return _("There is a key to seal with already; it was kept.")
    return _("The key to seal with is not in the backup; sdg-tracker init makes a new one. Earlier seals still hold.")


# The rehearsal ------------------------------------------------------------------------------------------------------


@jobs.chore("backups.rehearsal")
def rehearse(workplace: Workplace) -> None:
    """Make and try a backup once a week, when a folder is set for it; of several workers one does."""
    if not workplace.settings.backup:
        return
    backup_id = _claim(workplace)
    if backup_id is None:
        return
    try:
        with use_locale(workplace.settings.language):
            made = _make(workplace, Path(workplace.settings.backup), partial(log.info, "backup: %s"), backup_id)
    except (Problem, OSError) as error:
        log.error("the weekly backup failed: %s", error)
        return
    for fault in made.faults:
        log.error("the weekly backup does not hold: %s", fault)


def _claim(workplace: Workplace) -> int | None:
    libraries = library_ids(workplace)
    if not libraries:
        return None
    with workplace.writing(SYSTEM, libraries[0]) as work:
        work.require(Permission.BACKUP_MAKE)
        work.lock_library()  # of two workers one waits here, and then finds the row of the other
        ours = sa.select(Backup).where(Backup.by_worker.is_(True)).order_by(Backup.id.desc()).limit(1)
        last = work.session.scalars(ours).first()
        if last is not None and work.at < last.began_at + _pause(last):
            return None
        row = Backup(began_at=work.at, by_worker=True, outcome=Outcome.RUNNING.value)
        work.session.add(row)
        work.session.flush()
        return row.id


def _pause(last: Backup) -> timedelta:
    return {Outcome.RUNNING: LOST, Outcome.FAILED: AGAIN}.get(Outcome(last.outcome), WEEK)
