"""Freezing the plan, a year's status and a year's evaluation, in steps and on the page."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient

from sdg_tracker import drafts
from sdg_tracker.access import Actor
from sdg_tracker.editions import build, queries, succession
from sdg_tracker.editions.models import Edition
from sdg_tracker.foundation.documents import digest
from sdg_tracker.foundation.errors import Conflict, Forbidden, Invalid
from sdg_tracker.plandocument import composing, outputs, pdf, previewing, services
from sdg_tracker.plandocument import queries as kept
from sdg_tracker.plandocument.rules import Choices, Variant
from sdg_tracker.plans import services as plans
from sdg_tracker.plans.models import Plan
from sdg_tracker.plans.services import Approval
from sdg_tracker.printing.edition import compose
from sdg_tracker.work import Work, Workplace
from tests.demo_library import faults
from tests.plans import conftest

Clients = Callable[[Actor | None], FlaskClient]
assert outputs.KIND.name == "plan"
STATUS = Choices(Variant.STATUS, 2025)
EVALUATION = Choices(
    Variant.EVALUATION, 2025, also="en", reached=" Papiret. ", proposal="Mere af det.", foreword="Hej."
)
plan = conftest.plan


def frozen(work: Work, edition: Edition) -> dict[str, Any]:
    found = dict(build.snapshot_of(work.blobs, edition))
    assert faults(found) == []
    return found


def test_a_plan_is_printed_when_it_is_approved_and_a_year_when_it_has_begun(work: Work, plan: Plan) -> None:
    with pytest.raises(Conflict) as refused:
        services.freeze(work, Choices())
    assert refused.value.code == "plan-document-none"
    plans.approve(work, plan.number, Approval("Kulturudvalget", date(2025, 1, 20), "25-1", ""))
    for wrong in (Choices(Variant.STATUS, 2027), Choices(Variant.STATUS, None), Choices(Variant.STATUS, 2024)):
        with pytest.raises(Invalid):
            services.freeze(work, wrong)
    with pytest.raises(Invalid):
        services.freeze(work, Choices(also="da"))
    found = frozen(work, services.freeze(work, Choices(reached="Kun til en evaluering.")))
    assert (found["title"], found["evidence"]) == ("Handleplan 2025-2027", [])
    assert found["composition"]["reached"] == ""
    assert found["plan"]["approved"]["by"] == "Kulturudvalget"
    assert [row["code"] for row in found["measures"]] == ["paper"]


def test_variants_of_a_year_take_their_own_places_and_texts_begin_the_next_one(work: Work, plan: Plan) -> None:
    plans.approve(work, plan.number, Approval("Kulturudvalget", date(2025, 1, 20), "", ""))
    first = services.freeze(work, STATUS)
    succession.supersede(work, first.number, None, "Et tal var forkert.")
    evaluation = services.freeze(work, EVALUATION)
    assert first.superseded_by is None
    found = frozen(work, evaluation)
    assert (evaluation.year, evaluation.also, found["proposal"]) == (2025, "en", None)
    assert found["composition"]["title_also"] == "Evaluation of 2025 and proposal for 2026"
    again = services.freeze(work, STATUS)
    work.session.refresh(first)
    assert [first.superseded_by, frozen(work, again)["supersedes"][0]["number"]] == [again.number, first.number]
    assert found["composition"]["on"] == "2025-12-31"
    assert services.written(work, Variant.EVALUATION, 2025)["reached"] == "Papiret."
    assert services.written(work, Variant.EVALUATION, 2026) == {}
    details = conftest.WATER.__class__(**{**vars(conftest.WATER), "title_da": "Vand, altid"})
    plans.revise_pledge(work, 3, details)
    changes = frozen(work, services.freeze(work, EVALUATION))["proposal"]["changes"]
    assert [(row["code"], row["field"], row["old"], row["new"]) for row in changes] == [
        ("D3", "title_da", "Vand i kander", "Vand, altid"),
        ("D3", "title_en", "Vand i kander", "Vand, altid"),
    ]


def test_what_is_composed_is_frozen_with_its_approval_as_long_as_nothing_changes(
    workplace: Workplace, coordinator: Actor
) -> None:
    with workplace.writing(coordinator) as work:
        conftest.add_measure(work, "paper", "1100")
        made = conftest.written(work)
        plans.approve(work, made.number, Approval("Ledelsen", date(2025, 1, 20), "", ""))
        with pytest.raises(Conflict):
            composing.approve(work, "evaluation-2025", "Leder", "0" * 64)
        row = composing.save(work, EVALUATION)
        assert (row.choices.reached, row.choices.year) == ("Papiret.", 2025)
        preview = previewing.ask(work, "evaluation-2025")
        assert work.owed.pop() == (previewing.JOB, (work.library.id, preview.id, 0))
        taken = previewing.draft(work, row)
        assert (taken["draft"], drafts.essence(taken)) == (True, preview.essence)
        assert (
            "UDKAST" in compose(pdf.TEMPLATE, {**taken, "frozen_at": "2026-03-02T11:00:00Z"}, digest(taken))[1].upper()
        )
        preview.state = "ready"  # the pages themselves are made as those of other editions
    with workplace.writing(coordinator) as work:
        found = kept.composition(work, Variant.EVALUATION, 2025)
        assert found is not None
        composing.approve(work, "evaluation-2025", " Bibliotekschef ", preview.essence)
        told = frozen(work, services.freeze_composed(work, Variant.EVALUATION, 2025, "da"))["composition"]
        assert (told["approved"]["role"], found.approved_at) == ("Bibliotekschef", None)
        again = frozen(work, services.freeze_composed(work, Variant.EVALUATION, 2025, "da"))
        assert "approved" not in again["composition"]
        now = previewing.ask(work, "evaluation-2025")
        now.state = "ready"
        composing.approve(work, "evaluation-2025", "Leder", now.essence)
        composing.save(work, replace(EVALUATION, reached="Mere."), found.revision)
        with pytest.raises(Conflict) as refused:
            services.freeze_composed(work, Variant.EVALUATION, 2025, "da")
        assert refused.value.code == "plan-document-changed"
        services.freeze_composed(work, Variant.EVALUATION, 2025, "da", unapproved=True)


def test_the_page_freezes_what_was_chosen_and_begins_with_what_was_written(
    workplace: Workplace, coordinator: Actor, staff: Actor, client_of: Clients
) -> None:
    workplace.enqueue = lambda _jobs: None
    browser = client_of(coordinator)
    assert "Ingen plan er godkendt endnu" in browser.get("/editions/plan").text
    with workplace.writing(coordinator) as work:
        conftest.add_measure(work, "paper", "1100")
        made = conftest.written(work)
        plans.approve(work, made.number, Approval("Ledelsen", date(2025, 1, 20), "", ""))
    chosen = browser.post("/editions/plan", data={"variant": "evaluation", "year": "2025"})
    assert chosen.location == "/editions/plan/evaluation-2025"
    address = chosen.location
    assert browser.get("/editions/plan/evaluation").status_code == 404
    assert browser.get("/editions/plan/status-1999").status_code >= 400
    form = {"language": "da", "also": "", "learned": "Begynd før."}
    refused = browser.post(address, data={**form, "also": "da"})
    assert (refused.status_code, "Begynd før." in refused.text) == (422, True)
    assert browser.post(address, data={**form, "revision": ""}).status_code == 303
    clash = browser.post(address, data={**form, "learned": "Samtidig.", "revision": "9"})
    assert (clash.status_code, "Samtidig." in clash.text) == (409, True)
    assert "Evaluering af 2025" in browser.get("/editions/plan").text
    assert browser.post(f"{address}/pages").status_code == 303
    assert f'hx-get="{address}/pages"' in browser.get(f"{address}/pages").text
    assert browser.post(f"{address}/approve", data={"acting_as": "Leder", "essence": "0" * 64}).status_code == 422
    answer = browser.post(f"{address}/freeze")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/editions/1")
    assert "Begynd før." in browser.get(address).text
    assert browser.post("/editions/plan/status-2025/freeze").status_code == 303  # also where nothing was composed
    assert browser.post("/editions/plan/status-2027/freeze").status_code == 422
    with workplace.reading(coordinator) as work:
        assert queries.get(work, 1).title == "Evaluering af 2025 og forslag til 2026"
    with workplace.writing(staff) as work, pytest.raises(Forbidden):
        services.freeze(work, Choices())
