"""Charts: the same SVG on a screen and on paper."""

import re
from decimal import Decimal
from itertools import combinations, pairwise
from xml.etree import ElementTree

import pytest

from sdg_tracker.foundation.i18n import use_locale
from sdg_tracker.foundation.resources import resource_dir
from sdg_tracker.printing import axes, curves, plots
from sdg_tracker.printing.series import Point
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


def points(*values: int | None, first: int = 2025) -> list[Point]:
    return [Point(str(first + at), None if value is None else Decimal(value)) for at, value in enumerate(values)]


GOALS = [{"code": str(code), "label": "Bæredygtige byer og lokalsamfund"} for code in range(1, 18)]
TEN = list(range(2017, 2027))
LONG = points(*(number * 37 % 60 if number % 4 else None for number in range(10)), first=2017)
HUGE = points(1_234_567_890_123, None, 9_876_543_210)
AWKWARD: dict[str, tuple[str, tuple[object, ...], dict[str, object]]] = {
    "no line": ("lines", ([],), {}),
    "a line without points": ("lines", ([{"label": "x", "points": []}],), {}),
    "a line of one point": ("lines", ([{"label": "x", "points": points(7)}], "kWh"), {}),
    "a line of gaps": ("lines", ([{"label": "x", "points": points(None, None, None)}],), {}),
    "a line below nothing": ("lines", ([{"label": "x", "points": points(-5, 3, -12)}],), {}),
    "a line of huge figures": ("lines", ([{"label": "x", "points": HUGE}],), {}),
    "six lines of ten years": ("lines", ([{"label": f"Hus nummer {at}", "points": LONG} for at in range(6)],), {}),
    "no field": ("multiples", ([],), {}),
    "seventeen fields of ten years": (
        "multiples",
        ([{**goal, "class": f"goal-fill-{goal['code']}", "points": LONG} for goal in GOALS],),
        {},
    ),
    "fields of gaps, of huge figures and below nothing": (
        "multiples",
        ([{"code": "", "label": "x", "class": "bar", "points": some} for some in (points(None), HUGE, points(-9, 4))],),
        {},
    ),
    "a way that is gone": ("progress", (*points(5, 9, 9),), {}),
    "a way backwards": ("progress", (*points(315400, 900000, 268090),), {"wanted": points(299000)[0], "unit": "kWh"}),
    "a way without a figure or a length": ("progress", (*points(5, None, 5),), {}),
    "a table of no year": ("heat", (GOALS, [], {goal["code"]: {} for goal in GOALS}), {}),
    "a table of ten years": (
        "heat",
        (GOALS, TEN, {goal["code"]: {year: (year - 2017) * 1_234 for year in TEN[1:]} for goal in GOALS}),
        {},
    ),
    "bars": (
        "bars",
        (
            [
                {"label": "Hovedbiblioteket", "class": "b", "values": [Decimal(2000)], "qualifier": "more_than"},
                {"label": "x", "class": "b", "values": [None]},
                {"label": "y", "class": "b", "values": [-30]},
            ],
        ),
        {"labels": 120},
    ),
}
NUMBERS = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")


def outside(element: ElementTree.Element, width: float, height: float) -> list[str]:
    """Return what of an element lies outside the picture; a letter is taken to be as wide as half its size."""
    named = {name: float(value) for name, value in element.attrib.items() if NUMBERS.fullmatch(value)}
    if element.tag in ("polyline", "polygon"):
        found = [float(number) for number in NUMBERS.findall(element.attrib["points"])]
        across, down = found[::2], found[1::2]
    elif element.tag == "line":
        across, down = [named["x1"], named["x2"]], [named["y1"], named["y2"]]
    elif element.tag == "circle":
        across = [named["cx"] - named["r"], named["cx"] + named["r"]]
        down = [named["cy"] - named["r"], named["cy"] + named["r"]]
    elif element.tag == "rect":
        across, down = [named["x"], named["x"] + named["width"]], [named["y"], named["y"] + named["height"]]
        assert min(named["width"], named["height"]) >= 0
    elif element.tag == "text":
        dress = element.attrib["class"]
        room = len(element.text or "") * 0.5 * (22 if "note" in dress else 26)
        middle = any(word in dress for word in ("middle", "inside", "chart-mark"))
        begin = named["x"] - room * ("chart-end" in dress) - room / 2 * middle
        across, down = [begin, begin + room], [named["y"] - (17 if "note" in dress else 20), named["y"] + 4]
    else:
        return []
    inside = min(across) >= -1 and max(across) <= width + 1 and min(down) >= -1 and max(down) <= height + 1
    return [] if inside else [ElementTree.tostring(element, "unicode")]


@pytest.mark.parametrize("name", AWKWARD)
def test_awkward_figures_make_a_whole_chart(name: str) -> None:
    macro, arguments, named = AWKWARD[name]
    for across in (True, False) if macro == "heat" else (None,):
        more = {"goals_across": across} if across is not None else {}
        with use_locale("da"):
            svg = re.sub(r"<style>.*</style>", "", drawn(macro, *arguments, **named, **more), flags=re.DOTALL)
        root = ElementTree.fromstring(svg.strip().replace("&nbsp;", " "))
        assert root.attrib["aria-labelledby"] == "chart-title chart-desc"
        ids = re.findall(r' id="([^"]+)"', svg)
        assert ids == ["chart-title", "chart-desc"]
        assert " style=" not in svg
        assert "fill=" not in svg
        width, height = map(float, root.attrib["viewBox"].split()[2:])
        assert [found for element in root.iter() for found in outside(element, width, height)] == []


def test_what_a_colour_tells_a_shape_or_a_word_tells_too() -> None:
    four = [{"label": name, "points": points(3, 1, 2)} for name in ("A", "B", "C", "D")]
    svg = drawn("lines", four)
    assert len(set(re.findall(r"<(circle|rect|polygon) class=\"dot", svg))) == 3  # triangle and diamond are polygons
    assert {"A", "B", "C", "D"} <= set(re.findall(r">([^<]+)</text>", svg))
    table = drawn("heat", GOALS[:1], [2024, 2025, 2026], {"1": {2024: 0, 2025: 12}})
    assert ">0</text>" in table
    assert ">12</text>" in table
    assert "chart-open" in table.partition("</style>")[2]
    back = drawn("progress", *points(10, 4, 20), unit="kWh").partition("</style>")[2]
    assert "chart-back" in back
    assert "chart-strokes" in back


def test_a_gap_is_open_and_a_changed_definition_breaks_the_line() -> None:
    broken = [*points(5, 6, None, 7), Point("2029", Decimal(8), "about", broken=True), Point("2030", Decimal(9))]
    [curve] = curves.lines([{"label": "x", "points": broken}], 1000, 400).curves
    assert [len(piece.split()) for piece in curve.pieces] == [2, 2]
    assert len(curve.dots) == 5
    alone = curves.lines([{"label": "x", "points": points(246_000, 213_900)}], 1200, 320)
    x, _y, anchor, _point = alone.curves[0].values[0]
    assert (x, anchor) == (alone.left, "start")  # not over the numbers of the axis
    with use_locale("da"):
        svg = drawn("lines", [{"label": "x", "points": broken}]).partition("</style>")[2]
    assert svg.count("chart-gap") == 1
    assert "ny definition: 2029" in svg
    assert "ca.&nbsp;8<" in svg


def dots_of(piece: str) -> list[tuple[float, float]]:
    """Return the points of a polyline."""
    return [(float(x), float(y)) for x, y in (dot.split(",") for dot in piece.split())]


def test_a_figure_is_not_written_over_the_line() -> None:
    for known in ((4, 9, 12, 30), (30, 12, 9, 4), (9, 2, 9, 2, 9), (2, 9, 2), (5, 5, 5), tuple(range(12))):
        for width, high in ((620, 300), (1000, 300), (1660, 300)):
            [curve] = curves.lines([{"label": "x", "points": points(*known)}], width, high).curves
            runs = [dots_of(piece) for piece in curve.pieces]
            boxes = [curves._box((x, y, anchor), axes.long(point)) for x, y, anchor, point in curve.values]
            assert not any(curves._crossed(box, runs) for box in boxes), (known, width)
            assert not any(curves._over(a, b) for a, b in combinations(boxes, 2)), (known, width)
    heat = plots.heat(
        GOALS, TEN[:3], {goal["code"]: dict.fromkeys(TEN[:3], 5) for goal in GOALS}, 760, goals_across=False
    )
    assert max(cell.x for cell in heat.cells) + heat.side[0] < (heat.words or (0,))[0] < 400  # names after the numbers


def test_axes_begin_at_zero_and_fields_share_one_scale() -> None:
    assert axes.ticks([Decimal(315400), Decimal(290000)]) == [Decimal(100000) * at for at in range(5)]
    assert axes.ticks([Decimal("4.4")])[0] == 0
    assert axes.ticks([Decimal(2)]) == [0, 1, 2]
    assert axes.ticks([Decimal(-3)])[-1] == 0
    drawing = plots.multiples([{"label": "x", "points": points(40, 10)}, {"label": "y", "points": points(20)}], 1000, 2)
    heights = [column.height for panel in drawing.panels for column in panel.columns]
    assert heights == pytest.approx([heights[0], heights[0] / 4, heights[0] / 2])  # type: ignore[operator]


def test_the_table_beside_a_chart_names_what_is_missing() -> None:
    macros = environment().get_template("components/charts.html").module
    rows = [["2024", Point("", Decimal(2000), "more_than"), 3], ["2025", Point("", None), None]]
    with use_locale("da"):
        table = str(macros.data_table("Besøg", ["År", "Besøg", "Huse"], rows))  # type: ignore[attr-defined]
    assert table.count('scope="col"') == 3
    assert table.count('scope="row"') == 2
    assert "<caption>Besøg</caption>" in table
    assert "&gt;&nbsp;2.000" in table
    assert ">mangler</td>" in table


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_shades_and_lines_are_told_apart_in_grey() -> None:
    style = (resource_dir("static") / "css/print/charts.css").read_text("utf-8")
    shades = [
        luminance("#ffffff"),
        *(luminance(found) for found in re.findall(r"\.heat-[1-5] { fill: (#\w{6})", style)),
    ]
    assert len(shades) == plots.SHADES + 1
    assert all(darker < lighter - 0.03 for lighter, darker in pairwise(shades))
    ink, paper = luminance("#1b2126"), luminance("#ffffff")
    for number, shade in enumerate(shades):
        light, dark = (shade, ink) if number < 4 else (paper, shade)  # as the macro writes the numbers
        assert (light + 0.05) / (dark + 0.05) >= 4.5
    lines = re.findall(r"\.line-[1-4] { stroke: (#\w{6});(?: stroke-dasharray: ([^;]+);)? }", style)
    assert len({dashes for _colour, dashes in lines}) == len(lines) == 4
    assert all(1.05 / (luminance(colour) + 0.05) >= 3 for colour, _dashes in lines)
