"""Steps of the work with activities, and finding them."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from sdg_tracker import trail
from sdg_tracker.access import SYSTEM, Actor, Permission, Role
from sdg_tracker.accounts.models import Branch
from sdg_tracker.activities import companions, queries, services, strategies
from sdg_tracker.activities.models import Activity, Strategy, StrategyAction
from sdg_tracker.activities.queries import NOT_CANCELLED, Filters, GoalCount, Totals
from sdg_tracker.activities.rules import ActivityDetails, Figure, MappingChoice
from sdg_tracker.activities.states import Contribution, Stance, Status
from sdg_tracker.foundation.errors import Conflict, Forbidden, Invalid, NotFound
from sdg_tracker.work import Library, Work, Workplace
from tests.factories import Factories
from tests.statements import counted

GOOD = ActivityDetails(title="Repair Café", type="fællesskab", starts_on=date(2025, 1, 4))


def actions(work: Work, number: int) -> list[str]:
    return [event.action for event in trail.of(work, "activity", number)]


def test_an_activity_is_added_with_its_number_year_and_words_to_search(work: Work) -> None:
    activity = services.add(work, replace(GOOD, title="Ågård læser", description="Bøger"))
    assert (activity.number, activity.year, activity.revision) == (1, 2025, 1)
    assert activity.search_text == "aagaard laeser boeger"
    assert activity.added_by == work.actor.number
    assert actions(work, 1) == ["activity.added"]


@pytest.mark.parametrize(
    ("details", "field"),
    [
        (replace(GOOD, type="møde"), "type"),
        (replace(GOOD, branches=("månen",)), "branches"),
        (replace(GOOD, audiences=("hunde",)), "audiences"),
        (replace(GOOD, campaigns=("uge99",)), "campaigns"),
        (replace(GOOD, partners=("ingen",)), "partners"),
        (replace(GOOD, strategy_actions=("9.9",)), "strategy_actions"),
        (replace(GOOD, owner_number=999), "owner_number"),
        (replace(GOOD, title=""), "title"),
    ],
)
def test_what_the_library_does_not_have_is_refused_at_its_field(
    work: Work, details: ActivityDetails, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        services.add(work, details)
    assert refused.value.field == field
    assert work.library.numbers == {}


def test_a_change_raises_the_revision_and_tells_the_fields(work: Work, make: Factories, library: Library) -> None:
    work.session.add(Branch(code="hoved", name="Hovedbiblioteket"))
    work.session.flush()
    services.add(work, GOOD)
    activity = services.revise(work, 1, 1, replace(GOOD, branches=("hoved",), attendance=Figure(12)))
    assert activity.revision == 2
    assert [branch.code for branch in activity.branches] == ["hoved"]
    assert trail.of(work, "activity", 1)[-1].facts == {"revision": 2, "fields": ["branches", "attendance"]}
    services.revise(work, 1, 2, replace(GOOD, attendance=Figure(12)))
    assert (activity.revision, list(activity.branches)) == (3, [])


def test_saving_without_a_change_changes_nothing(work: Work) -> None:
    services.add(work, GOOD)
    activity = services.revise(work, 1, 1, replace(GOOD, year=2025))
    assert activity.revision == 1
    assert actions(work, 1) == ["activity.added"]


def test_a_change_from_an_older_revision_is_refused(work: Work) -> None:
    services.add(work, GOOD)
    services.revise(work, 1, 1, replace(GOOD, title="Another"))
    steps: tuple[Callable[[], object], ...] = (
        lambda: services.revise(work, 1, 1, GOOD),
        lambda: services.map_activity(work, 1, [MappingChoice("4")], 1),
        lambda: services.withdraw(work, 1, "why", 1),
    )
    for step in steps:
        with pytest.raises(Conflict) as refused:
            step()
        assert refused.value.code == "changed-meanwhile"


def test_two_who_save_at_the_same_time_do_not_overwrite_each_other(
    workplace: Workplace, coordinator: Actor, staff: Actor
) -> None:
    with workplace.writing(coordinator) as work:
        services.add(work, GOOD)
    with workplace.reading(staff) as stale:
        seen = queries.get(stale, 1)
        stale.session.expunge_all()
    with workplace.writing(coordinator) as work:
        services.revise(work, 1, 1, replace(GOOD, title="First"))
    with pytest.raises(Conflict), workplace.writing(staff) as work:
        work.session.add(seen)
        seen.title = "Second"
        work.session.flush()


def test_mappings_are_replaced_in_order_and_unconfirmed_without_a_reason(work: Work) -> None:
    services.add(work, GOOD)
    services.map_activity(work, 1, [MappingChoice("4.7", main=True, reason="Why"), MappingChoice("13")], 1)
    activity = services.map_activity(
        work,
        1,
        [
            MappingChoice("13", stance=Stance.AGAINST, reason="Flights"),
            MappingChoice("12", main=True, contribution=Contribution.DIRECT, reason="Repairs"),
            MappingChoice("4.7"),
        ],
        2,
    )
    assert [
        (m.position, m.code, m.goal, m.main, m.stance, m.contribution, m.reason, m.origin, m.confirmed)
        for m in activity.mappings
    ] == [
        (0, "12", "12", True, "supports", "direct", "Repairs", "person", True),
        (1, "13", "13", False, "against", None, "Flights", "person", True),
        (2, "4.7", "4", False, "supports", None, "", "person", False),
    ]
    assert activity.revision == 3
    facts = trail.of(work, "activity", 1)[-1].facts
    assert facts == {"revision": 3, "before": ["4.7", "13"], "after": ["12", "13", "4.7"]}


def test_codes_alone_map_an_activity_the_first_one_as_the_main_one(work: Work) -> None:
    services.add(work, GOOD)
    activity = services.map_codes(work, 1, ["12.5", "17"], "Things are repaired")
    assert [(m.code, m.main, m.reason) for m in activity.mappings] == [
        ("12.5", True, "Things are repaired"),
        ("17", False, "Things are repaired"),
    ]
    with pytest.raises(Invalid, match=r"18|code-unknown"):
        services.map_codes(work, 1, ["18"])


def test_a_withdrawn_activity_is_hidden_kept_and_closed(work: Work) -> None:
    services.add(work, GOOD)
    with pytest.raises(Invalid):
        services.withdraw(work, 1, "  ")
    services.withdraw(work, 1, "Entered twice")
    assert queries.one_page(work, Filters(), "title", 25, 0) == ([], 0)
    assert queries.one_page(work, Filters(withdrawn=True), "title", 25, 0)[1] == 1
    assert queries.get(work, 1).withdrawn_reason == "Entered twice"
    with pytest.raises(Conflict) as refused:
        services.revise(work, 1, None, GOOD)
    assert refused.value.code == "activity-withdrawn"
    assert actions(work, 1) == ["activity.added", "activity.withdrawn"]


Step = Callable[[Work], object]
STEPS: dict[Permission, Step] = {
    Permission.ACTIVITY_ADD: lambda work: services.add(work, GOOD),
    Permission.ACTIVITY_REVISE: lambda work: services.revise(work, 1, None, GOOD),
    Permission.ACTIVITY_MAP: lambda work: services.map_codes(work, 1, ["4"]),
    Permission.LIBRARY_MANAGE: lambda work: companions.add_partner(work, "a", "A"),
}


@pytest.mark.parametrize("permission", STEPS)
@pytest.mark.parametrize("role", [Role.READER, Role.STAFF, Role.COORDINATOR, Role.AUDITOR, Role.ADMINISTRATOR])
def test_each_step_asks_whether_the_person_may(
    workplace: Workplace, make: Factories, library: Library, permission: Permission, role: Role
) -> None:
    make.activity(library)
    with workplace.writing(make.member(library, role)) as work:
        if work.can(permission):
            STEPS[permission](work)
        else:
            with pytest.raises(Forbidden):
                STEPS[permission](work)


def test_the_number_of_another_librarys_activity_means_nothing_here(
    workplace: Workplace, make: Factories, library: Library, coordinator: Actor
) -> None:
    make.activity(make.library("Nabobyen"), "Deres")
    with workplace.writing(coordinator) as work:
        steps: tuple[Callable[[], object], ...] = (
            lambda: queries.get(work, 1),
            lambda: services.revise(work, 1, None, GOOD),
            lambda: services.map_codes(work, 1, ["4"]),
            lambda: services.withdraw(work, 1, "why"),
        )
        for step in steps:
            with pytest.raises(NotFound):
                step()
        assert queries.counts_by_goal(work) == {}
        assert queries.totals(work).activities == 0


def test_strategies_are_loaded_once(workplace: Workplace) -> None:
    with workplace.writing(SYSTEM) as work:
        assert strategies.load_strategies(work) == []
        strategy = work.session.get_one(Strategy, "ballerup-2025-2029")
        assert strategy.title
        assert work.session.scalar(sa.select(sa.func.count()).select_from(StrategyAction)) == 15
        strategy.digest = "0" * 64
        work.session.flush()
        assert strategies.load_strategies(work) == ["ballerup-2025-2029"]
        assert work.session.get_one(StrategyAction, ("ballerup-2025-2029", "5.3")).objective == "5"


def test_codes_of_campaigns_and_partners_are_used_once(work: Work) -> None:
    companions.add_campaign(work, "uge17", "UGE17")
    companions.add_partner(work, "natur", "Naturforening")
    steps: tuple[Callable[[], object], ...] = (
        lambda: companions.add_campaign(work, "uge17", "UGE17 igen"),
        lambda: companions.add_partner(work, "natur", "Igen"),
        lambda: companions.add_partner(work, " ", "Uden kode"),
    )
    for step in steps:
        with pytest.raises(Invalid):
            step()


@pytest.fixture
def several(make: Factories, library: Library, coordinator: Actor) -> dict[str, Activity]:
    """Activities that differ in everything that lists are narrowed by."""
    branch = make.branch(library, "Stationen")
    made = {
        "zebra": make.activity(library, "Zebra", "4.7", "13", year=2024, starts_on=date(2024, 5, 1)),
        "ærlig": make.activity(library, "Ærlig snak", "4", type="service", status="cancelled"),
        "aaben": make.activity(library, "Aaben scene", description="Musik", owner_number=coordinator.number),
        "ost": make.activity(library, "Ost", "13.2", "4.a", starts_on=None, year=None, status="planned"),
    }
    with make.workplace.writing(SYSTEM, library.id) as work:
        activity = work.session.get_one(Activity, made["zebra"].id)
        activity.branches.append(work.session.get_one(Branch, branch.id))
        work.session.get_one(Activity, made["ost"].id).mappings[1].confirmed = False
    make.evidence(library, activity=made["zebra"])
    withdrawn = make.evidence(library, activity=made["ost"])
    with make.workplace.writing(SYSTEM, library.id) as work:
        from sdg_tracker.evidence.models import Evidence

        work.session.get_one(Evidence, withdrawn.id).withdrawn_at = work.at
    return made


@pytest.fixture
def later(workplace: Workplace, several: dict[str, Activity], coordinator: Actor) -> Iterator[Work]:
    """A step that begins once the activities are there."""
    with workplace.writing(coordinator) as step:
        yield step


LISTS: dict[Filters, str] = {
    Filters(): "Ost, Zebra, Ærlig snak, Aaben scene",
    Filters(goal="4"): "Ost, Zebra, Ærlig snak",
    Filters(goal="4", main=True): "Zebra, Ærlig snak",
    Filters(goal="4.7"): "Zebra",
    Filters(goal="99"): "",
    Filters(year=2024): "Zebra",
    Filters(status="planned"): "Ost",
    Filters(status=NOT_CANCELLED): "Ost, Zebra, Aaben scene",
    Filters(type="service"): "Ærlig snak",
    Filters(branch="stationen"): "Zebra",
    Filters(q="ærlig SNAK"): "Ærlig snak",
    Filters(q="musik"): "Aaben scene",
    Filters(q="100%_"): "",
    Filters(without_mapping=True): "Aaben scene",
    Filters(without_evidence=True): "Ost, Ærlig snak, Aaben scene",
    Filters(unconfirmed=True): "Ost",
    Filters(goal="13", status="planned"): "Ost",
    Filters(withdrawn=True): "",
}


@pytest.mark.usefixtures("several")
def test_lists_are_narrowed_and_sorted_as_danes_do(later: Work) -> None:
    found = {}
    for filters in LISTS:
        rows, total = queries.one_page(later, filters, "title", 25, 0)
        found[filters] = ", ".join(row.title for row in rows)
        assert total == len(rows) == queries.count(later, filters)
    assert found == LISTS


def test_lists_are_narrowed_to_one_persons(later: Work, several: dict[str, Activity], coordinator: Actor) -> None:
    rows, _total = queries.one_page(later, Filters(owner=coordinator.number), "title", 25, 0)
    assert [row.title for row in rows] == ["Aaben scene"]


@pytest.mark.parametrize(
    ("order", "titles"),
    [
        ("-title", "Aaben scene, Ærlig snak, Zebra, Ost"),
        ("number", "Zebra, Ærlig snak, Aaben scene, Ost"),
        ("-number", "Ost, Aaben scene, Ærlig snak, Zebra"),
        ("date", "Zebra, Ærlig snak, Aaben scene, Ost"),
        ("-date", "Aaben scene, Ærlig snak, Zebra, Ost"),
    ],
)
def test_lists_have_every_order_and_those_without_a_date_come_last(
    later: Work, several: dict[str, Activity], order: str, titles: str
) -> None:
    rows, total = queries.one_page(later, Filters(), order, 3, 0)
    more, _total = queries.one_page(later, Filters(), order, 3, 3)
    assert ", ".join(row.title for row in [*rows, *more]) == titles
    assert total == 4


def test_goals_are_counted_by_main_mapping_and_by_all_that_support(
    later: Work, several: dict[str, Activity], make: Factories, library: Library
) -> None:
    services.map_activity(
        later,
        several["aaben"].number,
        [
            MappingChoice("4.1", main=True, reason="x"),
            MappingChoice("4.2", reason="x"),
            MappingChoice("13", stance=Stance.AGAINST, reason="x"),
        ],
    )
    assert queries.counts_by_goal(later) == {"4": GoalCount(2, 3), "13": GoalCount(1, 2)}
    assert queries.counts_by_goal(later, 2024) == {"4": GoalCount(1, 1), "13": GoalCount(0, 1)}


def test_totals_say_what_is_lacking_and_agree_with_the_lists(later: Work, several: dict[str, Activity]) -> None:
    found = queries.totals(later)
    assert found == Totals(activities=3, without_mapping=1, unconfirmed=1, held_without_evidence=1)
    for name in ("without_mapping", "unconfirmed"):
        lacking: dict[str, Any] = {name: True}
        filters = replace(Filters(status=NOT_CANCELLED), **lacking)
        assert queries.count(later, filters) == getattr(found, name)
    held = Filters(status=Status.HELD.value, without_evidence=True)
    assert queries.count(later, held) == found.held_without_evidence
    assert queries.totals(later, owner=999) == Totals(0, 0, 0, 0)


def test_evidence_is_counted_for_the_activities_of_a_page(later: Work, several: dict[str, Activity]) -> None:
    rows, _total = queries.one_page(later, Filters(), "number", 25, 0)
    assert queries.evidence_counts(later, rows) == {several["zebra"].id: 1}
    assert queries.evidence_counts(later, []) == {}


def test_lists_counts_and_exports_take_the_same_number_of_statements_for_many(
    workplace: Workplace, make: Factories, library: Library, coordinator: Actor
) -> None:
    def statements() -> int:
        with workplace.reading(coordinator) as work, counted(workplace.engine) as found:
            rows, _total = queries.one_page(work, Filters(), "-date", 25, 0)
            for row in rows:
                assert [mapping.code for mapping in row.mappings]
                assert list(row.branches) == []
            queries.evidence_counts(work, rows)
            queries.counts_by_goal(work)
            queries.totals(work)
            assert len(list(queries.walk(work))) == len(rows)
        return len(found)

    for _ in range(3):
        make.activity(library, "", "4.7", "13")
    few = statements()
    for _ in range(20):
        make.activity(library, "", "4", "13.1", status=Status.ONGOING.value)
    assert statements() == few
