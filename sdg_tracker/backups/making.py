"""A backup is made, and tried at once.

It is of one moment, while people go on working: rows are read in one transaction that sees no later change, and the
bytes that rows name were there before the rows.
"""

from dataclasses import dataclass
from datetime import UTC
from io import BytesIO
from pathlib import Path

from sdg_tracker import __version__
from sdg_tracker.access import SYSTEM, Permission
from sdg_tracker.backups.copying import blob_lines, copy_blobs, named_blobs
from sdg_tracker.backups.folder import BLOBS, FORMAT, SEAL, SECRET, Folder, Manifest, digest
from sdg_tracker.backups.telling import Tell, record, silent
from sdg_tracker.backups.trial import tried
from sdg_tracker.foundation import rows
from sdg_tracker.foundation.db import check_schema, frozen, schema_found
from sdg_tracker.foundation.i18n import _
from sdg_tracker.keeping.models import Backup, Outcome
from sdg_tracker.work import Workplace


@dataclass(frozen=True)
class Made:
    """A backup that was made, and what does not hold in it."""

    manifest: Manifest
    copied: int  # blobs that were not there from an earlier backup
    faults: list[str]


def make(workplace: Workplace, path: Path, tell: Tell = silent, *, with_secret: bool = False) -> Made:
    """Back up everything into a folder, only adding the blobs that it lacks, and try the result."""
    with workplace.writing(SYSTEM) as work:
        work.require(Permission.BACKUP_MAKE)
        row = Backup(began_at=work.at, by_worker=False, outcome=Outcome.RUNNING.value)
        work.session.add(row)
        work.session.flush()
        backup_id = row.id
    return make_noted(workplace, path, tell, backup_id, with_secret=with_secret)


def make_noted(workplace: Workplace, path: Path, tell: Tell, backup_id: int, *, with_secret: bool = False) -> Made:
    """Make a backup whose row is there already, and note in it how that ended."""
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
    record(
        workplace,
        "backup.made",
        outcome=outcome.value,
        rows=made.manifest.rows,
        files=made.manifest.blobs,
        manifest=digest(made.manifest),
    )
    return made


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
            named = named_blobs(workplace, connection)
        tell(_("Wrote %(rows)s rows of %(tables)s tables.", rows=sum(f.lines for f in files), tables=len(files)))
        kept, lost, copied = copy_blobs(workplace, folder, named)
        tell(_("Copied %(copied)s of %(files)s files; the others were there.", copied=copied, files=len(kept)))
        files.append(folder.write(set_name, BLOBS, blob_lines(kept)))
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
        faults = lost + tried(workplace, folder, manifest, tell)
        folder.finish(manifest, holds=not faults)
        return Made(manifest, copied, faults)
