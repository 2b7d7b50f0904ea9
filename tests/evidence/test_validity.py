"""How long evidence holds."""

from datetime import date

import pytest

from sdg_tracker.evidence.validity import Validity, default_until, months_later, validity

DAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("until", "expected"),
    [
        (None, Validity.OPEN),
        (date(2026, 3, 1), Validity.EXPIRED),
        (DAY, Validity.SOON),
        (date(2026, 5, 1), Validity.SOON),
        (date(2026, 5, 2), Validity.VALID),
    ],
)
def test_it_holds_to_the_end_of_its_last_day_and_warns_60_days_before(until: date | None, expected: Validity) -> None:
    assert validity(until, DAY) is expected


def test_a_month_later_is_the_same_day_or_the_months_last() -> None:
    assert months_later(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert months_later(date(2026, 12, 5), 1) == date(2027, 1, 5)
    assert months_later(date(2024, 2, 29), 36) == date(2027, 2, 28)
    assert months_later(date(9999, 1, 1), 12) == date.max


def test_the_longest_time_that_a_requirement_allows_is_the_default() -> None:
    assert default_until(DAY, [12, 24]) == date(2028, 3, 2)
    assert default_until(DAY, []) is None
    assert default_until(DAY, [12, None]) is None
