"""Pages of schemes: labels, both readings, resolved settings, the form of a cycle, who may see what."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from sdg_tracker.access import MEMBER_ROLES, SYSTEM, Actor, Role
from sdg_tracker.schemes import queries, services
from sdg_tracker.schemes.models import Cycle
from sdg_tracker.work import Library, Workplace
from tests.factories import Factories
from tests.schemes.conftest import SLUG, Changed
from tests.statements import counted

Clients = Callable[[Actor | None], FlaskClient]
SLUGS = ("best-n-example", "db2030-biblioteker", "gri-content-index", "ifla-green-library", "points-example")
FORM = f"/certification/{SLUG}/cycle"
PAGES = ("/certification", f"/certification/{SLUG}", f"/certification/{SLUG}?view=roles", f"/certification/{SLUG}/B2.2")


@pytest.fixture
def browser(client_of: Clients, coordinator: Actor) -> FlaskClient:
    """The coordinator's browser, in English."""
    client = client_of(coordinator)
    with client.session_transaction() as session:
        session["language"] = "en"
    return client


def danish(client: FlaskClient) -> FlaskClient:
    """Turn the browser to Danish."""
    with client.session_transaction() as session:
        session["language"] = "da"
    return client


def filled(**changes: Any) -> dict[str, Any]:
    """Return what the form of the library certification sends."""
    values = {
        "starts_on": "2025-01-01",
        "ends_on": "2027-12-31",
        "revision": "1",
        "fact_branch_count": "3",
        "fact_renewal": "False",
        "setting_plan_years": "3",
        "setting_report_every_months": "12",
        "setting_report_recipient": "Chora 2030",
        "setting_pledges_min": "6",
    }
    return {**values, **changes}


@pytest.mark.parametrize("slug", SLUGS)
def test_the_label_stands_wherever_a_scheme_is_shown(
    browser: FlaskClient, workplace: Workplace, coordinator: Actor, slug: str
) -> None:
    with workplace.reading(coordinator) as work:
        scheme = queries.get(work, slug)
        first = scheme.requirements()[0].code
    labels = scheme.document["label"]
    pages = ("/certification", f"/certification/{slug}", f"/certification/{slug}?view=roles",
             f"/certification/{slug}/{first}", f"/certification/{slug}/cycle/new")  # fmt: skip
    for path in pages:
        for language, client in (("en", browser), ("da", danish(browser))):
            with client.session_transaction() as session:
                session["language"] = language
            text = client.get(path).get_data(as_text=True).replace("&#39;", "'")
            assert f'<span class="scheme-label">{labels[language]}</span>' in text, (path, language)


@pytest.mark.parametrize("slug", SLUGS)
def test_every_requirement_of_every_scheme_has_its_page_in_both_languages(
    browser: FlaskClient, workplace: Workplace, coordinator: Actor, slug: str
) -> None:
    with workplace.reading(coordinator) as work:
        found = queries.get(work, slug).requirements()
    overview = browser.get(f"/certification/{slug}").text
    for requirement in found:
        assert f'href="/certification/{slug}/{requirement.code}"' in overview
        for client in (browser, danish(browser)):
            assert client.get(f"/certification/{slug}/{requirement.code}").status_code == 200


def test_the_librarys_own_scheme_comes_first(browser: FlaskClient, cycle: Cycle) -> None:
    text = browser.get("/certification").text
    found = re.findall(r'<th scope="row"><a href="/certification/([^"]+)"', text)
    assert found[0] == SLUG
    assert sorted(found) == sorted(SLUGS)
    assert "1 January 2025" in text


def test_the_second_reading_groups_by_role(browser: FlaskClient) -> None:
    text = browser.get(f"/certification/{SLUG}?view=roles").text
    headings = re.findall(r"<h2 id=\"role-\d-heading\">([^<]+)</h2>", text)
    assert headings == ["Communicator", "Facilitator", "Actor"]
    assert text.count(f'href="/certification/{SLUG}/O2.1"') == 3
    assert text.count(f'href="/certification/{SLUG}/O1.1"') == 1


def test_a_requirement_shows_what_is_asked_in_this_cycle(
    browser: FlaskClient, workplace: Workplace, coordinator: Actor, cycle: Cycle
) -> None:
    path = f"/certification/{SLUG}/B2.2"
    text = browser.get(path).text
    assert "At least 2 activities a year" in text
    assert "a start value, not a known rule" in text
    assert "in the role: facilitator" in text
    assert "At most 36 months" in text
    assert "photo, minutes, survey, programme, statistics" in text
    assert "Said by a certified library" in text
    assert "https://eblida.org/archive-project/" in text
    assert 'href="/evidence?requirement=B2.2"' in text
    assert 'href="/evidence/new?requirement=B2.2"' in text
    with workplace.writing(coordinator) as work:
        services.set_cycle(work, 1, settings={"involving_per_year": 5})
    text = browser.get(path).text
    assert "At least 5 activities a year" in text
    assert "set for this period" in text
    assert "fx et referat" in danish(browser).get(f"/certification/{SLUG}/O1.1").text


def test_without_a_cycle_there_is_nothing_to_tie_evidence_to(browser: FlaskClient) -> None:
    text = browser.get(f"/certification/{SLUG}/B2.2").text
    assert "/evidence/new?requirement" not in text
    assert "The library has no period on this scheme" in text


def test_a_requirement_says_whether_it_applies(browser: FlaskClient, workplace: Workplace, coordinator: Actor) -> None:
    path, days = "/certification/points-example/I1.4", {"starts_on": "2026-01-01", "ends_on": "2026-12-31"}
    facts = {"fact_outdoor_area": "True", "fact_branch_count": "1"}
    answer = browser.post(
        "/certification/points-example/cycle/new", data={**days, **facts, "fact_serves_food": "False"}
    )
    assert answer.status_code == 303
    assert "This requirement does not apply to the library" in browser.get(path).text
    with workplace.writing(coordinator) as work:
        services.set_cycle(work, 1, facts={"serves_food": True})
    assert "does not apply" not in browser.get(path).text
    with workplace.writing(coordinator) as work:
        services.set_cycle(work, 1, facts={})
    assert "It is not known yet" in browser.get(path).text


def test_a_second_cycle_ties_evidence_by_its_number(browser: FlaskClient, cycle: Cycle) -> None:
    data = {"starts_on": "2026-01-01", "ends_on": "2026-12-31", "fact_outdoor_area": "True", "fact_branch_count": "1"}
    browser.post("/certification/points-example/cycle/new", data={**data, "fact_serves_food": "True"})
    text = browser.get("/certification/points-example/L1.1").text
    assert "/evidence/new?requirement=L1.1&amp;cycle=2" in text


@pytest.mark.parametrize("path", ["none-such", f"{SLUG}/X9", f"{SLUG}?version=9", "none-such/O1.1", "none-such/cycle"])
def test_what_there_is_not_is_not_found(browser: FlaskClient, path: str) -> None:
    assert browser.get(f"/certification/{path}").status_code == 404


def test_an_old_cycle_shows_its_own_version(
    browser: FlaskClient, workplace: Workplace, cycle: Cycle, changed: Changed
) -> None:
    def renew(document: dict[str, Any]) -> None:
        document["version"] = "0.2"
        document["areas"][0]["criteria"][0]["requirements"][0]["text"]["en"] = "A new wording."

    with workplace.writing(SYSTEM) as work:
        services.load_file(work, changed(renew))
    text = browser.get(f"/certification/{SLUG}").text
    assert "A new wording." not in text
    assert "There is a newer version: 0.2." in text
    assert "A new wording." in browser.get(f"/certification/{SLUG}?version=0.2").text
    assert "A new wording." not in browser.get(f"/certification/{SLUG}/O1.1").text
    assert "A new wording." in browser.get(f"/certification/{SLUG}/O1.1?version=0.2").text


# The form of a cycle


def test_the_form_asks_every_setting_and_fact_once(browser: FlaskClient, cycle: Cycle) -> None:
    text = browser.get(FORM).text
    for setting in cycle.scheme.document["settings"]:
        assert text.count(f'name="setting_{setting["key"]}"') == 1
    assert text.count('name="fact_branch_count"') == 1
    assert text.count('name="fact_renewal"') == 2
    assert "Known: the scheme says 3 years." in text
    assert "Not known: 6 activities is a start value." in text
    assert "Not known, and without a start value." in text


def test_saving_keeps_typed_values_and_follows_the_scheme_where_a_field_is_empty(
    browser: FlaskClient, workplace: Workplace, coordinator: Actor, cycle: Cycle
) -> None:
    data = filled(setting_report_deadline="2026-09-01", setting_report_every_months="")
    assert browser.post(FORM, data=data).status_code == 303
    with workplace.reading(coordinator) as work:
        kept = queries.cycle(work, 1)
    assert kept.settings == {"pledges_min": 6, "report_deadline": "2026-09-01"}
    assert kept.facts == {"branch_count": 3, "renewal": False}
    text = browser.get(FORM).text
    assert 'value="2026-09-01"' in text
    assert re.search(r'<input checked[^>]*name="fact_renewal"[^>]*value="False"', text)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"starts_on": ""}, "This field is required."),
        ({"ends_on": "2024-01-01"}, "The last day must not be before the first."),
        ({"setting_pledges_min": "six"}, "Not a valid integer value."),
        ({"setting_staff_involved_percent": "101"}, "must lie between 0 and 100"),
        ({"fact_branch_count": ""}, "This field is required."),
        ({"fact_branch_count": "-1"}, "Number must be between"),
        ({"fact_renewal": "maybe"}, "Invalid Choice"),
    ],
)
def test_what_does_not_hold_is_said_at_its_field_and_nothing_typed_is_lost(
    browser: FlaskClient,
    workplace: Workplace,
    coordinator: Actor,
    cycle: Cycle,
    change: dict[str, str],
    words: str,
) -> None:
    answer = browser.post(FORM, data=filled(setting_report_recipient="typed by hand", **change))
    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="typed by hand"' in answer.text
    with workplace.reading(coordinator) as work:
        assert queries.cycle(work, 1).revision == 1


def test_two_people_who_change_one_cycle_are_told_and_lose_nothing(
    browser: FlaskClient, workplace: Workplace, coordinator: Actor, cycle: Cycle
) -> None:
    assert browser.post(FORM, data=filled()).status_code == 303
    answer = browser.post(FORM, data=filled(setting_report_recipient="typed by hand"))
    assert answer.status_code == 409
    assert "Somebody else has changed this" in answer.text
    assert 'value="typed by hand"' in answer.text
    assert re.search(r'name="revision"[^>]*value="2"', answer.text)
    assert browser.post(FORM, data=filled(setting_report_recipient="typed by hand", revision="2")).status_code == 303


def test_the_first_cycle_is_opened_by_the_same_form(
    browser: FlaskClient, workplace: Workplace, coordinator: Actor
) -> None:
    answer = browser.get(FORM)
    assert answer.status_code == 303
    assert answer.location.endswith("/cycle/new")
    text = browser.get(f"{FORM}/new").text
    assert 'value="2026-01-01"' in text
    assert 'value="2028-12-31"' in text
    assert browser.post(f"{FORM}/new", data=filled()).status_code == 303
    answer = browser.post(f"{FORM}/new", data=filled())
    assert answer.status_code == 422
    assert "overlap" in answer.text
    text = browser.get(f"{FORM}/new").text
    assert 'value="2028-01-01"' in text
    assert 'value="2030-12-31"' in text
    with workplace.reading(coordinator) as work:
        assert [found.number for found in queries.cycles(work)] == [1]


# Who may


@pytest.mark.parametrize("path", PAGES)
def test_every_member_may_see_schemes_and_nobody_else(
    client_of: Clients, make: Factories, library: Library, cycle: Cycle, path: str
) -> None:
    for role in MEMBER_ROLES:
        assert client_of(make.member(library, role)).get(path).status_code == 200
    answer = client_of(None).get(path)
    assert answer.status_code == 303
    assert "/sign-in" in answer.location


@pytest.mark.parametrize("role", [Role.READER, Role.STAFF, Role.AUDITOR, Role.ADMINISTRATOR])
def test_only_the_coordinator_sets_up_cycles(
    client_of: Clients, make: Factories, library: Library, cycle: Cycle, role: Role
) -> None:
    client = client_of(make.member(library, role))
    for path in (FORM, f"{FORM}/new"):
        assert client.get(path).status_code == 403
        assert client.post(path, data=filled()).status_code == 403
    assert FORM not in client.get(f"/certification/{SLUG}").text


def test_another_library_sees_the_scheme_but_not_the_cycle(client_of: Clients, make: Factories, cycle: Cycle) -> None:
    neighbour = client_of(make.member(make.library("Nabobyen"), Role.COORDINATOR))
    assert "2027" not in neighbour.get(f"/certification/{SLUG}").text
    assert neighbour.get(FORM).status_code == 303
    assert neighbour.get(f"{FORM}?number=1").status_code == 303


@pytest.mark.parametrize(("path", "most"), list(zip(PAGES, (2, 6, 6, 4), strict=True)))
def test_pages_ask_the_database_a_few_times(
    browser: FlaskClient, workplace: Workplace, cycle: Cycle, path: str, most: int
) -> None:
    browser.get("/goals")
    with counted(workplace.engine) as bare:
        browser.get("/goals/none-such")
    with counted(workplace.engine) as statements:
        assert browser.get(path).status_code == 200
    assert len(_selects(statements)) <= len(_selects(bare)) + most


def _selects(statements: list[str]) -> list[str]:
    return [statement for statement in statements if statement.lstrip().upper().startswith("SELECT")]
