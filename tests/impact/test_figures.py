"""The figures of a year on plain rows."""

from datetime import date
from typing import Any

import pytest

from sdg_tracker.impact import figures
from sdg_tracker.printing.served import total, touches

TODAY = date(2026, 3, 2)


def activity(**values: Any) -> dict[str, Any]:
    return {
        "number": 1,
        "status": "held",
        "starts_on": "2025-05-01",
        "ends_on": "2025-05-01",
        "year": 2025,
        "branches": [],
        "attendance": None,
        "signups": None,
        "helped": None,
        "strategy_actions": [],
        "mappings": [],
        "exhibits": [],
        **values,
    }


def mapping(code: str, *, main: bool = False, stance: str = "supports") -> dict[str, Any]:
    return {"code": code, "goal": code.split(".", maxsplit=1)[0], "main": main, "stance": stance}


def came(value: int, qualifier: str = "exact") -> dict[str, Any]:
    return {"value": value, "qualifier": qualifier}


def goals(*codes: str) -> list[dict[str, Any]]:
    return [{"code": code} for code in codes]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"starts_on": "2024-12-31", "ends_on": "2025-01-01"}, True),
        ({"starts_on": "2025-12-31", "ends_on": "2026-01-01"}, True),
        ({"starts_on": "2024-12-31", "ends_on": "2024-12-31"}, False),
        ({"starts_on": "2026-01-01", "ends_on": "2026-01-01"}, False),
        ({"starts_on": "2023-01-01", "ends_on": "2027-01-01"}, True),
        ({"starts_on": "2023-01-01", "ends_on": None, "status": "ongoing"}, True),
        ({"starts_on": "2023-01-01", "ends_on": None, "status": "held"}, False),
        ({"starts_on": "2025-06-01", "ends_on": None, "status": "held"}, True),
        ({"starts_on": "2026-02-01", "ends_on": None, "status": "ongoing"}, False),
        ({"starts_on": None, "ends_on": None, "year": 2025}, True),
        ({"starts_on": None, "ends_on": None, "year": 2024}, False),
        ({"starts_on": None, "ends_on": None, "year": None}, False),
    ],
)
def test_an_activity_is_of_the_years_that_its_days_touch(values: dict[str, Any], expected: bool) -> None:
    assert touches(activity(**values), *figures.bounds(2025), TODAY) is expected


def test_what_goes_on_reaches_to_the_day_of_freezing_and_no_further() -> None:
    going_on = activity(starts_on="2024-03-01", ends_on=None, status="ongoing")

    assert [touches(going_on, *figures.bounds(year), TODAY) for year in range(2023, 2028)] == [
        False,
        True,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([None, None], None),
        ([came(3), None, came(4)], came(7)),
        ([came(3), came(2000, "more_than")], came(2003, "more_than")),
        ([came(3), came(20, "about")], came(23, "about")),
        ([came(2000, "more_than"), came(20, "about")], came(2020, "more_than")),
        ([came(0)], came(0)),
    ],
)
def test_a_sum_keeps_the_weakest_word(parts: list[Any], expected: Any) -> None:
    assert total(parts) == expected


def test_the_three_headcounts_are_never_added_to_each_other() -> None:
    rows = [activity(attendance=came(10), signups=20, helped=None), activity(signups=1, helped=300)]

    assert figures.people(rows) == {"attendance": came(10), "signups": 21, "helped": 300}


def test_an_activity_counts_once_for_a_goal_and_whole_for_each() -> None:
    row = activity(
        mappings=[mapping("12.5", main=True), mapping("12.8"), mapping("17")], attendance=came(9), exhibits=[1]
    )

    found = figures.figures([row], {"branches": []}, goals("12", "13", "17"), None)["by_goal"]

    assert [(one["code"], one["main"], one["all"], one["evidence"]) for one in found] == [
        ("12", 1, 1, 1),
        ("13", 0, 0, 0),
        ("17", 0, 1, 1),
    ]
    assert [one["attendance"] for one in found] == [came(9), None, came(9)]


def test_what_an_activity_works_against_is_not_counted_for_the_goal() -> None:
    row = activity(mappings=[mapping("13", stance="against"), mapping("3.4", stance="unknown")])

    found = figures.figures([row], {"branches": []}, goals("3", "13"), None)

    assert [one["all"] for one in found["by_goal"]] == [0, 0]
    assert (found["totals"]["mapped"], found["totals"]["without_mapping"]) == (1, 0)


def test_cancelled_ones_are_counted_as_such_and_as_nothing_else() -> None:
    rows = [
        activity(),
        activity(status="planned"),
        activity(status="cancelled", attendance=came(5), mappings=[mapping("4")]),
    ]

    found = figures.figures(rows, {"branches": []}, goals("4"), None)

    assert found["totals"] == {
        "activities": 2,
        "mapped": 0,
        "without_mapping": 2,
        "with_evidence": 0,
        "evidence": 0,
        "attendance": None,
        "signups": 0,
        "helped": 0,
        "cancelled": 1,
        "planned": 1,
    }
    assert found["by_goal"][0]["all"] == 0


def test_houses_and_actions_without_activities_are_there() -> None:
    library = {"branches": [{"code": "a"}, {"code": "b"}]}
    strategy = {"actions": [{"code": "5.3"}, {"code": "5.4"}]}
    rows = [activity(branches=["a"], strategy_actions=["5.3"]), activity(branches=[])]

    found = figures.figures(rows, library, goals("1"), strategy)

    assert [(one["code"], one["activities"]) for one in found["by_branch"]] == [("a", 1), ("b", 0), ("", 1)]
    assert [(one["code"], one["activities"]) for one in found["by_action"]] == [("5.3", 1), ("5.4", 0)]


def test_evidence_counts_in_the_year_in_which_it_was_made_else_in_its_activitys() -> None:
    event = activity(number=1, starts_on="2025-12-30", ends_on="2025-12-30")
    long = activity(number=2, starts_on="2024-01-01", ends_on=None, status="ongoing")
    other = activity(number=3, starts_on="2026-01-01", ends_on="2026-01-02", year=2026)

    def piece(number: int, about: int | None, made: str | None, added: str = "2026-02-01") -> dict[str, Any]:
        return {"number": number, "activity": about, "collected_on": made, "added_on": added}

    pieces = [
        piece(1, 1, "2025-12-30"),
        piece(2, 1, "2026-01-15"),  # the bill came in January
        piece(3, 2, "2025-05-05"),
        piece(4, 2, "2024-05-05"),
        piece(5, 2, None),  # it was added in 2026, which the activity touches
        piece(6, 1, None),
        piece(7, 3, "2025-12-01"),
        piece(8, None, "2025-06-01"),
    ]

    def numbers(year: int) -> list[int]:
        chosen = figures.of_year([event, long, other], year, TODAY)
        return [row["number"] for row in figures.evidence_of_year(pieces, chosen, year, TODAY)]

    assert {year: numbers(year) for year in (2024, 2025, 2026)} == {2024: [4], 2025: [1, 2, 3, 6], 2026: [5, 7]}
