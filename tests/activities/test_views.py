"""Pages of activities, as people use them."""

import io
import re
from collections.abc import Callable
from datetime import date

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from sdg_tracker.access import SYSTEM, Actor, Permission, Role, may_ever
from sdg_tracker.activities import companions, filling, queries
from sdg_tracker.activities.models import Activity
from sdg_tracker.foundation.resources import resource_dir
from sdg_tracker.work import Library, Workplace
from tests.factories import Factories
from tests.statements import counted

ClientOf = Callable[[Actor | None], FlaskClient]
REAL = resource_dir("seed") / "demo" / "real-activities.csv"
MEMBERS = (Role.READER, Role.STAFF, Role.COORDINATOR, Role.AUDITOR, Role.ADMINISTRATOR)
GOOD = {"title": "Repair Café", "type": "fællesskab", "status": "held", "language": "da"}


@pytest.fixture
def browser_of(client_of: ClientOf) -> ClientOf:
    """Give a signed-in client that reads English."""

    def client(actor: Actor | None) -> FlaskClient:
        browser = client_of(actor)
        with browser.session_transaction() as session:
            session["language"] = "en"
        return browser

    return client


@pytest.fixture
def browser(browser_of: ClientOf, coordinator: Actor) -> FlaskClient:
    return browser_of(coordinator)


def stored(workplace: Workplace, library: Library, number: int = 1) -> Activity:
    with workplace.reading(SYSTEM, library.id) as work:
        return queries.get(work, number)


def titles(answer: TestResponse) -> list[str]:
    return re.findall(r'<th scope="row"><a href="/activities/\d+">([^<]+)</a>', answer.text)


def hidden(answer: TestResponse, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', answer.text)
    assert found is not None
    return found[1]


PAGES = {
    "/activities": Permission.ACTIVITY_READ,
    "/activities/1": Permission.ACTIVITY_READ,
    "/activities/new": Permission.ACTIVITY_ADD,
    "/activities/1/edit": Permission.ACTIVITY_REVISE,
    "/activities/1/withdraw": Permission.ACTIVITY_REVISE,
    "/activities/1/map": Permission.ACTIVITY_MAP,
    "/activities/import": Permission.ACTIVITY_IMPORT,
    "/activities/export.xlsx": Permission.ACTIVITY_EXPORT,
}


@pytest.mark.parametrize("role", MEMBERS)
def test_each_page_opens_for_those_who_may_and_for_nobody_else(
    browser_of: ClientOf, make: Factories, library: Library, role: Role
) -> None:
    make.activity(library, "Vores", "4")
    actor = make.member(library, role)
    browser = browser_of(actor)
    for address, permission in PAGES.items():
        assert browser.get(address).status_code == (200 if may_ever(actor, permission) else 403), address
        if permission is not Permission.ACTIVITY_READ and not may_ever(actor, permission):
            assert browser.post(address).status_code in (403, 405), address
    shown = browser.get("/activities").text if may_ever(actor, Permission.ACTIVITY_READ) else ""
    assert ("/activities/import" in shown) == may_ever(actor, Permission.ACTIVITY_IMPORT)


def test_nobody_sees_anything_without_signing_in(browser_of: ClientOf, make: Factories, library: Library) -> None:
    make.activity(library)
    for address in PAGES:
        assert browser_of(None).get(address).status_code == 303, address


def test_another_librarys_numbers_are_not_found(browser: FlaskClient, make: Factories) -> None:
    make.activity(make.library("Nabobyen"), "Deres hemmelige aktivitet", "4")
    for address in ("/activities/1", "/activities/1/edit", "/activities/1/withdraw", "/activities/1/map"):
        assert browser.get(address).status_code == 404
        assert browser.post(address, data=GOOD).status_code in (404, 405)
    assert "hemmelige" not in browser.get("/activities").text
    book = openpyxl.load_workbook(io.BytesIO(browser.get("/activities/export.xlsx").data))
    assert book.worksheets[0].max_row <= 2


def test_an_empty_list_says_what_to_do_next(browser: FlaskClient, make: Factories, library: Library) -> None:
    assert "Import the year" in browser.get("/activities").text
    make.activity(library)
    assert "No activity fits this choice" in browser.get("/activities?q=findesikke").text


def test_an_activity_is_added_in_one_step(browser: FlaskClient, workplace: Workplace, library: Library) -> None:
    answer = browser.post("/activities/new", data={**GOOD, "starts_on": "2025-01-04", "attendance": "48"})
    assert (answer.status_code, answer.location) == (303, "/activities/1")
    activity = stored(workplace, library)
    assert (activity.title, activity.year, activity.attendance, activity.attendance_qualifier) == (
        "Repair Café",
        2025,
        48,
        "exact",
    )
    page = browser.get("/activities/1").text
    assert "Not mapped yet" in page
    assert "4 January 2025" in page


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": " "}, "title"),
        ({"type": ""}, "type"),
        ({"type": "møde"}, "type"),
        ({"starts_on": "i går"}, "starts_on"),
        ({"starts_on": "2025-02-02", "ends_on": "2025-01-01"}, "ends_on"),
        ({"ends_on": "2025-01-01"}, "starts_on"),
        ({"starts_on": "2025-02-02", "year": "2024"}, "year"),
        ({"year": "12"}, "year"),
        ({"attendance": "mange"}, "attendance"),
        ({"signups": "-1"}, "signups"),
        ({"source_url": "javascript:alert(1)"}, "source_url"),
        ({"branches": "månen"}, "branches"),
        ({"owner_number": "999"}, "owner_number"),
    ],
)
def test_what_does_not_hold_is_said_at_its_field_and_nothing_typed_is_lost(
    browser: FlaskClient, workplace: Workplace, library: Library, wrong: dict[str, str], field: str
) -> None:
    answer = browser.post("/activities/new", data={**GOOD, "description": "Typed with care", **wrong})
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert f'id="{field}-error"' in answer.text
    assert "Typed with care" in answer.text
    with workplace.reading(SYSTEM, library.id) as work:
        assert work.library.numbers == {}


def test_two_people_edit_and_nothing_is_lost(
    browser: FlaskClient, browser_of: ClientOf, staff: Actor, workplace: Workplace, library: Library
) -> None:
    browser.post("/activities/new", data={**GOOD, "description": "First"})
    colleague = browser_of(staff)
    mine = {**GOOD, "revision": hidden(browser.get("/activities/1/edit"), "revision")}
    theirs = {**GOOD, "revision": hidden(colleague.get("/activities/1/edit"), "revision")}
    assert colleague.post("/activities/1/edit", data={**theirs, "description": "Theirs"}).status_code == 303
    answer = browser.post("/activities/1/edit", data={**mine, "title": "My title", "description": "Mine"})
    assert answer.status_code == 409
    assert "Somebody else changed this activity" in answer.text
    assert 'value="My title"' in answer.text
    assert re.search(r">\s*Mine</textarea>", answer.text)
    rows = re.findall(r'<th scope="row">(.*?)</th>\s*<td[^>]*>(.*?)</td>\s*<td[^>]*>(.*?)</td>', answer.text, re.DOTALL)
    assert rows == [("Description", "Theirs", "Mine")]
    assert "Staff" in answer.text  # who it was
    assert stored(workplace, library).description == "Theirs"
    again = {**mine, "title": "My title", "description": "Mine", "revision": hidden(answer, "revision")}
    assert browser.post("/activities/1/edit", data=again).status_code == 303
    assert (stored(workplace, library).title, stored(workplace, library).description) == ("My title", "Mine")


def test_a_revision_that_nobody_saw_is_refused(browser: FlaskClient) -> None:
    browser.post("/activities/new", data=GOOD)
    for revision in ("", "x", "99", "-1", "9" * 40):
        answer = browser.post("/activities/1/edit", data={**GOOD, "title": "New", "revision": revision})
        assert answer.status_code == 409, revision


def mapping(*rows: tuple[str, str], **more: str) -> dict[str, str]:
    """A sent form: the first row is the main one."""
    data = {"revision": "1"}
    for number, (code, reason) in enumerate(rows):
        data |= {f"code_{number}": code, f"reason_{number}": reason, f"stance_{number}": "supports"}
    return {**data, **more}


def test_an_activity_is_mapped_on_its_page(browser: FlaskClient, workplace: Workplace, library: Library) -> None:
    browser.post("/activities/new", data=GOOD)
    data = mapping(("12.5", "Things are repaired"), ("17", "Volunteers"), ("13", "People drive there"))
    data |= {"contribution_0": "direct", "stance_2": "against"}
    answer = browser.post("/activities/1/map", data=data)
    assert (answer.status_code, answer.location) == (303, "/activities/1")
    assert [(m.code, m.main, m.stance, m.contribution, m.confirmed) for m in stored(workplace, library).mappings] == [
        ("12.5", True, "supports", "direct", True),
        ("17", False, "supports", None, True),
        ("13", False, "against", None, True),
    ]
    page = browser.get("/activities/1").text
    assert "Works against" in page
    assert "Things are repaired" in page
    form = browser.get("/activities/1/map").text
    assert re.search(r'<option selected value="12.5">', form)


def test_a_mapping_without_a_main_goal_is_possible(
    browser: FlaskClient, workplace: Workplace, library: Library
) -> None:
    browser.post("/activities/new", data=GOOD)
    assert browser.post("/activities/1/map", data=mapping(("", ""), ("4", "Perhaps"))).status_code == 303
    assert [(m.code, m.main) for m in stored(workplace, library).mappings] == [("4", False)]
    assert re.search(r'id="code_1".*?<option selected value="4">', browser.get("/activities/1/map").text, re.DOTALL)


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (mapping(("4", "")), "reason_0"),
        (mapping(("", "A reason for nothing")), "code_0"),
        (mapping(("4", "x"), ("", ""), ("4", "x")), "code_2"),
        (mapping(("4.7", "x"), ("4", "x")), "code_1"),
        (mapping(("4", "x"), code_1="18", reason_1="x"), "code_1"),
        (mapping(("4", "x"), stance_0="against"), "stance_0"),
        (mapping(("4", "x" * 501)), "reason_0"),
    ],
)
def test_a_mapping_that_breaks_a_rule_is_refused_at_its_row(
    browser: FlaskClient, workplace: Workplace, library: Library, data: dict[str, str], field: str
) -> None:
    browser.post("/activities/new", data=GOOD)
    answer = browser.post("/activities/1/map", data=data)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert stored(workplace, library).mappings == []


def test_a_mapping_made_meanwhile_is_shown_and_what_was_chosen_stays(
    browser: FlaskClient, workplace: Workplace, library: Library
) -> None:
    browser.post("/activities/new", data=GOOD)
    assert browser.post("/activities/1/map", data=mapping(("4", "Their reason"))).status_code == 303
    answer = browser.post("/activities/1/map", data=mapping(("12", "My reason")))
    assert answer.status_code == 409
    assert "Their reason" in answer.text
    assert 'value="My reason"' in answer.text
    again = {**mapping(("12", "My reason")), "revision": hidden(answer, "revision")}
    assert browser.post("/activities/1/map", data=again).status_code == 303
    assert [m.reason for m in stored(workplace, library).mappings] == ["My reason"]


def test_an_activity_is_withdrawn_with_a_reason_and_then_closed(browser: FlaskClient) -> None:
    browser.post("/activities/new", data=GOOD)
    assert browser.post("/activities/1/withdraw", data={"revision": "1", "reason": ""}).status_code == 422
    assert browser.post("/activities/1/withdraw", data={"revision": "7", "reason": "x"}).status_code == 409
    assert browser.post("/activities/1/withdraw", data={"revision": "1", "reason": "Entered twice"}).status_code == 303
    assert "Entered twice" in browser.get("/activities/1").text
    assert titles(browser.get("/activities")) == []
    assert titles(browser.get("/activities?withdrawn=y")) == ["Repair Café"]
    assert browser.get("/activities/1/edit").status_code == 409


def test_a_wrong_pair_of_number_and_name_is_flagged(browser: FlaskClient) -> None:
    browser.post("/activities/new", data={**GOOD, "description": "Vi støtter verdensmål 12 Bæredygtige byer."})
    assert "A number and a name don" in browser.get("/activities/1").text
    browser.post("/activities/new", data={**GOOD, "title": "Fin", "description": "Verdensmål 11 Bæredygtige byer."})
    assert "A number and a name" not in browser.get("/activities/2").text


def test_what_happened_is_shown_to_those_who_may_read_the_trail(
    browser: FlaskClient, browser_of: ClientOf, staff: Actor
) -> None:
    browser.post("/activities/new", data=GOOD)
    browser.post("/activities/1/edit", data={**GOOD, "title": "New", "revision": "1"})
    shown = browser.get("/activities/1").text
    assert "Activity changed" in shown
    assert re.search(r"Coordinator \d", shown)
    assert "Activity changed" not in browser_of(staff).get("/activities/1").text


def test_the_list_is_narrowed_by_the_address_and_keeps_what_it_cannot_offer(
    browser: FlaskClient, make: Factories, library: Library
) -> None:
    make.activity(library, "Sprogcafé", "4.6", year=2024, starts_on=date(2024, 1, 1))
    make.activity(library, "Repair Café", "12", status="planned")
    make.activity(library, "Uden mål")
    assert titles(browser.get("/activities?goal=4")) == ["Sprogcafé"]
    assert titles(browser.get("/activities?goal=4.6")) == ["Sprogcafé"]
    assert 'value="4.6"' in browser.get("/activities?goal=4.6").text
    assert titles(browser.get("/activities?status=planned")) == ["Repair Café"]
    assert titles(browser.get("/activities?without_mapping=y")) == ["Uden mål"]
    assert titles(browser.get("/activities?q=CAFE&order=title")) == ["Repair Café", "Sprogcafé"]
    for nonsense in ("year=x", "goal=zz", "owner=-1", "branch=nowhere", "status=odd"):
        assert titles(browser.get(f"/activities?{nonsense}")) == []
    for nonsense in ("order=secret", "page=x", "page=99999999999", "main=&order="):
        assert browser.get(f"/activities?{nonsense}").status_code == 200


def test_htmx_gets_only_the_rows(browser: FlaskClient, make: Factories, library: Library) -> None:
    make.activity(library, "Sprogcafé", "4")
    answer = browser.get("/activities?goal=4", headers={"HX-Request": "true", "HX-Request-Type": "partial"})
    assert titles(answer) == ["Sprogcafé"]
    assert "<html" not in answer.text
    assert "<form" not in answer.text


def test_the_export_is_the_list_that_is_shown(browser: FlaskClient, make: Factories, library: Library) -> None:
    make.activity(library, "Sprogcafé", "4")
    make.activity(library, "Repair Café", "12")
    shown = browser.get("/activities?goal=12").text
    address = re.search(r'href="(/activities/export.xlsx[^"]*)"', shown)
    assert address is not None
    answer = browser.get(address[1].replace("&amp;", "&"))
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=demoby-bibliotekerne-")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0]
    assert [row[1] for row in sheet.iter_rows(min_row=2, values_only=True)] == ["Repair Café"]


def upload(content: bytes, name: str = "kalender.csv") -> dict[str, object]:
    return {"document": (io.BytesIO(content), name)}


def test_a_file_is_looked_at_and_then_imported(browser: FlaskClient, workplace: Workplace, library: Library) -> None:
    looked = browser.post("/activities/import", data=upload(REAL.read_bytes()))
    assert looked.status_code == 200
    assert "Import 133 activities" in looked.text
    with workplace.reading(SYSTEM, library.id) as work:
        assert work.library.numbers == {}
    done = browser.post("/activities/import", data={"ticket": hidden(looked, "ticket")})
    assert (done.status_code, done.location) == (303, "/activities?order=-number")
    with workplace.reading(SYSTEM, library.id) as work:
        assert queries.totals(work).activities == 133
    again = browser.post("/activities/import", data={"ticket": hidden(looked, "ticket")})
    assert again.status_code == 422
    assert "This activity is here already, with number 1." in again.text


def test_every_fault_of_a_file_is_listed_and_nothing_is_imported(
    browser: FlaskClient, workplace: Workplace, library: Library
) -> None:
    answer = browser.post("/activities/import", data=upload(b"titel;type;maal\nA;service;4\nB;odd;18\n;service;\n"))
    assert answer.status_code == 422
    assert answer.text.count("sheet kalender.csv, row 3") == 2
    assert "row 4, column titel" in answer.text
    assert 'name="ticket"' not in answer.text
    with workplace.reading(SYSTEM, library.id) as work:
        assert work.library.numbers == {}
    assert list(workplace.blobs.all()) == []


def test_a_form_without_a_file_says_so(browser: FlaskClient) -> None:
    answer = browser.post("/activities/import", data={})
    assert answer.status_code == 422
    assert "Choose a file." in answer.text


def test_the_ticket_of_a_file_is_of_one_person_and_cannot_be_forged(
    browser: FlaskClient, browser_of: ClientOf, make: Factories, library: Library
) -> None:
    looked = browser.post("/activities/import", data=upload(b"titel;type\nA;service\n"))
    ticket = hidden(looked, "ticket")
    other = browser_of(make.member(library, Role.COORDINATOR))
    for sender, sent in ((other, ticket), (browser, ticket[:-3] + "abc"), (browser, "x")):
        answer = sender.post("/activities/import", data={"ticket": sent})
        assert answer.status_code == 422
        assert "Choose it once more" in answer.text


@pytest.mark.parametrize("address", ["/activities", "/activities?order=title&goal=4", "/activities?without_evidence=y"])
def test_a_list_page_takes_the_same_number_of_statements_for_many(
    browser: FlaskClient, workplace: Workplace, make: Factories, library: Library, address: str
) -> None:
    def statements() -> int:
        with counted(workplace.engine) as found:
            assert browser.get(address).status_code == 200
        return len(found)

    for _ in range(2):
        make.activity(library, "", "4.7", "13")
    few = statements()
    for _ in range(22):
        make.activity(library, "", "4.1", "12")
    assert statements() == few


def test_an_activity_with_everything_is_shown_and_edited(
    browser: FlaskClient, app: Flask, workplace: Workplace, library: Library, coordinator: Actor, make: Factories
) -> None:
    make.branch(library, "Stationen")
    with workplace.writing(coordinator) as work:
        work.library.strategy = "ballerup-2025-2029"
        companions.add_campaign(work, "uge17", "UGE17", "Week 17")
        companions.add_partner(work, "natur", "Naturforening", "Nature association")
    data = {
        **GOOD,
        "branches": ["stationen"],
        "audiences": ["voksne", "unge"],
        "campaigns": ["uge17"],
        "partners": ["natur"],
        "strategy_actions": ["5.3"],
        "owner_number": str(coordinator.number),
        "attendance": "2000",
        "attendance_qualifier": "more_than",
        "signups": "40",
        "helped": "3",
        "year": "2025",
        "source_library": "Nabobyen",
        "source_url": "https://example.org/a",
    }
    assert browser.post("/activities/new", data=data).status_code == 303
    page = browser.get("/activities/1").text
    for text in ("Stationen", "Week 17", "Nature association", "more than 2,000", "adults, young people", "5.3 "):
        assert text in page
    form = browser.get("/activities/1/edit")
    for name in ("branches", "audiences", "campaigns", "partners", "strategy_actions"):
        assert re.search(rf'<input[^>]*checked[^>]*name="{name}"', form.text), name
    before = filling.details_of(stored(workplace, library))
    answer = browser.post("/activities/1/edit", data={**data, "revision": hidden(form, "revision"), "helped": "4"})
    assert answer.status_code == 303
    after = filling.details_of(stored(workplace, library))
    assert filling.differences(before, after) == ["helped"]
