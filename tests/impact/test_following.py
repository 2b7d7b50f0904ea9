"""What figures are made of, what changed most and what was not reached, on plain rows."""

from decimal import Decimal
from pathlib import Path

import pytest

from sdg_tracker.foundation.blobs import FolderBlobs
from sdg_tracker.impact import marks, suggestions
from sdg_tracker.impact.aims import expected
from sdg_tracker.impact.following import followed
from sdg_tracker.impact.unreached import unreached
from tests.impact import rows
from tests.impact.rows import Row, measure, reading


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Row:
    return rows.report(FolderBlobs(Path(tmp_path_factory.mktemp("blobs"))))


def test_a_figure_names_the_rows_it_can_be_counted_from_again(report: Row) -> None:
    found = {row["name"]: row for row in report["followed"]}
    assert [row["mark"] for row in report["followed"]] == list(range(1, len(found) + 1))
    assert found["goal:12:attendance"]["of"] == [{"activities": [1], "field": "attendance"}]
    assert (found["goal:12:attendance"]["value"], found["goal:12:attendance"]["qualifier"]) == ("2000", "more_than")
    assert found["goal:12:evidence"]["evidence"] == [1, 2]
    assert found["total:cancelled"]["of"] == [{"activities": [9], "field": "cancelled"}]
    assert found["year:2024:activities"]["of"] == []
    assert "goal:13:activities" not in found  # what is nothing has no mark
    power = found["measure:power:2025"]
    assert (power["of"], power["evidence"], power["formula"]) == ([{"measure": "power", "readings": [3]}], [2], "sum")
    guests = found["measure:guests:2025"]
    assert (guests["value"], guests["missing"]) == ("300", [["2025-Q3", "hoved"]])
    assert found["measure:guests:2025:hoved"]["of"] == [{"measure": "guests", "readings": [11, 12, 14]}]


def test_a_rate_is_followed_to_the_readings_of_both(report: Row) -> None:
    halves = [measure("a", reading(1, "2025", "30")), measure("b", reading(1, "2025", "120"))]
    parts = {"numerator": "a", "denominator": "b", "factor": "100"}
    rate = measure("share", aggregation="rate", rate=parts, unit=rows.both("%"))
    found = {row["name"]: row for row in followed({**report, "measures": [*halves, rate]})}
    assert (found["measure:share:2025"]["value"], found["measure:share:2025"]["formula"]) == ("25", "rate")
    assert found["measure:share:2025"]["of"] == [{"measure": code, "readings": [1]} for code in ("a", "b")]


def test_what_was_not_reached_is_computed(report: Row) -> None:
    found = unreached(report)
    assert [row["code"] for row in found.pledges] == ["D1"]
    assert [row["code"] for row in found.initiatives] == ["I1"]
    assert [(away.measure["code"], away.wanted) for away in found.away] == [("power", Decimal(800))]
    assert len(found.goals) == 16
    assert [goal["code"] for goal in found.focus] == ["7", "13"]
    assert [(row["code"], missing) for row, missing in found.missing] == [("guests", (("2025-Q3", "hoved"),))]
    anew = {**rows.power(), "changes": [{"first": "2024-06-01"}]}
    assert [expected(row, year) for row, year in ((anew, 2025), (rows.power(), 2028), (rows.guests(), 2025))] == [
        None
    ] * 3


def test_measures_are_compared_where_nothing_is_missing_and_nothing_was_defined_anew(report: Row) -> None:
    found = suggestions.changed_most({**report, "years": []})
    assert [(one.name, int(one.before), int(one.after), one.percent, one.observations) for one in found] == [
        ("measure:power:2025", 990, 970, -2, 3)
    ]


def test_marks_go_with_what_they_are_of() -> None:
    assert marks.ranges([3, 1, 2, 9, 7, 8, 5]) == [(1, 3), (5, 5), (7, 9)]
    names = ("total:evidence", "goal:12:main", "branch::activities", "partner:A: B:activities", "measure:x:2025:hoved")
    assert [marks.subject(name) for name in names] == ["total", "goal:12", "branch:", "partner:A: B", "measure:x"]
