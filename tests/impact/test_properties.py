"""What holds for the figures of every report: parts make the whole, order is nothing, a change reaches only its own."""

import copy
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sdg_tracker.impact import figures, following
from tests.impact.test_figures import activity, came, mapping

Row = dict[str, Any]
HOUSES = ("hoved", "nord", "syd")
GOALS = [{"code": code, "title": {"da": code, "en": code}} for code in ("1", "4", "13")]
STRATEGY = {"actions": [{"code": code, "title": {"da": code, "en": code}} for code in ("1.1", "5.3")]}
LIBRARY = {"branches": [{"code": code, "name": code, "name_en": ""} for code in HOUSES]}
QUARTERS = tuple((f"2025-Q{quarter}", f"2025-{3 * quarter - 2:02d}-01") for quarter in range(1, 5))
WORDS = ("more_than", "about", "exact")
COUNTS = st.one_of(st.none(), st.integers(0, 10**6))

activities = st.lists(
    st.builds(
        activity,
        status=st.sampled_from(["held", "ongoing", "planned", "cancelled"]),
        branches=st.sampled_from([[], *([house] for house in HOUSES)]),
        attendance=st.one_of(st.none(), st.builds(came, st.integers(0, 10**6), st.sampled_from(WORDS))),
        signups=COUNTS,
        helped=COUNTS,
        strategy_actions=st.lists(st.sampled_from(["1.1", "5.3"]), unique=True),
        mappings=st.lists(st.sampled_from(["1", "4.7", "13"]), unique=True, max_size=2).map(
            lambda codes: [mapping(code, main=not place) for place, code in enumerate(codes)]
        ),
    ),
    max_size=6,
).map(
    lambda rows: [
        {**row, "number": n, "exhibits": [n] * (n % 2), "partners": [], "campaigns": []}
        for n, row in enumerate(rows, 1)
    ]
)
readings = st.dictionaries(
    st.tuples(st.sampled_from(QUARTERS), st.sampled_from(HOUSES)),
    st.tuples(st.integers(1, 10**6), st.sampled_from([*WORDS, "estimated"])),
    min_size=1,
)


def measured(values: dict[tuple[tuple[str, str], str], tuple[int, str]]) -> list[Row]:
    """Return visits as they were read, and how many came a visit, which is made of visits and of participants."""
    usual = {"frequency": "quarter", "by_branch": True, "decimals": 2, "changes": [], "baseline": None, "target": None}
    rows = [
        {"number": number, "period": period, "first": first, "last": first, "branch": branch}
        | {"value": str(value), "qualifier": said, "evidence": None}
        for number, (((period, first), branch), (value, said)) in enumerate(sorted(values.items()), 1)
    ]
    others = [{**row, "number": 100 + number, "value": "5"} for number, row in enumerate(rows)]
    rate = {"numerator": "people", "denominator": "visits", "factor": "100"}
    shapes: list[tuple[str, str, Row | None, list[Row]]] = [
        ("visits", "sum", None, rows),
        ("people", "mean", None, others),
        ("share", "rate", rate, []),
    ]
    return [
        {**usual, "code": code, "title": {"da": code, "en": code}, "aggregation": how, "rate": of, "readings": mine}
        for code, how, of, mine in shapes
    ]


def snapshot(done: list[Row], measures: list[Row]) -> Row:
    held = [row for row in done if figures.counted(row)]
    counts = figures.figures(done, LIBRARY, GOALS, STRATEGY)
    found = {"year": 2025, "activities": held, "figures": counts, "goals": GOALS, "library": LIBRARY}
    return {**found, "strategy": STRATEGY, "evidence": [], "measures": measures}


def followed(done: list[Row], measures: list[Row]) -> dict[str, Row]:
    rows = following.followed(snapshot(done, measures))
    assert len({row["name"] for row in rows}) == len(rows)
    return {row["name"]: {key: value for key, value in row.items() if key != "mark"} for row in rows}


@given(activities, st.randoms(use_true_random=False))
@settings(max_examples=40)
def test_houses_make_the_whole_and_the_order_of_entry_is_nothing(done: list[Row], chance: Any) -> None:
    found = figures.figures(done, LIBRARY, GOALS, STRATEGY)
    for field in ("activities", "evidence", "signups", "helped"):
        assert sum(row[field] for row in found["by_branch"]) == found["totals"][field]
    parts = [row["attendance"] for row in found["by_branch"] if row["attendance"]]
    whole = found["totals"]["attendance"]
    assert (whole is None) == (not parts)
    if whole:
        assert whole["value"] == sum(part["value"] for part in parts)
        assert whole["qualifier"] == min((part["qualifier"] for part in parts), key=WORDS.index)
    shuffled = copy.deepcopy(done)
    chance.shuffle(shuffled)
    assert figures.figures(shuffled, LIBRARY, GOALS, STRATEGY) == found


@given(activities, readings, st.data())
@settings(max_examples=40)
def test_a_correction_changes_exactly_the_figures_that_are_made_of_it(
    done: list[Row], values: dict[tuple[tuple[str, str], str], tuple[int, str]], data: st.DataObject
) -> None:
    before = followed(done, measured(values))
    key = data.draw(st.sampled_from(sorted(values)))
    corrected = {**values, key: (values[key][0] + 7, values[key][1])}
    number = sorted(values).index(key) + 1
    after = followed(done, measured(corrected))
    uses = {name for name, row in before.items() if any(number in of.get("readings", ()) for of in row["of"])}
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= uses
    assert {name for name in uses if before[name]["formula"] == "sum"} <= changed  # a rate may be rounded to the same
    assert {"measure:visits:2025", f"measure:visits:2025:{key[1]}", "measure:share:2025"} == uses


@given(activities, st.data())
@settings(max_examples=40)
def test_another_headcount_changes_exactly_the_figures_that_count_it(done: list[Row], data: st.DataObject) -> None:
    before = followed(done, [])
    counted = [row for row in done if figures.counted(row) and row["attendance"]]
    if not counted:
        return
    row = data.draw(st.sampled_from(counted))
    other = {**row, "attendance": came(row["attendance"]["value"] + 7, row["attendance"]["qualifier"])}
    after = followed([other if one is row else one for one in done], [])
    uses = {
        name
        for name, one in after.items()
        if any(of["field"] == "attendance" and row["number"] in of["activities"] for of in one["of"])
    }
    assert {name for name in after if before.get(name) != after[name]} == uses
    for name in uses & before.keys():
        assert Decimal(after[name]["value"]) - Decimal(before[name]["value"]) == 7
