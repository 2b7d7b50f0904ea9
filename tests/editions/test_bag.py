"""A downloaded bag: any program for BagIt accepts it, and any change is named."""

import hashlib
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import bagit
import pytest

from sdg_tracker.editions.verify import faults


@pytest.fixture
def unpacked(bag: Path, tmp_path: Path) -> Path:
    """The bag as a folder."""
    with zipfile.ZipFile(bag) as archive:
        archive.extractall(tmp_path / "unpacked")
    (folder,) = (tmp_path / "unpacked").iterdir()
    return folder


def test_others_accept_it(bag: Path, unpacked: Path) -> None:
    assert bagit.Bag(str(unpacked)).validate()
    checked = subprocess.run(["sha256sum", "-c", "manifest-sha256.txt"], cwd=unpacked, capture_output=True, check=False)
    assert checked.returncode == 0
    assert list(faults(bag)) == []
    assert list(faults(unpacked)) == []
    assert list(faults(unpacked.parent)) == []


def test_it_holds_what_the_readme_says(unpacked: Path) -> None:
    names = {path.relative_to(unpacked).as_posix() for path in unpacked.rglob("*") if path.is_file()}
    assert {"README.txt", "bag-info.txt", "data/report.pdf", "data/report.xlsx", "data/index.html"} <= names
    assert {"data/snapshot.json", "data/trail.jsonl"} <= names
    assert [name for name in sorted(names) if name.startswith("data/evidence/")] == [
        "data/evidence/Bilag-001-noter-om-byttedag.txt",
        "data/evidence/Bilag-002-noter-om-laesekreds-om-klima.txt",
    ]
    info = (unpacked / "bag-info.txt").read_text("utf-8")
    assert hashlib.sha256((unpacked / "data/snapshot.json").read_bytes()).hexdigest() in info


def test_nothing_in_the_zip_depends_on_where_it_was_made(bag: Path) -> None:
    with zipfile.ZipFile(bag) as archive:
        for entry in archive.infolist():
            assert entry.date_time == (1980, 1, 1, 0, 0, 0)
            assert entry.compress_type == zipfile.ZIP_STORED
            assert entry.create_system == 3
            assert entry.external_attr == 0o100644 << 16


def test_one_byte_changed_in_any_file_is_named(unpacked: Path) -> None:
    files = [path for path in sorted(unpacked.rglob("*")) if path.is_file()]
    assert len(files) >= 12
    for path in files:
        kept = path.read_bytes()
        changed = bytearray(kept)
        if changed:
            changed[len(changed) // 2] ^= 1
        path.write_bytes(changed or b"x")
        name = path.relative_to(unpacked).as_posix()
        found = list(faults(unpacked))
        assert found, f"{name}: the change was not seen"
        assert any(name in fault for fault in found), (name, found)
        path.write_bytes(kept)
    assert list(faults(unpacked)) == []


def test_files_that_come_go_or_change_places_are_named(unpacked: Path) -> None:
    first, second = sorted((unpacked / "data" / "evidence").iterdir())
    extra = unpacked / "data" / "evidence" / "Bilag-999.txt"
    extra.write_text("more")
    assert any("Bilag-999.txt: expected no such file" in fault for fault in faults(unpacked))
    extra.unlink()
    one, other = first.read_bytes(), second.read_bytes()
    first.write_bytes(other)
    second.write_bytes(one)
    swapped = list(faults(unpacked))
    assert any(first.name in fault for fault in swapped)
    assert any(second.name in fault for fault in swapped)
    first.write_bytes(one)
    second.rename(extra)
    renamed = list(faults(unpacked))
    assert any(second.name in fault and "no such file" in fault for fault in renamed)
    assert any(extra.name in fault for fault in renamed)
    extra.unlink()
    assert any(second.name in fault for fault in faults(unpacked))


@pytest.mark.parametrize("name", ["manifest-sha256.txt", "tagmanifest-sha256.txt", "bagit.txt", "bag-info.txt"])
def test_a_tag_file_that_is_gone_is_named(unpacked: Path, name: str) -> None:
    (unpacked / name).unlink()
    assert any(name in fault for fault in faults(unpacked))


def test_a_malformed_line_is_told_by_its_file(unpacked: Path) -> None:
    manifest = unpacked / "manifest-sha256.txt"
    manifest.write_text(manifest.read_text("utf-8") + "nonsense\n", "utf-8")
    assert any(fault.startswith("manifest-sha256.txt: line ") for fault in faults(unpacked))


def test_a_file_replaced_together_with_its_digest_is_seen_by_the_tag_manifest(unpacked: Path) -> None:
    report, manifest = unpacked / "data/report.pdf", unpacked / "manifest-sha256.txt"
    old = hashlib.sha256(report.read_bytes()).hexdigest()
    report.write_bytes(b"%PDF-1.7 another report")
    new = hashlib.sha256(report.read_bytes()).hexdigest()
    manifest.write_text(manifest.read_text("utf-8").replace(old, new), "utf-8")
    assert [fault.partition(": expected")[0] for fault in faults(unpacked)] == [
        "tagmanifest-sha256.txt: manifest-sha256.txt"
    ]


def test_what_is_no_bag_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"nothing")
    assert list(faults(tmp_path / "a.zip"))
    (tmp_path / "empty").mkdir()
    assert list(faults(tmp_path / "empty"))


def test_the_check_makes_no_file_and_needs_no_settings(bag: Path, tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    shutil.copyfile(bag, folder / "bag.zip")
    command = [sys.executable, "-m", "sdg_tracker", "verify", "bag.zip"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert [path.name for path in folder.iterdir()] == ["bag.zip"]
    content = bytearray((folder / "bag.zip").read_bytes())
    content[len(content) // 2] ^= 1
    (folder / "bag.zip").write_bytes(content)
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "expected" in done.stdout
