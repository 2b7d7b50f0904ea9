"""Requests: asked, reminded, given, done, cancelled."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from sdg_tracker import trail
from sdg_tracker.access import SYSTEM, Actor, Role
from sdg_tracker.evidence import intake, queries, request_queries, request_rules, requests, reviewing, revising
from sdg_tracker.evidence.request_models import Request, RequestState, stands_as
from sdg_tracker.evidence.requests import RequestDetails
from sdg_tracker.evidence.states import Decision
from sdg_tracker.evidence.tying import Wanted
from sdg_tracker.mail import services as mail
from sdg_tracker.work import Library, Work, Workplace
from tests.conftest import NOON
from tests.evidence.conftest import refuses
from tests.factories import Factories
from tests.mail import server
from tests.mail.server import Postbox

DUE = date(2026, 3, 10)
Ask = Callable[..., Request]


@pytest.fixture
def ask(workplace: Workplace, coordinator: Actor, staff: Actor) -> Ask:
    """Let the coordinator ask one of the staff."""

    def asked(**values: Any) -> Request:
        values = {"title": "Referat af personalemødet", "due_on": DUE, "giver": staff.number, **values}
        with workplace.writing(coordinator) as work:
            return requests.make(work, RequestDetails(**values))

    return asked


@pytest.fixture
def give(workplace: Workplace, staff: Actor) -> Callable[..., int]:
    def given(content: bytes = b"Referat\n", actor: Actor = staff) -> int:
        with workplace.reading(actor) as work:
            received = intake.receive(work, io.BytesIO(content), "referat.txt")
        with workplace.writing(actor) as work:
            return requests.give(work, 1, received, "Se side 2.").evidence.number

    return given


def states(work: Work) -> list[RequestState]:
    """Return the state of each request, as Python and as the database say it."""
    found = {
        row.number: state
        for state in RequestState
        for row in request_queries.one_page(work, state, 99, 0)[0]
        if row.state is state
    }
    total = sum(request_queries.one_page(work, state, 0, 0)[1] for state in RequestState)
    assert len(found) == total
    return [found[number] for number in sorted(found)]


def test_a_request_is_given_and_done_when_it_is_accepted(
    workplace: Workplace,
    make: Factories,
    library: Library,
    coordinator: Actor,
    staff: Actor,
    ask: Ask,
    give: Callable[..., int],
) -> None:
    make.cycle(library)
    activity = make.activity(library)
    ask(activity=activity.number, requirement=Wanted(1, "B2.3"))

    def now() -> list[RequestState]:
        with workplace.reading(coordinator) as work:
            return states(work)

    assert now() == [RequestState.OPEN]
    assert give() == 1
    with workplace.reading(staff) as work:
        piece = queries.get(work, 1)
        assert (piece.title, piece.description) == ("Referat af personalemødet", "Se side 2.")
        assert (piece.activity_id, [tie.requirement_code for tie in piece.ties]) == (activity.id, ["B2.3"])
    assert now() == [RequestState.GIVEN]
    with refuses("request-given"):
        give()
    with workplace.writing(coordinator) as work:
        reviewing.review(work, 1, Decision.RETURNED, "Datoen mangler.")
    assert now() == [RequestState.OPEN]
    assert give(b"Referat 4. marts\n") == 1
    with workplace.writing(coordinator) as work:
        reviewing.review(work, 1, Decision.ACCEPTED)
    assert now() == [RequestState.DONE]
    with refuses("request-over"):
        give()
    with workplace.reading(coordinator) as work:
        told = [event.action for event in reversed(trail.latest(work, 1, 99)[0]) if event.subject == "request"]
        assert told == ["request.made", "request.given", "request.given"]


def test_what_was_given_and_withdrawn_is_owed_again(
    workplace: Workplace, library: Library, coordinator: Actor, ask: Ask, give: Callable[..., int]
) -> None:
    ask()
    give()
    with workplace.writing(coordinator) as work:
        revising.withdraw(work, 1, "Forkert fil.")
        assert states(work) == [RequestState.OPEN]
        assert request_queries.count(work) == 1
    assert give(b"Den rigtige\n") == 2


def test_only_the_one_who_was_asked_gives_and_only_who_asks_cancels(
    workplace: Workplace,
    make: Factories,
    library: Library,
    coordinator: Actor,
    staff: Actor,
    ask: Ask,
    give: Callable[..., int],
) -> None:
    ask()
    for actor in (coordinator, make.member(library, Role.STAFF)):
        with refuses("forbidden"):
            give(actor=actor)
    with refuses("forbidden"), workplace.writing(staff) as work:
        requests.cancel(work, 1, "Nej.")
    with refuses("forbidden"), workplace.writing(staff) as work:
        requests.make(work, RequestDetails("x", DUE, staff.number or 0))


def test_a_cancelled_request_says_why(
    workplace: Workplace, coordinator: Actor, ask: Ask, give: Callable[..., int]
) -> None:
    ask()
    for reason, code in ((" ", "request-reason-missing"), ("x" * 501, "request-reason-long")):
        with refuses(code), workplace.writing(coordinator) as work:
            requests.cancel(work, 1, reason)
    with refuses("changed-meanwhile"), workplace.writing(coordinator) as work:
        requests.cancel(work, 1, "Fundet.", revision=9)
    with workplace.writing(coordinator) as work:
        requests.cancel(work, 1, "Vi fandt det selv.")
        assert states(work) == [RequestState.CANCELLED]
    with refuses("request-over"):
        give()


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"title": " "}, "request-title-missing"),
        ({"title": "x" * 301}, "request-title-long"),
        ({"note": "x" * 5001}, "request-note-long"),
        ({"due_on": date(2026, 3, 1)}, "request-day-over"),
        ({"giver": 99}, "request-giver-unable"),
        ({"activity": 9}, "evidence-activity-unknown"),
        ({"requirement": Wanted(9, "B2.3")}, "cycle-not-found"),
    ],
)
def test_what_can_not_be_asked(ask: Ask, changed: dict[str, Any], code: str) -> None:
    with refuses(code):
        ask(**changed)


def test_readers_are_not_asked(workplace: Workplace, make: Factories, library: Library, ask: Ask) -> None:
    reader = make.member(library, Role.READER)
    with refuses("request-giver-unable"):
        ask(giver=reader.number)
    with workplace.reading(SYSTEM, library.id) as work:
        assert reader.number not in {row.user_number for row in request_queries.givers(work)}


def test_a_request_and_its_reminders_are_mailed(
    workplace: Workplace, make: Factories, library: Library, coordinator: Actor, ask: Ask
) -> None:
    person = make.member(library, Role.STAFF, language="en", email="anna@example.org")
    activity = make.activity(library, "Byttemarked")
    with server.serving() as box:
        workplace.settings = replace(workplace.settings, smtp=box.setting, url="https://maal.example/")
        ask(giver=person.number, note="Fra i tirsdags.", activity=activity.number)
        _post(workplace, library)
        for day in (5, 7, 8, 10, 16, 17):
            workplace.clock = lambda day=day: datetime(2026, 3, day, 8, tzinfo=NOON.tzinfo)  # type: ignore[misc]
            requests.remind(workplace)
            requests.remind(workplace)
            _post(workplace, library)
        with workplace.writing(coordinator) as work:
            requests.cancel(work, 1, "Ikke nødvendigt længere.")
        _post(workplace, library)
    title = "Referat af personalemødet"
    assert [letter["Subject"] for letter in box.letters] == [
        f"Please give: {title}",
        f"Soon: {title}",
        f"Today: {title}",
        f"Overdue: {title}",
        f"No longer needed: {title}",
    ]
    text = box.letters[0].get_content()
    for said in (
        " asks you for: Referat",
        "By: 10 March 2026",
        "Activity: Byttemarked",
        "Fra i tirsdags.",
        "https://maal.example/evidence/requests/1\r\n",
    ):
        assert said in text
    assert "Ikke nødvendigt længere." in box.letters[-1].get_content()


def _post(workplace: Workplace, library: Library) -> None:
    with workplace.reading(SYSTEM, library.id) as work:
        mail.owe_again(work, True)  # noqa: FBT003
        owed = list(work.owed)
    for _job, arguments in owed:
        mail.deliver(workplace, *arguments)


@pytest.mark.parametrize("hour", [3, 5])
def test_nobody_is_reminded_at_night_or_without_a_mail_server(
    workplace: Workplace, library: Library, ask: Ask, hour: int
) -> None:
    ask(due_on=NOON.date())
    box = Postbox()
    workplace.clock = lambda: datetime(2026, 3, 9, hour, tzinfo=NOON.tzinfo)
    workplace.settings = replace(workplace.settings, smtp=box.setting if hour == 5 else "")
    requests.remind(workplace)
    with workplace.reading(SYSTEM, library.id) as work:
        assert request_queries.get(work, 1).reminded_on is None


@pytest.mark.parametrize(
    ("asked", "reminded", "today", "owed"),
    [
        (1, None, 6, False),
        (1, None, 7, True),  # three days before the 10th
        (1, 7, 8, False),
        (1, 7, 10, True),  # on the day
        (1, 10, 16, False),
        (1, 10, 17, True),  # a week after
        (1, None, 30, True),  # missed ones are made up for once
        (1, 30, 30, False),
        (8, None, 9, False),  # asked later than the first
        (10, None, 10, False),
    ],
)
def test_when_people_are_reminded(asked: int, reminded: int | None, today: int, owed: bool) -> None:
    before = date(2026, 3, reminded) if reminded else None
    assert request_rules.reminds(DUE, date(2026, 3, asked), before, date(2026, 3, today)) is owed


def test_after_a_while_nobody_is_reminded_any_more() -> None:
    last = DUE + request_rules.AFTER * request_rules.WEEKS
    assert request_rules.reminds(DUE, date(2026, 3, 1), last - timedelta(days=7), last)
    assert not request_rules.reminds(DUE, date(2026, 3, 1), last, last + timedelta(days=70))


def test_the_condition_of_a_state_is_known_for_each() -> None:
    assert all(stands_as(state) is not None for state in RequestState)
