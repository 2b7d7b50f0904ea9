"""A backup holds everything of one moment, tells when it does not, and comes back on the other engine."""

import io
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from sdg_tracker import installation, trail
from sdg_tracker.access import SYSTEM, Actor, Permission, Role
from sdg_tracker.backups import making, rehearsal, restoring
from sdg_tracker.backups.folder import Folder, Manifest
from sdg_tracker.editions import keys, sealing
from sdg_tracker.editions import queries as editions
from sdg_tracker.editions.models import Edition
from sdg_tracker.evidence import file_queries
from sdg_tracker.foundation import rows
from sdg_tracker.foundation.blobs import FolderBlobs
from sdg_tracker.foundation.db import frozen, schema_found, schema_needed, upgrade
from sdg_tracker.foundation.documents import canonical
from sdg_tracker.foundation.errors import Conflict, Invalid
from sdg_tracker.foundation.i18n import use_locale
from sdg_tracker.jobs import Queue
from sdg_tracker.keeping import queries as keeping
from sdg_tracker.keeping.models import Backup
from sdg_tracker.work import Library, Workplace
from tests.conftest import NOON
from tests.factories import Factories

CHORES = (rehearsal.rehearse,)  # importing it has registered it
WRITER = """
import io, itertools, os, sys
from sdg_tracker.access import Actor, Role
from sdg_tracker.evidence import adding, details, intake
from sdg_tracker.foundation.settings import Settings
from sdg_tracker.work import Workplace
database, store, number, library, stop = sys.argv[1:]
place = Workplace.open(Settings(database=database, store=store, secret="secret"))
actor = Actor(int(number), Role.COORDINATOR, int(library))
for count in itertools.count():
    if os.path.exists(stop):
        break
    with place.reading(actor) as work:
        received = intake.receive(work, io.BytesIO(f"written meanwhile {count}\\n".encode()), f"fil {count}.txt")
    with place.writing(actor) as work:
        adding.add(work, received, details.EvidenceDetails())
    print(count, flush=True)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where backups go."""
    return tmp_path / "backup"


def everything(workplace: Workplace, *but: str) -> dict[str, list[bytes]]:
    """Return every row of every table, but for some."""
    with frozen(workplace.engine) as connection:
        tables = [table for table in rows.tables(connection) if table.name not in but]
        return {table.name: sorted(rows.lines(connection, table)) for table in tables}


def bytes_of(workplace: Workplace, edition: Edition) -> dict[str, bytes]:
    """Return the content of an edition's files."""
    with workplace.reading(SYSTEM, edition.library_id) as work:
        artefacts = editions.get(work, edition.number).artefacts
    found = {}
    for artefact in artefacts:
        with workplace.blobs.open(artefact.sha256, artefact.size) as file:
            found[artefact.name] = file.read()
    return found


def told(workplace: Workplace, library_id: int, action: str) -> list[dict[str, object]]:
    with workplace.reading(SYSTEM, library_id) as work:
        return [event.facts for event in trail.by_action(work, action)]


@pytest.mark.slow
def test_a_backup_comes_back_on_the_other_engine_with_every_row_and_byte(
    workplace: Workplace, built: Edition, folder: Path, elsewhere: Callable[[], Workplace]
) -> None:
    made = making.make(workplace, folder)
    assert made.faults == []
    assert made.copied == made.manifest.blobs > 5
    [facts] = told(workplace, built.library_id, "backup.made")
    assert (facts["outcome"], facts["files"]) == ("sound", made.manifest.blobs)
    before = everything(workplace, "backup", "event", "library")
    place = elsewhere()
    restoring.restore(place, folder)
    assert everything(place, "backup", "event", "library") == before
    assert list(installation.faults(place)) == []
    assert bytes_of(place, built) == bytes_of(workplace, built)
    assert len(told(place, built.library_id, "backup.restored")) == 1
    make = Factories(place)
    with place.reading(SYSTEM) as work:
        library = work.session.get_one(Library, built.library_id)
    assert make.evidence(library, b"counted on").number == 3, "numbers and keys go on"
    make.branch(library, "En ny afdeling")


@pytest.mark.slow
def test_a_backup_that_is_made_while_people_write_is_of_one_moment(
    workplace: Workplace,
    issued: Edition,
    coordinator: Actor,
    folder: Path,
    elsewhere: Callable[[], Workplace],
    tmp_path: Path,
) -> None:
    settings, stop = workplace.settings, tmp_path / "stop"
    arguments = [settings.database, settings.store, str(coordinator.number), str(issued.library_id), str(stop)]
    writer = subprocess.Popen([sys.executable, "-c", WRITER, *arguments], stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    told: list[str] = []

    def tell(line: str) -> None:
        told.append(line)
        if len(told) == 2:  # rows and files are copied
            stop.touch()

    try:
        for _count in range(10):
            assert writer.stdout.readline()
        made = making.make(workplace, folder, tell)
    finally:
        stop.touch()
        rest, _errors = writer.communicate(timeout=300)
    assert made.faults == []
    last = made.manifest.tables()["evidence"].lines
    assert writer.returncode == 0
    assert 12 <= last < int(rest.split()[-1]) + 3, "it was made in the middle"
    place = elsewhere()
    restoring.restore(place, folder)
    assert list(installation.faults(place)) == []
    with place.reading(SYSTEM, issued.library_id) as work:
        assert len({digest.number for digest in file_queries.digests(work)}) == last
    assert bytes_of(place, issued) == bytes_of(workplace, issued)


def test_a_later_backup_copies_only_what_is_new_and_mends_what_was_damaged(
    workplace: Workplace, filled: Library, make: Factories, folder: Path
) -> None:
    first = making.make(workplace, folder)
    blobs = Folder(folder).blobs
    kept = sorted(blobs.all())
    assert (first.copied, len(kept)) == (2, 2)
    path = blobs.path(kept[0])
    content = path.read_bytes()
    path.chmod(0o644)
    path.write_bytes(content[:-1] + b"x")
    blobs.path(kept[1]).unlink()
    make.evidence(filled, b"new")
    second = making.make(workplace, folder)
    assert (second.copied, second.faults) == (2, []), "the new one and the lost one; the damaged one has its length"
    assert path.read_bytes() == content
    assert len(list(blobs.all())) == 3
    assert [found.name for found in folder.glob("set-*")] == [second.manifest.set]
    assert making.make(workplace, folder).copied == 0


Damage = Callable[[Folder], str]


def _change_a_row(folder: Folder) -> str:
    path = folder.path / folder.manifest().set / "tables" / "evidence.jsonl"
    path.write_bytes(path.read_bytes().replace(b"Noter", b"Roter", 1))
    return "tables/evidence.jsonl: expected"


def _add_a_row(folder: Folder) -> str:
    path = folder.path / folder.manifest().set / "tables" / "user.jsonl"
    content = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*content, content[-1]]))
    return f"tables/user.jsonl: expected {folder.manifest().tables()['user'].sha256} ({len(content)} lines), found"


def _lose_a_table(folder: Folder) -> str:
    (folder.path / folder.manifest().set / "tables" / "activity.jsonl").unlink()
    return "tables/activity.jsonl: missing"


def _add_a_file(folder: Folder) -> str:
    (folder.path / folder.manifest().set / "tables" / "later.jsonl").write_bytes(b"{}\n")
    return "tables/later.jsonl: is not in the manifest"


def _change_the_manifest(folder: Folder) -> str:
    path = folder.path / "manifest.json"
    content = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps({**content, "blobs": content["blobs"] + 1}), "utf-8")
    return "manifest.json: expected"


def _break_the_manifest(folder: Folder) -> str:
    path = folder.path / "manifest.json"
    path.write_bytes(path.read_bytes()[:-20])
    return "manifest.json: "


def _change_a_blob(folder: Folder) -> str:
    sha256 = next(iter(folder.blobs.all()))
    path = folder.blobs.path(sha256)
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    return f"blobs/{sha256}: expected"


def _lose_a_blob(folder: Folder) -> str:
    sha256 = next(iter(folder.blobs.all()))
    folder.blobs.remove(sha256)
    return f"blobs/{sha256}: missing"


def _change_the_list_of_blobs(folder: Folder) -> str:
    path = folder.path / folder.manifest().set / "blobs.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[1:]))
    return "blobs.jsonl: expected"


DAMAGES: tuple[Damage, ...] = (
    _change_a_row,
    _add_a_row,
    _lose_a_table,
    _add_a_file,
    _change_the_manifest,
    _break_the_manifest,
    _change_a_blob,
    _lose_a_blob,
    _change_the_list_of_blobs,
)


def test_a_damaged_backup_is_refused_before_anything_is_written(
    workplace: Workplace, filled: Library, folder: Path, elsewhere: Callable[[], Workplace]
) -> None:
    making.make(workplace, folder)
    place = elsewhere()
    for damage in DAMAGES:
        copy = folder.parent / damage.__name__
        shutil.copytree(folder, copy)
        expected = damage(Folder(copy))
        with pytest.raises(Conflict) as error:
            restoring.restore(place, copy)
        assert error.value.code == "backup-damaged", damage
        assert expected in str(error.value)
        assert schema_found(place.engine) is None
        assert list(place.blobs.all()) == []


def test_it_is_restored_into_an_empty_place_only(
    workplace: Workplace, filled: Library, folder: Path, elsewhere: Callable[[], Workplace]
) -> None:
    making.make(workplace, folder)
    with pytest.raises(Conflict) as error:
        restoring.restore(workplace, folder)
    assert error.value.code == "restore-not-empty"
    place = elsewhere()
    place.blobs.put(io.BytesIO(b"something"))
    with pytest.raises(Conflict) as error:
        restoring.restore(place, folder)
    assert error.value.code == "restore-store-not-empty"
    assert schema_found(place.engine) is None


def test_where_no_backup_is_there_is_none(elsewhere: Callable[[], Workplace], folder: Path) -> None:
    with pytest.raises(Invalid) as error:
        restoring.restore(elsewhere(), folder)
    assert error.value.code == "backup-none"


def as_of(made: Manifest, folder: Path, old: Workplace, revision: str) -> Manifest:
    """Rewrite a backup as one that the program of an older schema made: without later tables and columns."""
    upgrade(old.engine, revision)
    with frozen(old.engine) as connection:
        known = {table.name: {column.name for column in table.columns} for table in rows.tables(connection)}
    files = []
    for file in made.files:
        path, table = folder / made.set / file.name, Path(file.name).stem
        if file.name.startswith("tables/"):
            if table not in known:
                path.unlink()
                continue
            kept = [json.loads(line) for line in path.read_bytes().splitlines()]
            lines = [canonical({key: row[key] for key in row.keys() & known[table]}) + b"\n" for row in kept]
            content = b"".join(lines)
            path.write_bytes(content)
            file = replace(file, size=len(content), sha256=sha256(content).hexdigest())  # noqa: PLW2901
        files.append(file)
    return replace(made, schema=revision, files=files)


def test_a_backup_of_an_older_schema_is_migrated_and_one_of_a_newer_is_refused(
    workplace: Workplace, filled: Library, folder: Path, elsewhere: Callable[[], Workplace]
) -> None:
    made = making.make(workplace, folder).manifest
    older = as_of(made, folder, elsewhere(), "0003")
    Folder(folder).finish(older, holds=True)
    place = elsewhere()
    restoring.restore(place, folder)
    assert schema_found(place.engine) == schema_needed()
    assert list(installation.faults(place)) == []
    with place.reading(SYSTEM) as work:
        assert keeping.watch(work).files == 0
    Folder(folder).finish(replace(older, schema="9999", product="99.0"), holds=True)
    with pytest.raises(Conflict) as error:
        restoring.restore(elsewhere(), folder)
    assert error.value.code == "restore-newer"
    assert "99.0" in str(error.value)


def test_what_the_store_has_lost_is_told_and_the_rest_is_kept(
    workplace: Workplace, filled: Library, make: Factories, folder: Path, elsewhere: Callable[[str], Workplace]
) -> None:
    lost = make.evidence(filled, b"lost").current.original_sha256
    changed = make.evidence(filled, b"changed").current.original_sha256
    assert isinstance(workplace.blobs, FolderBlobs)
    workplace.blobs.remove(lost)
    workplace.blobs.path(changed).chmod(0o644)
    workplace.blobs.path(changed).write_bytes(b"changeD")
    made = making.make(workplace, folder)
    assert sum(lost in fault for fault in made.faults) >= 1
    assert sum(changed in fault for fault in made.faults) >= 1
    assert made.manifest.blobs == 2
    with workplace.reading(SYSTEM) as work:
        last = keeping.last_backup(work)
    assert last is not None
    assert last.outcome == "faulty"
    assert lost in last.fault
    place = elsewhere("sqlite")
    restoring.restore(place, folder)
    assert sorted(place.blobs.all()) == sorted(set(workplace.blobs.all()) - {changed})


def test_a_backup_that_does_not_hold_takes_no_sound_one_away(
    workplace: Workplace, filled: Library, make: Factories, folder: Path, elsewhere: Callable[[str], Workplace]
) -> None:
    sound = making.make(workplace, folder).manifest
    lost = make.evidence(filled, b"lost").current.original_sha256
    workplace.blobs.remove(lost)
    for _count in range(2):
        faulty = making.make(workplace, folder)
        assert faulty.faults
    assert {found.name for found in folder.glob("set-*")} == {sound.set, faulty.manifest.set}
    (folder / "before.json").rename(folder / "manifest.json")
    place = elsewhere("sqlite")
    restoring.restore(place, folder)
    assert list(installation.faults(place)) == []
    workplace.blobs.put(io.BytesIO(b"lost"))
    again = making.make(workplace, folder)
    assert again.faults == []
    assert [found.name for found in folder.glob("set-*")] == [again.manifest.set]


def test_rows_that_can_not_be_loaded_are_found_at_once(
    workplace: Workplace, filled: Library, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = rows.lines

    def with_one_twice(connection: sa.Connection, table: sa.Table) -> Iterator[bytes]:
        found = list(lines(connection, table))
        return iter([*found, found[-1]] if table.name == "activity" else found)

    monkeypatch.setattr(rows, "lines", with_one_twice)
    [fault] = making.make(workplace, folder).faults
    assert "activity" in fault


def test_secret_and_key_are_in_it_only_when_asked_for_and_a_restored_place_seals_with_that_key(
    workplace: Workplace, filled: Library, folder: Path, elsewhere: Callable[[str], Workplace], tmp_path: Path
) -> None:
    secret = workplace.settings.key()

    def given(place: Workplace, name: str, **values: str) -> Workplace:
        seal_file = str(tmp_path / name / "seal.p12")
        place.settings = replace(place.settings, seal_file=seal_file, **values)  # type: ignore[arg-type]
        return place

    def signed_by(place: Workplace) -> bytes:
        certificate = sealing.signer_of(place.settings.seal_key(), "").signing_cert
        assert certificate is not None
        return bytes(certificate.dump())

    def contents() -> bytes:
        return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())

    def restored(name: str) -> tuple[Workplace, str]:
        place, told = given(elsewhere("sqlite"), name), list[str]()
        with use_locale("en"):
            restoring.restore(place, folder, told.append)
        return place, told[-1]

    own = keys.own("Biblioteket")
    given(workplace, "here").settings.keep_seal_key(own)
    making.make(workplace, folder)
    assert secret.encode() not in contents()
    assert own not in contents()
    one, told = restored("one")
    assert one.settings.key() != secret
    assert told.startswith("The key to seal with is not in the backup")
    making.make(workplace, folder, with_secret=True)
    assert secret.encode() in contents()
    other, told = restored("other")
    assert other.settings.key() == secret
    assert Path(other.settings.secret_file).stat().st_mode & 0o777 == 0o600
    assert told == "Restored the key to seal with."
    assert signed_by(other) == signed_by(workplace)
    assert Path(other.settings.seal_file).stat().st_mode & 0o777 == 0o600
    lines: list[str] = []
    making.make(given(workplace, "here", seal="/own/certificate.p12"), folder, lines.append)
    assert secret.encode() not in contents()
    assert own not in contents()
    assert any("/own/certificate.p12" in line for line in lines), "a certificate of the library's own is in no backup"


def test_a_folder_with_other_things_is_left_alone(workplace: Workplace, filled: Library, folder: Path) -> None:
    folder.mkdir()
    (folder / "letters.txt").write_text("mine")
    with pytest.raises(Conflict) as error:
        making.make(workplace, folder)
    assert error.value.code == "backup-folder-strange"
    assert [path.name for path in folder.iterdir()] == ["letters.txt"]
    with workplace.reading(SYSTEM) as work:
        last = keeping.last_backup(work)
    assert last is not None
    assert last.outcome == "failed"


def test_two_do_not_back_up_to_one_folder_at_once(workplace: Workplace, filled: Library, folder: Path) -> None:
    with Folder(folder).held(), pytest.raises(Conflict) as error:
        making.make(workplace, folder)
    assert error.value.code == "backup-busy"


def test_the_worker_rehearses_once_a_week_and_the_page_says_how_it_went(
    workplace: Workplace,
    filled: Library,
    folder: Path,
    coordinator: Actor,
    client_of: Callable[[Actor | None], FlaskClient],
) -> None:
    client = client_of(coordinator)
    queue = Queue(workplace)
    queue.do_chores()
    assert not folder.exists(), "off unless a folder is set"
    assert "Der er ikke lavet nogen sikkerhedskopi endnu" in client.get("/admin/installation").text
    workplace.settings = replace(workplace.settings, backup=str(folder))

    def count() -> int:
        with workplace.reading(SYSTEM) as work:
            return work.session.scalar(sa.select(sa.func.count(Backup.id)).where(Backup.by_worker.is_(True))) or 0

    queue.do_chores()
    assert Folder(folder).manifest().blobs == 2
    page = client.get("/admin/installation").text
    assert "2. mar. 2026 12.00" in page
    assert "gendannet på prøve" in page
    workplace.clock = lambda: NOON + timedelta(days=6)
    queue.do_chores()
    assert count() == 1
    (folder / "strange").write_text("in the way")
    workplace.clock = lambda: NOON + timedelta(days=8)
    queue.do_chores()
    assert count() == 2
    page = client.get("/admin/installation").text
    assert "Den sidste sikkerhedskopi kunne ikke laves" in page
    (folder / "strange").unlink()
    workplace.clock = lambda: NOON + timedelta(days=8, hours=12)
    queue.do_chores()
    assert count() == 2
    workplace.clock = lambda: NOON + timedelta(days=9, minutes=1)
    queue.do_chores()
    assert count() == 3
    assert "gendannet på prøve" in client.get("/admin/installation").text


def test_only_the_program_makes_backups(workplace: Workplace, make: Factories, library: Library) -> None:
    for role in (Role.COORDINATOR, Role.ADMINISTRATOR):
        with workplace.reading(make.member(library, role)) as work:
            assert not work.can(Permission.BACKUP_MAKE)
