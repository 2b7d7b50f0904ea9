"""The commands in an empty folder, with right and with wrong input."""

import csv
import json
import shutil
import socket
import sqlite3
from pathlib import Path

import pytest
from PIL import Image

from sdg_tracker.foundation.resources import resource_dir
from tests.processes.conftest import COORDINATOR, Browser, Installation
from tests.processes.forked import Started

REAL = resource_dir("seed") / "demo" / "real-activities.csv"


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """A PDF, a picture and a table in the folder of the installation."""
    Image.new("RGB", (400, 300), "teal").save(tmp_path / "b.png")
    Image.new("RGB", (400, 300), "white").save(tmp_path / "a.pdf")
    (tmp_path / "c.csv").write_text("uge;antal\n1;12\n", "utf-8")
    return ["a.pdf", "b.png", "c.csv"]


def test_from_an_empty_folder_to_verified_evidence(installation: Installation, files: list[str]) -> None:
    first = installation.run("init", "--coordinator", COORDINATOR).stdout
    assert "/password/" in first
    again = installation.run("init", "--coordinator", COORDINATOR).stdout
    assert "Loaded" not in again
    assert "Added" not in again

    assert "133" in installation.run("activities", "import", str(REAL), "--dry-run").stdout
    assert "133" in installation.run("activities", "import", str(REAL)).stdout
    with sqlite3.connect(installation.folder / "var" / "tracker.sqlite") as database:
        found = dict(
            database.execute(
                "SELECT a.title, group_concat(DISTINCT m.goal) FROM activity a LEFT JOIN mapping m "
                "ON m.activity_id = a.id GROUP BY a.id"
            ).fetchall()
        )
    with REAL.open(encoding="utf-8", newline="") as file:
        expected = {row["title_da"]: set(row["goals"].split(";")) for row in csv.DictReader(file)}
    assert len(expected) == 133
    assert {title: set(goals.split(",")) for title, goals in found.items()} == expected

    added = installation.run("evidence", "add", *files, "--activity", "1", "--requirement", "O2.5").stdout
    assert [line.split("\t")[0] for line in added.splitlines()] == ["1", "2", "3"]
    assert installation.run("verify").returncode == 0
    assert installation.run("evidence", "check").returncode == 0


def test_the_same_file_again_is_refused_with_its_duplicates(begun: Installation) -> None:
    begun.run("activities", "import", str(REAL))
    refused = begun.run("activities", "import", str(REAL), status=1)
    assert refused.stderr.count("This activity is here already") == 133
    with sqlite3.connect(begun.folder / "var" / "tracker.sqlite") as database:
        assert database.execute("SELECT count(*) FROM activity").fetchone() == (133,)


def test_all_of_it_is_backed_up_and_brought_back_in_an_empty_folder(
    begun: Installation, files: list[str], tmp_path: Path
) -> None:
    begun.run("evidence", "add", *files)
    folder = str(tmp_path / "backup")
    assert "The backup holds" in begun.run("backup", folder).stdout
    told = json.loads(begun.run("backup", folder, "--json", "--with-secret").stdout)
    assert (told["copied"], told["faults"]) == (0, [])
    (tmp_path / "elsewhere").mkdir()
    elsewhere = Installation(tmp_path / "elsewhere", environment=begun.environment)
    assert "All holds" in elsewhere.run("restore", folder).stdout
    assert "All holds" in elsewhere.run("verify").stdout
    assert (elsewhere.folder / "var" / "secret").read_text() == (begun.folder / "var" / "secret").read_text()
    assert "not empty" in elsewhere.run("restore", folder, status=1).stderr
    assert "no backup" in elsewhere.run("restore", str(tmp_path / "nowhere"), status=1).stderr
    begun.run("backup", status=2)


def test_a_server_does_not_start_on_a_store_that_keeps_nothing(begun: Installation) -> None:
    begun.environment = {"SDG_TRACKER_STORE": "s3://evidence", "SDG_TRACKER_S3_ENDPOINT": "http://127.0.0.1:9"}
    begun.environment |= {"SDG_TRACKER_S3_KEY": "the-key-itself", "SDG_TRACKER_S3_SECRET": "the-secret-itself"}
    for command in ("serve", "worker"):
        refused = begun.run(command, status=1)
        assert "Nothing can be kept in the store: s3://evidence" in refused.stderr
        assert "itself" not in refused.stderr + refused.stdout


def test_a_server_does_not_start_where_another_answers(begun: Installation, port: int) -> None:
    with socket.create_server(("127.0.0.1", port)):
        refused = begun.run("serve", "--demo", "--port", str(port), status=1)
    assert f"Another program answers at 127.0.0.1:{port} already." in refused.stderr
    assert f"--port {port + 1}" in refused.stderr
    assert refused.stdout == ""
    for nowhere in ("192.0.2.1", "no-such-host.invalid"):
        refused = begun.run("serve", "--host", nowhere, "--port", str(port), status=1)
        assert refused.stderr.startswith(f"No pages can be served at {nowhere}:{port}: ")
        assert refused.stderr.count(nowhere) == 1


def test_links_lead_to_where_the_pages_are_served(served: tuple[Installation, Browser, Started], port: int) -> None:
    installation, browser, _process = served
    installation.run("activities", "import", str(REAL))
    status, page, _where = browser.get("/capture/code/1")
    assert status == 200
    assert f"http://127.0.0.1:{port}/capture?activity=1" in page


def test_a_byte_changed_in_the_store_is_named(begun: Installation, files: list[str]) -> None:
    added = begun.run("evidence", "add", *files).stdout
    digest = added.splitlines()[2].split("\t")[1]
    blob = begun.folder / "var" / "store" / "sha256" / digest[:2] / digest
    content = bytearray(blob.read_bytes())
    content[3] ^= 1
    blob.chmod(0o644)
    blob.write_bytes(content)
    found = begun.run("verify", status=1)
    assert digest in found.stdout
    assert "evidence 3" in found.stdout
    assert "1 fault" in found.stderr
    blob.unlink()
    assert "missing" in begun.run("verify", status=1).stdout


def test_a_row_changed_in_the_trail_is_named(begun: Installation, files: list[str]) -> None:
    begun.run("evidence", "add", *files)
    with sqlite3.connect(begun.folder / "var" / "tracker.sqlite") as database:
        number = database.execute("SELECT max(number) FROM event").fetchone()[0]
        database.execute("UPDATE event SET actor_role = 'staff' WHERE number = ?", (number - 1,))
    found = begun.run("verify", status=1)
    assert f"event {number - 1}: expected digest" in found.stdout


def test_wrong_use_ends_with_two_and_a_refusal_with_one(installation: Installation, tmp_path: Path) -> None:
    installation.run("no-such-command", status=2)
    assert "init" in installation.run("verify", status=1).stderr
    installation.run("init", "--coordinator", COORDINATOR)
    installation.run("activities", "import", "no-such-file.csv", status=2)
    (tmp_path / "bad.csv").write_text("title_da,type,goals\nEn titel,fest,4\n", "utf-8")
    refused = installation.run("activities", "import", "bad.csv", status=1)
    assert "2" in refused.stderr
    assert "fest" in refused.stderr
    assert "0 rows" in installation.run("measures", "export", "read.xlsx").stdout
    counter = ("measures", "import", "bad.csv", "--measure", "visits", "--map", "value=goals", "--dry-run")
    assert "which measure" in installation.run(*counter, status=1).stderr
    (tmp_path / "page.pdf").write_text("<html><script>alert(1)</script></html>")
    assert "page.pdf" in installation.run("evidence", "add", "page.pdf", status=1).stderr
    assert list((tmp_path / "var" / "store").glob("sha256/*/*")) == []
    installation.environment["SDG_TRACKER_DATABSE"] = "x"
    assert "databse" in installation.run("verify", status=2).stderr


def test_export_can_be_imported_again(begun: Installation, begun_once: Installation) -> None:
    begun.run("activities", "import", str(REAL))
    assert "133" in begun.run("activities", "export", "all.xlsx").stdout
    other = Installation(begun.folder / "other")
    shutil.copytree(begun_once.folder, other.folder)
    shutil.copyfile(begun.folder / "all.xlsx", other.folder / "all.xlsx")
    assert "133" in other.run("activities", "import", "all.xlsx").stdout


def test_several_libraries_are_chosen_by_their_slug(installation: Installation) -> None:
    installation.run("init", "--library", "Demoby", "--coordinator", COORDINATOR)
    assert "nabo" in installation.run("library", "add", "Nabo").stdout
    assert "--library" in installation.run("user", "list", status=1).stderr
    assert COORDINATOR in installation.run("user", "list", "--library", "demoby").stdout
    assert COORDINATOR not in installation.run("user", "list", "--library", "nabo", status=1).stdout


def test_a_number_with_another_goals_name_is_found(begun: Installation) -> None:
    found = begun.run("goals", "check", "Vi arbejder med 12 Bæredygtige byer", "--json", status=1)
    assert [(row["number"], row["goal"]) for row in json.loads(found.stdout)] == [("12", "11")]
    begun.run("goals", "check", "Vi arbejder med 11 Bæredygtige byer")


def test_doctor_says_what_is_there(installation: Installation) -> None:
    before = json.loads(installation.run("doctor", "--json", status=1).stdout)
    assert {check["name"]: check["ok"] for check in before}["schema"] is False
    installation.run("init")
    after = {check["name"]: check["ok"] for check in json.loads(installation.run("doctor", "--json").stdout)}
    assert after["database"]
    assert after["schema"]
    assert after["store"]
    assert after["secret"]
    assert not after["worker"]


def test_the_demo_is_made_once(installation: Installation) -> None:
    first = installation.run("demo", "--activities", "20", "--evidence", "10").stdout
    assert first.count("@demoby.example") == 3
    second = installation.run("demo", "--activities", "20", "--evidence", "10").stdout
    assert second == "".join(f"{line}\n" for line in first.splitlines()[-4:])
    installation.run("verify")
