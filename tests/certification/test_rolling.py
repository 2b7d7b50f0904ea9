"""Rolling forward: texts come along unconfirmed, owners are kept, evidence is proposed with its age."""

from datetime import date

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from sdg_tracker import trail
from sdg_tracker.access import SYSTEM, Actor
from sdg_tracker.certification import ageing, queries, rolling, services, task_queries, tasks
from sdg_tracker.certification.ageing import Freshness
from sdg_tracker.certification.services import AssessmentDetails
from sdg_tracker.certification.states import AssessmentState
from sdg_tracker.certification.tasks import Assignment
from sdg_tracker.cli import acting, main
from sdg_tracker.dossier import snapshot
from sdg_tracker.evidence.models import Tie
from sdg_tracker.foundation.errors import Conflict, Forbidden, Invalid
from sdg_tracker.foundation.i18n import use_locale
from sdg_tracker.schemes import services as schemes
from sdg_tracker.schemes.models import Cycle
from sdg_tracker.work import Library, Workplace
from tests.certification.conftest import DAY, SLUG
from tests.factories import Factories
from tests.statements import counted


def test_age_and_freshness_follow_the_rule_of_the_scheme() -> None:
    assert [ageing.age(made, DAY) for made in (date(2026, 2, 3), date(2025, 3, 2), date(2025, 3, 3), DAY)] == [
        0,
        12,
        11,
        0,
    ]
    ends = date(2027, 12, 31)
    assert ageing.last_day(date(2025, 8, 31), 18, None) == date(2027, 2, 28)
    assert ageing.last_day(date(2025, 8, 31), 18, date(2026, 1, 1)) == date(2026, 1, 1)
    assert ageing.last_day(date(2025, 8, 31), None, None) is None
    for made, months, until, expected in (
        (date(2025, 8, 31), 18, None, Freshness.RUNS_OUT),
        (date(2025, 8, 31), 6, None, Freshness.TOO_OLD),
        (date(2025, 8, 31), 36, None, Freshness.FRESH),
        (date(2020, 1, 1), None, None, Freshness.FRESH),
        (date(2020, 1, 1), None, date(2026, 3, 1), Freshness.TOO_OLD),
        (date(2020, 1, 1), None, DAY, Freshness.RUNS_OUT),
    ):
        assert ageing.freshness(made, months, until, DAY, ends) is expected
    later = date(2028, 6, 1)  # after the cycle: seen from its last day
    assert ageing.freshness(date(2026, 7, 1), 18, None, later, ends) is Freshness.FRESH


@pytest.fixture
def former(
    workplace: Workplace, make: Factories, library: Library, coordinator: Actor, staff: Actor, cycle: Cycle
) -> Cycle:
    """The cycle before: two texts, an owner, and three ties."""
    new, old, gone = (
        make.evidence(library, b"new", kind="minutes", collected_on=date(2024, 11, 1)),
        make.evidence(library, b"old", kind="minutes", collected_on=date(2022, 2, 1), valid_until=date(2025, 1, 1)),
        make.evidence(library, b"gone", kind="minutes", state="draft"),
    )
    with workplace.writing(coordinator) as work:
        before = schemes.open_cycle(work, SLUG, date(2022, 1, 1), date(2024, 12, 31))
        services.assess(work, before.number, "O1.1", AssessmentDetails(AssessmentState.MET, "Som før."))
        services.assess(work, before.number, "O2.3", AssessmentDetails(AssessmentState.NOT_PURSUING, "", "Ikke nu."))
        services.assess(work, before.number, "O1.2", AssessmentDetails(AssessmentState.MET, "Gammel."))
        services.assess(work, cycle.number, "O1.2", AssessmentDetails(AssessmentState.MISSING, "Ny."))
        for code in ("O1.1", "B1.1"):
            tasks.assign(work, before.number, code, Assignment(staff.number, DAY))
        tasks.assign(work, cycle.number, "B1.1", Assignment(None, DAY))
    with workplace.writing(SYSTEM, library.id) as work:
        for piece in (new, old, gone):
            tie = Tie(evidence_id=piece.id, cycle_id=before.id, requirement_code="O1.1", pages="4-6")
            tie.added_at = work.at
            work.session.add(tie)
    return before


def test_texts_and_owners_come_along_once_and_count_when_confirmed(
    workplace: Workplace, coordinator: Actor, staff: Actor, cycle: Cycle, former: Cycle
) -> None:
    with workplace.writing(coordinator) as work:
        done = rolling.roll(work, cycle.number)
        assert (done.former.number, done.texts, done.owners) == (former.number, 2, 1)
        again = rolling.roll(work, cycle.number)
        assert (again.texts, again.owners) == (0, 0)
        made = queries.assessments(work, cycle)
        assert {code: (row.state, row.narrative, row.unconfirmed) for code, row in made.items()} == {
            "O1.1": ("met", "Som før.", True),
            "O1.2": ("missing", "Ny.", False),
            "O2.3": ("not_pursuing", "", True),
        }
        owner = task_queries.works(work, cycle)
        assert (owner["O1.1"].owner_number, owner["O1.1"].due_on, owner["O1.1"].state) == (
            staff.number,
            None,
            "assigned",
        )
        assert owner["B1.1"].owner_number is None
        found = queries.readiness(work, cycle)
        assert (found.result("O1.1").state, found.result("O2.3").state) == (None, None)
        assert found.whole.of("unassessed") == found.whole.total - 1
        frozen = {row["code"]: row for row in snapshot.take(work, cycle, 1, "da")["requirements"]}
        assert frozen["O1.1"]["assessment"] == {"state": None, "narrative": "", "reason": "", "assessed_on": None}
        with pytest.raises(Conflict):
            tasks.approve(work, cycle.number, "O1.1")
        services.confirm(work, cycle.number, "O1.1", made["O1.1"].revision)
        services.assess(work, cycle.number, "O2.3", AssessmentDetails(AssessmentState.NOT_PURSUING, "", "Ikke nu."))
        found = queries.readiness(work, cycle)
        assert (found.result("O1.1").state, found.result("O2.3").state) == ("met", "not_pursuing")
        assert queries.assessments(work, cycle)["O1.1"].assessed_at == work.at
        for code in ("O1.1", "B1.1"):
            with pytest.raises(Conflict):
                services.confirm(work, cycle.number, code)
        with pytest.raises(Conflict):
            rolling.roll(work, former.number)
        with pytest.raises(Conflict):
            rolling.roll(work, cycle.number, cycle.number)
        told = [event.facts for event in trail.by_action(work, "cycle.rolled_forward")]
        assert told == [{"cycle": former.number, "texts": 2, "owners": 1}]
        assert list(trail.faults(work)) == []
    with workplace.writing(staff) as work, pytest.raises(Forbidden):
        rolling.roll(work, cycle.number)


def test_evidence_is_proposed_with_its_age_and_tied_when_ticked(
    workplace: Workplace, coordinator: Actor, cycle: Cycle, former: Cycle
) -> None:
    with workplace.writing(coordinator) as work:
        with counted(workplace.engine) as statements:
            found = rolling.proposals(work, cycle, former)
        assert len(statements) <= 5
        assert [(row.key, row.pages, row.months, row.freshness, row.accepted) for row in found] == [
            ("1:O1.1", "4-6", 16, Freshness.RUNS_OUT, True),
            ("2:O1.1", "4-6", 49, Freshness.TOO_OLD, True),
        ]
        with pytest.raises(Invalid):
            rolling.accept(work, cycle.number, [])
        assert rolling.accept(work, cycle.number, ["1:O1.1", "9:O1.1"]) == 1
        assert rolling.accept(work, cycle.number, ["1:O1.1"]) == 0
        assert [row.key for row in rolling.proposals(work, cycle, former)] == ["2:O1.1"]
        ties = work.session.query(Tie).filter_by(cycle_id=cycle.id).all()
        assert [(tie.requirement_code, tie.pages, tie.strength) for tie in ties] == [("O1.1", "4-6", "")]


def test_the_page_takes_over_confirms_and_ties(browser: FlaskClient, cycle: Cycle, former: Cycle) -> None:
    here = f"/certification/cycles/{cycle.number}/roll-forward"
    text = browser.get(here).text
    assert "2 texts are not taken over yet" in text
    assert "16 months" in text
    assert "Too old since" in text
    assert text.count(" checked>") == 1
    assert browser.post(here).status_code == 303
    text = browser.get(here).text
    assert "2 texts wait to be confirmed" in text
    assert "It still holds: confirm O1.1" in text
    assert "Taken over from the period before, and not confirmed" in browser.get("/certification/cycles/1/O1.1").text
    one = f"/certification/cycles/{cycle.number}/O1.1/confirm"
    assert browser.post(one, data={"revision": "7"}).status_code == 409
    assert browser.post(one, data={"revision": "1"}).status_code == 303
    assert "1 text waits to be confirmed" in browser.get(here).text
    refused = browser.post(f"{here}/evidence")
    assert refused.status_code == 422
    assert " checked>" not in refused.text
    assert browser.post(f"{here}/evidence", data={"key": "1:O1.1"}).status_code == 303
    assert "There is no earlier period" in browser.get(f"/certification/cycles/{former.number}/roll-forward").text
    assert f'href="{here}"' in browser.get(f"/certification/cycles/{cycle.number}").text


def test_the_command_takes_over(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch, cycle: Cycle, former: Cycle
) -> None:
    monkeypatch.setattr(acting, "open_workplace", lambda: workplace)
    with use_locale("en"):
        first = CliRunner().invoke(main, ["certification", "roll-forward", "--cycle", str(cycle.number), "--evidence"])
        assert "2 texts and 1 owners." in first.stdout
        assert "Evidence tied again: 1; proposed: 1, of which 0 are new enough." in first.stdout
        again = CliRunner().invoke(
            main, ["certification", "roll-forward", "--cycle", "1", "--from", str(former.number)]
        )
        assert "0 texts and 0 owners." in again.stdout
        wrong = CliRunner().invoke(main, ["certification", "roll-forward", "--cycle", str(former.number)])
        assert (wrong.exit_code, bool(wrong.stderr)) == (1, True)
