"""Evidence and editions in a bucket: uploaded, downloaded in parts, drawn small, frozen, built and verified."""

import dataclasses
import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from sdg_tracker import installation
from sdg_tracker.access import SYSTEM, Actor
from sdg_tracker.cli import issuing
from sdg_tracker.editions import build
from sdg_tracker.editions import queries as editions
from sdg_tracker.evidence import queries, thumbnails
from sdg_tracker.foundation.settings import Settings
from sdg_tracker.impact import services as impact
from sdg_tracker.work import Library, Workplace
from tests import s3
from tests.conftest import NOON
from tests.evidence import files
from tests.factories import Factories

pytestmark = pytest.mark.slow
assert issuing.KINDS


@pytest.fixture
def workplace(settings: Settings, s3_server: s3.Server) -> Iterator[Workplace]:
    """A workplace whose store is a bucket."""
    access: dict[str, Any] = {f"s3_{name}": value for name, value in s3_server.access.items()}
    place = Workplace.open(dataclasses.replace(settings, store=s3_server.address(), **access))
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
