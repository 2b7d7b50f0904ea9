"""Drafts, reviews, what a tie is judged for, and how long evidence holds."""

from collections.abc import Callable
from datetime import date

import pytest
import sqlalchemy as sa

from sdg_tracker import trail
from sdg_tracker.access import SYSTEM, Actor, Role
from sdg_tracker.evidence import counting, listing, queries, reviewing, revising, tying
from sdg_tracker.evidence.details import EvidenceDetails
from sdg_tracker.evidence.listing import Filters
from sdg_tracker.evidence.models import Evidence, Review
from sdg_tracker.evidence.states import Decision, State
from sdg_tracker.evidence.tying import TieDetails, Wanted
from sdg_tracker.foundation.errors import Forbidden, Invalid, NotFound, Problem
from sdg_tracker.schemes import queries as schemes
from sdg_tracker.work import Library, Work, Workplace
from tests.evidence.conftest import Add, refuses
from tests.factories import Factories

Step = Callable[[Work], object]


@pytest.fixture
def colleague(make: Factories, library: Library) -> Actor:
    """A second coordinator."""
    return make.member(library, Role.COORDINATOR)


def do(workplace: Workplace, actor: Actor, step: Step) -> Evidence:
    """Take a step and return the first piece of evidence as it is then."""
    with workplace.writing(actor) as work:
        step(work)
    return look(workplace, actor)


def look(workplace: Workplace, actor: Actor, number: int = 1) -> Evidence:
    with workplace.reading(actor) as work:
        return queries.get(work, number)


def review(decision: Decision, comment: str = "", version: int | None = None) -> Step:
    return lambda work: reviewing.review(work, 1, decision, comment, version)


accept = review(Decision.ACCEPTED)
send_back = review(Decision.RETURNED, "Hvem er på billedet?")


def actions(workplace: Workplace, actor: Actor) -> list[str]:
    with workplace.reading(actor) as work:
        return [event.action.removeprefix("evidence.") for event in trail.of(work, "evidence", 1)]


def test_what_is_added_waits_to_be_reviewed_and_counts_meanwhile(
    workplace: Workplace, add: Add, coordinator: Actor
) -> None:
    add()
    found = look(workplace, coordinator)
    assert (found.state, found.counts, found.accepted_version) == ("submitted", True, None)


def test_a_draft_counts_for_nothing_until_it_is_submitted(
    workplace: Workplace, add: Add, coordinator: Actor, colleague: Actor
) -> None:
    add(draft=True)
    assert look(workplace, coordinator).counts is False
    with refuses("evidence-not-to-review"):
        do(workplace, colleague, accept)
    found = do(workplace, coordinator, lambda work: reviewing.submit(work, 1))
    assert (found.state, found.counts) == ("submitted", True)
    with refuses("evidence-not-to-submit"):
        do(workplace, coordinator, lambda work: reviewing.submit(work, 1))
    assert actions(workplace, coordinator) == ["added", "submitted"]


def test_what_is_sent_back_is_put_right_and_accepted_and_every_review_is_kept(
    workplace: Workplace, add: Add, staff: Actor, coordinator: Actor
) -> None:
    add(actor=staff)
    found = do(workplace, coordinator, send_back)
    assert (found.state, found.counts) == ("returned", False)
    assert [(row.decision, row.comment, row.decided_by, row.version) for row in found.reviews] == [
        ("returned", "Hvem er på billedet?", coordinator.number, 1)
    ]
    do(workplace, staff, lambda work: reviewing.submit(work, 1))
    found = do(workplace, coordinator, accept)
    assert (found.state, found.counts, found.accepted_version) == ("accepted", True, 1)
    assert [row.decision for row in found.reviews] == ["returned", "accepted"]
    assert actions(workplace, coordinator) == ["added", "returned", "submitted", "accepted"]


def test_nobody_accepts_their_own_unless_the_library_allows_it(
    workplace: Workplace, add: Add, library: Library, coordinator: Actor
) -> None:
    add(actor=coordinator)
    with refuses("evidence-own"):
        do(workplace, coordinator, accept)
    assert look(workplace, coordinator).state == "submitted"
    with workplace.writing(SYSTEM, library.id) as work:
        work.library.own_review = True
    assert do(workplace, coordinator, accept).state == "accepted"


def test_who_added_the_newest_version_does_not_accept_it_either(
    workplace: Workplace, add: Add, staff: Actor, coordinator: Actor, colleague: Actor, new_version: Callable[..., None]
) -> None:
    add(actor=staff)
    new_version(coordinator)
    with refuses("evidence-own"):
        do(workplace, coordinator, accept)
    assert do(workplace, colleague, accept).accepted_version == 2


def test_staff_and_readers_do_not_review(workplace: Workplace, make: Factories, add: Add, library: Library) -> None:
    add()
    for role in (Role.STAFF, Role.READER, Role.ADMINISTRATOR, Role.AUDITOR):
        with pytest.raises(Forbidden):
            do(workplace, make.member(library, role), send_back)


def test_a_new_version_is_reviewed_anew_and_the_accepted_one_counts_meanwhile(
    workplace: Workplace, add: Add, staff: Actor, coordinator: Actor, new_version: Callable[..., None]
) -> None:
    add(actor=staff)
    do(workplace, coordinator, accept)
    new_version(staff)
    found = look(workplace, coordinator)
    assert (found.state, found.accepted_version, found.shown.ordinal, found.current.ordinal) == ("submitted", 1, 1, 2)
    found = do(workplace, coordinator, send_back)
    assert (found.state, found.counts, found.shown.ordinal) == ("returned", True, 1)
    new_version(staff, b"a third\n")
    found = do(workplace, coordinator, accept)
    assert (found.state, found.shown.ordinal) == ("accepted", 3)


def test_what_was_accepted_can_be_sent_back_and_then_does_not_count(
    workplace: Workplace, add: Add, staff: Actor, coordinator: Actor
) -> None:
    add(actor=staff)
    do(workplace, coordinator, accept)
    found = do(workplace, coordinator, send_back)
    assert (found.state, found.counts, found.accepted_version) == ("returned", False, None)


def test_a_decision_is_about_the_version_that_was_seen(
    workplace: Workplace, add: Add, staff: Actor, coordinator: Actor, new_version: Callable[..., None]
) -> None:
    add(actor=staff)
    new_version(staff)
    with refuses("changed-meanwhile"):
        do(workplace, coordinator, review(Decision.ACCEPTED, version=1))
    assert do(workplace, coordinator, review(Decision.ACCEPTED, version=2)).state == "accepted"


@pytest.mark.parametrize(
    ("step", "code"),
    [
        (review(Decision.RETURNED, "  "), "review-comment-missing"),
        (review(Decision.RETURNED, "x" * 2001), "review-comment-long"),
    ],
)
def test_who_sends_back_says_why(
    workplace: Workplace, add: Add, staff: Actor, coordinator: Actor, step: Step, code: str
) -> None:
    add(actor=staff)
    with refuses(code):
        do(workplace, coordinator, step)
    with workplace.reading(coordinator) as work:
        assert work.session.scalar(sa.select(sa.func.count()).select_from(Review)) == 0


def test_withdrawn_evidence_is_not_reviewed(workplace: Workplace, add: Add, staff: Actor, coordinator: Actor) -> None:
    add(actor=staff)
    found = do(workplace, staff, lambda work: revising.withdraw(work, 1, "Forkert fil"))
    assert found.counts is False
    for step in (accept, send_back, lambda work: reviewing.submit(work, 1)):
        with refuses("evidence-withdrawn"):
            do(workplace, coordinator, step)


def test_accepted_evidence_that_its_giver_changes_is_reviewed_once_more(
    workplace: Workplace, make: Factories, library: Library, add: Add, staff: Actor, coordinator: Actor
) -> None:
    make.cycle(library)
    add(actor=staff, title="Før")
    details = EvidenceDetails(title="Efter", kind="document")
    changes: list[Step] = [
        lambda work: revising.revise(work, 1, details),
        lambda work: tying.tie(work, 1, Wanted(1, "O1.2")),
        lambda work: tying.judge_tie(work, 1, 1, "O1.2", TieDetails("3")),
    ]
    for change in changes:
        do(workplace, coordinator, accept)
        found = do(workplace, staff, change)
        assert (found.state, found.accepted_version) == ("submitted", 1)
    do(workplace, coordinator, accept)
    found = do(workplace, coordinator, lambda work: tying.judge_tie(work, 1, 1, "O1.2", TieDetails("4")))
    assert found.state == "accepted"


# What is said ---------------------------------------------------------------------------------------------------------


def test_everything_that_is_said_of_a_piece_is_kept_and_changed(
    workplace: Workplace, add: Add, coordinator: Actor
) -> None:
    told = {"alt": "To børn bytter bøger", "source": "Ungdomsskolen", "valid_until": date(2027, 1, 1), "language": "ar"}
    add(**told)
    found = look(workplace, coordinator)
    assert {name: getattr(found, name) for name in told} == told
    changed = {"alt": "Tre børn", "source": "", "valid_until": None, "language": "en"}
    details = EvidenceDetails(title="Foto", kind="photo", **changed)  # type: ignore[arg-type]
    found = do(workplace, coordinator, lambda work: revising.revise(work, 1, details, 1))
    assert {name: getattr(found, name) for name in changed} == changed
    with workplace.reading(coordinator) as work:
        facts = trail.of(work, "evidence", 1)[-1].facts
    assert facts["changed"] == ["alt", "kind", "language", "people", "source", "title", "valid_until"]


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"alt": "x" * 501}, "evidence-alt-long"),
        ({"source": "x" * 301}, "evidence-source-long"),
        ({"language": "xx"}, "evidence-language-unknown"),
        ({"collected_on": date(2026, 2, 2), "valid_until": date(2026, 2, 1)}, "evidence-valid-before"),
    ],
)
def test_what_can_not_be_is_refused(add: Add, told: dict[str, object], code: str) -> None:
    with refuses(code):
        add(**told)


def test_a_tie_is_judged(workplace: Workplace, make: Factories, library: Library, add: Add, coordinator: Actor) -> None:
    make.cycle(library)
    add(ties=[Wanted(1, "O1.2")])
    details = TieDetails("2-3", "solicited", frozenset({"current", "relevant"}))
    found = do(workplace, coordinator, lambda work: tying.judge_tie(work, 1, 1, "O1.2", details))
    [tie] = found.ties
    assert (tie.pages, tie.strength, tie.ticks) == ("2-3", "solicited", ("relevant", "current"))
    assert (tie.credible, tie.public) == (False, False)
    do(workplace, coordinator, lambda work: tying.judge_tie(work, 1, 1, "O1.2", details))  # nothing changes
    with workplace.reading(coordinator) as work:
        [event] = [event for event in trail.of(work, "evidence", 1) if event.action == "evidence.tie_judged"]
    assert event.facts == {
        "cycle": 1,
        "requirement": "O1.2",
        "pages": "2-3",
        "strength": "solicited",
        "ticks": ["relevant", "current"],
    }


@pytest.mark.parametrize(
    ("code", "details", "refused"),
    [
        ("O1.2", TieDetails("x"), Invalid),
        ("O1.2", TieDetails(strength="proven"), Invalid),
        ("O1.3", TieDetails(), NotFound),
    ],
)
def test_a_tie_is_judged_with_known_words_only(
    workplace: Workplace,
    make: Factories,
    library: Library,
    add: Add,
    coordinator: Actor,
    code: str,
    details: TieDetails,
    refused: type[Problem],
) -> None:
    make.cycle(library)
    add(ties=[Wanted(1, "O1.2")])
    with pytest.raises(refused):
        do(workplace, coordinator, lambda work: tying.judge_tie(work, 1, 1, code, details))


# How long it holds ----------------------------------------------------------------------------------------------------


@pytest.fixture
def limited(workplace: Workplace, make: Factories, library: Library) -> dict[int | None, list[str]]:
    """Requirements by how many months old their evidence may be."""
    cycle = make.cycle(library, "points-example")
    found: dict[int | None, list[str]] = {}
    with workplace.reading(SYSTEM, library.id) as work:
        for code, row in schemes.requirements(work, work.session.merge(cycle, load=False).scheme).items():
            months = row.definition["evidence"]["max_age_months"]
            found.setdefault(months if isinstance(months, int) else None, []).append(code)
    return found


def test_the_requirement_says_until_when_it_holds_unless_somebody_does(
    workplace: Workplace, add: Add, coordinator: Actor, limited: dict[int | None, list[str]]
) -> None:
    short, long = limited[12][0], limited[36][0]
    made = date(2026, 2, 1)
    add(ties=[Wanted(1, short), Wanted(1, long)], collected_on=made)
    add(b"2\n", ties=[Wanted(1, short)], collected_on=made, valid_until=date(2026, 8, 1))
    add(b"3\n")
    add(b"4\n", ties=[Wanted(1, short)])
    days = [look(workplace, coordinator, number).valid_until for number in (1, 2, 3, 4)]
    assert days == [date(2029, 2, 1), date(2026, 8, 1), None, date(2027, 3, 2)]
    with workplace.writing(coordinator) as work:
        tying.tie(work, 3, Wanted(1, short))
    assert look(workplace, coordinator, 3).valid_until == date(2027, 3, 2)


def test_what_waits_is_counted_and_listed(
    workplace: Workplace, add: Add, staff: Actor, coordinator: Actor, colleague: Actor
) -> None:
    add(b"1\n", actor=staff)
    add(b"2\n", actor=staff, draft=True)
    add(b"3\n", actor=coordinator, collected_on=date(2025, 1, 1), valid_until=date(2026, 3, 1))
    add(b"4\n", actor=coordinator, valid_until=date(2026, 4, 1))
    do(workplace, colleague, send_back)
    with workplace.reading(coordinator) as work:
        assert counting.waiting(work) == counting.Waiting(submitted=2, returned=1, drafts=1, soon=1, expired=1)
        assert counting.waiting(work, staff.number) == counting.Waiting(returned=1, drafts=1)
        lists: tuple[tuple[Filters, list[int]], ...] = (
            (Filters(state=State.SUBMITTED), [3, 4]),
            (Filters(state=State.RETURNED, added_by=staff.number), [1]),
            (Filters(state=State.RETURNED, added_by=coordinator.number), []),
            (Filters(validity="expired"), [3]),
            (Filters(validity="soon"), [4]),
        )
        for filters, numbers in lists:
            assert [row.number for row in listing.one_page(work, filters, "number", 9, 0)[0]] == numbers
