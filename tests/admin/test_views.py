"""Pages on users, branches, the library, who may do what, and the trail."""

import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from flask.testing import FlaskClient

from sdg_tracker import trail
from sdg_tracker.access import CONDITION_NAMES, SYSTEM, TABLE, Actor, Permission, Role
from sdg_tracker.accounts import queries, services
from sdg_tracker.accounts.models import Branch
from sdg_tracker.admin import events
from sdg_tracker.evidence import consents
from sdg_tracker.evidence.consents import ConsentDetails
from sdg_tracker.work import Library, Workplace
from tests.factories import Factories
from tests.statements import counted

Clients = Callable[[Actor | None], FlaskClient]


@pytest.fixture
def client(client_of: Clients, coordinator: Actor) -> FlaskClient:
    """A browser of the coordinator, in English."""
    browser = client_of(coordinator)
    with browser.session_transaction() as session:
        session["language"] = "en"
    return browser


class _Table(HTMLParser):
    """Reads the table of the access page: (permission, role) -> the words of the cell."""

    def __init__(self) -> None:
        super().__init__()
        self.cells: dict[tuple[str, str], str] = {}
        self._row, self._cell = "", ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self._row = found.get("data-permission") or self._row
        if tag == "td":
            self._cell = found.get("data-role") or ""
            self.cells[self._row, self._cell] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "td":
            self._cell = ""

    def handle_data(self, data: str) -> None:
        if self._cell:
            self.cells[self._row, self._cell] += data.strip()


def test_the_page_on_access_is_the_table(client: FlaskClient) -> None:
    table = _Table()
    table.feed(client.get("/admin/access").text)
    expected = {
        (permission.value, role.value): CONDITION_NAMES[TABLE[permission][role]].message
        if role in TABLE[permission]
        else ""
        for permission in Permission
        for role in Role
    }
    assert table.cells == expected


def test_a_new_user_gets_a_link_that_is_shown_once(client: FlaskClient, workplace: Workplace, library: Library) -> None:
    data = {"name": "Nina Ny", "email": "Nina@Example.org", "role": "staff"}
    answer = client.post("/admin/users/new", data=data)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    address = answer.text.partition("http://127.0.0.1:8000")[2].partition("<")[0]
    assert client.application.test_client().get(address).status_code == 200
    with workplace.reading(SYSTEM, library.id) as work:
        assert queries.user_by_email(work, "nina@example.org").name == "Nina Ny"
    assert address not in client.get("/admin/users").text
    assert client.post("/admin/users/new", data={**data, "role": "reader"}).status_code == 422


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"name": "", "email": "a@example.org", "role": "staff"}, "Write the person&#39;s name."),
        ({"name": "A", "email": "a", "role": "staff"}, "not an e-mail address"),
        ({"name": "A", "email": "a@example.org", "role": "system"}, "Not a valid choice"),
        ({"name": "A", "email": "a@example.org", "role": "anyone"}, "Not a valid choice"),
    ],
)
def test_a_user_that_does_not_hold_is_told_at_the_field(client: FlaskClient, data: dict[str, str], told: str) -> None:
    answer = client.post("/admin/users/new", data=data)
    assert answer.status_code == 422
    assert told in answer.text


def test_users_are_changed_disabled_and_enabled(client: FlaskClient, staff: Actor, client_of: Clients) -> None:
    address, theirs = f"/admin/users/{staff.number}", client_of(staff)
    assert client.post(f"{address}/role", data={"role": "reader", "revision": "1"}).status_code == 303
    stale = client.post(f"{address}/role", data={"role": "auditor", "revision": "1"})
    assert stale.status_code == 409
    assert 'name="revision" type="hidden" value="2"' in stale.text
    assert re.search(r'<input[^>]*checked[^>]*value="auditor"', stale.text)
    assert client.post(f"{address}/role", data={"role": "king"}).status_code == 422
    assert theirs.get("/account").status_code == 200
    assert client.post(f"{address}/disable").status_code == 303
    assert theirs.get("/account").status_code == 303
    assert "disabled" in client.get(address).text
    assert client.post(f"{address}/link").status_code == 409
    assert client.post(f"{address}/enable").status_code == 303
    assert client.post(f"{address}/link").status_code == 200


def test_the_last_who_manages_users_stays(client: FlaskClient, coordinator: Actor, staff: Actor) -> None:
    address = f"/admin/users/{coordinator.number}"
    assert client.post(f"{address}/disable").status_code == 409
    refused = client.post(f"{address}/role", data={"role": "staff"})
    assert refused.status_code == 409
    assert "somebody who can manage" in refused.text
    assert client.get("/admin/users").status_code == 200


def test_a_user_of_another_library_is_not_found(client: FlaskClient, make: Factories) -> None:
    stranger = make.member(make.library("Nabobyen"), Role.STAFF)
    assert client.get(f"/admin/users/{stranger.number}").status_code == 404
    for step in ("role", "disable", "enable", "link"):
        assert client.post(f"/admin/users/{stranger.number}/{step}", data={"role": "reader"}).status_code == 404


def test_somebody_with_an_account_elsewhere_gets_no_link_here(client: FlaskClient, make: Factories) -> None:
    stranger = make.member(make.library("Nabobyen"), Role.STAFF, email="nabo@example.org")
    data = {"name": "Nabo", "email": "nabo@example.org", "role": "reader"}
    added = client.post("/admin/users/new", data=data)
    assert (added.status_code, added.location) == (303, f"/admin/users/{stranger.number}")
    assert f"/admin/users/{stranger.number}/link" not in client.get(added.location).text
    assert client.post(f"/admin/users/{stranger.number}/link").status_code == 409


def test_branches_are_added_changed_and_taken_out_of_use(client: FlaskClient, workplace: Workplace) -> None:
    assert "No branches yet" in client.get("/admin/branches").text
    assert client.post("/admin/branches/new", data={"name": "Ågården"}).status_code == 303
    assert client.post("/admin/branches/new", data={"name": "Ågården"}).status_code == 422
    address = "/admin/branches/aagaarden"
    shown = client.get(f"{address}/edit").text
    assert 'value="Ågården"' in shown
    data = {"name": "Å-gården", "name_en": "Stream House", "position": "3", "revision": "1"}
    assert client.post(f"{address}/edit", data={**data, "position": "x"}).status_code == 422
    assert client.post(f"{address}/edit", data=data).status_code == 303
    stale = client.post(f"{address}/edit", data={**data, "name": "Typed by the second"})
    assert stale.status_code == 409
    assert "Typed by the second" in stale.text
    assert 'name="revision" type="hidden" value="2"' in stale.text
    assert client.post(f"{address}/edit", data={**data, "name": "Again", "revision": "2"}).status_code == 303
    assert client.post(f"{address}/disable").status_code == 303
    assert "out of use" in client.get("/admin/branches").text
    assert client.post(f"{address}/enable").status_code == 303
    assert client.get("/admin/branches/nowhere/edit").status_code == 404


def test_the_library_is_changed_by_one_person_at_a_time(client: FlaskClient, workplace: Workplace) -> None:
    shown = client.get("/admin/library").text
    assert 'value="Demoby Bibliotekerne"' in shown
    data = {"name": "Nyby", "name_en": "", "timezone": "Atlantic/Faroe", "strategy": "", "revision": "1"}
    assert client.post("/admin/library", data={**data, "timezone": "Moon/Base"}).status_code == 422
    assert client.post("/admin/library", data={**data, "strategy": "none-such"}).status_code == 422
    assert client.post("/admin/library", data={**data, "name": " "}).status_code == 422
    assert client.post("/admin/library", data=data).status_code == 303
    assert "Nyby" in client.get("/admin").text
    stale = client.post("/admin/library", data={**data, "name": "Typed by the second"})
    assert stale.status_code == 409
    assert "Typed by the second" in stale.text


def test_the_trail_shows_names_and_readable_facts(
    client: FlaskClient, workplace: Workplace, coordinator: Actor, staff: Actor
) -> None:
    with workplace.writing(coordinator) as work:
        services.set_role(work, staff.number or 0, Role.READER)
    text = client.get("/admin/trail").text
    assert "Role changed" in text
    assert "Coordinator 2" in text  # the name of the one who did it
    assert "before:</span> Staff" in text
    assert f'href="/admin/users/{staff.number}"' in text


def test_the_trail_is_filtered_and_comes_in_pages(client: FlaskClient, workplace: Workplace, library: Library) -> None:
    with workplace.writing(SYSTEM, library.id) as work:
        for count in range(60):
            trail.record(work, "branch.added", "branch", code=f"code-{count}")
        trail.record(work, "library.added", "library", slug="x")
    first, second = client.get("/admin/trail").text, client.get("/admin/trail?page=2").text
    assert (first.count("<tr>"), second.count("<tr>")) == (51, 12)
    assert "code-0" in second
    assert "code-0<" not in first
    assert client.get("/admin/trail?action=library.added").text.count("<tr>") == 2
    assert client.get("/admin/trail?subject=branch&page=2").text.count("<tr>") == 11
    assert "No events" in client.get("/admin/trail?subject=branch&action=library.added").text
    assert "No events" in client.get("/admin/trail?page=999&action=x").text
    fragment = client.get("/admin/trail", headers={"HX-Request": "true", "HX-Request-Type": "partial"}).text
    assert "<html" not in fragment


def test_pages_take_the_same_number_of_statements_however_much_there_is(
    client: FlaskClient, workplace: Workplace, library: Library, make: Factories, coordinator: Actor
) -> None:
    def statements(address: str) -> int:
        with counted(workplace.engine) as found:
            assert client.get(address).status_code == 200
        return len(found)

    addresses = ("/admin", "/admin/users", "/admin/branches", "/admin/trail", "/account", "/admin/access")
    with workplace.writing(coordinator) as work:
        services.add_branch(work, "Et sted")
    few = [statements(address) for address in addresses]
    for count in range(5):
        make.member(library, Role.STAFF)
        with workplace.writing(coordinator) as work:
            services.add_branch(work, f"Hus {count}")
            services.add_user(work, f"p{count}@example.org", f"P{count}", Role.STAFF)
    assert [statements(address) for address in addresses] == few


@pytest.mark.parametrize("role", [Role.READER, Role.STAFF])
def test_others_see_who_may_do_what_and_nothing_else(
    client_of: Clients, make: Factories, library: Library, role: Role
) -> None:
    browser = client_of(make.member(library, role))
    assert browser.get("/admin/access").status_code == 200
    for address in ("", "/users", "/users/1", "/users/new", "/branches", "/library", "/trail", "/installation"):
        assert browser.get(f"/admin{address}").status_code == 403


def test_a_branch_out_of_use_is_kept(workplace: Workplace, client: FlaskClient, library: Library) -> None:
    client.post("/admin/branches/new", data={"name": "Et hus"})
    client.post("/admin/branches/et-hus/disable")
    with workplace.reading(SYSTEM, library.id) as work:
        assert work.session.get_one(Branch, 1).disabled_at is not None


def test_what_is_agreed_to_reads_as_words(
    workplace: Workplace, make: Factories, library: Library, coordinator: Actor, client: FlaskClient
) -> None:
    make.picture(library)
    with workplace.writing(coordinator) as work:
        consents.add(work, 1, ConsentDetails(frozenset({"website", "print"}), work.today, persons=1))
    assert "Website and public report, Printed matter" in client.get("/admin/trail").text


def test_every_fact_of_the_trail_has_words() -> None:
    facts = {fact for action, told in trail.ACTIONS.items() if not action.startswith("test.") for fact in told}
    assert facts <= set(events.FACTS)
