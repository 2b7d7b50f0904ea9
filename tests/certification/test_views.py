"""Pages of readiness and assessment: what they show to whom, in both languages, and two people at once."""

import re
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient

from sdg_tracker.access import SYSTEM, Actor, Role
from sdg_tracker.certification import queries, services
from sdg_tracker.certification.services import AssessmentDetails
from sdg_tracker.certification.states import AssessmentState
from sdg_tracker.evidence.models import Tie
from sdg_tracker.schemes import services as schemes
from sdg_tracker.schemes.models import Cycle
from sdg_tracker.work import Library, Workplace
from tests.certification.conftest import DOCUMENTS, SLUG, SLUGS, Clients, definitions, english
from tests.factories import Factories
from tests.statements import counted

HERE = "/certification/cycles/1"
PAGES = (HERE, f"{HERE}?view=roles&show=all", f"{HERE}/O1.1", f"{HERE}/D1.4")


def form(**changes: Any) -> dict[str, Any]:
    return {"state": "met", "narrative": "Sådan gør vi.", "reason": "", "revision": "0", **changes}


def tied(workplace: Workplace, library: Library, cycle: Cycle, evidence: Any, code: str) -> None:
    with workplace.writing(SYSTEM, library.id) as work:
        work.session.add(Tie(evidence_id=evidence.id, cycle_id=cycle.id, requirement_code=code, added_at=work.at))


@pytest.mark.parametrize("language", ["en", "da"])
def test_pages_name_the_scheme_and_its_label(browser: FlaskClient, cycle: Cycle, language: str) -> None:
    for path in PAGES:
        answer = english(browser, language).get(path)
        assert answer.status_code == 200, path
        text = answer.text.replace("&#39;", "'")
        assert f'<span class="scheme-label">{DOCUMENTS[SLUG]["label"][language]}</span>' in text
        assert 'aria-current="page"' in text or 'class="breadcrumbs"' in text


@pytest.mark.parametrize("slug", SLUGS)
def test_every_requirement_of_every_scheme_has_its_page(
    browser: FlaskClient, make: Factories, library: Library, slug: str
) -> None:
    make.branch(library, "Hoved")
    make.branch(library, "Syd")
    cycle = make.cycle(library, slug)
    text = browser.get(f"/certification/cycles/{cycle.number}?show=all").text
    for row in definitions(slug):
        address = f"/certification/cycles/{cycle.number}/{row['code']}"
        assert f'href="{address}"' in text
    for row in definitions(slug)[:: max(1, len(definitions(slug)) // 6)]:
        assert browser.get(f"/certification/cycles/{cycle.number}/{row['code']}").status_code == 200


def test_the_list_says_what_is_lacking_and_where_it_is_mended(browser: FlaskClient, cycle: Cycle) -> None:
    text = re.sub(r"\s+", " ", browser.get(HERE).text)
    assert "Lacks 6 activities in 2025." in text
    assert "Lacks 6 activities in 2026 (the year is not over)." in text
    assert "Lacks 1 piece of evidence (minutes, programme …)." in text
    assert "Lacks 1 piece of public evidence (link, programme …)." in text
    assert "Lacks 3 partners." in text
    assert "Not assessed." in text
    assert 'href="/evidence/new?cycle=1&amp;requirement=O1.1"' in text
    assert 'href="/activities?year=2025&amp;without_mapping=y"' in text
    assert 'href="/activities?year=2026&amp;without_evidence=y"' in text
    assert f'href="{HERE}/O1.1"' in text
    assert "All requirements (28)" in text


def test_what_the_facts_and_settings_lack_is_mended_in_the_period(
    browser: FlaskClient, make: Factories, library: Library
) -> None:
    make.cycle(library)
    text = browser.get(HERE).text
    assert "Not answered: Number of houses." in text
    assert f'href="/certification/{SLUG}/cycle?number=1"' in text


def test_only_gaps_are_listed_unless_all_are_asked_for(
    browser: FlaskClient, workplace: Workplace, coordinator: Actor, cycle: Cycle
) -> None:
    with workplace.writing(coordinator) as work:
        services.assess(work, 1, "B1.2", AssessmentDetails(AssessmentState.NOT_PURSUING, reason="Ikke nu."))
    assert f'href="{HERE}/B1.2"' not in browser.get(HERE).text
    everything = browser.get(f"{HERE}?show=all").text
    assert f'href="{HERE}/B1.2"' in everything
    assert "Not pursued" in everything


def test_the_second_view_groups_by_role(browser: FlaskClient, cycle: Cycle) -> None:
    text = browser.get(f"{HERE}?view=roles&show=all").text
    assert re.findall(r'<h2 id="group-\d-heading">([^<]+)</h2>', text) == ["Communicator", "Facilitator", "Actor"]
    assert text.count(f'class="gap-title"><a href="{HERE}/O2.1"') == 3
    assert "<title id=" in text
    assert "<caption" in text


def test_an_assessment_is_saved_and_shown_with_its_history(
    browser: FlaskClient, workplace: Workplace, coordinator: Actor, cycle: Cycle
) -> None:
    answer = browser.post(f"{HERE}/O1.1", data=form())
    assert (answer.status_code, answer.location) == (303, f"{HERE}/O1.1")
    text = browser.get(answer.location).text
    assert "Sådan gør vi." in text
    assert "Assessed as: met" in text
    assert 'name="revision" type="hidden" value="1"' in text
    browser.post(f"{HERE}/O1.1", data=form(state="under_way", revision="1"))
    assert "From met to under way" in browser.get(f"{HERE}/O1.1").text
    with workplace.reading(coordinator) as work:
        assert queries.assessments(work, cycle)["O1.1"].state == "under_way"


def test_a_reason_that_lacks_goes_back_to_its_field(browser: FlaskClient, cycle: Cycle) -> None:
    answer = browser.post(f"{HERE}/O1.1", data=form(state="not_applicable", narrative="Det her skrev jeg."))
    assert answer.status_code == 422
    assert 'id="reason-error"' in answer.text
    assert "Det her skrev jeg." in answer.text
    answer = browser.post(f"{HERE}/O1.1", data=form(state="splendid"))
    assert answer.status_code == 422


def test_the_schemes_own_reasons_and_questions_stand_in_the_form(
    browser: FlaskClient, workplace: Workplace, coordinator: Actor
) -> None:
    with workplace.writing(coordinator) as work:
        schemes.open_cycle(work, "gri-content-index", date(2026, 1, 1), date(2026, 12, 31))
    page = "/certification/cycles/1/302-1"
    sent = form(state="not_applicable", reason="Hemmeligt.", omission="", answer_location="Side 4")
    refused = browser.post(page, data=sent)
    assert (refused.status_code, 'id="omission-error"' in refused.text) == (422, True)
    assert "Side 4" in refused.text
    assert browser.post(page, data={**sent, "omission": "confidential"}).status_code == 303
    text = browser.get(page).text
    assert '<option selected value="confidential">Confidential</option>' in text
    assert "Side 4" in text
    assert "does not let this requirement be left out" in browser.get("/certification/cycles/1/2-1").text


def test_what_was_typed_stays_when_somebody_else_was_first(
    browser: FlaskClient, workplace: Workplace, coordinator: Actor, cycle: Cycle
) -> None:
    with workplace.writing(coordinator) as work:
        services.assess(work, 1, "O1.1", AssessmentDetails(AssessmentState.MISSING, "Kollegens ord."))
    answer = browser.post(f"{HERE}/O1.1", data=form(narrative="Mine ord."))
    assert answer.status_code == 409
    assert "Mine ord." in answer.text
    assert "Kollegens ord." in answer.text
    assert 'name="revision" type="hidden" value="1"' in answer.text
    with workplace.reading(coordinator) as work:
        assert queries.assessments(work, cycle)["O1.1"].narrative == "Kollegens ord."
    assert browser.post(f"{HERE}/O1.1", data=form(narrative="Mine ord.", revision="1")).status_code == 303


def test_evidence_that_is_here_already_is_tied_and_untied(
    browser: FlaskClient, make: Factories, library: Library, cycle: Cycle
) -> None:
    piece, photo = make.evidence(library, title="Referat", kind="minutes"), make.evidence(library, kind="photo")
    page = browser.get(f"{HERE}/O1.2").text
    assert f"{piece.number} – Referat" in page
    tie = f"{HERE}/O1.2/evidence"
    assert browser.post(tie, data={"evidence": f"{piece.number} – Referat", "pages": "2-3"}).status_code == 303
    page = browser.get(f"{HERE}/O1.2").text
    assert f'href="/evidence/{piece.number}"' in page
    assert "Pages 2-3" in page
    browser.post(tie, data={"evidence": str(photo.number), "pages": ""})
    page = browser.get(f"{HERE}/O1.2").text
    assert "so this piece is not counted" in page
    assert browser.post(f"{tie}/remove", data={"evidence": str(photo.number)}).status_code == 303
    assert f'href="/evidence/{photo.number}"' not in browser.get(f"{HERE}/O1.2").text
    for wrong in ({"evidence": "Referat"}, {"evidence": "999"}, {"evidence": str(photo.number), "pages": "a"}):
        assert browser.post(tie, data={"pages": "", **wrong}).status_code == 422
    assert browser.post(f"{tie}/remove", data={"evidence": "x"}).status_code == 404


def test_adding_evidence_for_a_requirement_comes_back_to_it(browser: FlaskClient, cycle: Cycle) -> None:
    import io

    page = browser.get("/evidence/new?cycle=1&requirement=O1.2").text
    assert re.search(r'<input checked[^>]*value="1:O1.2"', page)
    page = browser.get("/evidence/new?cycle=7&requirement=O1.2").text
    assert not re.search(r'<input checked[^>]*value="1:O1.2"', page)
    data = {"document": (io.BytesIO(b"et referat\n"), "referat.txt"), "kind": "minutes", "requirements": "1:O1.2"}
    answer = browser.post("/evidence/new?cycle=1&requirement=O1.2", data=data)
    assert (answer.status_code, answer.location) == (303, f"{HERE}/O1.2#evidence")


def test_staff_and_readers_look_and_do_not_assess(
    client_of: Clients, make: Factories, library: Library, cycle: Cycle
) -> None:
    for role, adds in ((Role.STAFF, True), (Role.READER, False), (Role.ADMINISTRATOR, False)):
        client = english(client_of(make.member(library, role)))
        text = client.get(HERE).text
        assert ("/evidence/new" in text) is adds
        assert "Period and settings" not in text
        page = client.get(f"{HERE}/O1.1").text
        assert "Save the assessment" not in page
        assert "Nobody has assessed this requirement yet." in page
        assert client.post(f"{HERE}/O1.1", data=form()).status_code == 403
    auditor = client_of(make.member(library, Role.AUDITOR))
    assert {auditor.get(path).status_code for path in PAGES} == {403}
    assert client_of(None).get(HERE).status_code == 303


def test_what_is_another_librarys_or_nobodys_is_not_found(
    client_of: Clients, make: Factories, library: Library, cycle: Cycle, browser: FlaskClient
) -> None:
    stranger = client_of(make.member(make.library(), Role.COORDINATOR))
    for path in (*PAGES, "/certification/cycles/2", f"{HERE}/X9"):
        assert stranger.get(path).status_code == 404
    assert stranger.post(f"{HERE}/O1.1", data=form()).status_code == 404
    assert browser.get("/certification/cycles/2").status_code == 404
    assert browser.get(f"{HERE}/X9").status_code == 404
    assert browser.post(f"{HERE}/X9", data=form()).status_code == 404
    assert browser.post(f"{HERE}/X9/evidence/remove", data={"evidence": "1"}).status_code == 404


def test_a_requirement_that_does_not_apply_says_so(
    browser: FlaskClient, workplace: Workplace, coordinator: Actor, cycle: Cycle
) -> None:
    with workplace.writing(coordinator) as work:
        schemes.set_cycle(work, 1, facts={"branch_count": 1, "renewal": False})
    text = browser.get(f"{HERE}/D1.4").text
    assert "This requirement does not apply to the library" in text
    assert "Number of houses: at least 2" in text


def test_the_fragment_is_the_list_alone(browser: FlaskClient, cycle: Cycle) -> None:
    text = browser.get(HERE, headers={"HX-Request": "true", "HX-Request-Type": "partial"}).text
    assert "<h1" not in text
    assert "gap-list" in text


def test_the_way_there(browser: FlaskClient, cycle: Cycle) -> None:
    assert f'href="{HERE}"' in browser.get("/certification").text
    assert f'href="{HERE}"' in browser.get(f"/certification/{SLUG}").text


def test_the_first_page_shows_how_far_it_is_and_what_waits(
    browser: FlaskClient, client_of: Clients, make: Factories, library: Library, cycle: Cycle
) -> None:
    make.activity(library, "", "4")
    text = browser.get("/").text
    assert "0 of 28 requirements are assessed as met." in text
    assert "requirements are not assessed as met" in text
    reader = english(client_of(make.member(library, Role.READER)))
    text = reader.get("/").text
    assert "0 of 28 requirements are assessed as met." in text
    assert "requirements are not assessed as met" not in text


def test_pages_ask_the_same_number_of_statements_however_much_there_is(
    browser: FlaskClient, workplace: Workplace, make: Factories, library: Library, cycle: Cycle
) -> None:
    def fill(count: int) -> None:
        for _ in range(count):
            piece = make.evidence(library, kind="minutes", activity=make.activity(library, "", "4"))
            tied(workplace, library, cycle, piece, "O1.2")

    def statements(path: str) -> int:
        browser.get(path)
        with counted(workplace.engine) as found:
            browser.get(path)
        return len([one for one in found if one.startswith("SELECT")])

    fill(1)
    paths = (HERE, f"{HERE}?view=roles&show=all", f"{HERE}/O1.2", "/")
    before = {path: statements(path) for path in paths}
    fill(6)
    assert {path: statements(path) for path in paths} == before
    assert max(before.values()) <= 30


def test_a_cycle_and_a_requirement_are_shown_as_they_will_stand_on_a_day(
    workplace: Workplace, make: Factories, library: Library, browser: FlaskClient, cycle: Cycle
) -> None:
    piece = make.evidence(library, kind="minutes", collected_on=date(2026, 2, 1), valid_until=date(2026, 6, 30))
    tied(workplace, library, cycle, piece, "O1.1")
    assert browser.post(f"{HERE}/audit-day", data={"audit_on": "2026-10-01", "revision": "1"}).status_code == 303
    assert browser.post(f"{HERE}/audit-day", data={"audit_on": "2026-10-02", "revision": "1"}).status_code == 409
    assert browser.post(f"{HERE}/audit-day", data={"audit_on": "soon", "revision": "2"}).status_code == 422
    with workplace.reading(SYSTEM, library.id) as work:
        known = queries.readiness(work, cycle), queries.readiness(work, cycle, date(2026, 10, 1))
    found = [sum(need.found for need in one.result("O1.1").needs if need.what.value == "evidence") for one in known]
    assert found == [1, 0]
    now, later = browser.get(f"{HERE}?show=all").text, browser.get(f"{HERE}?on=2026-10-01&view=roles&show=all").text
    assert "On the day of the audit, 1 October 2026" in now
    assert "As it will stand" not in now
    assert "As it will stand on 1 October 2026" in later
    assert f'href="{HERE}/O1.1?on=2026-10-01"' in later
    assert f'href="{HERE}?view=roles&amp;show=all"' in later  # back to today, with the view kept
    one = browser.get(f"{HERE}/O1.1?on=2026-10-01").text
    assert "As it will stand on 1 October 2026" in one
    assert "Lacks 1 piece of evidence" in one
    assert "Lacks 1 piece of evidence" not in browser.get(f"{HERE}/O1.1?on=tomorrow").text
    assert "As it would have stood on 1 January 2026" in browser.get(f"{HERE}?on=2026-01-01").text
