"""The pages on which evidence is submitted, reviewed, judged and found again."""

from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient

from sdg_tracker.access import SYSTEM, Actor, Role
from sdg_tracker.evidence import queries
from sdg_tracker.evidence.models import Evidence
from sdg_tracker.evidence.tying import Wanted
from sdg_tracker.work import Library, Workplace
from tests.evidence import files
from tests.evidence.conftest import Add
from tests.evidence.test_views import english, send
from tests.factories import Factories

ClientOf = Callable[[Actor | None], FlaskClient]


@pytest.fixture
def reviewer(client_of: ClientOf, coordinator: Actor) -> FlaskClient:
    """The coordinator's browser."""
    return english(client_of(coordinator))


@pytest.fixture
def giver(client_of: ClientOf, staff: Actor) -> FlaskClient:
    """The browser of one of the staff."""
    return english(client_of(staff))


def look(workplace: Workplace, library: Library, number: int = 1) -> Evidence:
    with workplace.reading(SYSTEM, library.id) as work:
        return queries.get(work, number)


def test_a_giver_sees_why_it_was_sent_back_and_submits_again(
    workplace: Workplace,
    make: Factories,
    library: Library,
    add: Add,
    staff: Actor,
    reviewer: FlaskClient,
    giver: FlaskClient,
) -> None:
    make.activity(library)
    add(actor=staff, title="Foto fra byttedag")
    assert 'action="/evidence/1/review"' in reviewer.get("/evidence/1").text
    assert "/review" not in giver.get("/evidence/1").text
    assert "is to be reviewed" in reviewer.get("/").text

    answer = reviewer.post("/evidence/1/review", data={"decision": "returned", "comment": " ", "version": "1"})
    assert answer.status_code == 422
    assert "Write what is to be changed" in answer.text
    answer = reviewer.post("/evidence/1/review", data={"comment": "x"})
    assert answer.status_code == 422
    told = {"decision": "returned", "comment": "Hvem er <på> billedet?", "version": "1"}
    answer = reviewer.post("/evidence/1/review", data=told)
    assert (answer.status_code, answer.location) == (303, "/evidence/1")

    first = giver.get("/").text
    assert "was sent back to you" in first
    assert 'href="/evidence?state=returned&amp;giver=me"' in first
    assert "Foto fra byttedag" in giver.get("/evidence?state=returned&giver=me").text
    assert "Foto fra byttedag" not in reviewer.get("/evidence?state=returned&giver=me").text
    shown = giver.get("/evidence/1").text
    assert "Hvem er &lt;på&gt; billedet?" in shown
    assert "Submit again" in shown
    assert giver.post("/evidence/1/submit").status_code == 303
    assert giver.post("/evidence/1/submit").status_code == 409
    assert reviewer.post("/evidence/1/review", data={"decision": "accepted", "version": "1"}).status_code == 303
    found = look(workplace, library)
    assert (found.state, [row.decision for row in found.reviews]) == ("accepted", ["returned", "accepted"])
    panel = reviewer.get("/evidence/1").text.partition('action="/evidence/1/review"')[2].partition("</form>")[0]
    assert 'value="returned"' in panel
    assert 'value="accepted"' not in panel
    assert "Accepted" in giver.get("/evidence").text


def test_own_evidence_is_not_accepted_until_the_library_allows_it(
    workplace: Workplace, library: Library, add: Add, reviewer: FlaskClient
) -> None:
    add()
    assert "You added this yourself" in reviewer.get("/evidence/1").text
    answer = reviewer.post("/evidence/1/review", data={"decision": "accepted", "version": "1"})
    assert answer.status_code == 409
    assert "somebody else has to accept it" in answer.text
    library_form = {"name": library.name, "timezone": "Europe/Copenhagen", "strategy": "", "own_review": "y"}
    assert "Who adds evidence may also accept it" in reviewer.get("/admin/library").text
    assert reviewer.post("/admin/library", data=library_form).status_code == 303
    assert "You added this yourself" not in reviewer.get("/evidence/1").text
    assert reviewer.post("/evidence/1/review", data={"decision": "accepted", "version": "1"}).status_code == 303
    assert look(workplace, library).state == "accepted"


def test_only_those_who_review_may_and_only_the_giver_submits(
    make: Factories, library: Library, add: Add, client_of: ClientOf, giver: FlaskClient
) -> None:
    add(draft=True)
    assert giver.post("/evidence/1/review", data={"decision": "accepted"}).status_code == 403
    assert giver.post("/evidence/1/submit").status_code == 403
    reader = client_of(make.member(library, Role.READER))
    assert reader.post("/evidence/1/submit").status_code == 403


def test_a_decision_on_a_version_that_is_no_longer_the_newest_is_asked_again(
    add: Add, staff: Actor, reviewer: FlaskClient, new_version: Callable[..., None]
) -> None:
    add(actor=staff)
    new_version(staff)
    answer = reviewer.post("/evidence/1/review", data={"decision": "accepted", "version": "1", "comment": "Fint"})
    assert answer.status_code == 409
    assert 'name="version" type="hidden" value="2"' in answer.text
    assert "Fint" in answer.text


def test_what_is_said_on_the_form_is_kept_and_shown(workplace: Workplace, library: Library, giver: FlaskClient) -> None:
    told = {"alt": "To børn bytter", "source": "Ungdomsskolen", "valid_until": "2026-04-01", "language": "uk"}
    answer = send(giver, (files.jpeg(), "foto.jpg"), draft="y", **told)
    assert answer.status_code == 303
    shown = giver.get("/evidence/1").text
    for text in ("To børn bytter", "Ungdomsskolen", "1 April 2026", "Ukrainian", "Draft", "Expires within 60 days"):
        assert text in shown
    assert "Submit for review" in shown
    form = giver.get("/evidence/1/edit").text
    assert 'value="2026-04-01"' in form
    changed = {"title": "Foto", "kind": "photo", "language": "da", "valid_until": "2026-03-01", "revision": "1"}
    assert giver.post("/evidence/1/edit", data=changed).status_code == 303
    found = look(workplace, library)
    assert (found.alt, found.source, found.valid_until, found.language) == ("", "", date(2026, 3, 1), "da")
    assert "Expired" in giver.get("/evidence?validity=expired").text
    assert "Nothing matches" in giver.get("/evidence?validity=soon").text
    bad = {**changed, "language": "xx", "revision": "2"}
    assert giver.post("/evidence/1/edit", data=bad).status_code == 422


def test_what_a_piece_shows_for_a_requirement_is_judged_on_a_page_of_its_own(
    workplace: Workplace, make: Factories, library: Library, add: Add, reviewer: FlaskClient, giver: FlaskClient
) -> None:
    make.cycle(library)
    add(ties=[Wanted(1, "O1.2")])
    page = "/evidence/1/requirements/1/O1.2"
    assert f'href="{page}"' in reviewer.get("/evidence/1").text
    assert "Solicited" in reviewer.get(page).text
    told = {"pages": "2-3", "strength": "solicited", "ticks": ["relevant", "public"]}
    assert reviewer.post(page, data={**told, "pages": "to"}).status_code == 422
    assert reviewer.post(page, data={**told, "strength": "proven"}).status_code == 422
    assert reviewer.post(page, data=told).status_code == 303
    [tie] = look(workplace, library).ties
    assert (tie.pages, tie.strength, tie.ticks) == ("2-3", "solicited", ("relevant", "public"))
    assert "Open to the public" in reviewer.get("/evidence/1").text
    assert giver.get(page).status_code == 403
    assert reviewer.get("/evidence/1/requirements/1/O1.3").status_code == 404
    assert reviewer.get("/evidence/1/requirements/2/O1.2").status_code == 404


def test_a_requirement_says_what_of_its_evidence_is_not_accepted(
    make: Factories, library: Library, add: Add, reviewer: FlaskClient
) -> None:
    make.cycle(library)
    add(ties=[Wanted(1, "O1.2")], kind="minutes")
    text = reviewer.get("/certification/cycles/1/O1.2").text
    assert "(1 not accepted)" in text
    assert "To be reviewed" in text


def test_the_list_is_searched_and_narrowed_by_its_form(
    make: Factories, library: Library, add: Add, reviewer: FlaskClient
) -> None:
    house = make.branch(library, "Søndervang")
    add(b"Vi byttede\n", title="Byttedag")
    add(b"2\n", title="Læsekreds", draft=True)
    assert "Byttedag" in reviewer.get("/evidence?q=byttedga").text
    text = reviewer.get("/evidence?state=draft").text
    assert "Læsekreds" in text
    assert "Byttedag" not in text
    for nonsense in ("state=nonsense", "validity=nonsense", "giver=nonsense", "branch="):
        assert "Byttedag" in reviewer.get(f"/evidence?{nonsense}").text
    assert "Nothing matches" in reviewer.get(f"/evidence?branch={house.code}").text
