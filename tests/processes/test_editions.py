"""The road to the end as its users walk it: freeze, hand over, check with others' programs, survive kills."""

import json
import os
import random
import re
import shutil
import sqlite3
import subprocess
import time
import zipfile
from functools import partial
from pathlib import Path

import bagit
import openpyxl
import pikepdf
import pytest
from PIL import Image

from sdg_tracker.dossier import services as dossier
from sdg_tracker.foundation.resources import resource_dir
from sdg_tracker.impact import services as impact
from tests.processes.conftest import Installation, wait_for
from tests.processes.forked import Started
from tests.processes.freezing import freeze

REAL = resource_dir("seed") / "demo" / "real-activities.csv"
KILLS = 10


@pytest.fixture(scope="module")
def frozen(begun_once: Installation, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """An installation with 133 activities, three files and a dossier, built by two hosts; nothing may be changed."""
    folder = tmp_path_factory.mktemp("frozen")
    shutil.copytree(begun_once.folder, folder, dirs_exist_ok=True)
    installation = Installation(folder)
    installation.run("activities", "import", str(REAL))
    Image.new("RGB", (800, 600), "teal").save(installation.folder / "b.png")
    Image.new("RGB", (400, 300), "white").save(installation.folder / "a.pdf")
    (installation.folder / "c.csv").write_text("uge;antal\n1;12\n", "utf-8")
    files = ["a.pdf", "b.png", "c.csv"]
    installation.run("evidence", "add", *files, "--activity", "1", "--requirement", "O2.5")
    installation.environment["SDG_TRACKER_LANGUAGE"] = "da"
    installation.call(partial(freeze, dossier.freeze, 1))
    database = folder / "var" / "tracker.sqlite"
    hosts = [_host(installation, number) for number in range(2)]
    try:
        wait_for(lambda: _state(database) == "ready" and _sealed(database), 240, "the edition was not finished")
    finally:
        for host in hosts:
            host.stop()
    return installation


def _host(installation: Installation, number: int) -> Started:
    """Start the worker of a host with folders and a core of its own, sharing database, store and queue."""
    var, folder = installation.folder / "var", installation.folder / f"host-{number}"
    (folder / "tmp").mkdir(parents=True)
    shared = {
        "SDG_TRACKER_DATABASE": f"sqlite:///{var}/tracker.sqlite",
        "SDG_TRACKER_STORE": f"file:{var}/store",
        "SDG_TRACKER_JOBS": f"sqlite:///{var}/jobs.sqlite",
        "SDG_TRACKER_SECRET": (var / "secret").read_text().strip(),
        "SDG_TRACKER_SEAL_FILE": str(var / "seal.p12"),
        "TMPDIR": str(folder / "tmp"),
    }
    elsewhere = Installation(folder, environment={**installation.environment, **shared})
    host = elsewhere.start("worker")
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(host.pid, {cores[number % len(cores)]})
    return host


@pytest.mark.slow
def test_two_hosts_have_laid_out_the_chapters_of_one_edition(frozen: Installation) -> None:
    logs = [(frozen.folder / f"host-{number}" / "worker.log").read_text() for number in range(2)]
    (built,) = re.findall(r"report\.pdf: (\d+) of (\d+) chapters", "".join(logs))
    helped = [log.count("laid out for another builder") for log in logs]
    assert 0 < int(built[0]) < int(built[1]), "the other host's chapters were used"
    assert sum(helped) >= int(built[1]) - int(built[0])
    assert [bool(count) for count in helped] == ["report.pdf:" not in log for log in logs], "not by the builder's own"


@pytest.mark.slow
def test_an_auditors_decisions_are_read_in_by_a_command(frozen: Installation, tmp_path: Path) -> None:
    shutil.copytree(frozen.folder / "var", tmp_path / "var")
    installation = Installation(tmp_path)
    (edition,) = json.loads(installation.run("edition", "list", "--json").stdout)
    document = {
        "format": 1,
        "edition": {"number": 1, "fingerprint": edition["fingerprint"]},
        "auditor": "A",
        "made_at": "2026-11-20T12:00:00Z",
        "sample": None,
        "marks": [{"exhibit": 1, "mark": "seen"}],
        "findings": [],
        "conclusion": None,
    }
    (tmp_path / "decisions.json").write_text(json.dumps(document))
    wrong = {**document, "marks": [{"exhibit": 99, "mark": "seen"}]}
    (tmp_path / "wrong.json").write_text(json.dumps(wrong))
    assert "99" in installation.run("audit", "import", "1", "wrong.json", status=1).stdout
    assert installation.run("audit", "import", "1", "decisions.json", "--dry-run").returncode == 0
    for changed in ("1", "0"):
        told = installation.run("audit", "import", "1", "decisions.json").stdout.splitlines()[-1]
        assert changed in told
    installation.run("verify")


@pytest.mark.slow
def test_a_dossier_that_others_accept(frozen: Installation) -> None:
    frozen.run("edition", "files", "1", "--out", "d")
    (pdf,), (book,), (bag,) = (list((frozen.folder / "d").glob(f"*.{ending}")) for ending in ("pdf", "xlsx", "zip"))
    with zipfile.ZipFile(bag) as archive:
        archive.extractall(frozen.folder / "unpacked")
    assert bagit.Bag(str(frozen.folder / "unpacked" / bag.stem)).validate()
    snapshot = json.loads((frozen.folder / "unpacked" / bag.stem / "data" / "snapshot.json").read_bytes())
    thumbnails = {row["title"]: row["thumbnail"] is not None for row in snapshot["evidence"]}
    assert thumbnails == {"a": True, "b": True, "c": False}, "a command makes the thumbnails that no worker has made"
    checked = subprocess.run(["qpdf", "--check", pdf], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout
    assert "Tagged:          yes" in subprocess.run(["pdfinfo", pdf], capture_output=True, text=True, check=True).stdout
    with pikepdf.open(pdf) as document:
        assert str(document.Root.Lang) == "da"
    with sqlite3.connect(frozen.folder / "var" / "tracker.sqlite") as database:
        counts = {
            table: database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("activity", "mapping", "evidence")
        }
    workbook = openpyxl.load_workbook(book)
    rows = {sheet.title: sheet.max_row for sheet in workbook}
    for table, title in (("activity", "Aktiviteter"), ("mapping", "Koblinger"), ("evidence", "Dokumentation")):
        first = next(
            row for row in workbook[title].iter_rows() if workbook[title].auto_filter.ref.startswith(row[0].coordinate)
        )
        assert rows[title] - int(first[0].row or 0) == counts[table], title
    converted = ["soffice", "--headless", "--convert-to", "csv", "--outdir", str(frozen.folder / "csv"), str(book)]
    environment = {**os.environ, "HOME": str(frozen.folder)}
    subprocess.run(converted, check=True, capture_output=True, timeout=180, env=environment)
    assert list((frozen.folder / "csv").glob("*.csv"))
    frozen.run("edition", "files", "1", "--out", "sealed", "--signed")
    (signed,) = (frozen.folder / "sealed").glob("*-signed.pdf")
    seen = subprocess.run(["pdfsig", signed], capture_output=True, text=True, check=False).stdout
    assert "Signature is Valid" in seen
    assert "Total document signed" in seen
    (certificate,) = (frozen.folder / "sealed").glob("*-certificate.pem")
    told = frozen.run("verify", f"sealed/{bag.name}", "--trust", str(certificate)).stdout
    assert "certifikat, som du har sagt, du stoler på" in told
    frozen.run("verify", str(bag))
    frozen.run("verify")


@pytest.mark.slow
def test_made_again_elsewhere_every_byte_is_the_same(frozen: Installation) -> None:
    frozen.run("edition", "files", "1", "--out", "issued")
    surroundings = {"TZ": "America/New_York", "LANG": "C", "LC_ALL": "C", "PYTHONHASHSEED": "7"}
    elsewhere = Installation(frozen.folder, environment={**surroundings, "SDG_TRACKER_LANGUAGE": "en"})
    elsewhere.run("edition", "files", "1", "--rebuild", "--out", "again")
    issued = sorted((frozen.folder / "issued").iterdir())
    assert [path.suffix for path in issued] == [".pdf", ".xlsx", ".zip"]
    for path in issued:
        assert (frozen.folder / "again" / path.name).read_bytes() == path.read_bytes(), path.name


@pytest.mark.slow
def test_a_worker_killed_at_ten_points_finishes_the_edition_once(begun: Installation) -> None:
    installation = begun
    installation.run("activities", "import", str(REAL))
    installation.call(partial(freeze, impact.freeze, 2023))
    database = installation.folder / "var" / "tracker.sqlite"
    made: dict[str, tuple[str, int]] = {}
    chance = random.Random(11)
    for kill in range(KILLS):
        worker = installation.start("worker")
        wait_for(partial(_claimed, database, kill + 1), 60, "the worker has not begun")
        time.sleep(chance.uniform(0, 2))
        worker.kill_group()
        now = _artefacts(database)
        assert {name: now[name] for name in made} == made, "a finished file was made again"
        made = now
    worker = installation.start("worker")
    try:
        wait_for(lambda: _state(database) == "ready", 240, "the edition was not finished after the restart")
    finally:
        worker.stop()
    finished = _artefacts(database)
    assert {name: finished[name] for name in made} == made
    assert set(finished) == {"report.pdf", "report.xlsx", "index.html", "ro-crate-metadata.json", "bag.zip"}
    with sqlite3.connect(database) as connection:
        built = connection.execute("SELECT count(*) FROM event WHERE action = 'edition.built'").fetchone()
    assert built == (1,)
    installation.run("edition", "files", "1", "--out", "d")
    installation.run("verify", str(next((installation.folder / "d").glob("*.zip"))))
    installation.run("verify")


def _artefacts(database: Path) -> dict[str, tuple[str, int]]:
    with sqlite3.connect(database) as connection:
        rows = connection.execute("SELECT name, made_at, attempt FROM artefact").fetchall()
    return {name: (made_at, attempt) for name, made_at, attempt in rows}


def _claimed(database: Path, attempt: int) -> bool:
    with sqlite3.connect(database) as connection:
        return bool(connection.execute("SELECT attempt FROM edition").fetchone() == (attempt,))


def _state(database: Path) -> str:
    with sqlite3.connect(database) as connection:
        return str(connection.execute("SELECT state FROM edition").fetchone()[0])


def _sealed(database: Path) -> bool:
    with sqlite3.connect(database) as connection:
        return bool(connection.execute("SELECT count(*) FROM seal WHERE state = 'ready'").fetchone() == (1,))
