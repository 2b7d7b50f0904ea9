"""Years of a goal, on values alone."""

from datetime import date
from typing import Any

from sdg_tracker.activities.goal_years import Row, Year, years

TODAY = date(2026, 11, 20)


def row(starts_on: str | None, **values: Any) -> Row:
    year = int(starts_on[:4]) if starts_on else None
    nothing = {"ends_on": None, "status": "held", "attendance": None, "signups": None, "helped": None, "main": False}
    return {"year": year, "starts_on": starts_on, **nothing, **values}


def test_years_without_an_activity_stand_between_those_with_one() -> None:
    many = {"value": 200, "qualifier": "more_than"}
    some = {"value": 30, "qualifier": "exact"}
    rows = [
        row("2023-04-02", main=True, attendance=some, helped=2),
        row("2025-12-30", ends_on="2026-01-03", attendance=many),
        row("2026-02-01", attendance=some, status="planned", helped=0),
        row("2027-02-01", status="planned"),
        row(None, year=2025, signups=4),
    ]
    assert years(rows, TODAY) == [
        Year(2023, 1, 0, some, None, 2),
        Year(2024, 0, 0, None, None, None),
        Year(2025, 0, 2, many, 4, None),
        Year(2026, 0, 2, {"value": 230, "qualifier": "more_than"}, None, 0),
    ]


def test_what_goes_on_counts_until_today_and_what_begins_later_not_at_all() -> None:
    assert [year.also for year in years([row("2024-06-01", status="ongoing")], TODAY)] == [1, 1, 1]
    assert years([row("2027-06-01", status="planned"), row(None)], TODAY) == []
