"""How pledges and initiatives stand on a day, and how two versions of a plan differ."""

from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sdg_tracker.measures.rules import figure
from sdg_tracker.plans import document, rules
from sdg_tracker.plans.rules import Check, Happened, Progress, Work
from sdg_tracker.plans.states import Answer, Status

FIRST, LAST = date(2025, 1, 1), date(2027, 12, 31)
PLEDGE: dict[str, Any] = {
    "adopted_on": "2025-01-27",
    "due_on": "2027-12-31",
    "baseline": {"period": "2024", "value": "1200"},
    "target": {"period": "2027", "value": "600"},
    "times": 2,
    "per": "year",
}


def reading(period: str, value: str, qualifier: str = "exact", branch: str = "") -> dict[str, Any]:
    return {"number": 1, "period": period, "first": "", "branch": branch, "value": value, "qualifier": qualifier}


def measure(*readings: dict[str, Any], **values: Any) -> dict[str, Any]:
    plain = {"aggregation": "sum", "frequency": "quarter", "by_branch": False, "decimals": 0, "direction": "down"}
    return {**plain, "baseline": None, "target": None, "changes": [], "readings": list(readings), **values}


def quarters(year: int, *values: str) -> list[dict[str, Any]]:
    return [reading(f"{year}-Q{number}", value) for number, value in enumerate(values, 1)]


def stands(day: date, row: dict[str, Any], **values: Any) -> Progress:
    return rules.measurable({**PLEDGE, **values}, row, partial(figure, row), day)


def test_a_measurable_pledge_is_held_against_the_straight_line_to_its_target() -> None:
    row = measure(*quarters(2025, "250", "250", "250", "240"), *quarters(2026, "220", "210", "205"))
    for day, status, period, found, wanted in (
        (date(2025, 6, 1), Status.NOT_DUE, None, None, None),  # no year has passed since the baseline
        (date(2025, 12, 30), Status.NOT_DUE, None, None, None),
        (date(2025, 12, 31), Status.ON_TRACK, "2025", "990", "1000"),
        (date(2026, 3, 31), Status.BEHIND, "2025-Q2/2026-Q1", "960", "950.6849"),
        (date(2026, 11, 20), Status.BEHIND, "2025-Q4/2026-Q3", "875", "850.411"),
        (date(2026, 12, 31), Status.BEHIND, "2025-Q4/2026-Q3", "875", "850.411"),  # the newest quarter is not read
        (date(2028, 1, 1), Status.NO_DATA, None, None, None),  # due, and the last year is not read
    ):
        one = stands(day, row)
        assert (one.status, one.numbers["period"]) == (status, period), day
        assert (one.numbers["found"], one.numbers["wanted"]) == (found, wanted)
    assert stands(date(2026, 12, 31), row).numbers["missing"] == [["2026-Q4", ""]]
    assert [seen["period"] for seen in one.numbers["observations"]] == [
        "2025",
        "2025-Q2/2026-Q1",
        "2025-Q3/2026-Q2",
        "2025-Q4/2026-Q3",
    ]


@pytest.mark.parametrize(("value", "status"), [("600", Status.KEPT), ("601", Status.MISSED)])
def test_on_the_day_it_is_due_a_pledge_is_kept_or_missed(value: str, status: Status) -> None:
    row = measure(reading("2026", "1"), reading("2027", value), frequency="year")
    assert stands(date(2027, 12, 31), row).status is status
    assert stands(date(2027, 12, 30), row).status is Status.ON_TRACK  # then the year 2026 is the newest whole one


def test_nothing_is_claimed_where_the_numbers_do_not_carry_it() -> None:
    day = date(2026, 2, 1)
    full = quarters(2025, "200", "200", "200", "200")
    for row, values, why in (
        (measure(*full[:3]), {}, "readings"),
        (measure(*full, changes=[{"from": "2025-Q3", "first": "2025-07-01"}]), {}, "broken"),
        (measure(*full[:3], reading("2025-Q4", "200", "more_than")), {}, "qualifier"),
        (measure(*full), {"baseline": None}, "baseline"),
        (measure(*full), {"target": None}, "target"),
        (measure(*full), {"due_on": "2024-12-31"}, "due_on"),
    ):
        one = stands(day, row, **values)
        assert (one.status, one.numbers["why"]) == (Status.NO_DATA, why)
    assert rules.measurable(PLEDGE, None, partial(figure, {}), day).numbers["why"] == "measure"
    # more than 300 is over a line that goes down, and over one that goes up
    more = measure(*full[:3], reading("2025-Q4", "500", "more_than"))
    assert stands(day, more).status is Status.BEHIND
    assert stands(day, more, target={"period": "2027", "value": "1250"}).status is Status.NO_DATA
    rising = {"baseline": {"period": "2024", "value": "1000"}, "target": {"period": "2027", "value": "1200"}}
    assert stands(day, more, **rising).status is Status.ON_TRACK


def test_a_gap_in_one_house_holds_back_only_the_stretches_that_it_lies_in() -> None:
    houses = [
        reading(f"{year}-Q{quarter}", "100", branch=house)
        for year in (2025, 2026)
        for quarter in (1, 2, 3, 4)
        for house in ("a", "b")
        if (year, quarter, house) != (2025, 3, "b")
    ]
    row = measure(*houses, by_branch=True)
    assert stands(date(2026, 6, 30), row).status is Status.NO_DATA
    later = stands(date(2026, 9, 30), row)
    assert (later.status, later.numbers["period"]) == (Status.ON_TRACK, "2025-Q4/2026-Q3")
    assert later.numbers["missing"] == [["2025-Q3", "b"]]


def test_means_last_readings_and_rising_lines() -> None:
    rising = {"baseline": {"period": "2024", "value": "4.0"}, "target": {"period": "2027", "value": "4.6"}}
    mean = measure(reading("2025", "4.2"), aggregation="mean", frequency="year", decimals=1)
    assert stands(date(2026, 1, 1), mean, **rising).status is Status.ON_TRACK
    last = measure(*quarters(2025, "4", "5"), aggregation="last")
    one = stands(date(2025, 7, 1), last, **rising)  # a standing figure is compared as it was read last
    assert (one.status, one.numbers["period"], one.numbers["found"]) == (Status.ON_TRACK, "2025-Q2", "5")


@settings(max_examples=40)
@given(
    value=st.decimals(0, 2000, places=2),
    step=st.decimals("0.01", 500, places=2),
    day=st.dates(date(2026, 1, 1), date(2028, 6, 1)),
)
def test_a_better_value_never_stands_worse(value: Decimal, step: Decimal, day: date) -> None:
    order = [Status.MISSED, Status.BEHIND, Status.ON_TRACK, Status.KEPT]

    def of(number: Decimal) -> Status:
        row = measure(*(reading(str(year), str(number)) for year in (2025, 2026, 2027)), frequency="year")
        return stands(day, row).status

    assert order.index(of(value)) >= order.index(of(value + step))  # the lower the better


def recurs(day: date, *happened: Happened, **values: Any) -> Progress:
    return rules.recurring({**PLEDGE, **values}, happened, FIRST, LAST, day)


def test_a_recurring_pledge_is_counted_by_the_period() -> None:
    both = [Happened(date(2025, 5, 1)), Happened(date(2025, 10, 1))]
    for day, happened, status in (
        (date(2025, 1, 10), [], Status.NOT_DUE),
        (date(2025, 5, 1), both, Status.ON_TRACK),
        (date(2025, 12, 31), both, Status.KEPT),
        (date(2025, 12, 30), both[:1], Status.ON_TRACK),  # the second is due when the year is over
        (date(2026, 1, 1), both[:1], Status.BEHIND),
        (date(2026, 7, 15), both, Status.BEHIND),  # one of two is due in the middle of the year
        (date(2026, 7, 15), [*both, Happened(date(2026, 7, 15))], Status.ON_TRACK),
        (date(2026, 1, 1), [], Status.NO_DATA),
        (date(2028, 1, 1), both, Status.MISSED),
        (date(2028, 1, 1), [Happened(date(year, 6, 1), 2) for year in (2025, 2026, 2027)], Status.KEPT),
    ):
        assert recurs(day, *happened).status is status, day


def test_what_comes_after_its_period_is_late_and_makes_it_up() -> None:
    one = recurs(date(2026, 2, 1), Happened(date(2025, 5, 1)), Happened(date(2026, 1, 20), 1, "2025"))
    assert one.status is Status.ON_TRACK
    assert one.numbers["periods"] == [
        {"period": "2025", "needed": 2, "found": 2, "on_time": 1, "late": 1, "over": True},
        {"period": "2026", "needed": 2, "found": 0, "on_time": 0, "late": 0, "over": False},
    ]


def test_what_is_due_every_week_is_counted_by_the_quarter() -> None:
    walk = {"times": 1, "per": "week", "adopted_on": "2025-01-27"}
    one = recurs(date(2025, 7, 1), Happened(date(2025, 3, 31), 9), Happened(date(2025, 6, 30), 12), **walk)
    assert [(row["period"], row["needed"], row["found"]) for row in one.numbers["periods"]] == [
        ("2025-Q1", 9, 9),  # from 27 January
        ("2025-Q2", 13, 12),
        ("2025-Q3", 13, 0),
    ]
    assert one.status is Status.BEHIND
    assert sum(rules.weeks(*days) for days in [(FIRST, LAST)]) == 157
    # a month that the pledge covers less than half of is not asked for
    monthly = recurs(date(2025, 3, 1), Happened(date(2025, 2, 3)), times=1, per="month")
    assert [row["needed"] for row in monthly.numbers["periods"]] == [0, 1, 1]


@settings(max_examples=30)
@given(first=st.dates(date(2024, 1, 1), date(2026, 1, 1)), days=st.lists(st.integers(0, 200), min_size=1, max_size=5))
def test_stretches_that_join_have_the_weeks_of_the_whole(first: date, days: list[int]) -> None:
    whole, start, parts = first + timedelta(days=sum(days) + len(days) - 1), first, 0
    for length in days:
        parts += rules.weeks(start, start + timedelta(days=length))
        start += timedelta(days=length + 1)
    assert parts == rules.weeks(first, whole)


def test_a_standing_rule_is_as_its_newest_check_says() -> None:
    kept = Check(2025, date(2025, 12, 1), Answer.KEPT, {"sample": [3]})
    partly = Check(2026, date(2026, 11, 1), Answer.PARTLY)
    for day, checks, status, lacking in (
        (date(2025, 11, 1), [kept], Status.NOT_DUE, []),
        (date(2026, 1, 1), [], Status.NO_DATA, [2025]),
        (date(2026, 10, 1), [kept, partly], Status.KEPT, []),
        (date(2026, 11, 1), [kept, partly], Status.BEHIND, []),
        (date(2026, 11, 2), [kept, Check(2026, date(2026, 11, 2), Answer.BROKEN)], Status.MISSED, []),
        (date(2027, 1, 1), [kept], Status.NO_DATA, [2026]),
        (date(2027, 1, 1), [partly], Status.BEHIND, [2025]),
    ):
        one = rules.standing(PLEDGE, checks, FIRST, LAST, day)
        assert (one.status, one.numbers["missing"]) == (status, lacking), day
    assert rules.standing(PLEDGE, [kept], FIRST, LAST, date(2026, 1, 1)).numbers["checks"] == [
        {"year": 2025, "on": "2025-12-01", "answer": "kept", "sample": [3]}
    ]


def test_a_sample_can_be_drawn_again_from_its_seed() -> None:
    drawn = rules.sample([1, 2, 3, 4, 5, 6, 7, 8, 8], "2026/D5")
    assert drawn == rules.sample([8, 7, 6, 5, 4, 3, 2, 1], "2026/D5")
    assert len(drawn) == len(set(drawn)) == rules.SAMPLE
    assert drawn != rules.sample([1, 2, 3, 4, 5, 6, 7, 8], "2025/D5")
    assert rules.sample([4], "x") == [4]


def test_an_initiative_is_promised_done_proved_or_lapsed() -> None:
    held = Work(1, date(2025, 5, 1), date(2025, 5, 1), carried_out=True, proved=False)
    ongoing = Work(2, date(2025, 9, 1), None, carried_out=True, proved=True)
    planned = Work(3, date(2026, 1, 1), date(2026, 1, 1), carried_out=False, proved=False)
    for works, day, state, states in (
        ([], date(2025, 6, 1), "promised", ["promised", "promised", "promised"]),
        ([held, planned], date(2026, 6, 1), "done", ["done", "promised", "promised"]),
        ([held, ongoing], date(2026, 6, 1), "proved", ["proved", "proved", "promised"]),
        ([planned], date(2026, 6, 1), "promised", ["lapsed", "promised", "promised"]),
        ([planned], date(2028, 6, 1), "lapsed", ["lapsed", "lapsed", "lapsed"]),
    ):
        whole, years = rules.initiative_states(FIRST, LAST, works, day)
        assert (whole, list(years), list(years.values())) == (state, ["2025", "2026", "2027"], states)


def test_two_versions_differ_in_what_was_added_taken_out_and_changed() -> None:
    pledge = {"number": 1, "code": "D1", "title": {"da": "Papir", "en": "Paper"}, "target": None, "goals": ["12"]}
    old = {
        "title": "Plan",
        "first": "2025-01-01",
        "last": "2027-12-31",
        "focus_goals": [{"number": 1, "label": "7+13", "goals": ["7", "13"], "reason": "a"}],
        "pledges": [pledge],
        "initiatives": [{"number": 1, "code": "I1", "title": "Frø"}],
    }
    new = {
        **old,
        "last": "2028-12-31",
        "focus_goals": [],
        "pledges": [
            {
                **pledge,
                "title": {"da": "Mindre papir", "en": "Paper"},
                "target": {"period": "2027", "value": "6"},
                "goals": ["12", "13"],
            }
        ],
        "initiatives": [*old["initiatives"], {"number": 2, "code": "I2", "title": "El"}],
    }
    assert document.difference(old, old) == []
    assert [(one.what, one.code, one.field, one.old, one.new) for one in document.difference(old, new)] == [
        ("plan", "", "last", "2027-12-31", "2028-12-31"),
        ("focus_goal", "7+13", "removed", "7+13", ""),
        ("pledge", "D1", "title_da", "Papir", "Mindre papir"),
        ("pledge", "D1", "target", "", "2027: 6"),
        ("pledge", "D1", "goals", "12", "12, 13"),
        ("initiative", "I2", "added", "", "El"),
    ]
