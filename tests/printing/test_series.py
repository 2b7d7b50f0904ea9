"""What is claimed of figures that follow one another, and in which words."""

from decimal import Decimal

import pytest

from sdg_tracker.foundation.i18n import use_locale
from sdg_tracker.printing import changes, series
from sdg_tracker.printing.series import Point

FEW = "for få målinger til at sige noget om en udvikling"
CHANGED = "vi siger ikke noget om en udvikling hen over en ændret definition"


def points(*values: float | None, broken: int | None = None, said: dict[int, str] | None = None) -> list[Point]:
    return [
        Point(
            str(2024 + at),
            None if value is None else Decimal(str(value)),
            (said or {}).get(2024 + at, "exact"),
            2024 + at == broken,
        )
        for at, value in enumerate(values)
    ]


@pytest.mark.parametrize(
    ("values", "claim", "why_not"),
    [
        ((), "none", "few"),
        ((5,), "none", "few"),
        ((5, 9), "none", "few"),
        ((5, None, 9), "none", "few"),
        ((5, 7, 9), "rise", ""),
        ((9, 7, 7), "fall", ""),
        ((10, 10, 10), "level", ""),
        ((10, 30, 20, 15, 12), "none", "mixed"),
        ((10, 2, 10), "none", "mixed"),
        ((0, 0, 3), "rise", ""),
        ((5, 7, None), "none", "gap"),
        ((None, 7, 9), "none", "gap"),
    ],
)
def test_no_trend_is_claimed_that_the_figures_do_not_show(
    values: tuple[float | None, ...], claim: str, why_not: str
) -> None:
    change = series.change(points(*values))
    assert (change.claim, change.why_not) == (claim, why_not)
    assert change.observations == sum(value is not None for value in values)


def test_nothing_is_compared_across_a_changed_definition_or_a_figure_that_hides_it() -> None:
    broken = series.change(points(5, 7, 9, broken=2025))
    assert (broken.difference, broken.claim, broken.why_not, broken.since) == (None, "none", "broken", "2025")
    assert series.change(series.since(points(5, 7, 9, 11, broken=2025), "2025")).claim == "rise"
    assert series.change(points(5, 7, said={2024: "more_than"})).why_not == "open"
    assert series.change(points(9, 7, said={2025: "more_than"})).why_not == "open"
    more = series.change(points(5, 7, said={2025: "more_than"}))
    assert more.difference == 2
    assert more.qualifier == "more_than"


@pytest.mark.parametrize(
    ("found", "unit", "danish"),
    [
        (
            points(1180, 1250, 1322),
            "",
            "142 flere end i 2024 (+12\u00a0%); stiger over 3 målinger",
        ),
        (
            points(315400, 301200),
            "kWh",
            f"14.200\u00a0kWh mindre end i 2024 (\u22124,5\u00a0%); {FEW} (2 målinger)",
        ),
        (
            points(5, 7, 9, broken=2026),
            "",
            f"kan ikke sammenlignes: definitionen er ændret i 2026; {CHANGED} (3 målinger)",
        ),
        (points(5, None), "", "kan ikke sammenlignes: der mangler målinger for 2025; 1 måling"),
        (points(61, 64, 66), "%", "5\u00a0procentpoint mere end i 2024; stiger over 3 målinger"),
        (
            points(0, 3, said={2025: "about"}),
            "",
            f"op med cirka 3 siden 2024; {FEW} (2 målinger)",
        ),
        (
            points(100, 150, said={2025: "more_than"}),
            "",
            f"op med mere end 50 siden 2024 (mere end +50\u00a0%); {FEW} (2 målinger)",
        ),
        (points(3, 3, 3), "", "det samme som i 2024; uændret over 3 målinger"),
        ([], "", "ingen målinger"),
    ],
)
def test_a_change_is_told_with_its_numbers_and_its_observations(found: list[Point], unit: str, danish: str) -> None:
    with use_locale("da"):
        assert changes.told(series.change(found), unit) == danish


def test_a_change_is_told_in_english_too() -> None:
    with use_locale("en"):
        assert changes.told(series.change(points(10, 9, 8)), "kWh") == (
            "2\u00a0kWh less than in 2024 (\u221220\u00a0%); falls over 3 observations"
        )
