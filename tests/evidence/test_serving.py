"""The way out: whatever came in, a browser only saves it; and an edition holds nothing but what was cleaned."""

import io
import zipfile
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from PIL import Image

from sdg_tracker.access import SYSTEM, Actor
from sdg_tracker.cli import issuing
from sdg_tracker.dossier import services as dossier
from sdg_tracker.editions import build
from sdg_tracker.editions import queries as editions
from sdg_tracker.evidence import adding, intake, thumbnails
from sdg_tracker.evidence.details import EvidenceDetails
from sdg_tracker.work import Library, Workplace
from tests.evidence import files, hostile
from tests.factories import Factories

assert issuing.KINDS
ClientOf = Callable[[Actor | None], FlaskClient]
TAKEN = {
    what: case
    for what, case in hostile.CASES.items()
    if not case.refused and "as large as" not in what and "200 MB" not in what
}


@pytest.fixture
def engine_name() -> str:
    """Nothing here depends on the database."""
    return "sqlite"


def test_nothing_is_shown_inside_a_browser(
    workplace: Workplace, library: Library, coordinator: Actor, client_of: ClientOf
) -> None:
    client, seen = client_of(coordinator), 0
    for case in TAKEN.values():
        with workplace.reading(coordinator) as work:
            received = intake.receive(work, io.BytesIO(case.make()), case.name)
        with workplace.writing(coordinator) as work:
            number = adding.add(work, received, EvidenceDetails()).evidence.number
        for role in ("file", "original"):
            answer = client.get(f"/evidence/{number}/versions/1/{role}", buffered=True)
            assert answer.status_code == 200
            assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
            assert not answer.headers["Content-Type"].startswith(("text/html", "image/svg"))
            named = answer.headers["Content-Disposition"].split('"')[1]
            assert not any(part in named for part in ("/", "\\", "\r", "\n", "\u202e", "010190", ".exe"))
            seen += 1
    assert seen == 2 * len(TAKEN) > 60


def test_an_edition_holds_no_place_no_camera_no_scripts_and_nothing_in_quarantine(
    workplace: Workplace, make: Factories, library: Library, coordinator: Actor
) -> None:
    make.cycle(library)
    photo = files.jpeg((2600, 1950), exif=files.exif(6))
    given = [(photo, "foto.jpg"), (files.heic((300, 200), exif=files.exif()), "IMG.heic")]
    given += [
        (hostile.CASES[what].make(), "a.pdf") for what in ("a PDF that starts a program", "a PDF with an XFA form")
    ]
    given += [(hostile.CASES["a text with a file in it"].make(), "brev.docx")]
    for content, name in given:
        with workplace.reading(coordinator) as work:
            received = intake.receive(work, io.BytesIO(content), name)
        with workplace.writing(coordinator) as work:
            adding.add(work, received, EvidenceDetails())
    thumbnails.make_owed(workplace, library.id)
    with workplace.writing(coordinator) as work:
        edition = dossier.freeze(work, 1, "da")
    build.build(workplace, library.id, edition.id)
    with workplace.reading(SYSTEM, library.id) as work:
        bag = editions.get(work, edition.number).artefact("bag.zip")
        assert bag is not None
        with work.blobs.open(bag.sha256) as file, zipfile.ZipFile(file) as archive:
            exhibits = {name: archive.read(name) for name in archive.namelist() if "/data/evidence/" in name}
    assert sorted(name.rpartition(".")[2] for name in exhibits) == ["jpg", "jpg", "pdf", "pdf"]
    for name, content in exhibits.items():
        for secret in (b"Secret", b"secret", b"Exif", b"GPS", b"/Launch", b"cmd.exe", b"/XFA"):
            assert secret not in content, name
        if name.endswith("jpg"):
            with Image.open(io.BytesIO(content)) as picture:
                assert dict(picture.getexif()) == {}
                assert max(picture.size) <= 2400
