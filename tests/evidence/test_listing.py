"""Lists and counts: what filters leave, and that the number of statements does not grow."""

from datetime import date

import pytest

from sdg_tracker.access import SYSTEM
from sdg_tracker.evidence import counting, file_queries, listing, queries
from sdg_tracker.evidence.listing import Filters
from sdg_tracker.evidence.models import Tie
from sdg_tracker.work import Library, Workplace
from tests.conftest import NOON
from tests.factories import Factories
from tests.statements import counted


@pytest.fixture
def shelf(workplace: Workplace, make: Factories, library: Library) -> None:
    """Four pieces of evidence that differ, and a neighbour's."""
    cycle = make.cycle(library)
    green = make.activity(library, "Frøbibliotek", "15", "12.5", year=2025)
    quiet = make.activity(library, "Lektiecafé", "4")
    made = [
        make.evidence(library, b"1", title="Ærter og bønner", kind="photo", activity=green),
        make.evidence(
            library, b"2", title="Årets tal", kind="statistics", activity=quiet, collected_on=date(2026, 2, 1)
        ),
        make.evidence(library, b"3", title="Politik", collected_on=date(2024, 5, 1)),
        make.evidence(library, b"4", title="Forkert", withdrawn_at=NOON, withdrawn_reason="x"),
    ]
    with workplace.writing(SYSTEM, library.id) as work:
        for evidence, code in ((made[0], "A1.1"), (made[1], "B1.1")):
            work.session.add(Tie(evidence_id=evidence.id, cycle_id=cycle.id, requirement_code=code, added_at=work.at))
    make.evidence(make.library("Nabobyen"), b"1", title="Deres")


LISTS: dict[Filters, list[int]] = {
    Filters(): [3, 2, 1],
    Filters(q="aerter BØN"): [1],
    Filters(q="%"): [],
    Filters(kind="statistics"): [2],
    Filters(activity=1): [1],
    Filters(activity=99): [],
    Filters(requirement="A1.1"): [1],
    Filters(requirement="A1.1", cycle=1): [1],
    Filters(requirement="A1.1", cycle=2): [],
    Filters(goal="12"): [1],
    Filters(goal="1"): [],
    Filters(year=2025): [1],
    Filters(year=2026): [2],
    Filters(year=2024): [3],
    Filters(year=0): [3, 2, 1],
    Filters(without_requirement=True): [3],
    Filters(without_activity=True): [3],
    Filters(withdrawn=True): [4],
}


@pytest.mark.usefixtures("shelf")
def test_a_list_holds_what_was_asked_for(workplace: Workplace, library: Library) -> None:
    with workplace.reading(SYSTEM, library.id) as work:
        pages = {filters: listing.one_page(work, filters, "-number", 10, 0) for filters in LISTS}
    assert {filters: [row.number for row in rows] for filters, (rows, _total) in pages.items()} == LISTS
    assert {filters: total for filters, (_rows, total) in pages.items()} == {
        filters: len(numbers) for filters, numbers in LISTS.items()
    }


@pytest.mark.usefixtures("shelf")
def test_lists_are_ordered_the_danish_way_and_come_in_pages(workplace: Workplace, library: Library) -> None:
    with workplace.reading(SYSTEM, library.id) as work:
        for order, numbers in (("title", [3, 1, 2]), ("-title", [2, 1, 3]), ("date", [3, 2, 1]), ("-date", [2, 3, 1])):
            assert [row.number for row in listing.one_page(work, Filters(), order, 10, 0)[0]] == numbers
        assert [row.number for row in listing.one_page(work, Filters(), "number", 2, 2)[0]] == [3]
        assert listing.years(work) == [2026, 2025, 2024]


@pytest.mark.usefixtures("shelf")
def test_what_lacks_something_is_counted(workplace: Workplace, library: Library) -> None:
    with workplace.reading(SYSTEM, library.id) as work:
        assert counting.counts(work) == counting.Counts(3, 1)
        assert queries.titles(work) == {"Ærter og bønner", "Årets tal", "Politik", "Forkert"}


@pytest.mark.usefixtures("shelf")
def test_a_longer_list_takes_no_more_statements(workplace: Workplace, make: Factories, library: Library) -> None:
    def statements() -> int:
        with counted(workplace.engine) as found, workplace.reading(SYSTEM, library.id) as work:
            rows, _total = listing.one_page(work, Filters(), "number", 50, 0)
            for row in rows:
                assert row.current.file_name
                assert len(row.ties) < 2
                assert row.activity is None or row.activity.title
            counting.counts(work)
            queries.cycles(work)[0].scheme.requirements()
            list(file_queries.digests(work))
        return len(found)

    before = statements()
    for count in range(15):
        make.evidence(library, b"%d" % count, activity=make.activity(library))
    assert statements() == before < 20
