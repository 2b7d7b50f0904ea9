"""The pages of links."""

from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from sdg_tracker.access import SYSTEM, Actor, Role
from sdg_tracker.evidence import counting, link_queries, links
from sdg_tracker.evidence.states import Standing
from sdg_tracker.work import Library, Workplace
from tests.evidence import files, web
from tests.evidence.test_views import english, fetch, send
from tests.factories import Factories
from tests.statements import counted

ClientOf = Callable[[Actor | None], FlaskClient]


@pytest.fixture
def client(client_of: ClientOf, staff: Actor) -> FlaskClient:
    """The browser of one of the staff."""
    return english(client_of(staff))


def give(client: FlaskClient, *given: tuple[bytes, str], query: str = "", **fields: object) -> TestResponse:
    fields = {"url": web.ADDRESS, "seen_on": "2026-02-27", **fields}
    return send(client, *given, address=f"/evidence/links/new{query}", **fields)


def test_a_link_is_given_fetched_and_shown(
    workplace: Workplace, make: Factories, library: Library, client: FlaskClient
) -> None:
    make.cycle(library)
    assert (
        'href="/evidence/links/new?cycle=1&amp;requirement=B2.3"'
        in client.get("/evidence/new?cycle=1&requirement=B2.3").text
    )
    form = client.get("/evidence/links/new?cycle=1&requirement=B2.3").text
    assert 'value="2026-03-02"' in form
    assert form.count(" checked") == 1
    answer = give(client, requirements=["1:B2.3"], description="Se <b>her</b>")
    assert answer.location == "/evidence/links/1"
    waiting = client.get("/evidence/links/1").text
    assert "The page is being fetched" in waiting
    assert "Se &lt;b&gt;her&lt;/b&gt;" in waiting
    assert 'hx-get="/evidence/links/1"' in waiting
    assert f'href="{web.ADDRESS}" rel="noreferrer nofollow external"' in waiting
    assert "Being fetched" in client.get("/evidence/links").text
    assert client.get("/evidence").text.count("Byttemarked") == 0

    links.copy(workplace, library.id, 1, 0, web.page())

    fragment = client.get("/evidence/links/1", headers={"HX-Request-Type": "partial"})
    assert (fragment.status_code, fragment.location) == (302, "/evidence/1")
    shown = client.get("/evidence/1").text
    assert "Web page" in shown
    assert "Still there" in shown
    assert "27 February 2026" in shown


def test_the_page_as_received_is_never_shown_as_a_page(
    workplace: Workplace, library: Library, client: FlaskClient, client_of: ClientOf, coordinator: Actor
) -> None:
    give(client)
    links.copy(workplace, library.id, 1, 0, web.page())
    assert client.get("/evidence/1/versions/1/original").status_code == 403
    original = fetch(client_of(coordinator), "/evidence/1/versions/1/original")
    assert original.data == web.PAGE.encode()
    assert original.headers["Content-Type"] == "application/octet-stream"
    assert original.headers["Content-Disposition"].startswith('attachment; filename="')
    assert original.headers["Content-Disposition"].endswith(".html")
    assert "sandbox" in original.headers["Content-Security-Policy"]
    text = fetch(client, "/evidence/1/versions/1/file")
    assert text.headers["Content-Type"] == "text/plain"


def test_a_persons_own_copy_makes_it_evidence_at_once(client: FlaskClient) -> None:
    answer = give(client, (files.pdf(), "artikel.pdf"))
    assert answer.location == "/evidence/1"
    assert "Made by its giver" in client.get("/evidence/1").text
    assert "The same address was given before: evidence 1." in client.get(give(client).location or "").text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"url": ""}, "Write the address of the page."),
        ({"url": "javascript:alert(1)"}, "Write the whole address of a page"),
        ({"seen_on": "2026-03-03"}, "The day lies ahead."),
    ],
)
def test_what_does_not_hold_is_said_at_its_field(client: FlaskClient, fields: dict[str, str], said: str) -> None:
    answer = give(client, title="Min artikel", **fields)
    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="Min artikel"' in answer.text


def test_a_copy_is_given_tried_again_or_given_up(
    workplace: Workplace, library: Library, client: FlaskClient, client_of: ClientOf, make: Factories
) -> None:
    give(client)
    links.copy(workplace, library.id, 1, 0, web.Web())
    page = client.get("/evidence/links/1").text
    assert "avisen.example answered with status 404." in page
    make.activity(library)
    assert "1</strong> <span>link could not be fetched" in client.get("/").text
    assert client.post("/evidence/links/1/retry").status_code == 303
    reader = english(client_of(make.member(library, Role.READER)))
    assert "Give up" not in reader.get("/evidence/links/1").text
    refused = send(client, (b"MZ\0", "x.exe"), address="/evidence/links/1/copy")
    assert refused.status_code == 422
    assert send(client, (files.pdf(), "a.pdf"), address="/evidence/links/1/copy").location == "/evidence/1"
    assert client.post("/evidence/links/1/give-up").status_code == 409


def test_a_dead_link_is_told_on_lists_and_offers_its_copy(
    workplace: Workplace, make: Factories, library: Library, client_of: ClientOf, coordinator: Actor
) -> None:
    activity = make.activity(library)
    piece = make.evidence(library, activity=activity)
    make.link(
        library,
        piece,
        standing=Standing.DEAD.value,
        failing_since=date(2026, 2, 1),
        failure={"code": "fetch-status", "facts": {"host": "example.org", "status": 410}},
    )
    browser = client_of(coordinator)
    for address in ("/evidence", "/evidence/1", "/activities/1", "/evidence/links", "/evidence/links?state=dead"):
        assert "Dødt link" in browser.get(address).text
    shown = english(browser).get("/evidence/1").text
    assert "The link is dead since 1 February 2026" in shown
    assert "example.org answered with status 410." in shown
    assert 'href="/evidence/1/versions/1/file">Download the copy' in shown
    assert "<span>link is dead" in browser.get("/").text


def test_lists_ask_as_often_however_many_links_there_are(
    workplace: Workplace, make: Factories, library: Library, client_of: ClientOf, coordinator: Actor
) -> None:
    browser, asked = client_of(coordinator), []
    for _round in range(2):
        make.link(library, make.evidence(library))
        make.link(library)
        for address in ("/evidence/links", "/evidence"):
            browser.get(address)
            with counted(workplace.engine) as statements:
                browser.get(address)
            asked.append(len(statements))
    assert asked[:2] == asked[2:]
    with workplace.reading(SYSTEM, library.id) as work:
        assert link_queries.one_page(work, "", 10, 0)[1] == 4
        assert counting.counts(work).evidence == 2
