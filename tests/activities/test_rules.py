"""Rules of activities, on values alone."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdg_tracker.activities import columns
from sdg_tracker.activities.rules import (
    FIRST_YEAR,
    LAST_YEAR,
    MAPPING_LIMIT,
    SECONDARY_LIMIT,
    ActivityDetails,
    Figure,
    MappingChoice,
    arranged,
    checked,
    folded,
    is_link,
    problems,
    tidied,
    total,
    year_of,
)
from sdg_tracker.activities.states import Contribution, Qualifier, Stance, Status
from sdg_tracker.foundation.columns import value_of
from sdg_tracker.foundation.errors import Invalid
from sdg_tracker.foundation.i18n import use_locale
from sdg_tracker.goals.rules import goal_of

GOALS = [str(number) for number in range(1, 18)]
TARGETS = [f"{goal}.{end}" for goal in GOALS for end in ("1", "2", "10", "a")]
KNOWN = frozenset([*GOALS, *TARGETS])
figures = st.builds(Figure, st.integers(0, 10_000), st.sampled_from(Qualifier))
reasons = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=30)


@st.composite
def mappings(draw: st.DrawFn) -> list[MappingChoice]:
    """Mappings that keep the rules: at most one main one, no goal beside its own target."""
    codes: list[str] = []
    for code in draw(st.lists(st.sampled_from(sorted(KNOWN)), max_size=MAPPING_LIMIT, unique=True)):
        clash = {goal_of(code)} if "." in code else {c for c in codes if goal_of(c) == code}
        if not clash & set(codes):
            codes.append(code)
    with_main = draw(st.booleans()) and bool(codes)
    if not with_main:
        codes = codes[:SECONDARY_LIMIT]
    chosen = []
    for position, code in enumerate(codes):
        main = with_main and position == 0
        stance = Stance.SUPPORTS if main else draw(st.sampled_from(Stance))
        contribution = draw(st.sampled_from([None, *Contribution])) if stance is Stance.SUPPORTS else None
        chosen.append(MappingChoice(code, main, stance, contribution, draw(reasons)))
    return chosen


@given(st.lists(figures))
def test_a_sum_adds_the_values_and_is_as_sure_as_its_least_sure_part(parts: list[Figure]) -> None:
    found = total(parts)
    if not parts:
        assert found is None
        return
    assert found is not None
    assert found.value == sum(part.value for part in parts)
    qualifiers = {part.qualifier for part in parts}
    assert found.qualifier in qualifiers
    assert (found.qualifier is Qualifier.EXACT) == (qualifiers == {Qualifier.EXACT})
    assert (found.qualifier is Qualifier.MORE_THAN) == (Qualifier.MORE_THAN in qualifiers)


@given(st.lists(figures), st.lists(figures))
def test_sums_of_sums_are_the_sum_of_all(one: list[Figure], other: list[Figure]) -> None:
    parts = [part for part in (total(one), total(other)) if part is not None]
    assert total(parts) == total([*one, *other])


def test_more_than_two_thousand_and_five_is_more_than_two_thousand_and_five() -> None:
    assert total([Figure(2000, Qualifier.MORE_THAN), Figure(5)]) == Figure(2005, Qualifier.MORE_THAN)


@given(st.dates(date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)))
def test_the_year_is_that_of_the_first_day(day: date) -> None:
    assert year_of(day, None) == year_of(day, day.year) == day.year
    with pytest.raises(Invalid) as refused:
        year_of(day, day.year + 1)
    assert refused.value.code == "year-differs"


def test_a_year_alone_is_enough_and_none_is_allowed() -> None:
    assert year_of(None, 2023) == 2023
    assert year_of(None, None) is None
    with pytest.raises(Invalid):
        year_of(None, 23)


def accepted(choices: list[MappingChoice]) -> list[MappingChoice] | None:
    try:
        return arranged(choices, KNOWN)
    except Invalid as refused:
        position = refused.facts["position"]
    assert isinstance(position, int)
    assert position < len(choices)
    return None


@given(mappings())
def test_mappings_that_keep_the_rules_are_kept_with_the_main_one_first(choices: list[MappingChoice]) -> None:
    assert arranged(choices, KNOWN) == choices
    assert arranged(choices[::-1], KNOWN)[:1] == ([c for c in choices if c.main] or choices[::-1])[:1]


@given(st.lists(st.builds(MappingChoice, st.sampled_from(sorted(KNOWN)), st.booleans(), st.sampled_from(Stance))))
def test_whatever_is_accepted_keeps_every_rule(choices: list[MappingChoice]) -> None:
    kept = accepted(choices)
    if kept is None:
        return
    codes = [choice.code for choice in kept]
    mains = [choice for choice in kept if choice.main]
    assert sorted(codes) == sorted(choice.code for choice in choices)
    assert len(set(codes)) == len(codes)
    assert len(mains) <= 1
    assert len(codes) - len(mains) <= SECONDARY_LIMIT
    assert all(choice.stance is Stance.SUPPORTS for choice in mains)
    assert not any(goal_of(code) in codes for code in codes if goal_of(code) != code)


@pytest.mark.parametrize(
    ("choices", "code", "position"),
    [
        ([MappingChoice("18")], "code-unknown", 0),
        ([MappingChoice("4"), MappingChoice("4")], "code-twice", 1),
        ([MappingChoice("4.1"), MappingChoice("5"), MappingChoice("4")], "goal-covered", 2),
        ([MappingChoice("4", main=True), MappingChoice("5", main=True)], "main-twice", 1),
        ([MappingChoice("4", main=True, stance=Stance.AGAINST)], "main-must-support", 0),
        ([MappingChoice("4", main=True, stance=Stance.UNKNOWN)], "main-must-support", 0),
        ([MappingChoice(goal) for goal in GOALS[: SECONDARY_LIMIT + 1]], "secondary-too-many", SECONDARY_LIMIT),
        ([MappingChoice("4", reason="one\ntwo")], "reason-not-one-line", 0),
        ([MappingChoice("4", reason="x" * 501)], "text-too-long", 0),
    ],
)
def test_a_mapping_that_breaks_a_rule_is_refused_at_its_place(
    choices: list[MappingChoice], code: str, position: int
) -> None:
    with pytest.raises(Invalid) as refused:
        arranged(choices, KNOWN)
    assert refused.value.code == code
    assert refused.value.facts["position"] == position


def test_what_is_not_supported_has_no_contribution() -> None:
    kept = arranged([MappingChoice("4", stance=Stance.AGAINST, contribution=Contribution.DIRECT)], KNOWN)
    assert kept[0].contribution is None


def test_a_goal_with_targets_becomes_those_targets_in_its_place() -> None:
    assert folded(["12", "17"], ["17.1", "12.2", "12.1"]) == ["12.2", "12.1", "17.1"]
    assert folded(["4"], []) == ["4"]
    assert folded([], ["4.1"]) == ["4.1"]


@given(
    st.lists(st.sampled_from(GOALS), unique=True, max_size=4),
    st.lists(st.sampled_from(TARGETS), unique=True, max_size=4),
)
def test_folding_loses_no_goal_and_names_nothing_twice(goals: list[str], targets: list[str]) -> None:
    codes = folded(goals, targets)
    assert len(set(codes)) == len(codes)
    assert {goal_of(code) for code in codes} == {*goals, *map(goal_of, targets)}
    assert {code for code in codes if "." in code} == set(targets)


@given(mappings(), st.sampled_from(["da", "en"]), st.sampled_from(["da", "en"]))
def test_mappings_written_in_cells_in_one_language_are_read_in_another(
    choices: list[MappingChoice], written_in: str, read_in: str
) -> None:
    with use_locale(written_in):
        cells = columns.cells_of(choices)
    with use_locale(read_in):
        if cells.mappings:
            assert [columns.choice_of(line) for line in cells.mappings.splitlines()] == choices
            return
        found = [value_of(part, columns.CONTRIBUTION_WORDS) for part in cells.contribution.split(";")]
        goals, targets = cells.goals.split(";"), [code for code in cells.targets.split(";") if code]
        plain = columns.simple_choices(
            goals if cells.goals else [], targets, found if cells.contribution else [], cells.reason
        )
        assert plain == choices


def test_every_heading_means_one_column() -> None:
    for column in columns.COLUMNS:
        for name in (column.key, column.da, column.en, *column.aliases):
            assert columns.KNOWN.of_heading(f" {name.upper()} ") is column
    assert columns.KNOWN.of_heading("gaols") is None


GOOD = ActivityDetails(title="Repair Café", type="fællesskab")


@pytest.mark.parametrize(
    ("details", "field"),
    [
        (replace(GOOD, title=" \n "), "title"),
        (replace(GOOD, title="x" * 301), "title"),
        (replace(GOOD, language="sv"), "language"),
        (replace(GOOD, starts_on=date(2025, 2, 2), ends_on=date(2025, 2, 1)), "ends_on"),
        (replace(GOOD, ends_on=date(2025, 2, 1)), "starts_on"),
        (replace(GOOD, starts_on=date(2025, 2, 2), year=2024), "year"),
        (replace(GOOD, year=20), "year"),
        (replace(GOOD, attendance=Figure(-1)), "attendance"),
        (replace(GOOD, signups=-1), "signups"),
        (replace(GOOD, helped=10**9), "helped"),
        (replace(GOOD, source_url="javascript:alert(1)"), "source_url"),
        (replace(GOOD, source_url="https://exa mple.org"), "source_url"),
    ],
)
def test_each_fault_in_an_activity_names_its_field(details: ActivityDetails, field: str) -> None:
    assert [problem.field for problem in problems(tidied(details))] == [field]
    with pytest.raises(Invalid):
        checked(details)


def test_texts_are_tidied_and_a_cancelled_activity_may_lack_everything() -> None:
    assert checked(replace(GOOD, title="  Repair \n Café ", status=Status.CANCELLED)).title == "Repair Café"


@pytest.mark.parametrize("text", ["https://kolding.dk/x?y=1", "http://a.dk"])
def test_addresses_are_links(text: str) -> None:
    assert is_link(text)


@pytest.mark.parametrize("text", ["kolding.dk", "ftp://a.dk", "https://", "//a.dk", "data:text/html,x", "https://[a"])
def test_other_texts_are_not(text: str) -> None:
    assert not is_link(text)
