"""The plan by role, goal and year; the strategy with everything under it; what is said of a pledge's numbers."""

from datetime import date
from decimal import Decimal

from sdg_tracker.activities.models import StrategyAction
from sdg_tracker.foundation.i18n import use_locale
from sdg_tracker.plans import steering, strategy, told
from sdg_tracker.plans.steering import Cell
from sdg_tracker.plans.strategy import Done, When, Year
from tests.printing import plans

CODES = [str(code) for code in range(1, 18)]


def counted(cell: Cell) -> dict[str, int]:
    return dict(cell.counts)


def test_each_role_goal_and_year_counts_its_initiatives_and_empty_goals_stay() -> None:
    told_of, brought, acted = steering.matrix(plans.plan(), CODES)
    assert [part.role for part in (told_of, brought, acted)] == ["formidler", "facilitator", "aktør"]
    assert [line.goal for line in acted.lines] == CODES
    twelve = acted.lines[11]
    assert [counted(cell) for cell in twelve.cells] == [{"done": 1, "proved": 1}, {"promised": 1}, {}]
    assert [row["code"] for row, _state in twelve.cells[0].rows] == ["I1", "I3"]
    assert [line.goal for line in acted.lines if not line.empty] == ["4", "12", "13"]  # 4 by its target 4.7
    assert counted(acted.numbers[0]) == {"done": 1, "proved": 1}  # I3 has three goals and counts once
    assert (told_of.lines[-1].goal, counted(told_of.lines[-1].cells[0])) == ("", {"lapsed": 1})
    assert all(line.empty for line in brought.lines)


def test_it_is_narrowed_by_role_goal_year_and_state() -> None:
    (part,) = steering.matrix(plans.plan(), CODES, role="aktør", goal="12", year=2025, state="proved")
    (line,) = part.lines
    assert [(cell.year, counted(cell)) for cell in line.cells] == [(2025, {"proved": 1})]
    assert counted(part.numbers[0]) == {"proved": 1}


def test_initiatives_of_a_year_and_of_each_goal() -> None:
    plan = plans.plan()
    states = {state: [row["code"] for row in rows] for state, rows in steering.of_year(plan, 2025).items()}
    assert states == {"promised": [], "done": ["I3"], "proved": ["I1"], "lapsed": ["I2"]}
    counts = steering.counts(plan, CODES)
    assert (counts["12"], counts["1"]) == ({2025: 2, 2026: 1, 2027: 0}, {2025: 0, 2026: 0, 2027: 0})


def test_an_action_has_its_initiatives_pledges_measures_and_activities_or_says_that_there_is_nothing() -> None:
    actions = [
        StrategyAction(code=code, objective=code[0], objective_da="M", objective_en="O", da="H", en="A")
        for code in ("1.1", "5.3")
    ]
    done = [
        Done(3, "Planlagt", "planned", date(2026, 5, 1), None, 2026, ("5.3",), proved=False),
        Done(2, "Hele tiden", "ongoing", date(2025, 6, 1), None, 2025, ("5.3",), proved=True),
        Done(1, "En aften", "held", date(2025, 3, 1), None, 2025, ("5.3",), proved=False),
    ]
    found = strategy.seen(actions, done, plans.plan(), [plans.measure()], When([2025, 2026], date(2026, 3, 2)))
    assert [objective.code for objective in found] == ["1", "5"]
    nothing, something = found[0].actions[0], found[1].actions[0]
    assert nothing.empty
    assert [row["code"] for row in something.initiatives] == ["I1", "I2"]
    assert [row["code"] for row in something.pledges] == ["D1"]
    assert [row["code"] for row in something.measures] == ["electricity"]
    assert list(something.years) == [Year(2025, 2, 1), Year(2026, 1, 1)]
    assert (len(something.activities), something.done) == (3, 2)


def test_the_way_to_the_target_is_only_shown_where_it_is_known() -> None:
    pledges = told.pledges({"plan": plans.plan(), "measures": [plans.measure()], "activities": [], "evidence": []})
    with use_locale("en"):
        way = told.progress(pledges[0])
    assert way is not None
    values = [way.baseline.value, way.value.value, way.target.value]
    assert values == [Decimal(315400), Decimal(305000), Decimal(268090)]
    assert [told.progress(pledge) for pledge in pledges[1:]] == [None, None, None]
    assert told.statuses(plans.plan()) == [
        ("kept", 0),
        ("on_track", 1),
        ("behind", 1),
        ("missed", 1),
        ("not_due", 1),
        ("no_data", 0),
    ]
