"""Pages on which a scheme is written, published and put under a period."""

import io
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient

from sdg_tracker.access import Actor
from sdg_tracker.dossier import services as dossier
from sdg_tracker.editions.build import snapshot_of
from sdg_tracker.evidence.models import Tie
from sdg_tracker.schemes import difference, document, drafts, moving, queries, services
from sdg_tracker.schemes.editing import At, Part
from sdg_tracker.schemes.models import Cycle
from sdg_tracker.work import Library, Workplace
from tests.factories import Factories
from tests.schemes.conftest import SLUG, Changed
from tests.schemes.test_drafts import large
from tests.statements import counted

Clients = Callable[[Actor | None], FlaskClient]
HOME = "/certification/schemes/drafts/1"
WORDS = {"text_da": "Noget", "text_en": "Something"}


@pytest.fixture
def browser(client_of: Clients, coordinator: Actor) -> FlaskClient:
    """The coordinator's browser, in English."""
    client = client_of(coordinator)
    with client.session_transaction() as session:
        session["language"] = "en"
    return client


@pytest.fixture
def draft(browser: FlaskClient) -> str:
    """The address of a draft of the library certification."""
    answer = browser.post("/certification/schemes/change", data={"slug": SLUG})
    assert answer.location == HOME
    return answer.location


def revision(browser: FlaskClient, address: str = HOME) -> str:
    """Return the revision that a page shows."""
    found = re.search(r'name="revision"[^>]*value="(\d+)"', browser.get(address).text)
    assert found
    return found[1]


def shown(browser: FlaskClient, address: str) -> dict[str, Any]:
    """Return what the fields of a form hold, as the browser would send it."""
    text = browser.get(address).text
    found: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", text):
        name, value = (re.search(rf'\b{key}="([^"]*)"', tag) for key in ("name", "value"))
        ticked = "checked" in tag or not ("checkbox" in tag or "radio" in tag)
        if name and ticked:
            found.setdefault(name[1], []).append(unescape(value[1]) if value else "y")
    for name, inner in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', text, re.S):
        chosen = re.search(r'<option selected value="([^"]*)"', inner)
        found[name] = [chosen[1] if chosen else re.findall(r'<option[^>]*value="([^"]*)"', inner)[0]]
    for name, inner in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>(.*?)</textarea>', text, re.S):
        found[name] = [unescape(inner.strip())]
    return found


def told(text: str) -> list[str]:
    """Return what the summary of a refused form says."""
    summary = re.search(r'<ul class="alert-text">(.*?)</ul>', text, re.S)
    return re.findall(r">\s*([^<>]+?)\s*</", summary[1]) if summary else []


def said(workplace: Workplace, actor: Actor) -> dict[str, Any]:
    """Return what the draft says."""
    with workplace.reading(actor) as work:
        return queries.draft(work, 1)[1].document


def test_every_form_gives_a_part_back_as_it_was(browser: FlaskClient, workplace: Workplace, coordinator: Actor) -> None:
    """All five seed schemes: each requirement, setting, fact and head goes through its form unchanged."""
    for number, slug in enumerate(
        ("best-n-example", SLUG, "gri-content-index", "ifla-green-library", "points-example"), 1
    ):
        with workplace.writing(coordinator) as work:
            made = drafts.start(work, slug)
            before = queries.draft(work, made.number)[1].document
        home = f"/certification/schemes/drafts/{number}"
        codes = [row["code"] for _path, row in document.requirements(before)]
        parts = [("scheme", ""), ("area", before["areas"][0]["code"])]
        parts += [("requirement", code) for code in codes[:: 1 if slug == "points-example" else 4]]
        parts += [("setting", row["key"]) for row in before.get("settings", [])][::5]
        parts += [("fact", row["key"]) for row in before.get("facts", [])][:2]
        for part, code in parts:
            address = f"{home}/{part}/{code}".rstrip("/")
            answer = browser.post(address, data=shown(browser, address))
            assert answer.status_code == 303, (address, told(answer.text))
        with workplace.reading(coordinator) as work:
            after = queries.draft(work, number)[1].document
        assert [(line.place.code, line.fields) for line in difference.compare(before, after).lines if line.fields] == []
        assert after == before


def test_a_requirement_is_written_with_faults_at_its_fields(
    browser: FlaskClient, draft: str, workplace: Workplace, coordinator: Actor
) -> None:
    address = f"{draft}/requirement/new?in=O1"
    form = {**shown(browser, address), **WORDS, "guidance_da": "Sådan", "guidance_en": "Thus"}
    wrong = {
        **form, "code": "o 1", "kind": "measure", "evidence_min_value": "-1", "condition_0_fact": "renewal",
        "condition_0_test": "is", "condition_0_value": "måske",
    }  # fmt: skip
    answer = browser.post(address, data=wrong)
    assert answer.status_code == 422
    for part in ("Write capital letters", "Number must be between", "måske"):
        assert part in answer.text
    answer = browser.post(address, data={**wrong, "code": "O1.7", "evidence_min_value": "1"})
    assert told(answer.text) == ["Answer: This can&#39;t be an answer to that. Choices: yes, no"]
    right: dict[str, Any] = {**wrong, "code": "O1.7", "evidence_min_value": "1", "condition_0_value": "ja"}
    answer = browser.post(address, data=right)
    assert "lacks quantity" in answer.text  # what only the schema knows
    assert "needs at least 1" in answer.text
    right |= {
        "quantity_min_value": "2",
        "quantity_unit": "readings",
        "quantity_per": "year",
        "evidence_kinds": ["statistics"],
    }
    right |= {"evidence_max_age_months_setting": "evidence_max_age_months"}
    assert browser.post(address, data=right).status_code == 303
    made = next(row for _path, row in document.requirements(said(workplace, coordinator)) if row["code"] == "O1.7")
    assert made["quantity"] == {"min": 2, "unit": "readings", "per": "year"}
    assert made["evidence"]["max_age_months"] == {"setting": "evidence_max_age_months"}
    assert made["applies_if"] == {"fact": "renewal", "is": True}

    change = f"{draft}/requirement/O1.2"
    form = {**shown(browser, change), "code": "O1.99"}
    answer = browser.post(change, data=form)
    assert answer.status_code == 422
    assert "The code was O1.2. Say whether it is still the same requirement." in answer.text
    assert browser.post(change, data={**form, "same": "yes"}).status_code == 303
    assert "formerly O1.2" in browser.get(draft).text
    assert browser.post(change, data=form).status_code == 404
    clash = browser.post(
        f"{draft}/area/O", data={**shown(browser, f"{draft}/area/O"), "revision": "1", "text_en": "Mine"}
    )
    assert clash.status_code == 409
    assert "Mine" in clash.text


def test_parts_are_moved_taken_out_and_brought_back(browser: FlaskClient, draft: str) -> None:
    order = re.compile(r'<span class="requirement-code">([^<]+)</span>')
    first = order.findall(browser.get(draft).text)
    data = {"what": "requirement:O1.1:down", "revision": revision(browser)}
    assert browser.post(f"{draft}/move", data=data).location == f"{draft}#requirement-O1.1"
    assert order.findall(browser.get(draft).text)[:2] == [first[1], first[0]]
    assert (
        browser.post(f"{draft}/remove", data={"what": "criterion:O1", "revision": revision(browser)}).status_code == 303
    )
    text = browser.get(draft).text
    assert len(order.findall(text)) == len(first) - 2
    assert "Undo: criterion removed O1" in text
    answer = browser.post(f"{draft}/undo", data={"revision": "1"})
    assert answer.status_code == 409
    assert "Nothing was changed" in answer.text
    for _step in range(2):
        browser.post(f"{draft}/undo", data={"revision": revision(browser)})
    text = browser.get(draft).text
    assert order.findall(text) == first
    assert "Do again: requirement moved O1.1" in text
    browser.post(f"{draft}/redo", data={"revision": revision(browser)})
    assert order.findall(browser.get(draft).text)[0] == first[1]
    last = browser.post(f"{draft}/move", data={"what": "area:O:up", "revision": revision(browser)})
    assert last.status_code == 409
    assert browser.post(f"{draft}/move", data={"what": "nothing", "revision": "1"}).status_code == 404
    assert browser.post(f"{draft}/discard", data={"revision": revision(browser)}).status_code == 303
    assert "There is no draft" in browser.get("/certification/schemes").text


def test_a_scheme_of_the_librarys_own_is_written_from_nothing(browser: FlaskClient, cycle: Cycle) -> None:
    form = shown(browser, "/certification/schemes/new")
    named = ("name_da", "name_en", "summary_da", "summary_en", "decided_by_da", "decided_by_en")
    form |= dict.fromkeys(named, "Grønt")
    form |= {"owner_name": "Biblioteket", "slug": "cycles"}
    assert told(browser.post("/certification/schemes/new", data=form).text) == [
        "Short name: A scheme can&#39;t be called cycles: addresses use that word."
    ]
    form["slug"] = "groent-hus"
    agreed = {**form, "rule": "best_n_weighted", "label_da": "", "always": "uden vægt"}
    answer = browser.post("/certification/schemes/new", data=agreed)
    assert "This rule needs: How many of the other areas count." in answer.text
    assert "has to have a label" in answer.text
    assert browser.post("/certification/schemes/new", data=form).location == HOME
    text = browser.get(HOME).text
    assert "needs at least 1" in text
    for part, values in (
        ("area", {"code": "A"}),
        ("criterion", {"code": "A1", "parent": "A"}),
        (
            "requirement",
            {"code": "A1.1", "parent": "A1", "guidance_da": "x", "guidance_en": "x", "evidence_kinds": ["photo"]},
        ),
        ("fact", {"key": "has_garden", "type": "boolean"}),
        ("fact", {"key": "garden", "type": "choice", "options": "own, none\nshared; fælles med andre; shared"}),
        ("setting", {"key": "talks", "type": "integer", "value": "4", "unit": "activities", "confidence": "D"}),
    ):
        address = f"{HOME}/{part}/new"
        assert browser.post(address, data={**shown(browser, address), **WORDS, **values}).status_code == 303, part
    assert b"options:\n      - own\n      - none\n      - shared" in browser.get(f"{HOME}/scheme.yaml").data
    assert "has to be put right" not in browser.get(HOME).text
    page = shown(browser, f"{HOME}/publish")
    assert page["version"] == ["0.1"]
    answer = browser.post(f"{HOME}/publish", data=page)
    assert answer.location == "/certification/groent-hus?version=0.1"
    assert "draft – not confirmed" in browser.get(answer.location).text
    listed = browser.get("/certification").text
    assert "Grønt" in listed


def test_files_are_read_and_given(
    browser: FlaskClient, changed: Changed, workplace: Workplace, coordinator: Actor
) -> None:
    def send(content: bytes) -> Any:
        data = {"document": (io.BytesIO(content), "min fil.yaml")}
        return browser.post("/certification/schemes/file", data=data, content_type="multipart/form-data")

    broken = send(changed(lambda s: s["areas"][0]["criteria"][0]["requirements"][0].update(kind="rumour")).read_bytes())
    assert broken.status_code == 422
    assert "<code>areas[0].criteria[0].requirements[0].kind</code>" in broken.text
    assert "must be one of document" in broken.text
    assert "There is no draft" in browser.get("/certification/schemes").text
    given = browser.get(f"/certification/{SLUG}/scheme.yaml")
    assert given.headers["Content-Disposition"].startswith(f'attachment; filename="{SLUG}-0.1.yaml"')
    assert send(given.data).location == HOME
    again = browser.get(f"{HOME}/scheme.yaml")
    assert again.data == given.data


def test_a_period_is_looked_at_moved_and_moved_back(
    browser: FlaskClient, draft: str, cycle: Cycle, workplace: Workplace, coordinator: Actor
) -> None:
    page = f"/certification/cycles/{cycle.number}/version"
    assert "There is no later version" in browser.get(page).text
    form = {"state": "met", "narrative": "Sådan", "revision": "0"}
    browser.post(f"/certification/cycles/{cycle.number}/O1.1", data=form)
    browser.post(f"{draft}/remove", data={"what": "requirement:O1.1", "revision": revision(browser)})
    text = browser.get(f"{draft}/cycles/{cycle.number}").text
    assert "Gone (1)" in text
    assert "assessments: 1" in text
    browser.post(f"{draft}/publish", data={"version": "0.2", "revision": revision(browser, f"{draft}/publish")})
    text = browser.get(page).text
    assert "Gone (1)" in text
    assert "Move the period to version 0.2" in text
    assert f'href="{page}' in browser.get(f"/certification/{SLUG}").text
    assert browser.post(page, data={"version": "0.2", "revision": "9"}).status_code == 409
    assert browser.post(page, data={"version": "0.2", "revision": revision(browser, page)}).status_code == 303
    text = browser.get(page).text
    assert "Stored answers" in text
    assert browser.get(f"/certification/cycles/{cycle.number}").status_code == 200
    assert browser.get(f"/certification/cycles/{cycle.number}/O1.1").status_code == 404
    assert browser.post(f"{page}/back", data={"revision": revision(browser, page)}).status_code == 303
    assert "Sådan" in browser.get(f"/certification/cycles/{cycle.number}/O1.1").text
    assert browser.get(f"{page}?to=7").status_code == 404


def test_a_draft_of_1200_requirements_takes_as_many_statements_as_one_of_60(
    browser: FlaskClient, workplace: Workplace, coordinator: Actor, library: Library
) -> None:
    found = []
    for number, size in enumerate((60, 1200), 1):
        with workplace.writing(coordinator) as work:
            services.add_version(work, {**large(size), "id": f"stor-{size}"}, library.id)
            drafts.start(work, f"stor-{size}")
        with counted(workplace.engine) as statements:
            assert browser.get(f"/certification/schemes/drafts/{number}").status_code == 200
        found.append(len(statements))
    assert found[0] == found[1]


def test_what_hangs_on_a_gone_requirement_breaks_no_page(
    browser: FlaskClient, cycle: Cycle, workplace: Workplace, coordinator: Actor, library: Library, make: Factories
) -> None:
    """Evidence, requests and tasks of it are still shown, given and frozen; nothing of it is in the dossier."""
    piece = make.evidence(library)
    asked = make.request(coordinator, cycle_id=cycle.id, requirement_code="O1.1")
    address = f"/certification/cycles/{cycle.number}"
    with workplace.writing(coordinator) as work:
        work.session.add(Tie(cycle_id=cycle.id, evidence_id=piece.id, requirement_code="O1.1", added_at=work.at))
        draft = drafts.start(work, SLUG)
        drafts.remove_part(work, draft.number, At(Part.REQUIREMENT, "O1.1"))
        drafts.publish(work, draft.number, "0.2")
        moving.move(work, cycle.number, "0.2")
    for page in ("/", "/digest", f"/evidence/{piece.number}", f"/evidence/{piece.number}/edit", "/evidence", address,
                 f"/evidence/requests/{asked.number}", "/evidence/requests", "/editions/dossier", f"{address}/check",
                 f"/evidence/{piece.number}/requirements/{cycle.number}/O1.1"):  # fmt: skip
        assert browser.get(page, follow_redirects=True).status_code == 200, page
    given = {"document": (io.BytesIO(b"Referat\n"), "referat.txt")}
    answer = browser.post(f"/evidence/requests/{asked.number}/give", data=given, content_type="multipart/form-data")
    assert answer.status_code in (302, 303), told(answer.text)
    with workplace.writing(coordinator) as work:
        snapshot = snapshot_of(work.blobs, dossier.freeze(work, cycle.number, "da"))
    assert "O1.1" not in [row["code"] for row in snapshot["requirements"]]
    assert all(row["requirements"] == [] for row in snapshot["evidence"])
