"""The pages of requests."""

from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient

from sdg_tracker.access import Actor, Role
from sdg_tracker.evidence import requests
from sdg_tracker.evidence.requests import RequestDetails
from sdg_tracker.work import Library, Workplace
from tests.evidence.test_views import english, send
from tests.factories import Factories

ClientOf = Callable[[Actor | None], FlaskClient]


@pytest.fixture
def client(client_of: ClientOf, coordinator: Actor) -> FlaskClient:
    """The coordinator's browser."""
    return english(client_of(coordinator))


def test_a_request_goes_its_way(
    workplace: Workplace, make: Factories, library: Library, client: FlaskClient, client_of: ClientOf, staff: Actor
) -> None:
    make.cycle(library)
    make.activity(library, "Byttemarked")
    form = client.get("/evidence/requests/new?cycle=1&requirement=B2.3&activity=1").text
    assert '<option selected value="1:B2.3">' in form
    assert 'value="1 – Byttemarked"' in form
    fields = {"title": "Referat", "giver": str(staff.number), "due_on": "2026-03-10", "requirement": "1:B2.3"}
    assert client.post("/evidence/requests/new", data={**fields, "due_on": "2026-03-01"}).status_code == 422
    answer = client.post("/evidence/requests/new", data=fields)
    assert answer.location == "/evidence/requests/1"
    shown = client.get("/evidence/requests/1").text
    assert "http://127.0.0.1:8000/evidence/requests/1</p>" in shown
    assert 'action="/evidence/requests/1/give"' not in shown
    assert "No mail is sent here" in client.get("/evidence/requests").text

    giver = english(client_of(staff))
    assert "1</strong> <span>thing is asked of you" in giver.get("/").text
    assert "Referat" in giver.get("/evidence/requests").text
    assert 'action="/evidence/requests/1/give"' in giver.get("/evidence/requests/1").text
    assert giver.post("/evidence/requests/1/give", data={}).status_code == 422
    assert send(giver, (b"MZ\0", "x.exe"), address="/evidence/requests/1/give").status_code == 422
    assert send(giver, (b"Referat\n", "r.txt"), address="/evidence/requests/1/give").status_code == 303
    assert "thing is asked of you" not in giver.get("/").text
    client.post("/evidence/1/review", data={"decision": "returned", "comment": "Hvilken dag?", "version": "1"})
    assert "Hvilken dag?" in giver.get("/evidence/requests/1").text
    assert client.post("/evidence/requests/1/cancel", data={"reason": ""}).status_code == 422
    assert client.post("/evidence/requests/1/cancel", data={"reason": "Fundet"}).status_code == 303
    assert "Fundet" in giver.get("/evidence/requests/1").text
    assert "Referat" in giver.get("/evidence/requests?state=cancelled").text


def test_people_see_only_what_is_asked_of_them(
    workplace: Workplace,
    make: Factories,
    library: Library,
    client_of: ClientOf,
    coordinator: Actor,
    staff: Actor,
    client: FlaskClient,
) -> None:
    other = make.member(library, Role.STAFF)
    with workplace.writing(coordinator) as work:
        for actor, title in ((staff, "Referatet"), (other, "Billedet")):
            requests.make(work, RequestDetails(title, date(2026, 3, 2), actor.number or 0))
    browser = client_of(staff)
    shown = browser.get("/evidence/requests?giver=" + str(other.number)).text
    assert ("Referatet" in shown, "Billedet" in shown) == (True, False)
    assert browser.get("/evidence/requests/2").status_code == 403
    assert browser.get("/evidence/requests/new").status_code == 403
    narrowed = client.get(f"/evidence/requests?giver={other.number}").text
    assert ("Referatet" in narrowed, ">Billedet" in narrowed) == (False, True)
    assert client_of(make.member(library, Role.READER)).get("/evidence/requests").status_code == 403
