"""The way back: a backup is restored into an empty database and an empty store."""

from pathlib import Path

import sqlalchemy as sa

from sdg_tracker import __version__, installation
from sdg_tracker.access import SYSTEM, Permission
from sdg_tracker.backups.folder import SEAL, SECRET, File, Folder, Manifest, digest
from sdg_tracker.backups.telling import Tell, record, silent
from sdg_tracker.foundation import rows
from sdg_tracker.foundation.db import frozen, knows_schema, schema_found, upgrade, writer
from sdg_tracker.foundation.errors import Conflict, Invalid, words
from sdg_tracker.foundation.i18n import _, lazy
from sdg_tracker.keeping.models import Backup, Outcome
from sdg_tracker.work import Workplace

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


def restore(workplace: Workplace, path: Path, tell: Tell = silent) -> Manifest:
    """Restore a backup into an empty database and store, and bring it to this program's schema.

    Raises Conflict before anything is written: when something is there already, when the backup is damaged (it names
    each file), when a newer program made it.
    """
    folder = Folder(path)
    manifest = folder.manifest()
    _check_room(workplace)
    if not knows_schema(manifest.schema):
        raise Conflict("restore-newer", schema=manifest.schema, product=manifest.product, here=__version__)
    faults = list(folder.faults(manifest)) or [fault for _sha256, fault in folder.blob_faults(manifest)]
    if faults:
        raise Conflict("backup-damaged", faults="\n".join(["", *faults]))
    for sha256, _size in folder.listed(manifest):
        with folder.blobs.open(sha256) as source:
            if workplace.blobs.put(source).sha256 != sha256:
                raise Conflict("restore-changed", sha256=sha256)
    tell(_("Restored %(files)s files.", files=manifest.blobs))
    load(workplace, folder, manifest)
    tell(_("Restored %(rows)s rows of schema %(schema)s.", rows=manifest.rows, schema=manifest.schema))
    installation.load_reference(workplace)
    with workplace.writing(SYSTEM) as work:
        work.require(Permission.BACKUP_MAKE)
        work.session.execute(sa.delete(Backup).where(Backup.outcome == Outcome.RUNNING.value))
    record(workplace, "backup.restored", made_at=manifest.made_at, manifest=digest(manifest))
    tell(_secret(workplace, folder, manifest))
    tell(_seal_key(workplace, folder, manifest))
    return manifest


def _check_room(workplace: Workplace) -> None:
    with frozen(workplace.engine) as connection:
        if rows.names(connection) or schema_found(workplace.engine) is not None:
            raise Conflict("restore-not-empty")
    if next(workplace.blobs.entries(), None) is not None:
        raise Conflict("restore-store-not-empty")


def load(workplace: Workplace, folder: Folder, manifest: Manifest) -> None:
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
