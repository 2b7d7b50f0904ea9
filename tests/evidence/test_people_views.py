"""Pages about the people in a picture, without scripts."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from sdg_tracker.access import SYSTEM, Actor
from sdg_tracker.evidence import queries, thumbnails
from sdg_tracker.evidence.models import Evidence
from sdg_tracker.work import Library, Workplace
from tests.evidence import files
from tests.evidence.conftest import Add
from tests.evidence.test_views import english

ClientOf = Callable[[Actor | None], FlaskClient]
PHOTO = files.jpeg((300, 200))


@pytest.fixture
def client(client_of: ClientOf, coordinator: Actor) -> FlaskClient:
    """The coordinator's browser."""
    return english(client_of(coordinator))


def look(workplace: Workplace, library: Library, number: int = 1) -> Evidence:
    with workplace.reading(SYSTEM, library.id) as work:
        return queries.get(work, number)


def text(answer: TestResponse) -> str:
    """Return what a page says, without its marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def test_the_page_of_a_picture_says_where_it_may_be_shown(client: FlaskClient, add: Add) -> None:
    add(PHOTO, "a.jpg", public=True)
    add()
    page = text(client.get("/evidence/1"))
    assert "Not known whether people can be recognised" in page
    assert "Website and public report No Nobody has said whether people can be recognised in it." in page
    assert "Internal report Yes" in page
    assert "People in the picture" not in text(client.get("/evidence/2")).partition("Requirements")[0]
    assert "People: unknown" in text(client.get("/evidence?people=unknown"))
    assert "Nothing matches" in text(client.get("/evidence?people=paused"))


def test_people_are_described_and_a_consent_added_and_taken_back(
    workplace: Workplace, library: Library, client: FlaskClient, add: Add
) -> None:
    add(PHOTO, "a.jpg", public=True)
    sent = {"people": "yes", "children": "y", "basis": "consent", "informed": "Skilt", "revision": "1"}
    assert client.post("/evidence/1/people", data=sent).location == "/evidence/1/people"
    assert client.post("/evidence/1/people", data=sent).status_code == 409
    sent = {"scopes": "website", "given_on": "2026-03-01", "reference": "samtykke 3", "persons": "2"}
    assert client.post("/evidence/1/consents/new", data=sent).location == "/evidence/1/people#consents"
    page = text(client.get("/evidence/1/people"))
    assert "Consent 1 Holds Website and public report" in page
    assert "2 persons, samtykke 3" in page
    assert "Website and public report Yes" in text(client.get("/evidence/1"))
    assert client.get("/evidence/1/consents/1/withdraw").status_code == 200
    answer = client.post("/evidence/1/consents/1/withdraw", data={"withdrawn_on": "2026-02-01"})
    assert answer.status_code == 422
    assert "It can&#39;t be withdrawn before it was given." in answer.text
    assert client.post("/evidence/1/consents/1/withdraw", data={"withdrawn_on": "2026-03-02"}).status_code == 303
    assert look(workplace, library).paused_at is not None
    assert "A consent is withdrawn" in text(client.get("/evidence/1"))


def test_a_number_in_a_text_comes_back_with_its_field_and_a_tick(
    workplace: Workplace, library: Library, client: FlaskClient, add: Add
) -> None:
    add(PHOTO, "a.jpg")
    sent = {"title": "Fest", "kind": "photo", "description": "010190-1234", "revision": "1"}
    answer = client.post("/evidence/1/edit", data=sent)
    assert answer.status_code == 422
    assert 'href="#description">Description: This holds what looks like a CPR number.' in answer.text
    assert 'name="no_cpr"' in answer.text
    assert 'name="no_cpr"' not in client.get("/evidence/1/edit").text
    assert client.post("/evidence/1/edit", data=sent | {"no_cpr": "y"}).status_code == 303
    assert look(workplace, library).description == "010190-1234"


def test_a_picture_is_blurred_without_scripts(
    workplace: Workplace, library: Library, client: FlaskClient, client_of: ClientOf, staff: Actor, add: Add
) -> None:
    add(PHOTO, "a.jpg")
    thumbnails.make_owed(workplace, library.id)
    shown = client.get("/evidence/1/blur/picture", buffered=True)
    assert (shown.status_code, shown.mimetype, shown.headers["Content-Disposition"]) == (200, "image/jpeg", "inline")
    page = client.get("/evidence/1/blur").text
    assert page.count("data-boxes-row") == 24
    box = {"boxes-1-left": "10,5", "boxes-1-top": "10", "boxes-1-width": "20.5", "boxes-1-height": "30"}
    for wrong in ({}, box | {"boxes-1-width": "95"}, box | {"boxes-1-left": "x"}):
        answer = client.post("/evidence/1/blur", data=wrong | {"revision": "1"})
        assert answer.status_code == 422
    assert "does not lie inside the picture" in answer.text
    assert client.post("/evidence/1/blur", data=box | {"revision": "9"}).status_code == 409
    assert client.post("/evidence/1/blur", data=box | {"revision": "1"}).location == "/evidence/1"
    assert look(workplace, library).current.boxes == [{"left": 10.5, "top": 10, "width": 20.5, "height": 30}]
    reader = client_of(staff)
    for number, status in ((1, 403), (2, 200)):
        assert client.get(f"/evidence/1/versions/{number}/file", buffered=True).status_code == 200
        assert reader.get(f"/evidence/1/versions/{number}/file", buffered=True).status_code == status
    page = reader.get("/evidence/1").text
    assert "/evidence/1/versions/2/file" in page
    assert "/evidence/1/versions/1/file" not in page
    assert reader.get("/evidence/1/thumbnail").status_code == 404  # the old one is closed, the new one not made yet


def test_what_is_no_picture_has_no_blurring_and_no_objection(client: FlaskClient, add: Add) -> None:
    add()
    for address in ("blur", "blur/picture", "objection"):
        assert client.get(f"/evidence/1/{address}").status_code == 409


def test_an_objection_is_acted_on_and_can_be_printed(
    workplace: Workplace, library: Library, client: FlaskClient, client_of: ClientOf, staff: Actor, add: Add
) -> None:
    add(PHOTO, "a.jpg", title="Fest")
    add(PHOTO, "b.jpg", title="Fest igen")
    page = text(client.get("/evidence/1/objection?version=1"))
    assert "Evidence 2: Fest igen" in page
    assert client.get("/evidence/1/objection?version=2").status_code == 404
    assert "No edition holds it." in page
    assert "Put the blurred picture" not in page
    sent = {"received_on": "2026-03-02", "reference": "sag 12", "measure": "withdrawn"}
    assert client.post("/evidence/1/objection", data=sent | {"received_on": "2026-03-03"}).status_code == 422
    assert client.post("/evidence/1/objection", data=sent).location == "/evidence/1/objection"
    page = text(client.get("/evidence/2/objection"))
    assert "Every copy was withdrawn." in page
    assert "Evidence with the picture 1, 2" in page
    assert look(workplace, library, 2).withdrawn_at is not None
    reader = client_of(staff)
    assert reader.get("/evidence/1/objection").status_code == 403
    assert reader.get("/evidence/1/versions/1/file", buffered=True).status_code == 403
    assert "<img" not in reader.get("/evidence?state=withdrawn").text.partition("<tbody>")[2]
