"""Steps of the work with a plan, on both engines."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from sdg_tracker import trail
from sdg_tracker.access import Actor
from sdg_tracker.foundation.documents import digest
from sdg_tracker.foundation.errors import Conflict, Forbidden, Invalid, NotFound, Problem
from sdg_tracker.plans import discarding, proving, queries, services, snapshot
from sdg_tracker.plans.details import FocusDetails, PlanDetails
from sdg_tracker.plans.models import Plan
from sdg_tracker.plans.proving import Checked, Noted
from sdg_tracker.plans.services import Approval
from sdg_tracker.plans.states import Answer, Kind, Status
from sdg_tracker.work import Library, Work, Workplace
from tests.factories import Factories
from tests.plans.conftest import DAY, EVENTS, PAPER, REPAIR, WATER
from tests.statements import counted

FIRST_APPROVAL = Approval("Ledelsen", date(2025, 1, 20), "2024-17")


def row(work: Work, on: date = DAY, **values: Any) -> dict[str, Any]:
    found = snapshot.row(work, on, **values)
    assert found is not None
    return found


def refusal(step: Callable[[], object]) -> str:
    with pytest.raises(Problem) as refused:
        step()
    return refused.value.code


def status(work: Work, code: str, on: date = DAY) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in row(work, on)["pledges"] if one["code"] == code)["status"]
    return found


def test_a_draft_is_written_freely_and_what_does_not_hold_is_refused(work: Work, plan: Plan) -> None:
    focus = services.add_focus_goal(work, plan.number, FocusDetails(("13", "7"), "samme indsats"))
    assert (focus.code, focus.number) == ("7+13", 1)
    pledge = queries.pledges(work, plan)[0]
    assert services.revise_pledge(work, pledge.number, replace(PAPER, responsible=" Drift ")).responsible == "Drift"
    for step, problem, field in (
        (lambda: services.add_focus_goal(work, 1, FocusDetails(("3", "4"))), "focus-reason-missing", "reason"),
        (lambda: services.add_focus_goal(work, 1, FocusDetails(("7", "13"), "a")), "focus-goal-used", "goals"),
        (lambda: services.add_focus_goal(work, 1, FocusDetails(("18",))), "plan-choice-unknown", "goals"),
        (lambda: services.add_pledge(work, 1, PAPER), "plan-code-used", "code"),
        (lambda: services.add_pledge(work, 1, replace(PAPER, code="")), "plan-code", "code"),
        (
            lambda: services.add_pledge(work, 1, replace(PAPER, code="D9", measure="x")),
            "plan-measure-unknown",
            "measure",
        ),
        (lambda: services.add_pledge(work, 1, replace(PAPER, code="D9", due_on=None)), "pledge-due-missing", "due_on"),
        (lambda: services.add_pledge(work, 1, replace(EVENTS, code="D9", per="")), "pledge-per-missing", "per"),
        (lambda: services.revise_pledge(work, 1, replace(PAPER, code="D9")), "plan-code-kept", "code"),
        (
            lambda: services.add_initiative(work, 1, replace(REPAIR, code="I2", pledges=("D9",))),
            "plan-choice-unknown",
            "pledges",
        ),
        (
            lambda: services.add(work, PlanDetails("Plan", date(2027, 1, 1), date(2029, 12, 31))),
            "plan-overlaps",
            "starts_on",
        ),
        (lambda: services.add(work, PlanDetails("Plan", date(2029, 1, 1), date(2028, 12, 31))), "plan-days", "ends_on"),
        (lambda: services.withdraw_part(work, pledge, " "), "plan-reason-missing", "reason"),
    ):
        with pytest.raises(Invalid) as refused:
            step()
        assert (refused.value.code, refused.value.field) == (problem, field)
    assert refusal(lambda: services.revise_pledge(work, pledge.number, PAPER, revision=1)) == "changed-meanwhile"
    with pytest.raises(NotFound):
        services.revise(work, 7, PlanDetails("Plan", date(2025, 1, 1), date(2025, 12, 31)))
    services.withdraw_part(work, pledge, "samlet i ét")
    assert [one.code for one in queries.pledges(work, plan)] == ["D2", "D3"]
    assert queries.initiatives(work, plan)[0].pledges == []
    assert refusal(lambda: services.revise_pledge(work, pledge.number, PAPER)) == "plan-part-withdrawn"
    # what a kind does not use is dropped
    standing = services.revise_pledge(work, 2, replace(EVENTS, kind=Kind.STANDING, measure="paper"))
    assert (standing.times, standing.per, standing.measure) == (None, "", "")


def test_what_is_approved_stays_what_counts_until_the_next_approval(work: Work, plan: Plan) -> None:
    assert (row(work)["version"], row(work)["approved"]) == (0, None)
    one = services.approve(work, plan.number, FIRST_APPROVAL, digest(queries.draft(work, plan)))
    services.revise_pledge(work, 3, replace(WATER, title_da="Vand i kander, altid"))
    services.add_pledge(work, plan.number, replace(WATER, code="D4"))
    shown = row(work)
    assert (shown["version"], [pledge["code"] for pledge in shown["pledges"]]) == (1, ["D1", "D2", "D3"])
    assert shown["pledges"][2]["title"]["da"] == "Vand i kander"
    assert shown["approved"] == {"by": "Ledelsen", "on": "2025-01-20", "case": "2024-17", "sha256": one.sha256}
    assert len(row(work, draft=True)["pledges"]) == 4
    for approval, problem in (
        (Approval("", date(2026, 2, 2)), "plan-approver-missing"),
        (Approval("Ledelsen", date(2026, 3, 3), reason="a"), "plan-approved-late"),
        (Approval("Ledelsen", date(2025, 1, 19), reason="a"), "plan-approved-early"),
        (Approval("Ledelsen", date(2026, 2, 2)), "plan-approval-reason"),
    ):
        assert refusal(partial(services.approve, work, plan.number, approval)) == problem
    assert (
        refusal(lambda: services.approve(work, plan.number, Approval("Ledelsen", DAY, reason="a"), one.sha256))
        == "changed-meanwhile"
    )
    services.approve(work, plan.number, Approval("Ledelsen", date(2026, 2, 2), reason="efter evalueringen"))
    assert (
        refusal(lambda: services.approve(work, plan.number, Approval("Ledelsen", DAY, reason="a"))) == "plan-unchanged"
    )
    shown = row(work)
    assert [version["reason"] for version in shown["versions"]] == ["", "efter evalueringen"]
    assert [(change["code"], change["field"], change["new"]) for change in shown["versions"][1]["changes"]] == [
        ("D3", "title_da", "Vand i kander, altid"),
        ("D3", "title_en", "Vand i kander, altid"),
        ("D4", "added", "Vand i kander"),
    ]
    assert [row(work, day)["version"] for day in (date(2025, 1, 1), date(2026, 2, 1), date(2026, 2, 2))] == [1, 1, 2]
    assert [event.facts["version"] for event in trail.of(work, "plan", plan.number) if "version" in event.facts] == [
        1,
        2,
    ]


def test_an_empty_plan_is_not_approved_and_a_withdrawn_one_not_shown(work: Work) -> None:
    assert snapshot.row(work, DAY) is None
    plan = services.add(work, PlanDetails("Plan", date(2026, 1, 1), date(2028, 12, 31)))
    assert refusal(lambda: services.approve(work, plan.number, FIRST_APPROVAL)) == "plan-empty"
    services.withdraw(work, plan.number, "oprettet to gange")
    assert snapshot.row(work, DAY) is None
    assert refusal(lambda: services.add_pledge(work, plan.number, WATER)) == "plan-withdrawn"


def test_each_kind_of_pledge_has_its_proof(work: Work, plan: Plan, make: Factories, library: Library) -> None:
    assert status(work, "D1")["computed"] == Status.BEHIND  # 1,100 of 1,000 on the line
    assert [status(work, code)["computed"] for code in ("D2", "D3")] == [Status.NO_DATA, Status.NO_DATA]
    proving.note(work, 2, Noted(date(2025, 12, 1), 1, note="talt i kalenderen"))
    late = proving.note(work, 2, Noted(date(2026, 1, 5), 1, "2025"))
    one = status(work, "D2")
    assert (one["computed"], one["numbers"]["periods"][0]["late"]) == (Status.ON_TRACK, 1)
    assert status(work, "D2", date(2026, 1, 4))["computed"] == Status.BEHIND
    proving.take_back_note(work, 2, late.number, "hørte til 2026")
    assert status(work, "D2")["computed"] == Status.BEHIND
    proving.check(work, 3, Checked(2025, date(2026, 1, 10), Answer.PARTLY, "frø", "flasker i maj"))
    assert status(work, "D3")["computed"] == Status.BEHIND
    again = proving.check(work, 3, Checked(2025, date(2026, 2, 10), Answer.KEPT, "frø"))
    assert status(work, "D3")["computed"] == Status.KEPT
    proving.take_back_check(work, 3, again.number, "forkert år")
    assert status(work, "D3")["numbers"]["checks"][0]["note"] == "flasker i maj"
    for step, problem in (
        (lambda: proving.note(work, 2, Noted(date(2026, 3, 3))), "occurrence-late"),
        (lambda: proving.note(work, 2, Noted(DAY, 0)), "occurrence-count"),
        (lambda: proving.note(work, 2, Noted(DAY, 1, "2026-Q1")), "occurrence-period"),
        (lambda: proving.note(work, 2, Noted(DAY, evidence=9)), "plan-evidence-unknown"),
        (lambda: proving.check(work, 3, Checked(2027, DAY, Answer.KEPT, "x")), "check-late"),
        (lambda: proving.check(work, 3, Checked(2026, DAY, Answer.BROKEN, "x")), "check-note-missing"),
        (lambda: proving.take_back_note(work, 2, late.number, "igen"), "plan-taken-back"),
        (lambda: proving.take_back_check(work, 2, again.number, "fejl"), "check-unknown"),
        (lambda: proving.note(work, 3, Noted(DAY)), "occurrence-of-recurring"),
        (lambda: proving.check(work, 2, Checked(2026, DAY, Answer.KEPT, "x")), "check-of-standing"),
    ):
        assert refusal(step) == problem


def test_a_status_is_overruled_with_a_reason_and_both_are_shown(work: Work, plan: Plan) -> None:
    assert refusal(lambda: proving.overrule(work, 1, Status.ON_TRACK, " ")) == "overrule-reason-missing"
    assert refusal(lambda: proving.restore(work, 1, "a")) == "overrule-none"
    proving.overrule(work, 1, Status.ON_TRACK, "ny printer i marts", date(2026, 2, 1))
    one = status(work, "D1")
    assert (one["computed"], one["shown"]) == (Status.BEHIND, Status.ON_TRACK)
    assert one["overruled"] == {
        "status": "on_track",
        "reason": "ny printer i marts",
        "on": "2026-02-01",
        "role": "coordinator",
    }
    assert status(work, "D1", date(2026, 1, 31))["overruled"] is None
    proving.restore(work, 1, "printeren kom ikke")
    assert status(work, "D1")["shown"] == Status.BEHIND


@pytest.fixture
def landed(workplace: Workplace, coordinator: Actor, make: Factories, library: Library) -> Plan:
    """The same plan, saved."""
    return make.plan(library)


def test_staff_tie_their_own_activities_and_ties_are_proof(
    workplace: Workplace, coordinator: Actor, staff: Actor, make: Factories, library: Library, landed: Plan
) -> None:
    own = make.activity(library, "Repair Café", "12", owner_number=staff.number, starts_on=date(2026, 2, 1))
    other = make.activity(library, "Sprogcafé", "4", starts_on=date(2025, 2, 1), year=2025)
    make.evidence(library, activity=own, collected_on=date(2026, 2, 1))
    with workplace.writing(staff) as work:
        proving.tie(work, own.number, [2], [1])
        with pytest.raises(Forbidden):
            proving.tie(work, other.number, [2], [1])
        with pytest.raises(Forbidden):
            proving.note(work, 2, Noted(DAY))
    with workplace.writing(coordinator) as work:
        proving.tie(work, other.number, [2, 3], [])
        proving.tie(work, other.number, [3], [])
        assert [event.action for event in trail.of(work, "pledge", 2)] == [
            "pledge.tied",
            "pledge.tied",
            "pledge.untied",
        ]
        checked = proving.check(work, 3, Checked(2026, DAY, Answer.KEPT, "frø"))
        assert (checked.sample, checked.drawn_from) == ([], 0)  # the evidence is of another activity
        shown = row(work)
        initiative = shown["initiatives"][0]
        assert (initiative["state"], initiative["states"]["2025"], initiative["states"]["2026"]) == (
            "proved",
            "lapsed",
            "proved",
        )
        assert (initiative["activities"], initiative["evidence"]) == ([own.number], [1])
        assert shown["pledges"][1]["status"]["numbers"]["periods"][1]["found"] == 1
        assert [one.code for one in queries.ties(work, other)[0]] == ["D3"]
    with workplace.reading(coordinator) as work:
        row(work)
        with counted(work.session.get_bind().engine) as statements:
            row(work)
        fixed = len(statements)
    for _ in range(4):
        extra = make.activity(library, "", "12", owner_number=staff.number)
        with workplace.writing(staff) as work:
            proving.tie(work, extra.number, [1, 2], [1])
    with workplace.reading(coordinator) as work, counted(workplace.engine) as statements:
        row(work)
    assert len(statements) <= fixed + 1 < 18  # one more for the library itself


def test_a_draft_that_is_thrown_away_says_what_is_approved_again(work: Work, plan: Plan) -> None:
    with pytest.raises(Conflict) as refused:
        discarding.discard(work, plan.number, "Nej")
    assert refused.value.code == "plan-never-approved"
    services.add_focus_goal(work, plan.number, FocusDetails(("7", "13"), "Energi"))
    services.approve(work, plan.number, Approval("Ledelsen", date(2025, 1, 20)))
    kept = digest(queries.draft(work, plan))
    with pytest.raises(Conflict) as refused:
        discarding.discard(work, plan.number, "Nej")
    assert refused.value.code == "plan-draft-same"
    services.revise(work, plan.number, PlanDetails("En anden", date(2025, 1, 1), date(2026, 12, 31)))
    changed = replace(PAPER, title_da="Intet papir", target_value=Decimal(1), due_on=date(2026, 6, 30))
    services.revise_pledge(work, 1, changed)
    services.withdraw_part(work, queries.pledge(work, 2), "Dropper vi")
    services.withdraw_part(work, queries.initiative(work, 1), "Dropper vi")
    services.withdraw_part(work, queries.focus_goal(work, 1), "Dropper vi")
    new = services.add_pledge(work, plan.number, replace(WATER, code="D4"))
    seen = digest(queries.draft(work, plan))
    with pytest.raises(Invalid):
        discarding.discard(work, plan.number, "  ", seen)
    with pytest.raises(Conflict) as refused:
        discarding.discard(work, plan.number, "Nej", kept)
    assert refused.value.code == "changed-meanwhile"
    assert discarding.discard(work, plan.number, " Vi ventede ", seen) >= 7
    assert digest(queries.draft(work, plan)) == kept
    assert (new.withdrawn_reason, queries.pledge(work, 2).withdrawn_reason, plan.title) == (
        "Vi ventede",
        "",
        "Handleplan 2025-2027",
    )
    told = trail.of(work, "plan", plan.number)[-1]
    assert (told.action, told.facts["version"], told.facts["reason"]) == ("plan.discarded", 1, "Vi ventede")
