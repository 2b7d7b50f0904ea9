"""Charts: the same SVG on a screen and on paper."""

import re

import pytest

from sdg_tracker.printing.texts import environment

SERIES = [{"class": "one"}, {"class": "two", "dark": True}, {"class": "three", "hatched": True}]
PARTS = [{"label": "A", "values": [3, 1, 0]}, {"label": "B", "values": [0, 0, 0]}]
BARS = [
    {"mark": "4", "mark_class": "m", "ink": "i", "class": "bar", "values": [2, 6]},
    {"label": "x", "class": "bar", "values": [0, 0]},
]


def drawn(name: str, *arguments: object, **named: object) -> str:
    macros = environment().get_template("components/charts.html").module
    return str(getattr(macros, name)("Title & more", "What it shows", "chart", *arguments, **named))


@pytest.mark.parametrize(
    ("name", "arguments"),
    [("stacked", (PARTS, SERIES)), ("bars", (BARS,)), ("goal_row", ([{"code": "1"}, {"code": "2"}], {"1": 0, "2": 3}))],
)
def test_a_chart_says_what_it_shows_and_is_dressed_by_class_only(name: str, arguments: tuple[object, ...]) -> None:
    svg = drawn(name, *arguments)
    assert '<title id="chart-title">Title &amp; more</title>' in svg
    assert '<desc id="chart-desc">What it shows</desc>' in svg
    assert 'aria-labelledby="chart-title chart-desc"' in svg
    assert " style=" not in svg
    assert "fill=" not in svg


def test_parts_are_as_long_as_their_values_and_fill_the_bar() -> None:
    svg = drawn("stacked", PARTS, SERIES, width=810, labels=0, row=70)
    widths = [float(width) for width in re.findall(r'<rect class="(?:one|two)"[^>]* width="([0-9.]+)"', svg)]
    assert widths == [800 * 0.75 - 3, 800 * 0.25 - 3]
    assert "three" not in re.sub(r"<style>.*</style>", "", svg, flags=re.DOTALL)
    assert "chart-track" in svg.partition("</style>")[2]


def test_bars_share_one_scale_and_show_their_sum() -> None:
    svg = drawn("bars", BARS, width=530, labels=60, row=60).partition("</style>")[2]
    widths = [float(width) for width in re.findall(r'<rect class="bar[^"]*"[^>]* width="([0-9.]+)"', svg)]
    assert widths == [100, 300]
    assert ">8</text>" in svg
    assert ">0</text>" in svg


def test_a_chart_of_nothing_is_drawn() -> None:
    assert drawn("bars", []).endswith("</svg>")
    assert drawn("stacked", [], SERIES).endswith("</svg>")
