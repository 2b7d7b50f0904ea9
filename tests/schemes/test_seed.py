"""Seed files are what SOURCES.md says they are."""

import hashlib
import re

from sdg_tracker.foundation.resources import resource_dir

LINE = re.compile(r"^\| `([^`]+)` \|.*\| `([0-9a-f]{64})` \|$", re.MULTILINE)


def _listed() -> dict[str, str]:
    return dict(LINE.findall((resource_dir("seed") / "SOURCES.md").read_text("utf-8")))


def test_every_digest_in_sources_is_that_of_its_file() -> None:
    listed = _listed()
    assert listed
    for name, digest in listed.items():
        assert hashlib.sha256((resource_dir("seed") / name).read_bytes()).hexdigest() == digest, name


def test_every_file_of_reference_data_is_listed() -> None:
    seed = resource_dir("seed")
    files = {str(path.relative_to(seed)) for path in seed.rglob("*") if path.is_file()}
    needed = {name for name in files if not name.startswith("demo/") and name != "SOURCES.md"}
    assert needed <= set(_listed())
