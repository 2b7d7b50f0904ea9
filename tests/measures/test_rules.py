"""What readings come to: no database, no library."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sdg_tracker.foundation.errors import Invalid
from sdg_tracker.measures import rules
from sdg_tracker.measures.periods import Period
from sdg_tracker.measures.states import Frequency

HOUSES = ("hoved", "nord", "syd")
QUARTERS = ("2024-Q1", "2024-Q2", "2024-Q3", "2024-Q4", "2025-Q1")


def measure(readings: list[dict[str, Any]], **values: Any) -> dict[str, Any]:
    usual = {"code": "visits", "aggregation": "sum", "frequency": "quarter", "by_branch": True, "decimals": 0}
    return {**usual, "rate": None, "changes": [], "readings": readings, **values}


def reading(number: int, period: str, branch: str, value: object, qualifier: str = "exact") -> dict[str, Any]:
    first = Period.parse(period).first.isoformat()
    return {"number": number, "period": period, "first": first, "branch": branch, "value": str(value)} | {
        "qualifier": qualifier
    }


KEYS = st.sets(st.tuples(st.sampled_from(QUARTERS), st.sampled_from(HOUSES)), min_size=1)
VALUES = st.integers(0, 10**7)
WORDS = st.sampled_from(["exact", "about", "more_than", "estimated"])


@given(st.data(), st.sampled_from(["sum", "last"]))
@settings(max_examples=30)
def test_branches_add_up_to_the_whole_in_any_order_and_a_correction_changes_only_its_own(
    data: st.DataObject, how: str
) -> None:
    keys = sorted(data.draw(KEYS))
    rows = [reading(n, *key, data.draw(VALUES), data.draw(WORDS)) for n, key in enumerate(keys, 1)]
    whole = measure(rows, aggregation=how)
    shuffled = measure(data.draw(st.permutations(rows)), aggregation=how)
    changed = data.draw(st.sampled_from(rows))
    corrected = measure(
        [{**row, "value": "7", "number": 99} if row is changed else row for row in rows], aggregation=how
    )
    for period in (*QUARTERS, "2024-H2", "2024", "2025"):
        figure = rules.figure(whole, period, branches=HOUSES)
        parts = [rules.figure(whole, period, house, branches=HOUSES) for house in HOUSES]
        values = [part.value for part in parts if part.value is not None]
        assert figure.value == (sum(values) if values else None)
        assert figure.found + len(figure.missing) == figure.expected == sum(part.expected for part in parts)
        assert figure == rules.figure(shuffled, period, branches=HOUSES)
        again = rules.figure(corrected, period, branches=HOUSES)
        assert (again.readings != figure.readings) is (changed["number"] in figure.readings)
        if changed["number"] not in figure.readings:
            assert again == figure


def test_means_rates_and_lasts() -> None:
    rows = [reading(1, "2024-Q1", "hoved", "4.1"), reading(2, "2024-Q2", "hoved", "4.4", "about")]
    mean = measure([*rows, reading(3, "2024-Q1", "nord", "3.2")], aggregation="mean", decimals=2)
    assert rules.figure(mean, "2024").value == Decimal("3.73")  # (4.25 + 3.2) / 2
    last = rules.figure(measure(rows, aggregation="last"), "2024")
    assert (last.value, last.qualifier, last.readings) == (Decimal("4.4"), "about", (2,))
    visits = measure([reading(4, "2024", "", 90000, "more_than")], frequency="year", by_branch=False)
    people = measure([reading(5, "2024", "", 30000, "more_than")], frequency="year", by_branch=False, code="people")
    parts = {"numerator": "visits", "denominator": "people", "factor": "1"}
    rate = measure([], aggregation="rate", rate=parts, frequency="year", by_branch=False, decimals=1)
    both = {"visits": visits, "people": people}
    found = rules.figure(rate, "2024", measures=both)
    assert (found.value, found.qualifier, found.readings) == (Decimal("3.0"), "about", (4, 5))
    assert [point.period for point in rules.points(rate, measures=both)] == ["2024"]
    zero = {**both, "people": measure([reading(5, "2024", "", 0)], frequency="year", by_branch=False)}
    assert rules.figure(rate, "2024", measures=zero).value is None
    assert rules.figure(rate, "2024").value is None


def test_gaps_are_points_without_a_value_and_a_new_definition_breaks_the_line() -> None:
    rows = [reading(1, "2024-Q1", "hoved", 0), reading(2, "2024-Q4", "hoved", 5), reading(3, "2026-Q1", "hoved", 6)]
    read = measure(rows, changes=[{"from": "2024-Q3", "first": "2024-07-01"}])
    own = rules.points(read, "hoved", "own")
    assert [(point.period, point.figure.value) for point in own[:4]] == [
        ("2024-Q1", Decimal(0)),
        ("2024-Q2", None),
        ("2024-Q3", None),
        ("2024-Q4", Decimal(5)),
    ]
    assert [point.period for point in own if point.broken] == ["2024-Q3"]
    years = rules.points(read)
    assert [(point.period, point.figure.value, point.broken) for point in years] == [
        ("2024", Decimal(5), False),
        ("2025", None, True),  # 2024 counted two things
        ("2026", Decimal(6), False),
    ]
    assert rules.figure(read, "2024-03", "hoved").expected == 0  # shorter than what is read


def test_periods_are_read_and_written() -> None:
    for text in ("2025", "2025-H2", "2025-Q3", "2025-11"):
        period = Period.parse(text)
        assert period.code == text
        assert Period.of(period.last, period.frequency) == period
    for text in ("2025-k3", "2025K3", "2025 Q3", "3. kvartal 2025"):
        assert Period.parse(text).code == "2025-Q3"
    assert [part.code for part in Period.parse("2025-H2").parts(Frequency.QUARTER)] == ["2025-Q3", "2025-Q4"]
    for text in ("2025-Q5", "2025-13", "25", "2025-H0", ""):
        with pytest.raises(Invalid):
            Period.parse(text)
