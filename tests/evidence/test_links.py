"""Links as evidence: the copy, what comes of it, and whether the page is still there."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from sdg_tracker import trail
from sdg_tracker.access import SYSTEM, Actor
from sdg_tracker.evidence import counting, intake, integrity, link_queries, links, queries, revising
from sdg_tracker.evidence.details import EvidenceDetails
from sdg_tracker.evidence.link_models import Link
from sdg_tracker.evidence.links import LinkDetails
from sdg_tracker.evidence.states import CopyState, Standing
from sdg_tracker.evidence.tying import Wanted
from sdg_tracker.foundation.errors import Invalid
from sdg_tracker.foundation.fetcher import is_open
from sdg_tracker.work import Library, Work, Workplace
from tests.conftest import NOON
from tests.evidence import files, web
from tests.evidence.conftest import refuses
from tests.factories import Factories

SEEN = date(2026, 2, 27)


@pytest.fixture
def ask(workplace: Workplace, staff: Actor) -> Callable[..., Link]:
    """Ask for a link to be fetched."""

    def asked(*ties: Wanted, url: str = web.ADDRESS, seen_on: date = SEEN, **about: Any) -> Link:
        with workplace.writing(staff) as work:
            return links.ask(work, LinkDetails(url, seen_on, EvidenceDetails(**about)), ties)

    return asked


@contextmanager
def looking(workplace: Workplace, library: Library) -> Iterator[Work]:
    with workplace.reading(SYSTEM, library.id) as work:
        yield work


def copy(workplace: Workplace, link: Link, by: web.Web, attempt: int = 0) -> None:
    links.copy(workplace, link.library_id, link.id, attempt, by)


def _at(workplace: Workplace, later: timedelta) -> None:
    workplace.clock = lambda: NOON + later


def actions(work: Work) -> list[str]:
    return [event.action for event in reversed(trail.latest(work, 1, 100)[0]) if event.subject == "link"]


def test_a_page_becomes_evidence_of_the_one_who_gave_it(
    workplace: Workplace, make: Factories, library: Library, staff: Actor, ask: Callable[..., Link]
) -> None:
    make.cycle(library)
    activity = make.activity(library, "Byttemarked")
    link = ask(Wanted(1, "B2.3"), activity=activity.number, description="Se andet afsnit.", kind="press")
    with looking(workplace, library) as work:
        assert link_queries.get(work, 1).evidence is None
        assert counting.counts(work).evidence == 0
    copy(workplace, link, web.page())

    with looking(workplace, library) as work:
        piece = queries.get(work, 1)
        version = piece.current
        assert (piece.title, piece.description, piece.kind) == ("Byttemarked & frø", "Se andet afsnit.", "press")
        assert (piece.collected_on, piece.added_by, version.added_by) == (SEEN, staff.number, staff.number)
        assert (piece.activity_id, [tie.requirement_code for tie in piece.ties]) == (activity.id, ["B2.3"])
        assert piece.ties[0].added_by == staff.number
        assert (version.media_type, version.original_type) == ("text/plain", "text/html")
        with work.blobs.open(version.original_sha256, version.original_size) as file:
            assert file.read() == web.PAGE.encode()
        with work.blobs.open(version.rendition_sha256, version.rendition_size) as file:
            shown = file.read().decode()
        assert f"Adresse: {web.ADDRESS}\n" in shown
        assert f"{version.original_sha256}\n" in shown
        assert "Hentet (UTC): 2026-03-02T11:00:00+00:00\n" in shown
        assert shown.endswith(
            "\nMenu\nByttemarked\nTo hundrede borgere byttede frø og planter på biblioteket i går."
            "\n[Borgere ved et bord]\n"
        )
        assert "alert" not in shown
        kept = link_queries.get(work, 1)
        assert (kept.state, kept.standing, kept.copied_at, kept.own_copy) == ("kept", "alive", NOON, False)
        assert (kept.details, kept.wanted, kept.failure) == ({}, [], None)
        assert actions(work) == ["link.added", "link.copied"]
        assert piece.counts
        assert list(integrity.faults(work)) == []


def test_the_title_that_a_person_wrote_stays(workplace: Workplace, library: Library, ask: Callable[..., Link]) -> None:
    copy(workplace, ask(title="Vores artikel", draft=True), web.page())
    with looking(workplace, library) as work:
        assert (queries.get(work, 1).title, queries.get(work, 1).state) == ("Vores artikel", "draft")


def test_a_file_at_the_address_is_checked_as_any_other(
    workplace: Workplace, library: Library, ask: Callable[..., Link]
) -> None:
    url = "https://avisen.example/r%C3%A5d/referat.pdf?v=2"
    copy(workplace, ask(url=url), web.Web(pages={url: (files.pdf(), "text/html")}))
    with looking(workplace, library) as work:
        piece = queries.get(work, 1)
        assert (piece.title, piece.kind, piece.current.media_type) == ("referat", "link", "application/pdf")
        assert piece.current.file_name == "referat.pdf"


@pytest.mark.parametrize(
    ("content", "declared", "code"),
    [
        (b"PK\x05\x06" + b"\0" * 18, "application/zip", "format-archive"),
        (b"MZ" + b"\0" * 200, "text/plain", "format-not-accepted"),
        (b"<html><script>document.write('hej')</script><div id=app></div>", "text/html", "page-empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml", "format-drawing"),
    ],
)
def test_what_can_not_be_kept_is_said(
    workplace: Workplace, library: Library, ask: Callable[..., Link], content: bytes, declared: str, code: str
) -> None:
    copy(workplace, ask(), web.Web(pages={web.ADDRESS: (content, declared)}))
    with looking(workplace, library) as work:
        link = link_queries.get(work, 1)
        assert link.failure is not None
        assert (link.state, link.failure["code"].replace("format-program", "format-not-accepted")) == ("failed", code)
        assert links.why(link)
        assert counting.counts(work).evidence == 0
        assert actions(work) == ["link.added", "link.failed"]
        assert link_queries.counts(work) == link_queries.Counts(failed=1, dead=0)


def test_a_failure_that_may_pass_is_tried_three_times(
    workplace: Workplace, library: Library, ask: Callable[..., Link]
) -> None:
    link, away = ask(), replace(web.page(), failure=Invalid("fetch-slow", host="avisen.example"))
    for attempt in range(3):
        with looking(workplace, library) as work:
            assert link_queries.get(work, 1).state == CopyState.OWED.value
        copy(workplace, link, away, attempt)
    with looking(workplace, library) as work:
        assert link_queries.get(work, 1).state == CopyState.FAILED.value
    copy(workplace, link, web.page(), 3)
    with looking(workplace, library) as work:
        assert link_queries.get(work, 1).state == CopyState.FAILED.value


def test_a_job_that_comes_twice_works_once_and_a_late_one_is_dropped(
    workplace: Workplace, library: Library, ask: Callable[..., Link]
) -> None:
    link = ask()
    second = web.page()
    first = replace(web.page(), meanwhile=lambda: copy(workplace, link, second, 1))
    copy(workplace, link, first)
    copy(workplace, link, second)
    with looking(workplace, library) as work:
        assert counting.counts(work).evidence == 1
        assert (len(first.asked), len(second.asked)) == (1, 1)


def test_what_a_killed_worker_left_is_owed_again(
    workplace: Workplace, library: Library, ask: Callable[..., Link]
) -> None:
    link = ask()
    with workplace.writing(SYSTEM, library.id) as work:
        assert links.claim(work, link.id, 0) == links.Claim(link.id, 1, web.ADDRESS)
    owed = [(links.JOB, (library.id, link.id, 1))]
    for later, at_start, found in ((0, False, []), (0, True, owed), (5, False, owed)):
        _at(workplace, timedelta(minutes=later))
        with looking(workplace, library) as work:
            links.owe_again(work, at_start)
            assert work.owed == found


def test_nothing_is_fetched_where_it_is_turned_off(
    workplace: Workplace, library: Library, staff: Actor, ask: Callable[..., Link]
) -> None:
    link = ask()
    workplace.settings = replace(workplace.settings, fetch=False)
    with refuses("fetch-off"):
        ask(url="https://avisen.example/anden")
    links.fetch(workplace, library.id, link.id, 0)
    links.follow(workplace)
    with looking(workplace, library) as work:
        links.owe_again(work, True)  # noqa: FBT003
        assert work.owed == []
        assert link_queries.get(work, 1).attempt == 0


def test_the_workers_own_fetcher_reaches_nothing_near(workplace: Workplace) -> None:
    ours = links.ours(workplace.settings)
    assert (ours.allows, ours.limit) == (is_open, workplace.settings.upload_limit)


def test_a_persons_own_print_is_evidence_at_once(workplace: Workplace, library: Library, staff: Actor) -> None:
    with workplace.reading(staff) as work:
        received = intake.receive(work, io.BytesIO(files.pdf()), "artikel.pdf")
    with workplace.writing(staff) as work:
        link, added = links.add(work, LinkDetails(web.ADDRESS, SEEN, EvidenceDetails()), received)
        assert (added.evidence.number, added.evidence.collected_on, link.own_copy) == (1, SEEN, True)
        assert (link.state, link.standing, link.copied_at) == ("kept", "unseen", NOON)
        assert [(other.number, other.evidence) for other in link_queries.same(work, web.ADDRESS)] == [
            (1, added.evidence)
        ]


def test_a_copy_can_be_given_after_the_program_gave_up(
    workplace: Workplace, make: Factories, library: Library, staff: Actor, ask: Callable[..., Link]
) -> None:
    make.cycle(library)
    link = ask(Wanted(1, "B2.3"), title="Artikel")
    copy(workplace, link, web.Web())
    with workplace.reading(staff) as work:
        received = intake.receive(work, io.BytesIO(files.pdf()), "artikel.pdf")
    with workplace.writing(staff) as work:
        piece = links.give_copy(work, 1, received).evidence
        assert (piece.title, [tie.requirement_code for tie in piece.ties]) == ("Artikel", ["B2.3"])
    for step in (lambda work: links.give_copy(work, 1, received), lambda work: links.give_up(work, 1)):
        with refuses("link-copied"), workplace.writing(staff) as work:
            step(work)


def test_a_link_is_tried_again_or_given_up_by_its_giver_or_the_coordinator(
    workplace: Workplace, make: Factories, library: Library, staff: Actor, coordinator: Actor, ask: Callable[..., Link]
) -> None:
    link = ask()
    other = make.member(library, staff.role)
    with refuses("forbidden"), workplace.writing(other) as work:
        links.retry(work, 1)
    with refuses("link-not-failed"), workplace.writing(staff) as work:
        links.retry(work, 1)
    copy(workplace, link, web.Web())
    with workplace.writing(staff) as work:
        links.retry(work, 1)
        assert work.owed == [(links.JOB, (library.id, link.id, 0))]
    with workplace.writing(coordinator) as work:
        links.give_up(work, 1)
    copy(workplace, link, web.page())
    with looking(workplace, library) as work:
        assert link_queries.get(work, 1).state == CopyState.GIVEN_UP.value
        assert actions(work)[-2:] == ["link.retried", "link.given_up"]
        assert link_queries.one_page(work, "", 10, 0) == ([], 0)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"url": "ftp://avisen.example/"}, "fetch-address"),
        ({"url": "https://a:b@avisen.example/"}, "fetch-secret-in-address"),
        ({"seen_on": date(2026, 3, 3)}, "link-seen-ahead"),
        ({"activity": 9}, "evidence-activity-unknown"),
        ({"kind": "poem"}, "evidence-kind-unknown"),
    ],
)
def test_what_could_not_become_evidence_is_refused_at_once(
    ask: Callable[..., Link], changed: dict[str, Any], code: str
) -> None:
    with refuses(code):
        ask(**changed)


def test_what_is_gone_meanwhile_is_left_out(
    workplace: Workplace, make: Factories, library: Library, coordinator: Actor, ask: Callable[..., Link]
) -> None:
    make.cycle(library)
    activity = make.activity(library)
    link = ask(Wanted(1, "B2.3"), activity=activity.number)
    with workplace.writing(coordinator) as work:
        queries.activity(work, 1).withdrawn_at = work.at  # type: ignore[union-attr]
        link_queries.get(work, 1).wanted = [{"cycle": 1, "requirement": "Z9", "pages": ""}]
    copy(workplace, link, web.page())
    with looking(workplace, library) as work:
        assert (queries.get(work, 1).activity_id, queries.get(work, 1).ties) == (None, [])


# Whether it is still there -------------------------------------------------------------------------------------------


def followed(workplace: Workplace, by: web.Web, days: float) -> None:
    _at(workplace, timedelta(days=days))
    links.follow_with(workplace, by)


def test_a_link_is_dead_after_failures_on_two_days_and_alive_at_the_first_success(
    workplace: Workplace, library: Library, ask: Callable[..., Link]
) -> None:
    copy(workplace, ask(), web.page())
    gone = web.Web()
    told = []
    for days, by in ((29, gone), (31, gone), (31.1, gone), (32, gone), (33, gone), (40, web.page()), (41, gone)):
        asked = len(by.asked)
        followed(workplace, by, days)
        with looking(workplace, library) as work:
            told.append((link_queries.get(work, 1).standing, len(by.asked) - asked))
    assert told == [
        (Standing.ALIVE.value, 0),
        (Standing.FAILING.value, 1),
        (Standing.FAILING.value, 0),
        (Standing.DEAD.value, 1),
        (Standing.DEAD.value, 0),
        (Standing.ALIVE.value, 1),
        (Standing.ALIVE.value, 0),
    ]
    with looking(workplace, library) as work:
        assert actions(work)[-2:] == ["link.died", "link.revived"]
        died = trail.by_action(work, "link.died")[0]
        assert died.facts == {"since": "2026-04-02", "reason": "fetch-status"}


def test_two_failures_on_one_day_are_no_death(workplace: Workplace, library: Library, ask: Callable[..., Link]) -> None:
    copy(workplace, ask(), web.page())
    with workplace.writing(SYSTEM, library.id) as work:
        link = link_queries.get(work, 1)
        for _time in range(2):
            links.note(work, link, web.status(404))
        assert (link.standing, link.failing_since) == (Standing.FAILING.value, date(2026, 3, 2))


@pytest.mark.parametrize(
    "failure", [web.status(401), web.status(403), web.status(429), Invalid("fetch-reserved", host="avisen.example")]
)
def test_a_server_that_does_not_let_the_program_in_proves_nothing(
    workplace: Workplace, library: Library, ask: Callable[..., Link], failure: Invalid
) -> None:
    copy(workplace, ask(), web.page())
    for days in (31, 62):
        followed(workplace, replace(web.page(), failure=failure), days)
    with looking(workplace, library) as work:
        assert link_queries.get(work, 1).standing == Standing.SHUT.value


def test_of_two_workers_the_slower_one_notes_nothing(
    workplace: Workplace, library: Library, ask: Callable[..., Link]
) -> None:
    copy(workplace, ask(), web.page())
    quick = web.page()
    slow = replace(web.Web(), meanwhile=lambda: followed(workplace, quick, 31))
    followed(workplace, slow, 31)
    with looking(workplace, library) as work:
        assert (len(quick.asked), link_queries.get(work, 1).standing) == (1, Standing.ALIVE.value)


def test_what_was_withdrawn_is_not_followed_and_not_listed_as_dead(
    workplace: Workplace, library: Library, coordinator: Actor, ask: Callable[..., Link]
) -> None:
    copy(workplace, ask(), web.page())
    with workplace.writing(coordinator) as work:
        link_queries.get(work, 1).standing = Standing.DEAD.value
        assert link_queries.counts(work) == link_queries.Counts(failed=0, dead=1)
        revising.withdraw(work, 1, "Forkert side.")
        assert link_queries.counts(work) == link_queries.Counts(failed=0, dead=0)
    gone = web.Web()
    followed(workplace, gone, 99)
    assert gone.asked == []


def test_a_few_are_followed_at_a_time_the_longest_unseen_first(
    workplace: Workplace, make: Factories, library: Library
) -> None:
    for number in range(1, 8):
        seen = None if number == 7 else NOON - timedelta(days=100 - number)
        make.link(library, make.evidence(library), url=f"https://a.example/{number}", checked_at=seen)
    gone = web.Web()
    followed(workplace, gone, 0)
    assert [url[-1] for url in gone.asked] == ["7", "1", "2", "3", "4"]
