"""The watch over stored files: what is damaged is found, told and shown; loose bytes go, named ones never."""

import io
import os
import re
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask.testing import FlaskClient

from sdg_tracker import installation, trail
from sdg_tracker.access import SYSTEM, Actor, Permission, Role
from sdg_tracker.cli import main, working
from sdg_tracker.evidence import adding, file_queries, intake
from sdg_tracker.evidence.details import EvidenceDetails
from sdg_tracker.evidence.models import Evidence
from sdg_tracker.foundation.blobs import FolderBlobs, StoreError
from sdg_tracker.foundation.errors import Conflict
from sdg_tracker.foundation.i18n import use_locale
from sdg_tracker.jobs import Queue
from sdg_tracker.keeping import names, queries, services
from sdg_tracker.keeping.models import Fixity
from sdg_tracker.work import Library, Workplace
from tests.conftest import NOON
from tests.factories import Factories


def path_of(workplace: Workplace, sha256: str) -> Path:
    assert isinstance(workplace.blobs, FolderBlobs)
    path = workplace.blobs.path(sha256)
    path.chmod(0o644)
    return path


def sha256_of(evidence: Evidence) -> str:
    return evidence.current.original_sha256


def row_of(workplace: Workplace, sha256: str) -> Fixity | None:
    with workplace.reading(SYSTEM) as work:
        return queries.of(work, [sha256]).get(sha256)


def told(workplace: Workplace, library: Library, action: str) -> list[tuple[str, int | None, dict[str, object]]]:
    with workplace.reading(SYSTEM, library.id) as work:
        return [(event.subject, event.subject_number, event.facts) for event in trail.by_action(work, action)]


def at(workplace: Workplace, **later: float) -> None:
    workplace.clock = lambda: NOON + timedelta(**later)


def test_every_named_file_is_read_once_and_then_again_within_thirty_days(
    workplace: Workplace, make: Factories, library: Library
) -> None:
    pieces = [sha256_of(make.evidence(library, f"file {count}".encode())) for count in range(3)]
    edition = make.edition(library)
    services.watch(workplace)
    with workplace.reading(SYSTEM) as work:
        assert queries.watch(work) == queries.Watch(files=5, checked=5, oldest=NOON, faults=0)
        assert set(queries.of(work, [*pieces, edition.fingerprint, edition.artefacts[0].sha256])) >= set(pieces)
        assert queries.due(work, 10, 10**9) == []
    at(workplace, days=27)
    with workplace.reading(SYSTEM) as work:
        assert queries.due(work, 10, 10**9) == []
    at(workplace, days=29)
    services.watch(workplace)
    with workplace.reading(SYSTEM) as work:
        assert queries.watch(work).oldest == NOON + timedelta(days=29)


def test_a_round_reads_only_so_much_and_the_longest_unread_first(
    workplace: Workplace, make: Factories, library: Library
) -> None:
    pieces = [sha256_of(make.evidence(library, bytes([count]) * 1000)) for count in range(5)]
    services.watch(workplace)
    with workplace.writing(SYSTEM) as work:
        for days, sha256 in enumerate(pieces):
            queries.of(work, [sha256])[sha256].checked_at = NOON - timedelta(days=60 + days)
    with workplace.reading(SYSTEM) as work:
        assert [row.sha256 for row in queries.due(work, 2, 10**9)] == [pieces[4], pieces[3]]
        assert [row.sha256 for row in queries.due(work, 10, 2500)] == [pieces[4], pieces[3]]
        assert [row.sha256 for row in queries.due(work, 10, 10)] == [pieces[4]], "one always, however large"


@pytest.mark.parametrize("damage", ["missing", "changed"])
def test_a_damaged_file_is_told_once_to_every_library_that_names_it_and_when_it_is_whole_again(
    workplace: Workplace, make: Factories, library: Library, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    other, third = make.library("Andenby"), make.library("Tredjeby")
    make.evidence(other, b"something else")
    sha256 = sha256_of(make.evidence(library, b"shared"))
    assert sha256_of(make.evidence(other, b"shared")) == sha256
    services.watch(workplace)
    path = path_of(workplace, sha256)
    path.unlink() if damage == "missing" else path.write_bytes(b"shareD")
    at(workplace, days=29)
    services.watch(workplace)
    assert any(sha256 in record.getMessage() for record in caplog.records if record.levelname == "ERROR")
    row = row_of(workplace, sha256)
    assert row is not None
    assert row.result == damage
    for one, number in ((library, 1), (other, 2)):
        [(subject, found_number, facts)] = told(workplace, one, "fixity.failed")
        assert (subject, found_number) == ("evidence", number)
        assert facts == {
            "event": "fixity check",
            "outcome": damage,
            "file": "version 1 original",
            "expected": sha256,
            "found": row.found,
        }
    assert told(workplace, third, "fixity.failed") == []
    with workplace.reading(SYSTEM) as work:
        assert queries.watch(work).faults == 1
    at(workplace, days=31)
    services.watch(workplace)
    assert len(told(workplace, library, "fixity.failed")) == 1, "the same damage is told once"
    path.unlink(missing_ok=True)
    workplace.blobs.put(io.BytesIO(b"shared"))
    at(workplace, days=33)
    services.watch(workplace)
    assert [len(told(workplace, one, "fixity.mended")) for one in (library, other, third)] == [1, 1, 0]
    with workplace.reading(SYSTEM) as work:
        assert queries.watch(work).faults == 0
    assert list(installation.faults(workplace)) == []


def test_a_store_that_is_out_of_reach_makes_no_file_a_damaged_one(
    workplace: Workplace, make: Factories, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.evidence(library)

    def unreachable(_sha256: str) -> str:
        raise StoreError("out of reach")

    monkeypatch.setattr(workplace.blobs, "digest_found", unreachable)
    services.watch(workplace)
    with workplace.reading(SYSTEM) as work:
        assert queries.watch(work) == queries.Watch(files=1, checked=0, oldest=None, faults=0)


def test_the_worker_does_it(workplace: Workplace, make: Factories, library: Library) -> None:
    make.evidence(library)
    Queue(workplace).do_chores()
    with workplace.reading(SYSTEM) as work:
        assert queries.watch(work).checked == 1


def test_the_page_of_evidence_and_that_of_the_installation_say_how_it_is(
    workplace: Workplace,
    make: Factories,
    library: Library,
    coordinator: Actor,
    client_of: Callable[[Actor | None], FlaskClient],
) -> None:
    sha256, client = sha256_of(make.evidence(library, b"text")), client_of(coordinator)
    assert "Ikke kontrolleret" in client.get("/evidence/1").text
    services.watch(workplace)
    assert "Kontrolleret den 2. mar. 2026 12.00 – uændret" in client.get("/evidence/1").text
    page = client.get("/admin/installation").text
    assert re.search(r"1 af 1 filer", page)
    assert "beskadiget" not in page + client.get("/admin").text
    path_of(workplace, sha256).unlink()
    at(workplace, days=30)
    services.watch(workplace)
    page = client.get("/evidence/1").text
    assert "Den opbevarede fil mangler." in page
    assert "uændret" not in page
    assert "1 opbevaret fil er beskadiget" in client.get("/admin/installation").text
    assert "1 opbevaret fil er beskadiget" in client.get("/admin").text


def test_every_column_of_digests_is_looked_at(workplace: Workplace) -> None:
    with workplace.writing(SYSTEM) as work:
        names.check_complete(work)
        work.session.execute(sa.schema.CreateTable(sa.Table("later", sa.MetaData(), sa.Column("sha256", sa.String))))
        with pytest.raises(Conflict) as error:
            names.check_complete(work)
        assert error.value.code == "names-incomplete"
        work.session.rollback()


def test_loose_bytes_go_after_a_day_and_named_ones_stay(
    workplace: Workplace, make: Factories, library: Library
) -> None:
    make.evidence(library)
    make.edition(library)
    there = set(workplace.blobs.all())
    loose = workplace.blobs.put(io.BytesIO(b"left by a step that failed"))
    assert [entry.sha256 for entry in services.loose(workplace)] == [loose.sha256]
    gone: list[str] = []
    assert services.sweep(workplace, lambda entry: gone.append(entry.sha256)) == (0, 0)
    assert isinstance(workplace.blobs, FolderBlobs)
    for sha256 in workplace.blobs.all():
        _age(workplace.blobs.path(sha256))
    unfinished = workplace.blobs.folder / "incoming" / "unfinished"
    unfinished.write_bytes(b"half")
    _age(unfinished)
    workplace.clock = lambda: datetime.now(UTC)
    assert services.sweep(workplace, lambda entry: gone.append(entry.sha256), dry_run=True) == (1, 0)
    assert set(workplace.blobs.all()) == there | {loose.sha256}
    assert services.sweep(workplace, lambda entry: gone.append(entry.sha256)) == (1, 1)
    assert gone == [loose.sha256] * 2
    assert set(workplace.blobs.all()) == there


def test_sweeping_while_people_upload_takes_nothing_that_a_row_names(
    workplace: Workplace, library: Library, coordinator: Actor
) -> None:
    """Everything that is uploaded lay loose for days before; sweeps run all the time."""
    workplace.clock = lambda: datetime.now(UTC)
    contents = [f"uploaded a second time {count}\n".encode() for count in range(24)]
    assert isinstance(workplace.blobs, FolderBlobs)
    for content in contents:
        _age(workplace.blobs.path(workplace.blobs.put(io.BytesIO(content)).sha256))
    stop, failed = threading.Event(), []

    def sweep() -> None:
        while not stop.is_set():
            services.sweep(workplace, lambda _entry: None)

    def upload(mine: list[bytes]) -> None:
        try:
            for content in mine:
                with workplace.reading(coordinator) as work:
                    received = intake.receive(work, io.BytesIO(content), "fil.txt")
                with workplace.writing(coordinator) as work:
                    adding.add(work, received, EvidenceDetails())
        except Exception as error:  # noqa: BLE001 - it is told below
            failed.append(error)

    sweeper = threading.Thread(target=sweep)
    uploaders = [threading.Thread(target=upload, args=(contents[part::3],)) for part in range(3)]
    for thread in (sweeper, *uploaders):
        thread.start()
    for thread in uploaders:
        thread.join()
    stop.set()
    sweeper.join()
    assert failed == []
    with workplace.reading(SYSTEM, library.id) as work:
        assert len(list(file_queries.digests(work))) == len(contents)
    assert list(installation.faults(workplace)) == []


def _age(path: Path) -> None:
    then = (datetime.now(UTC) - timedelta(days=3)).timestamp()
    os.utime(path, (then, then))


@pytest.fixture
def run(workplace: Workplace, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., tuple[int, str]]]:
    """Run a command in the test's own workplace; return its exit status and what it printed."""
    monkeypatch.setattr(working, "open_workplace", lambda: workplace)
    workplace.clock = lambda: datetime.now(UTC)

    def command(*arguments: str) -> tuple[int, str]:
        done = CliRunner().invoke(main, arguments)
        return done.exit_code, done.output

    with use_locale("en"):
        yield command


def test_the_command_names_what_is_missing_changed_and_orphaned(
    workplace: Workplace, make: Factories, library: Library, run: Callable[..., tuple[int, str]]
) -> None:
    pieces = [sha256_of(make.evidence(library, f"file {count}".encode())) for count in range(3)]
    edition = make.edition(library)
    status, output = run("evidence", "check")
    assert status == 0, output
    assert "Read 5 files." in output
    loose = workplace.blobs.put(io.BytesIO(b"loose"))
    path_of(workplace, pieces[0]).unlink()
    path_of(workplace, pieces[1]).write_bytes(b"file x")
    path_of(workplace, edition.artefacts[0].sha256).unlink()
    status, output = run("evidence", "check")
    assert status == 1
    assert f"evidence 1 version 1 original: expected {pieces[0]} (6 bytes), found nothing" in output
    assert re.search(rf"evidence 2 version 1 original: expected {pieces[1]} \(6 bytes\), found [0-9a-f]{{64}}", output)
    assert "edition 1 report.pdf: expected" in output
    assert f"orphaned: {loose.sha256} (5 bytes)" in output
    assert "3 faults." in output
    status, output = run("evidence", "sweep", "--dry-run")
    assert (status, output) == (0, "0 files would go, 0 B.\n")


def test_the_command_reads_a_sample_that_can_be_chosen_again_or_what_was_not_read_lately(
    workplace: Workplace, make: Factories, library: Library, run: Callable[..., tuple[int, str]]
) -> None:
    for count in range(9):
        make.evidence(library, f"file {count}".encode())
    status, output = run("evidence", "check", "--sample", "4")
    assert status == 0
    seed = re.search(r"Sample with seed (\d+)\.", output)
    assert seed is not None
    assert "Read 4 files." in output

    def checked() -> set[str]:
        with workplace.reading(SYSTEM) as work:
            return set(work.session.scalars(sa.select(Fixity.sha256)))

    before = checked()
    assert len(before) == 4
    run("evidence", "check", "--sample", "4", "--seed", seed[1])
    assert checked() == before
    today = datetime.now(UTC).date().isoformat()
    assert "Read 5 files." in run("evidence", "check", "--since", today)[1]
    assert "Read 0 files." in run("evidence", "check", "--since", today)[1]
    assert "Read 9 files." in run("evidence", "check", "--library", library.slug)[1]
    assert run("evidence", "check", "--library", "nowhere")[0] == 1
    assert run("evidence", "check", "--since", "yesterday")[0] == 2


def test_only_the_program_keeps_the_store(workplace: Workplace, make: Factories, library: Library) -> None:
    with workplace.reading(make.member(library, Role.COORDINATOR)) as work:
        assert not work.can(Permission.STORE_KEEP)
