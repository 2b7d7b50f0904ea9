"""The plan's pages as people use them, from nothing to a second version; the command; what waits."""

import json
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from sdg_tracker.access import SYSTEM, Actor
from sdg_tracker.cli import acting, main
from sdg_tracker.digest import queries as digest
from sdg_tracker.foundation.i18n import use_locale
from sdg_tracker.overview import queries as overview
from sdg_tracker.plans import document, queries, wording
from sdg_tracker.plans.forms import NumberField, PledgeForm
from sdg_tracker.plans.models import FocusGoal, Initiative, Plan, Pledge
from sdg_tracker.work import Library, Workplace
from tests.factories import Factories
from tests.plans.conftest import add_measure

Clients = Callable[[Actor | None], FlaskClient]
DAYS = {"starts_on": "2025-01-01", "ends_on": "2027-12-31"}


@pytest.fixture
def browser(client_of: Clients, coordinator: Actor) -> FlaskClient:
    """The coordinator, who reads English."""
    browser = client_of(coordinator)
    with browser.session_transaction() as session:
        session["language"] = "en"
    return browser


def hidden(answer: TestResponse, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', answer.text)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_plan_is_written_approved_and_changed_by_its_pages(
    browser: FlaskClient, workplace: Workplace, library: Library, make: Factories
) -> None:
    make.cycle(library)
    with workplace.writing(SYSTEM, library.id) as work:
        add_measure(work, "paper", "1100")
    assert "There is no action plan yet" in browser.get("/plan").text

    def post(address: str, *expected: int, **values: Any) -> TestResponse:
        answer = browser.post(address, data=values)
        assert answer.status_code == (*expected, 303)[0], answer.text
        return answer

    assert (
        "The last day has to come"
        in post("/plan/new", 422, title="Plan", starts_on="2027-01-01", ends_on="2025-01-01").text
    )
    post("/plan/new", title="Plan 2025-2027", **DAYS)
    post("/plan/1/focus-goals/new", goals=["7", "13"], reason="same work")
    kept = post("/plan/1/focus-goals/new", 422, goals=["3", "4"])
    assert "Say why these goals are taken as one." in kept.text
    assert kept.text.count("checked") == 2
    assert "Measurable, with a deadline" in browser.get("/plan/1/pledges/new").text
    assert 'name="times"' not in browser.get("/plan/1/pledges/new?kind=measurable").text
    paper = {"title_da": "Mindre papir", "goals": "12", "targets": "12.5, 12.2", "measure": "paper"}
    line = {"baseline_period": "2024", "baseline_value": "1,200", "target_value": "600", "due_on": "2027-12-31"}
    post("/plan/1/pledges/new?kind=measurable", code="D1", **paper, **line)
    lacking = post("/plan/1/pledges/new?kind=recurring", 422, code="D2", title_da="Gåtur", per="week").text
    assert "Say how many times it is to happen" in lacking
    post("/plan/1/pledges/new?kind=recurring", code="D2", title_da="Gåtur", times="1", per="week")
    post("/plan/1/pledges/new?kind=standing", code="D3", title_da="Vand")
    what = {"title": "Repair", "area": "citizens", "role": "facilitator", "goals": "12", "pledges": ["D1", "D2"]}
    post("/plan/1/initiatives/new", code="I1", **what)
    approval = {"approved_by": "Ledelsen", "approved_on": "2025-01-20", "case_number": "2024-17"}
    seen = hidden(browser.get("/plan/1/approve"), "seen")
    assert "Somebody else has changed this" in post("/plan/1/approve", 409, **approval, seen="0" * 64).text
    post("/plan/1/approve", **approval, seen=seen)
    shown = browser.get("/plan").text
    assert [text in shown for text in ("2024-17", "Ledelsen", "Behind", "3 pledges", "enough", "too few")] == [True] * 6

    edit = browser.get("/plan/pledges/1/edit")
    changed = {"code": "D1", **paper, **line, "title_da": "Mindre papir i alle huse"}
    post("/plan/pledges/1/edit", 409, **changed, revision="7")
    post("/plan/pledges/1/edit", **changed, revision=hidden(edit, "revision"))
    assert "Mindre papir i alle huse" not in browser.get("/plan").text
    assert "2 changes wait to be approved" in browser.get("/plan").text  # the title in both languages
    assert "Mindre papir i alle huse" in browser.get("/plan/1/draft").text
    lost = browser.get("/plan/1/discard")
    assert "2 changes are lost" in lost.text
    assert "Somebody else has changed" in post("/plan/1/discard", 409, reason="no", seen="0" * 64).text
    post("/plan/1/discard", reason="Not now", seen=hidden(lost, "seen"))
    assert "wait to be approved" not in browser.get("/plan").text
    assert "There is nothing to throw away" in browser.get("/plan/1/discard").text
    edit = browser.get("/plan/pledges/1/edit")
    post("/plan/pledges/1/edit", **changed, revision=hidden(edit, "revision"))
    assert (
        "Say why the plan is changed." in post("/plan/1/approve", 422, **{**approval, "approved_on": "2026-02-02"}).text
    )
    post("/plan/1/approve", approved_by="Udvalget", approved_on="2026-02-02", reason="after the evaluation")
    assert "Mindre papir i alle huse" in browser.get("/plan").text
    assert "Mindre papir i alle huse" not in browser.get("/plan?on=2026-02-01").text
    compared = browser.get("/plan/1/versions?old=1&new=2").text
    assert [text in compared for text in ("Title in Danish", "Mindre papir i alle huse", "after the evaluation")] == [
        True
    ] * 3

    post("/plan/pledges/2/note", day="2026-02-20", count="7", note="counted")
    post("/plan/pledges/3/check", year="2025", day="2026-01-10", answer="kept", seed="D3-2025")
    assert (
        "Say what was not kept"
        in post("/plan/pledges/3/check", 422, year="2026", day="2026-03-02", answer="broken", seed="x").text
    )
    post("/plan/pledges/1/overrule", status="on_track", reason="new printers", since="2026-03-01")
    pledge = browser.get("/plan/pledges/1").text
    assert [text in pledge for text in ("On track", "Behind", "new printers", "pledge-progress", "1,000")] == [True] * 5
    post("/plan/pledges/1/overrule", status="computed", reason="they did not come", since="2026-03-02")
    assert "7 times until" in browser.get("/plan/pledges/2").text
    assert "D3-2025" in browser.get("/plan/pledges/3").text
    post("/plan/pledges/2/notes/1/withdraw", reason="counted twice")
    post("/plan/pledges/3/checks/1/withdraw", reason="wrong year")
    post("/plan/initiatives/1/withdraw", reason="done", revision="1")
    assert browser.get("/plan/initiatives/1").status_code == 200  # it is in the approved version
    post("/plan/1/withdraw", reason="a trial", revision=hidden(browser.get("/plan/1/withdraw"), "revision"))
    assert "There is no action plan yet" in browser.get("/plan").text
    assert browser.get("/plan/pledges/1").status_code == 409


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_an_activity_is_tied_on_its_own_page_by_who_is_responsible_for_it(
    client_of: Clients, staff: Actor, coordinator: Actor, make: Factories, library: Library, workplace: Workplace
) -> None:
    activity = make.activity(library, "Repair Café", "12", owner_number=staff.number)
    assert "I handleplanen" not in client_of(staff).get("/activities/1").text  # there is no plan
    make.plan(library)
    other = make.activity(library, "Sprogcafé", "4")
    browser = client_of(staff)
    assert f"/plan/activities/{activity.number}" in browser.get(f"/activities/{activity.number}").text
    page = browser.get(f"/plan/activities/{activity.number}")
    assert page.text.count('type="checkbox"') == 4
    tied = browser.post(f"/plan/activities/{activity.number}", data={"pledges": ["2"], "initiatives": ["1"]})
    assert tied.status_code == 303
    shown = browser.get(f"/activities/{activity.number}").text
    assert [text in shown for text in ("I1 Indsats", "D2 Dogme 2")] == [True, True]
    assert f"/plan/activities/{other.number}" not in browser.get(f"/activities/{other.number}").text
    assert browser.post(f"/plan/activities/{other.number}", data={"pledges": ["2"]}).status_code == 403
    assert "Repair Café" in browser.get("/plan/initiatives/1").text
    several = "/plan/initiatives/1/activities"
    assert "Sprogcafé" not in browser.get(several).text  # somebody else answers for it
    assert browser.post(several, data={"shown": "1"}).status_code == 303
    assert "Repair Café" not in browser.get("/plan/initiatives/1").text
    assert "Der er intet at knytte" in browser.get(f"{several}?q=nowhere").text
    assert 'value="2"' in client_of(coordinator).get(f"{several}?q=sprog").text
    sent = client_of(coordinator).post(f"{several}?q=sprog", data={"found": ["2"], "shown": ""})
    assert sent.status_code == 303
    assert client_of(coordinator).post(several, data={"found": ["99"], "shown": ""}).status_code == 422
    assert browser.get("/plan/1/draft").status_code == 403
    with workplace.reading(coordinator) as work:
        assert [row.code for part in queries.ties(work, activity) for row in part] == ["D2"]
        assert [row.code for part in queries.ties(work, other) for row in part] == ["I1"]


def test_pledges_wait_for_the_coordinator_and_the_command_tells_how_they_stand(
    workplace: Workplace,
    coordinator: Actor,
    staff: Actor,
    make: Factories,
    library: Library,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plan: Plan = make.plan(library)
    with workplace.reading(coordinator) as work:
        found = overview.figures(work)
        assert [entry for entry in overview.waiting(work, found) if entry.endpoint == "plans.index"] == []
    make.approve(library, plan)
    with workplace.reading(coordinator) as work, use_locale("en"):
        waiting = [entry for entry in overview.waiting(work, found) if entry.endpoint == "plans.index"]
        assert [(entry.count, entry.text) for entry in waiting] == [
            (1, "pledge has to be checked"),
            (2, "pledges lack the figures that show them"),
        ]
        section = next(one for one in digest.sections(work, coordinator) if one.title == "Pledges to look at")
        assert section.lines[0].path == "/plan/pledges/1"
    with workplace.reading(staff) as work:
        assert [entry for entry in overview.waiting(work, found) if entry.endpoint == "plans.index"] == []
    monkeypatch.setattr(acting, "open_workplace", lambda: workplace)
    told = CliRunner().invoke(main, ["plan", "show", "--json", "--on", "2025-02-01"], catch_exceptions=False)
    row = json.loads(told.output)
    assert (row["version"], [pledge["code"] for pledge in row["pledges"]]) == (1, ["D1", "D2", "D3"])
    told = CliRunner().invoke(main, ["plan", "show"], catch_exceptions=False)
    assert "D3 Dogme 3: Kan ikke siges" in told.output


def bound() -> Any:
    field: Any = NumberField()  # not yet of a form
    return field.bind(form=None, name="value", _meta=PledgeForm.Meta())


@pytest.mark.parametrize(
    ("language", "typed", "number"),
    [
        ("da", "268.090", "268090"),
        ("da", "4,25", "4.25"),
        ("da", "1.268.090,5", "1268090.5"),
        ("en", "268,090", "268090"),
        ("en", "4.125", "4.125"),
        ("da", "4.5", "4.5"),
    ],
)
def test_a_number_is_read_as_it_is_written_and_shown(language: str, typed: str, number: str) -> None:
    field = bound()
    with use_locale(language):
        field.process_formdata([typed])
        assert field.data == Decimal(number)
        field.raw_data = None
        again = bound()
        again.process_formdata([field._value()])
        assert again.data == field.data


def test_every_field_that_can_differ_has_a_word() -> None:
    days = {"adopted_on": None, "due_on": None, "starts_on": None, "ends_on": None}
    plan = Plan(title="", starts_on=date(2025, 1, 1), ends_on=date(2027, 12, 31))
    empty: dict[str, Any] = {
        "goals": ["7"],
        "targets": [],
        "strategy_actions": [],
        "partners": [],
        "pledges": [],
        **days,
    }
    aims = {"baseline_value": None, "target_value": None, "measure": "", "per": "", "title_da": "", "title_en": ""}
    pledge, initiative = Pledge(**{key: empty[key] for key in ("goals", "targets")}), Initiative()
    for name, value in aims.items():
        setattr(pledge, name, value)
    for name in ("goals", "targets", "strategy_actions", "partners", "pledges"):
        setattr(initiative, name, empty[name])
    whole = document.whole(plan, [FocusGoal(goals=["7"])], [pledge], [initiative])
    fields = {field for key in ("focus_goals", "pledges", "initiatives") for row in whole[key] for field in row}
    two = {f"{field}_{language}" for field in ("title", "text") for language in ("da", "en")}
    assert (fields - {"number", "code", "text"}) | two | {"added", "removed"} <= wording.FIELD_NAMES.keys()
