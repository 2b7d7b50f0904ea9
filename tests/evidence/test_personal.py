"""Numbers that look like CPR numbers."""

import json

import pytest

from sdg_tracker.evidence import personal


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("010190-1234", 1),
        ("Født 311299-0000, ikke andet", 1),
        ("290200-4000 og 290204-4000", 2),  # both years were leap years
        ("290201-4000", 0),  # 2001 was none
        ("290200-1000", 0),  # nor 1900
        ("310490-1234", 0),
        ("001290-1234", 0),
        ("011390-1234", 0),
        ("010190–1234 010190‑1234", 2),  # dashes that programs make
        ("1010190-1234", 0),
        ("010190-12345", 0),
        ("12-010190-1234", 0),
        ("010190-1234-5", 0),
        ("A010190-1234", 0),
        ("0101901234", 0),
        ("2026-01-15;12", 0),
        ("", 0),
    ],
)
def test_real_dates_are_found_and_nothing_else(text: str, found: int) -> None:
    assert personal.count(text.encode()) == found


def test_windows_texts_are_searched_too() -> None:
    assert personal.count("010190–1234".encode("cp1252")) == 1


@pytest.mark.parametrize("size", [1, 3, 7, 11, 100])
def test_a_number_is_found_wherever_a_text_is_cut(size: int) -> None:
    text = b"x" * 50 + b" 010190-1234 " + b"y" * 50
    search = personal.Search()
    for at in range(0, len(text), size):
        search.feed(text[at : at + size])
    assert [code for code, _facts in search.findings()] == ["personal-number"]


def test_a_long_text_is_said_to_be_searched_in_part_only() -> None:
    search = personal.Search(limit=100)
    for _piece in range(3):
        search.feed(b"." * 60)
    assert search.findings() == [("personal-number-unsearched", {})]


def test_what_is_told_holds_no_number() -> None:
    search = personal.Search()
    search.feed(b"010190-1234 020290-1234 ")
    assert json.dumps(search.findings()) == '[["personal-number", {"count": 2}]]'


def test_numbers_in_names_are_crossed_out() -> None:
    assert personal.crossed_out("Referat 010190-1234 af 311390-1234") == "Referat XXXXXX-XXXX af 311390-1234"
