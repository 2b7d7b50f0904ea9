"""All measures of the demo library, counted once more from the files: by nothing but Python over their lines."""

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

import pytest

from sdg_tracker.access import Actor
from sdg_tracker.accounts import services as accounts
from sdg_tracker.demo import measuring
from sdg_tracker.measures import rules, snapshot
from sdg_tracker.work import Work, Workplace
from tests.demo_library import AUTUMN, rows
from tests.statements import counted

PARTS = {"year": ("",), "quarter": ("-Q1", "-Q2", "-Q3", "-Q4")}
WEAKEST_FIRST = ("more_than", "about", "estimated", "exact")


@pytest.fixture
def measured(workplace: Workplace, coordinator: Actor) -> Iterator[Work]:
    """A library with the measures of the demo library, filled twice."""
    workplace.clock = lambda: AUTUMN
    with workplace.writing(coordinator) as work:
        for row in rows("branches"):
            accounts.add_branch(work, row["name_da"], code=row["code"])
        assert measuring.fill(work) == 14
    with workplace.writing(coordinator) as work:
        assert measuring.fill(work) == 0
    with workplace.reading(coordinator) as work:
        yield work


def test_every_year_of_every_measure_is_what_the_files_add_up_to(measured: Work) -> None:
    with counted(measured.session.get_bind().engine) as statements:
        found = {row["code"]: row for row in snapshot.rows(measured)}
    assert len(statements) == 5
    assert sum(len(row["readings"]) for row in found.values()) == len(rows("readings")) == 251
    houses = [row["code"] for row in rows("branches")]
    checked = 0
    for measure in rows("measures"):
        lines = [line for line in rows("readings") if line["measure"] == measure["code"]]
        places = houses if measure["by_branch"] == "yes" else [""]
        for year in ("2024", "2025", "2026"):
            wanted = [year + part for part in PARTS[measure["frequency"]]]
            mine = [line for line in lines if line["period"] in wanted]
            there = {(line["period"], line["branch"]) for line in mine}
            figure = rules.figure(found[measure["code"]], year)
            assert figure.missing == tuple(
                (period, place) for period in wanted for place in places if (period, place) not in there
            )
            assert (figure.found, figure.expected) == (len(mine), len(wanted) * len(places))
            assert figure.value == _by_hand(measure["aggregation"], mine), (measure["code"], year)
            used = mine if measure["aggregation"] != "last" else mine[-1:]
            said = {line["qualifier"] for line in used}
            assert figure.qualifier == next((word for word in WEAKEST_FIRST if word in said), None)
            checked += figure.value is not None
        baseline = rules.figure(found[measure["code"]], measure["baseline_period"])
        assert baseline.value == Decimal(measure["baseline_value"])
    assert checked == 39  # 14 measures in three years, three of which have nothing for 2026 yet


def _by_hand(aggregation: str, lines: list[dict[str, str]]) -> Decimal | None:
    values = [Decimal(line["value"]) for line in lines]
    if not values:
        return None
    if aggregation == "last":  # read for the whole library, in the order of time
        return values[-1]
    if aggregation == "mean":
        return (sum(values, Decimal(0)) / len(values)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return sum(values, Decimal(0))


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_what_was_corrected_and_what_was_defined_anew_are_told(measured: Work) -> None:
    found = {row["code"]: row for row in snapshot.rows(measured)}
    corrected = [reading for reading in found["visits"]["readings"] if reading["corrections"]]
    assert [(row["value"], row["corrections"][0]["old"]) for row in corrected] == [("43065", "45310")]
    assert [(point.period, point.broken) for point in rules.points(found["digital_help"])] == [
        ("2024", False),
        ("2025", False),
        ("2026", True),
    ]
    before = {
        row["code"]: row for row in snapshot.rows(measured, until=AUTUMN.date().replace(year=2025, month=6, day=30))
    }
    assert before["digital_help"]["changes"] == []
    assert rules.points(before["visits"], by="own")[-1].period == "2025-Q2"
