"""The work on requirements: steps and who takes them, what an approval keeps, what has changed, comments."""

import json
import re
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient

from sdg_tracker import trail
from sdg_tracker.access import SYSTEM, Actor, Role
from sdg_tracker.certification import approved, findings, queries, services, steps, task_queries, tasks
from sdg_tracker.certification.approved import Changes, Piece
from sdg_tracker.certification.findings import Told
from sdg_tracker.certification.material import Judged
from sdg_tracker.certification.models import Task
from sdg_tracker.certification.points import Points
from sdg_tracker.certification.services import AssessmentDetails
from sdg_tracker.certification.states import AssessmentState, Step, TaskState
from sdg_tracker.certification.task_queries import CHANGED, Filters, Standing
from sdg_tracker.certification.tasks import Assignment
from sdg_tracker.digest.queries import sections as digest_sections
from sdg_tracker.evidence.models import Evidence, Tie
from sdg_tracker.foundation.documents import digest
from sdg_tracker.foundation.errors import Conflict, Forbidden, Invalid, NotFound
from sdg_tracker.schemes import queries as schemes
from sdg_tracker.schemes.models import Cycle
from sdg_tracker.work import Library, Work, Workplace
from tests.certification.conftest import DAY, Clients, english
from tests.factories import Factories
from tests.statements import counted

CODE = "O1.1"
MET = AssessmentDetails(AssessmentState.MET, "Sådan gør vi.")
OPEN, ASSIGNED, READY, APPROVED = TaskState


def test_the_steps_that_each_state_allows() -> None:
    allowed = {(step, state) for step in Step for state in TaskState if steps.possible(step, state)}
    assert allowed == {
        (Step.READY, ASSIGNED),
        (Step.APPROVE, OPEN),
        (Step.APPROVE, ASSIGNED),
        (Step.APPROVE, READY),
        (Step.SEND_BACK, READY),
        (Step.SEND_BACK, APPROVED),
    }
    assert steps.possible(Step.APPROVE, APPROVED, changed=True)
    assert [steps.after(step, owned=owned) for step in Step for owned in (True, False)] == [
        READY, READY, APPROVED, APPROVED, ASSIGNED, OPEN,
    ]  # fmt: skip
    assert [steps.assigned(state, owned=True) for state in TaskState] == [ASSIGNED, ASSIGNED, READY, APPROVED]
    assert [steps.assigned(state, owned=False) for state in TaskState] == [OPEN, OPEN, READY, APPROVED]


def test_what_an_approval_keeps_has_one_digest_and_tells_what_changed() -> None:
    judged, points = Judged(AssessmentState.MET, "Tekst"), Points(2.5, 5)
    pieces = [Piece(1, "a" * 64, "4-6"), Piece(2, "b" * 64), Piece(3, "c" * 64)]
    before = approved.content(judged, points, pieces)
    assert before["score"] == {"got": "2.5", "of": "5"}
    assert digest(before) == digest(approved.content(judged, points, pieces[::-1]))
    assert approved.changes(before, before) == Changes()
    other = [Piece(1, "a" * 64, "5"), Piece(2, "d" * 64), Piece(7, "e" * 64)]
    now = approved.content(Judged(AssessmentState.MET, "Ny tekst"), Points(5, 5), other)
    assert approved.changes(before, now) == Changes(
        text=True, score=True, added=(7,), removed=(3,), replaced=(2,), pages=(1,)
    )
    unsaid = approved.content(None, None, pieces)
    assert approved.changes(before, unsaid) == Changes(assessment=True, text=True, score=True)


def test_filters_say_whose_work_is_listed() -> None:
    def standing(state: TaskState, owner: int | None = None, days: int | None = None) -> Standing:
        due = DAY + timedelta(days=days) if days is not None else None
        return Standing(Task(state=state.value, owner_number=owner, due_on=due))

    late, soon, ready = standing(ASSIGNED, 1, -1), standing(ASSIGNED, 2, 14), standing(READY, 1, -5)
    rows = [late, soon, ready, task_queries.NOTHING]
    found = {
        "": rows, "me": [late, ready], "none": [task_queries.NOTHING], "2": [soon],
    }  # fmt: skip
    assert {owner: [row for row in rows if Filters(owner=owner).matches(row, 1, DAY)] for owner in found} == found
    days = {"overdue": [late], "soon": [soon], "none": [task_queries.NOTHING]}
    assert {due: [row for row in rows if Filters(due=due).matches(row, 1, DAY)] for due in days} == days
    assert Filters(state="ready").count(rows, 1, DAY) == 1
    assert Filters(state=CHANGED).count(rows, 1, DAY) == 0


def tie(workplace: Workplace, cycle: Cycle, evidence: Evidence, code: str = CODE) -> None:
    with workplace.writing(SYSTEM, cycle.library_id) as work:
        work.session.add(Tie(evidence_id=evidence.id, cycle_id=cycle.id, requirement_code=code, added_at=work.at))


def standing_of(work: Work, code: str = CODE) -> Standing:
    work.session.expire_all()
    readiness = queries.readiness(work, schemes.cycle(work, 1))
    one, many = task_queries.standing(work, readiness, code), task_queries.standings(work, readiness)
    known = many.get(code, task_queries.NOTHING)
    assert (one.state, one.changed, one.digest, one.owner) == (known.state, known.changed, known.digest, known.owner)
    return one


def test_a_requirement_from_open_to_approved_and_changed(
    workplace: Workplace, make: Factories, library: Library, cycle: Cycle, coordinator: Actor, staff: Actor
) -> None:
    piece, other = make.evidence(library, b"one"), make.evidence(library, b"two")
    tie(workplace, cycle, piece)
    with workplace.writing(coordinator) as work:
        tasks.assign(work, 1, CODE, Assignment(staff.number, DAY), tasks.NEVER_SEEN)
        with pytest.raises(Conflict) as clash:
            tasks.assign(work, 1, CODE, Assignment(None, None), tasks.NEVER_SEEN)
        assert clash.value.code == "changed-meanwhile"
        assert [row.requirement_code for row in task_queries.due(work, staff.number, DAY)] == [CODE]
        assert task_queries.due(work, staff.number, DAY - timedelta(days=1)) == []
    with workplace.writing(staff) as work:
        with pytest.raises(Conflict) as refused:
            tasks.say_ready(work, 1, CODE)
        assert refused.value.code == "task-not-assessed"
        services.assess(work, 1, CODE, MET)  # the owner writes, others of the staff don't
        with pytest.raises(Forbidden):
            services.assess(work, 1, "O1.2", MET)
        tasks.say_ready(work, 1, CODE)
        with pytest.raises(Forbidden):
            tasks.approve(work, 1, CODE)
        with pytest.raises(Forbidden):
            tasks.send_back(work, 1, CODE, "Mere")
    with workplace.writing(coordinator) as work:
        assert [row.requirement_code for row in task_queries.ready(work)] == [CODE]
        with pytest.raises(Invalid):
            tasks.send_back(work, 1, CODE, "  ")
        assert tasks.send_back(work, 1, CODE, "Skriv hvornår.").state == "assigned"
        first = tasks.approve(work, 1, CODE)
        kept = json.loads(first.content)
        assert (kept["assessment"], kept["narrative"]) == ("met", "Sådan gør vi.")
        assert [row["number"] for row in kept["evidence"]] == [piece.number]
        assert first.digest == digest(kept)
        with pytest.raises(Conflict):
            tasks.approve(work, 1, CODE)  # nothing has changed
    with workplace.reading(coordinator) as work:
        assert not standing_of(work).changed
    tie(workplace, cycle, other)
    with workplace.writing(coordinator) as work:
        found = standing_of(work)
        assert found.changed
        assert found.approved
        readiness = queries.readiness(work, cycle)
        assert task_queries.changes(work, readiness, CODE, found.approved) == Changes(added=(other.number,))
        assert tasks.approve(work, 1, CODE).ordinal == 2
        assert not standing_of(work).changed
        told = [(event.action, event.facts["code"]) for event in queries.history(work, cycle, CODE)]
        assert told == [
            ("task.approved", CODE), ("task.approved", CODE), ("task.sent_back", CODE), ("task.ready", CODE),
            ("assessment.changed", CODE), ("task.assigned", CODE),
        ]  # fmt: skip
        assert list(trail.faults(work)) == []


@pytest.fixture
def reader(make: Factories, library: Library) -> Actor:
    return make.member(library, Role.READER)


def test_several_are_assigned_at_once_and_only_to_those_who_can(
    cycle: Cycle, staff: Actor, reader: Actor, work: Work
) -> None:
    due = date(2026, 4, 1)
    tasks.assign_all(work, 1, ["O1.1", "O1.2"], staff.number, None)
    tasks.assign_all(work, 1, ["O1.2", "O2.1"], None, due)
    found = task_queries.standings(work, queries.readiness(work, cycle))
    assert {code: (row.owner, row.due_on, row.state) for code, row in found.items()} == {
        "O1.1": (staff.number, None, ASSIGNED),
        "O1.2": (staff.number, due, ASSIGNED),
        "O2.1": (None, due, OPEN),
    }
    owners = {row.user_number for row in task_queries.owners(work)}
    assert owners == {staff.number, work.actor.number}
    for owner, codes, kind in (
        (reader.number, ["O1.1"], "task-owner-unable"),
        (staff.number, [], "task-none-ticked"),
        (None, ["O1.1"], "task-nothing-said"),
    ):
        with pytest.raises(Invalid) as refused:
            tasks.assign_all(work, 1, codes, owner, None)
        assert refused.value.code == kind
    with pytest.raises(NotFound):
        tasks.assign_all(work, 1, ["X9"], staff.number, None)


def test_comments_are_internal_unless_the_coordinator_shows_them(
    workplace: Workplace, cycle: Cycle, coordinator: Actor, staff: Actor
) -> None:
    with workplace.writing(staff) as work:
        first = tasks.comment(work, 1, CODE, " Mangler underskrift.\r\nHusk det. ")
        assert (first.ordinal, first.text, first.shown) == (1, "Mangler underskrift.\nHusk det.", False)
        with pytest.raises(Forbidden):
            tasks.comment(work, 1, CODE, "Til auditor", shown=True)
        for text in ("  ", "x" * 5_001):
            with pytest.raises(Invalid):
                tasks.comment(work, 1, CODE, text)
    with workplace.writing(coordinator) as work:
        tasks.comment(work, 1, CODE, "Til auditor", shown=True)
        assert tasks.resolve(work, 1, CODE, 1).resolved_by == coordinator.number
        tasks.resolve(work, 1, CODE, 1)
        with pytest.raises(NotFound):
            tasks.resolve(work, 1, CODE, 3)
        found = task_queries.standings(work, queries.readiness(work, cycle))[CODE]
        assert [row.text for row in found.open_comments] == ["Til auditor"]
        assert [event.facts["comment"] for event in trail.by_action(work, "comment.resolved")] == [1]


def test_the_statements_do_not_grow_with_the_work(workplace: Workplace, cycle: Cycle, staff: Actor, work: Work) -> None:
    found = queries.readiness(work, cycle)
    for code in ("O1.1", "O1.2"):
        services.assess(work, 1, code, MET)
        tasks.assign(work, 1, code, Assignment(staff.number, DAY))
        tasks.approve(work, 1, code)
        tasks.comment(work, 1, code, "Ja")
    work.session.expire_all()
    with counted(workplace.engine) as statements:
        task_queries.standings(work, found)
    assert len(statements) == 4


def test_the_forms_of_a_requirement_do_what_they_say(
    workplace: Workplace, client_of: Clients, cycle: Cycle, coordinator: Actor, staff: Actor
) -> None:
    browser, own = english(client_of(coordinator)), english(client_of(staff))
    here = f"/certification/cycles/1/{CODE}"

    def sent(page: FlaskClient, path: str, status: int = 303, **values: object) -> str:
        answer = page.post(f"{here}/{path}", data=values)
        assert answer.status_code == status, answer.text
        return answer.text

    assert own.post(here, data={"state": "met", "revision": "0"}).status_code == 403
    sent(browser, "assign", owner=str(staff.number), due_on="2026-03-01", revision="0")
    clash = sent(browser, "assign", 409, owner="", due_on="2026-03-31", revision="0")
    assert 'value="2026-03-31"' in clash
    assert "Somebody else has changed this" in clash
    sent(browser, "assign", 422, owner="99", due_on="", revision="1")
    text = own.get(here).text
    assert "was due on" in text
    assert "Staff" in text
    assert own.post(here, data={"state": "met", "narrative": "Sådan.", "revision": "0"}).status_code == 303
    sent(own, "ready", revision="1")
    assert "It is ready for review" not in own.get(here).text
    sent(own, "approve", 403, revision="2")
    assert "Write what is to be done" in sent(browser, "send-back", 422, todo="", revision="2")
    sent(browser, "send-back", todo="Hvornår?", revision="2")
    sent(browser, "send-back", 409, todo="En gang til", revision="3")
    sent(browser, "approve", revision="3")
    assert "This can&#39;t be done" in sent(browser, "approve", 409, revision="4")
    browser.post(here, data={"state": "met", "narrative": "Sådan, siden 2026.", "revision": "1"})
    text = browser.get(here).text
    assert "Changed since approved" in text
    assert "The text is another." in text
    kept = text.partition("See what was approved")[2].partition("</details>")[0]
    assert "Sådan." in kept
    assert "siden 2026" not in kept
    assert "Approve it again" in text
    sent(own, "comments", text="Kun os")
    sent(own, "comments", 403, text="Alle", shown="y")
    sent(browser, "comments", text="Til auditor", shown="y")
    sent(browser, "comments", 422, text="")
    sent(browser, "comments/1/resolve")
    text = browser.get(here).text
    assert "Resolved by" in text
    assert "Shown to the auditor" in text
    findings.register(lambda _work, _cycle, code: [Told("Minor", f"Fund i {code}", "Open", "/x")])
    try:
        assert f"Fund i {CODE}" in browser.get(here).text
    finally:
        findings._loaders.pop()


def test_the_page_of_a_cycle_filters_and_assigns_several(
    workplace: Workplace,
    make: Factories,
    library: Library,
    client_of: Clients,
    cycle: Cycle,
    coordinator: Actor,
    staff: Actor,
) -> None:
    make.activity(library)
    browser, own = english(client_of(coordinator)), english(client_of(staff))
    here = "/certification/cycles/1"

    def codes(path: str, page: FlaskClient = browser) -> list[str]:
        return re.findall(r'gap-title"><a href="/certification/cycles/1/([^"?]+)', page.get(path).text)

    several = {"assign_owner": str(staff.number), "assign_due_on": "2026-03-01", "code": ["O1.1", "B2.1"]}
    answer = browser.post(f"{here}/assign?view=roles&show=all", data=several)
    assert answer.location == f"{here}?view=roles&show=all#groups"
    browser.post(f"{here}/assign", data={"assign_owner": str(coordinator.number), "code": ["O1.2"]})
    refused = browser.post(f"{here}/assign", data={"assign_owner": "", "code": ["O1.1"]})
    assert refused.status_code == 422
    assert re.search(r'value="O1.1"[^>]*checked', refused.text)
    assert codes(f"{here}?owner=me") == ["O1.2"]
    assert codes(f"{here}?owner=me", own) == ["O1.1", "B2.1"] == codes(f"{here}?owner={staff.number}")
    assert codes(f"{here}?due=overdue&on=2026-10-01") == ["O1.1", "B2.1"]
    assert codes(f"{here}?owner=none&state=assigned") == []
    assert len(codes(f"{here}?owner=x&state=y&due=z")) == len(codes(here))
    assert "No requirement matches" in browser.get(f"{here}?state=approved").text
    assert "requirements of yours are due" in own.get("/").text
    with workplace.reading(SYSTEM, cycle.library_id) as work:
        sections = {row.title: row.total for row in digest_sections(work, staff)}
    assert 2 in sections.values()
    with workplace.writing(coordinator) as work:
        services.assess(work, 1, "O1.1", MET)
        tasks.say_ready(work, 1, "O1.1")
    assert 'state=ready"' in browser.get("/").text
    with workplace.reading(SYSTEM, cycle.library_id) as work:
        assert any(row.path == f"{here}?state=ready" for row in digest_sections(work, coordinator))
