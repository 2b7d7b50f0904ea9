"""A small report, frozen and built, and its bag as somebody downloaded it."""

import io
import shutil
import zipfile
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Any

import pytest

from sdg_tracker import trail
from sdg_tracker.access import SYSTEM, Actor, Role
from sdg_tracker.cli import issuing
from sdg_tracker.editions import build, keys, queries, sealing
from sdg_tracker.editions.models import Edition
from sdg_tracker.foundation.settings import Settings
from sdg_tracker.impact import services as impact
from sdg_tracker.work import Library, Workplace
from tests.conftest import NOON
from tests.factories import Factories

assert issuing.KINDS


@pytest.fixture
def report(workplace: Workplace, library: Library, coordinator: Actor, make: Factories) -> Edition:
    """The frozen report of a year with two activities and two pieces of evidence; its files are owed."""
    return _report(workplace, library, coordinator, make)


def _report(workplace: Workplace, library: Library, coordinator: Actor, make: Factories) -> Edition:
    workplace.enqueue = lambda _jobs: None
    for title, code in (("Byttedag", "12.5"), ("Læsekreds om klima", "13")):
        activity = make.activity(library, title, code)
        make.evidence(library, f"Noter om {title}: æøå\n".encode(), activity=activity, title=f"Noter om {title}")
    with workplace.writing(coordinator) as work:
        return impact.freeze(work, 2026, "da")


@pytest.fixture
def built(workplace: Workplace, report: Edition) -> Edition:
    """The same report with its files."""
    build.build(workplace, report.library_id, report.id)
    with workplace.reading(SYSTEM, report.library_id) as work:
        return queries.get(work, report.number)


@pytest.fixture
def issued(workplace: Workplace, library: Library, report: Edition, make: Factories) -> Edition:
    """The same report with files of which it is of no matter what is in them."""
    make.files_of(library, report.number)
    with workplace.reading(SYSTEM, library.id) as work:
        return queries.get(work, report.number)


@pytest.fixture(scope="session")
def downloaded(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report's bag as somebody downloaded it, made once: both engines give the same bytes, which has its own test."""
    folder = tmp_path_factory.mktemp("downloaded")
    shutil.copyfile(sqlite_template, folder / "tracker.sqlite")
    workplace = Workplace.open(
        Settings(
            database=f"sqlite:///{folder}/tracker.sqlite",
            store=f"file:{folder}/store",
            jobs=f"sqlite:///{folder}/jobs.sqlite",
            secret="a secret that only tests know",
        )
    )
    workplace.clock = lambda: NOON
    make = Factories(workplace)
    library = make.library("Demoby Bibliotekerne")
    coordinator = make.member(library, Role.COORDINATOR)
    with workplace.writing(coordinator) as work:
        for facts in (
            {"by": 2, "reason": "a"},
            {"by": 3, "reason": "b"},
            {"by": 4, "reason": "c"},
        ):  # so that the trail has links
            trail.record(work, "edition.superseded", "edition", **facts)
    edition = _report(workplace, library, coordinator, make)
    build.build(workplace, library.id, edition.id)
    with workplace.reading(SYSTEM, library.id) as work:
        artefact = queries.get(work, edition.number).artefact("bag.zip")
    assert artefact is not None
    path = folder / "download.zip"
    with workplace.blobs.open(artefact.sha256, artefact.size) as file:
        path.write_bytes(file.read())
    with zipfile.ZipFile(path) as archive:
        archive.extractall(folder / "unpacked")
    workplace.engine.dispose()
    return path


@pytest.fixture(scope="session")
def own_key() -> bytes:
    """A key that an installation made for itself."""
    return keys.own("SDG Tracker, own key: 127.0.0.1")


def sealed(unpacked: Path, key: bytes, timestamp: str = "") -> tuple[bytes, bytes, dict[str, Any]]:
    """Seal an unpacked bag in this process: the signed report, the signature on the tag manifest, and the answer."""
    (root,) = unpacked.iterdir()
    asked = {
        "key": b64encode(key).decode(),
        "password": "",
        "tags": b64encode((root / "tagmanifest-sha256.txt").read_bytes()).decode(),
        "timestamp": timestamp,
        "fetch": True,
        "name": "Demoby Bibliotekerne",
        "reason": "Udgave 1",
    }
    target = io.BytesIO()
    answer = sealing.seal(asked, (root / "data" / "report.pdf").read_bytes(), target)
    return target.getvalue(), b64decode(answer["tags"]), answer


@pytest.fixture(scope="session")
def seal(downloaded: Path, own_key: bytes) -> tuple[bytes, bytes, dict[str, Any]]:
    """The seal on the bag, made with an own key and without a time."""
    return sealed(downloaded.parent / "unpacked", own_key)


@pytest.fixture
def bag(downloaded: Path, tmp_path: Path) -> Path:
    """A copy of the bag, to do with as one likes."""
    return Path(shutil.copyfile(downloaded, tmp_path / "download.zip"))
