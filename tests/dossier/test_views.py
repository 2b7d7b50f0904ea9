"""The page that freezes a dossier."""

from collections.abc import Callable

from flask.testing import FlaskClient

from sdg_tracker.access import Actor
from sdg_tracker.work import Library
from tests.factories import Factories

Clients = Callable[[Actor | None], FlaskClient]


def test_it_tells_of_small_pictures_that_are_not_made_yet(
    client_of: Clients, make: Factories, library: Library, coordinator: Actor
) -> None:
    make.cycle(library)
    make.evidence(library, media_type="image/png", thumbnail_state="done")
    browser = client_of(coordinator)
    assert "ikke lavet endnu" not in browser.get("/editions/dossier").text
    make.evidence(library, media_type="image/png", thumbnail_state="owed")
    assert "1 lille billede er ikke lavet endnu" in browser.get("/editions/dossier").text
