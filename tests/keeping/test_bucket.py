"""Evidence and editions in a bucket: uploaded, downloaded in parts, drawn small, frozen, built and verified."""

import dataclasses
import io
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from sdg_tracker import installation, trail
from sdg_tracker.access import SYSTEM, Actor
from sdg_tracker.backups import making, restoring
from sdg_tracker.cli import issuing
from sdg_tracker.editions import build
from sdg_tracker.editions import queries as editions
from sdg_tracker.evidence import queries, thumbnails
from sdg_tracker.evidence.models import Version
from sdg_tracker.foundation.presigned import Signer
from sdg_tracker.foundation.settings import Settings
from sdg_tracker.impact import services as impact
from sdg_tracker.keeping import queries as keeping
from sdg_tracker.keeping import services as watch
from sdg_tracker.web.files import attachment
from sdg_tracker.work import Library, Workplace
from tests import s3
from tests.conftest import NOON
from tests.evidence import files
from tests.factories import Factories

pytestmark = pytest.mark.slow
assert issuing.KINDS
Clients = Callable[[Actor | None], FlaskClient]


def in_bucket(settings: Settings, server: s3.Server) -> Settings:
    """Return the same settings with an empty bucket as the store."""
    access: dict[str, Any] = {f"s3_{name}": value for name, value in server.access.items()}
    return dataclasses.replace(settings, store=server.address(), **access)


@pytest.fixture
def workplace(settings: Settings, s3_server: s3.Server) -> Iterator[Workplace]:
    """A workplace whose store is a bucket."""
    place = Workplace.open(in_bucket(settings, s3_server))
    place.clock = lambda: NOON
    yield place
    place.engine.dispose()


def test_a_photo_is_uploaded_shown_small_and_downloaded_in_parts(
    workplace: Workplace, library: Library, coordinator: Actor, client_of: Callable[[Actor | None], FlaskClient]
) -> None:
    client, content = client_of(coordinator), files.jpeg(exif=files.exif())
    answer = client.post("/evidence/new", data={"document": (io.BytesIO(content), "foto.jpg"), "kind": "photo"})
    assert answer.status_code == 303, answer.text
    thumbnails.make_owed(workplace, library.id)
    with workplace.reading(SYSTEM, library.id) as work:
        version = queries.get(work, 1).current
    assert version.thumbnail_state == "done"
    assert client.get("/evidence/1/thumbnail").data[:2] == b"\xff\xd8"
    whole = client.get("/evidence/1/versions/1/file")
    assert len(whole.data) == version.rendition_size
    part = client.get("/evidence/1/versions/1/file", headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.data) == (206, whole.data[10:20])
    assert client.get("/evidence/1/versions/1/original").data == content


def test_the_bucket_gives_files_out_itself_for_a_minute(
    workplace: Workplace, library: Library, coordinator: Actor, staff: Actor, client_of: Clients, make: Factories
) -> None:
    workplace.settings = dataclasses.replace(workplace.settings, downloads="presigned")
    piece = make.evidence(library, b"navn;antal\n", media_type="text/csv")
    with workplace.writing(SYSTEM, library.id) as work:
        work.session.get_one(Version, piece.current.id).file_name = "Års tal.csv"
    answer = client_of(coordinator).get("/evidence/1/versions/1/file")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (302, "no-store")
    with urllib.request.urlopen(answer.headers["Location"]) as sent:
        assert sent.read() == b"navn;antal\n"
        assert (sent.headers["Content-Type"], sent.headers["Content-Disposition"]) == (
            "text/csv",
            attachment("Års tal.csv"),
        )
    with workplace.reading(SYSTEM, library.id) as work:
        assert [event.facts["role"] for event in trail.by_action(work, "evidence.downloaded")] == ["rendition"]
        digest = queries.get(work, 1).current.rendition_sha256
    assert client_of(staff).get("/evidence/1/versions/1/original").status_code == 403
    forged = answer.headers["Location"].replace("Expires=60", "Expires=6000")
    signer = Signer("http://127.0.0.1", "eu-central-1", "key", "secret")
    for address in (forged, signer.address(digest, NOON, 60, {}).replace("127.0.0.1", _host(answer))):
        with pytest.raises(urllib.error.HTTPError) as refused, urllib.request.urlopen(address):
            pass
        assert refused.value.code == 403
        refused.value.close()
    workplace.blobs.remove(digest)
    assert client_of(coordinator).get("/evidence/1/versions/1/file").status_code == 409


def _host(answer: TestResponse) -> str:
    parts = urlsplit(answer.headers["Location"])
    return f"{parts.netloc}/{parts.path.split('/')[1]}"


def test_a_report_is_frozen_and_built_and_made_again_with_the_same_bytes(
    workplace: Workplace, library: Library, coordinator: Actor, make: Factories
) -> None:
    activity = make.activity(library, "Byttedag", "12.5")
    make.evidence(library, "Noter: æøå\n".encode(), activity=activity, title="Noter")
    with workplace.writing(coordinator) as work:
        frozen = impact.freeze(work, 2026, "da")
    build.build(workplace, library.id, frozen.id)
    with workplace.reading(SYSTEM, library.id) as work:
        edition = editions.get(work, frozen.number)
    assert edition.state == "ready", edition.fault
    assert list(installation.faults(workplace)) == []
    made = build.again(workplace, library.slug, edition)
    assert made == {artefact.name: (artefact.sha256, artefact.size) for artefact in edition.artefacts}


def test_what_is_damaged_in_a_bucket_is_found_and_brought_back_from_a_backup_into_another(
    workplace: Workplace,
    make: Factories,
    library: Library,
    s3_server: s3.Server,
    empty_database: Callable[[str], str],
    tmp_path: Path,
) -> None:
    sha256 = make.evidence(library, b"kept well").current.original_sha256
    make.evidence(library, b"kept, too")
    assert making.make(workplace, tmp_path / "backup").faults == []
    watch.watch(workplace)
    workplace.blobs.remove(sha256)
    workplace.clock = lambda: NOON + timedelta(days=30)
    watch.watch(workplace)
    with workplace.reading(SYSTEM) as work:
        assert keeping.watch(work).faults == 1
    again = making.make(workplace, tmp_path / "backup")
    assert (again.copied, again.faults) == (0, []), "the backup still has what the bucket has lost"
    place = Workplace.open(
        dataclasses.replace(in_bucket(workplace.settings, s3_server), database=empty_database("sqlite"))
    )
    restoring.restore(place, tmp_path / "backup")
    assert list(installation.faults(place)) == []
    assert place.blobs.digest_found(sha256) == sha256
    place.engine.dispose()
