"""What is asked after an upload, and what becomes of the answers."""

from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient

from sdg_tracker.access import Actor
from sdg_tracker.evidence import counting, finishing, listing, queries
from sdg_tracker.evidence.finishing import Answers
from sdg_tracker.evidence.listing import Filters
from sdg_tracker.evidence.tying import Wanted
from sdg_tracker.foundation.errors import Conflict
from sdg_tracker.work import Library, Workplace
from tests.evidence.conftest import Add
from tests.factories import Factories
from tests.pages import read


@pytest.fixture
def shelf(workplace: Workplace, coordinator: Actor, library: Library, make: Factories, add: Add) -> None:
    """A piece that is not finished, and others: of its activity, of its kind, and of neither."""
    cycle = make.cycle(library)
    make.activity(library, "Byttedag")
    add(b"x\n", "notat.txt", activity=1, unfinished=True)
    add(b"a\n", "a.txt", ties=[Wanted(cycle.number, "B2.3")], activity=1)
    add(b"b\n", "b.txt", ties=[Wanted(cycle.number, "O1.1")])
    add(b"c\n", "c.csv", ties=[Wanted(cycle.number, "D1.1")], kind="statistics")


@pytest.mark.usefixtures("shelf")
def test_what_others_show_is_guessed(workplace: Workplace, coordinator: Actor) -> None:
    with workplace.reading(coordinator) as work:
        [cycle] = queries.cycles(work)

        found = finishing.guesses(work, queries.get(work, 1), cycle)
    assert found == ["B2.3", "O1.1"]  # D1.1 is shown by another kind and another activity


@pytest.mark.usefixtures("shelf")
def test_answers_are_kept_and_nothing_more_is_asked(workplace: Workplace, coordinator: Actor) -> None:
    with workplace.reading(coordinator) as work:
        assert counting.waiting(work, coordinator.number).unfinished == 1
        assert listing.one_page(work, Filters(unfinished=True), "number", 9, 0)[1] == 1
        revision = queries.get(work, 1).revision
    answers = Answers("minutes", date(2027, 1, 31), ties=[Wanted(1, "B2.3")])
    with workplace.writing(coordinator) as work:
        finishing.finish(work, 1, answers, revision)
    with workplace.reading(coordinator) as work:
        piece = queries.get(work, 1)
        assert (piece.kind, piece.valid_until, piece.unfinished) == ("minutes", date(2027, 1, 31), False)
        assert [tie.requirement_code for tie in piece.ties] == ["B2.3"]
        assert counting.waiting(work, coordinator.number).unfinished == 0
    with pytest.raises(Conflict), workplace.writing(coordinator) as work:
        finishing.finish(work, 1, answers, revision)


@pytest.mark.usefixtures("shelf")
def test_the_page_asks_in_turn_and_takes_later_for_an_answer(
    client_of: Callable[[Actor | None], FlaskClient], workplace: Workplace, coordinator: Actor, add: Add
) -> None:
    add(b"y\n", "andet.txt", unfinished=True)
    browser = client_of(coordinator)
    shown = read(browser.get("/evidence/1/finish").data)
    assert shown.faults() == []
    assert "1 mere venter" in shown.text
    data = {"kind": "minutes", "likely": ["1:B2.3"], "requirement": "1:T2.2", "valid_until": "", "revision": ""}
    answer = browser.post("/evidence/1/finish", data=data)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/evidence/5/finish")
    with workplace.reading(coordinator) as work:
        assert [tie.requirement_code for tie in queries.get(work, 1).ties] == ["B2.3", "T2.2"]
    assert browser.post("/evidence/5/finish", data={"kind": "rumour"}).status_code == 422
    answer = browser.post("/evidence/5/finish", data={"kind": "document", "requirement": ""})
    assert answer.headers["Location"] == "/evidence/5"


def test_the_same_file_can_be_tied_instead(
    client_of: Callable[[Actor | None], FlaskClient],
    workplace: Workplace,
    coordinator: Actor,
    library: Library,
    add: Add,
    make: Factories,
) -> None:
    cycle = make.cycle(library)
    add(b"x\n", "notat.txt")
    add(b"x\n", "notat igen.txt", ties=[Wanted(cycle.number, "B2.3", "2")], unfinished=True)
    add(b"y\n", "andet.txt")
    browser = client_of(coordinator)
    assert "Den samme fil er dokumentation 1" in browser.get("/evidence/2/finish").text
    assert browser.post("/evidence/2/instead", data={"to": "3"}).status_code == 422
    answer = browser.post("/evidence/2/instead", data={"to": "1"})
    assert answer.headers["Location"] == "/evidence/1#requirements"
    with workplace.reading(coordinator) as work:
        assert [(tie.requirement_code, tie.pages) for tie in queries.get(work, 1).ties] == [("B2.3", "2")]
        assert queries.get(work, 2).withdrawn_reason == "Den samme fil som dokumentation 1."
