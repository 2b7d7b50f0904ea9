"""Codes, and texts that pair a number with another goal's name."""

import csv
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdg_tracker.foundation.resources import resource_dir
from sdg_tracker.goals import rules


def _titles() -> dict[str, tuple[str, str]]:
    with (resource_dir("seed") / "sdg" / "goals.csv").open(encoding="utf-8", newline="") as file:
        return {row["goal"]: (row["title_short_da"], row["title_short_en"]) for row in csv.DictReader(file)}


TITLES = _titles()
NAMES = rules.names_of(TITLES)
OFFICIAL = [(goal, title) for goal, both in TITLES.items() for title in both]
SPOKEN = sorted((goal, name[0].upper() + name[1:]) for name, goal in NAMES.goals.items())
MARKED = ("verdensmål {}, {}", "Mål {}: {}", "FN's verdensmål nr. {} ({})", "SDG {} {}", "goal {} – {}", "mål {} “{}”")
BARE = ("{} {}", "{}: {}", "{} – {}", "Tema: {} {}", "Vi arbejder med {} {} i år")
BEHIND = ("{1} (verdensmål {0})", "{1} – mål {0}", "{1} SDG {0}")


@given(st.sampled_from(SPOKEN), st.sampled_from(MARKED + BARE + BEHIND))
def test_a_goals_own_number_and_name_are_never_flagged(spoken: tuple[str, str], pattern: str) -> None:
    assert rules.mismatches(pattern.format(*spoken), NAMES) == []


@given(st.sampled_from(rules.GOALS), st.sampled_from(SPOKEN), st.sampled_from(MARKED + BARE + BEHIND))
def test_any_other_pair_is_flagged(number: str, spoken: tuple[str, str], pattern: str) -> None:
    goal, name = spoken
    if number == goal:
        return
    text = pattern.format(number, name)
    (found,) = rules.mismatches(text, NAMES)
    assert (found.number, found.goal) == (number, goal)
    assert text[found.start : found.end] == found.quote
    assert name in found.quote


def test_every_pair_of_number_and_official_name_is_told_apart() -> None:
    for number, (goal, title) in product(rules.GOALS, OFFICIAL):
        assert bool(rules.mismatches(f"verdensmål {number}, {title}", NAMES)) is (number != goal), (number, title)
        assert bool(rules.mismatches(f"{number} {title.upper()}", NAMES)) is (number != goal), (number, title)


@given(st.text(alphabet="mål12 verdnsSDGgo07.:,-–(klimaidstKLIMA)\n", max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    for found in rules.mismatches(text, NAMES):
        assert text[found.start : found.end] == found.quote
        assert found.number != found.goal


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyzæøå -,.:0123456789", max_size=120))
def test_a_text_without_a_goals_name_is_never_flagged(text: str) -> None:
    if not list(NAMES.found(text)):
        assert rules.mismatches(text, NAMES) == []


@pytest.mark.parametrize(
    ("text", "quote", "number", "goal"),
    [
        ("Månedens tema er verdensmål 12, Bæredygtige byer og lokalsamfund.",
         "verdensmål 12, Bæredygtige byer og lokalsamfund", "12", "11"),
        ("12 Bæredygtige byer", "12 Bæredygtige byer", "12", "11"),
        ("Mål 4: Klimaindsats", "Mål 4: Klimaindsats", "4", "13"),
        ("SDG 12 Sustainable cities", "SDG 12 Sustainable cities", "12", "11"),
        ("Bæredygtige byer (verdensmål 12) i maj", "Bæredygtige byer (verdensmål 12)", "12", "11"),
        ("verdensmål 12 om bæredygtige byer", "verdensmål 12 om bæredygtige byer", "12", "11"),
        ("SDG12: life on land", "SDG12: life on land", "12", "15"),
        ("mål 7+13 Livet i havet", "mål 7+13 Livet i havet", "13", "14"),
        ("mål 6: Fred og retfærdighed", "mål 6: Fred og retfærdighed", "6", "16"),
        ("Programmet er (12) Livet på land", "(12) Livet på land", "12", "15"),
        ("Emner i foråret: 12. Livet på land", "12. Livet på land", "12", "15"),
        ("08 Rent vand", "08 Rent vand", "8", "6"),
    ],
)  # fmt: skip
def test_wrong_pairs_are_found_as_people_write_them(text: str, quote: str, number: str, goal: str) -> None:
    (found,) = rules.mismatches(text, NAMES)
    assert (found.quote, found.number, found.goal) == (quote, number, goal)


@pytest.mark.parametrize(
    "text",
    [
        "12 børn så en film om livet i havet",
        "kl. 12 Livet i havet",
        "Kl. 10-12: Livet i havet",
        "12.30 Livet i havet",
        "12:30 Livet i havet",
        "uge 17 Klimaindsats",
        "UGE17 Klimaindsats",
        "i 2012 Klimaindsats",
        "2017: Klimaindsats",
        "torsdag den 12. Livet på land",
        "d. 12/11 Livet på land",
        "12. marts: Livet på land",
        "12 kr. Livet i havet",
        "kr. 12 Livet i havet",
        "€12 Livet i havet",
        "12 % Klimaindsats",
        "udstilling om 12 bæredygtige byer",
        "For børn fra 3. Livet i havet er årets emne.",
        "Alder 3-6 Livet i havet",
        "delmål 4: Klimaindsats",
        "Vores delmål 2 Livet i havet",
        "delmål 4.7 Klimaindsats",
        "target 4: Climate action",
        "mål 13.1, kvalitetsuddannelse",
        "mål 4.a Klimaindsats",
        "Kvalitetsuddannelse (mål 4), klimaindsats (mål 13)",
        "mål 11 og 12: Bæredygtige byer og Ansvarligt forbrug",
        "mål 7+13 Klimaindsats",
        "mål 1-17: Klimaindsats",
        "de 17 mål, klimaindsats, livet i havet",
        "1. Klimaindsats\n2. Livet i havet\n3. Rent vand",
        "Deltagere: 12\nLivet i havet",
        "Deltagere: 12, Klimaindsats",
        "Verdensmål 16: Fred, retfærdighed & stærke institutioner",
        "",
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert rules.mismatches(text, NAMES) == []


def test_a_long_text_is_read_in_time_that_grows_with_its_length() -> None:
    for piece in ("mål ", "1, ", "12 ", "( ", "1-", "Livet i ", "verdensmål 4 ", "4 Klimaindsats "):
        rules.mismatches(piece * 5000, NAMES)


def test_two_goals_cannot_share_a_name() -> None:
    with pytest.raises(ValueError, match="two goals"):
        rules.Names({"1": ["Fælles"], "2": ["fælles"]})


def test_codes_are_ordered_as_numbers_with_letters_last() -> None:
    codes = ["10", "4.a", "4.10", "4", "4.9", "4.7.1", "4.7", "2", "4.b"]
    assert sorted(codes, key=rules.code_order) == ["2", "4", "4.7", "4.7.1", "4.9", "4.10", "4.a", "4.b", "10"]


@pytest.mark.parametrize(("code", "goal"), [("4", "4"), ("4.a", "4"), ("17.18.1", "17")])
def test_a_code_tells_its_goal(code: str, goal: str) -> None:
    assert rules.goal_of(code) == goal
