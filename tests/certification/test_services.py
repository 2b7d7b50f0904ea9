"""Assessing: what is kept, what is refused, what the trail tells."""

from datetime import date

import pytest

from sdg_tracker import trail
from sdg_tracker.access import MEMBER_ROLES, Actor, Role
from sdg_tracker.certification import approved, queries, services, task_queries
from sdg_tracker.certification.models import REASONED
from sdg_tracker.certification.services import NEVER_SEEN, AssessmentDetails
from sdg_tracker.certification.states import AssessmentState
from sdg_tracker.foundation.errors import Conflict, Forbidden, Invalid, NotFound
from sdg_tracker.schemes import services as cycles
from sdg_tracker.schemes.models import Cycle
from sdg_tracker.work import Library, Work, Workplace
from tests.factories import Factories

MET = AssessmentDetails(AssessmentState.MET, " Sådan gør vi.\r\nHver gang. ", "ikke brugt")


def facts(work: Work, cycle: Cycle) -> list[dict[str, object]]:
    return [event.facts for event in queries.history(work, cycle, "O1.1")]


def test_an_assessment_is_kept_and_told_without_its_text(cycle: Cycle, work: Work) -> None:
    found = services.assess(work, 1, "O1.1", MET, NEVER_SEEN)
    assert (found.state, found.narrative, found.reason) == ("met", "Sådan gør vi.\nHver gang.", "")
    assert (found.assessed_by, found.assessed_at, found.revision) == (work.actor.number, work.at, 1)
    assert facts(work, cycle) == [{"code": "O1.1", "before": None, "after": "met"}]
    services.assess(work, 1, "O1.1", AssessmentDetails(AssessmentState.NOT_APPLICABLE, reason="Ingen huse."), 1)
    assert facts(work, cycle)[0] == {"code": "O1.1", "before": "met", "after": "not_applicable"}
    assert found.revision == 2
    assert list(queries.assessments(work, cycle)) == ["O1.1"]
    assert list(trail.faults(work)) == []


def test_the_same_again_changes_nothing(cycle: Cycle, work: Work) -> None:
    services.assess(work, 1, "O1.1", MET)
    found = services.assess(work, 1, "O1.1", MET, 1)
    assert found.revision == 1
    assert len(facts(work, cycle)) == 1


@pytest.mark.parametrize("state", REASONED)
def test_some_states_have_to_say_why(cycle: Cycle, work: Work, state: AssessmentState) -> None:
    with pytest.raises(Invalid) as refused:
        services.assess(work, 1, "O1.1", AssessmentDetails(state, reason="  "))
    assert (refused.value.code, refused.value.field) == ("assessment-reason-missing", "reason")
    assert queries.assessments(work, cycle) == {}


def test_a_scheme_with_reasons_of_its_own_gets_one_of_them_and_only_where_it_allows_it(
    workplace: Workplace, coordinator: Actor, library: Library
) -> None:
    state, met = AssessmentState.NOT_APPLICABLE, AssessmentState.MET
    refused = [
        ("302-1", AssessmentDetails(state, reason="Hemmeligt."), "assessment-omission-missing", "omission"),
        ("302-1", AssessmentDetails(state, "", "Hemmeligt.", "secret"), "assessment-omission-unknown", "omission"),
        ("302-1", AssessmentDetails(state, omission="confidential"), "assessment-reason-missing", "reason"),
        ("2-1", AssessmentDetails(state, "", "Nej.", "confidential"), "assessment-not-left-out", "state"),
        ("2-1", AssessmentDetails(met, answers={"abstract": "x"}), "assessment-answer-unknown", "narrative"),
        ("2-1", AssessmentDetails(met, answers={"location": "x" * 2001}), "assessment-answer-long", "answer_location"),
    ]  # fmt: skip
    with workplace.writing(coordinator) as work:
        cycle = cycles.open_cycle(work, "gri-content-index", date(2026, 1, 1), date(2026, 12, 31))
        for code, details, problem, field in refused:
            with pytest.raises(Invalid) as found:
                services.assess(work, cycle.number, code, details)
            assert (found.value.code, found.value.field) == (problem, field)
        answers = {"location": " Side 4 ", "requirement_omitted": " "}
        made = services.assess(
            work, cycle.number, "302-1", AssessmentDetails(state, "", "Hemmeligt.", "confidential", answers)
        )
        assert (made.omission, made.answers, made.revision) == ("confidential", {"location": "Side 4"}, 1)
        again = AssessmentDetails(state, "", "Hemmeligt.", "confidential", {"location": "Side 4"})
        assert services.assess(work, cycle.number, "302-1", again).revision == 1
        readiness = queries.readiness(work, cycle)
        before = approved.content(queries.judged({"302-1": made})["302-1"], None, [])
        made = services.assess(
            work, cycle.number, "302-1", AssessmentDetails(state, "", "Forbudt.", "legal-prohibition")
        )
        assert approved.changes(before, task_queries.current(work, readiness, "302-1")).text
        made = services.assess(work, cycle.number, "302-1", AssessmentDetails(met, omission="confidential"))
        assert (made.omission, made.reason) == ("", ""), "kept only where the state asks for it"


@pytest.mark.parametrize(
    ("details", "field"),
    [
        (AssessmentDetails(AssessmentState.MET, "x" * 20_001), "narrative"),
        (AssessmentDetails(AssessmentState.NOT_PURSUING, reason="x" * 501), "reason"),
    ],
)
def test_texts_have_a_limit(cycle: Cycle, work: Work, details: AssessmentDetails, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        services.assess(work, cycle.number, "O1.1", details)
    assert refused.value.field == field


def test_what_is_not_there_is_not_found(cycle: Cycle, work: Work) -> None:
    for number, code in ((cycle.number, "X9"), (cycle.number + 1, "O1.1")):
        with pytest.raises(NotFound):
            services.assess(work, number, code, MET)


def test_two_people_do_not_overwrite_each_other(cycle: Cycle, work: Work) -> None:
    services.assess(work, 1, "O1.1", MET, NEVER_SEEN)
    other = AssessmentDetails(AssessmentState.MISSING)
    for seen in (NEVER_SEEN, 7, -1):
        with pytest.raises(Conflict):
            services.assess(work, 1, "O1.1", other, seen)
    assert services.assess(work, 1, "O1.1", other, 1).state == "missing"


@pytest.mark.parametrize("role", [role for role in MEMBER_ROLES if role is not Role.COORDINATOR])
def test_only_the_coordinator_assesses(
    workplace: Workplace, make: Factories, library: Library, cycle: Cycle, role: Role
) -> None:
    with pytest.raises(Forbidden), workplace.writing(make.member(library, role)) as work:
        services.assess(work, cycle.number, "O1.1", MET)


def test_another_librarys_cycle_is_not_found(workplace: Workplace, make: Factories, cycle: Cycle) -> None:
    stranger = make.member(make.library(), Role.COORDINATOR)
    with pytest.raises(NotFound), workplace.writing(stranger) as work:
        services.assess(work, cycle.number, "O1.1", MET)
