"""Shapes of e-mails and passwords, and how long somebody waits."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdg_tracker.accounts import rules
from sdg_tracker.accounts.rules import ACCOUNT_LIMIT, Limit, seconds_to_wait

NOW = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["a@example.org", "Karen.Æ+x@Bibliotek.Example.dk ", "ø@ål.dk", "o'neil@sub.example-site.org"]
)
def test_addresses_that_are_used_are_taken(text: str) -> None:
    assert rules.is_email(rules.fold_email(text))


@pytest.mark.parametrize(
    "text",
    [
        *("", "a", "a@b", "@example.org", "a@@example.org", "a b@example.org", "a@example..org", "a@-x.org"),
        *("a@example.o1", "<a@example.org>", "a@example.org\nb@example.org", "a..b@example.org"),
        "a" * 250 + "@example.org",
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    assert not rules.is_email(rules.fold_email(text))


def test_one_address_has_one_form() -> None:
    assert rules.fold_email("  A\u030a@Example.ORG") == rules.fold_email("å@example.org") == "å@example.org"


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("eleven char", "password-short"),
        ("x" * 201, "password-long"),
        ("karen@example.org", "password-is-email"),
        ("KAREN@EXAMPLE.ORG ", "password-is-email"),
        ("aaaaaaaaaaaaaa", "password-obvious"),
        ("abababababab", "password-obvious"),
        ("123456789012", "password-obvious"),
        ("Adgangskode2026!", "password-obvious"),
        ("!!Bibliotekerne1", "password-obvious"),
        ("Verdensmål 2030", "password-obvious"),
        ("en lang sætning 17", None),
        ("twelve chars", None),
    ],
)
def test_a_new_password_must_be_long_and_not_the_first_guess(password: str, fault: str | None) -> None:
    assert rules.password_fault(password, "karen@example.org") == fault


def test_the_first_attempts_are_free_and_then_the_waiting_doubles() -> None:
    limit = Limit(2, timedelta(seconds=30), timedelta(seconds=100))
    waits = [seconds_to_wait([NOW] * count, NOW, limit) for count in range(6)]
    assert waits == [0, 0, 30, 60, 100, 100]


def test_waiting_is_over_when_its_time_has_passed() -> None:
    attempts = [NOW] * ACCOUNT_LIMIT.free
    assert seconds_to_wait(attempts, NOW + timedelta(seconds=29), ACCOUNT_LIMIT) == 1
    assert seconds_to_wait(attempts, NOW + timedelta(seconds=30), ACCOUNT_LIMIT) == 0


@given(st.lists(st.integers(0, 7200), max_size=60))
def test_nobody_waits_longer_than_the_longest(ages: list[int]) -> None:
    attempts = [NOW - timedelta(seconds=age) for age in ages]
    wait = seconds_to_wait(attempts, NOW, ACCOUNT_LIMIT)
    assert 0 <= wait <= ACCOUNT_LIMIT.longest.total_seconds()
    if all(at <= NOW - rules.WINDOW for at in attempts):
        assert wait == 0


@pytest.mark.parametrize(
    ("address", "group"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("", ""),
        ("nonsense", "nonsense"),
    ],
)
def test_addresses_are_counted_by_their_owner(address: str, group: str) -> None:
    assert rules.address_group(address) == group


def test_time_zones_begin_at_home() -> None:
    assert rules.TIMEZONES[0] == "Europe/Copenhagen"
    assert len(set(rules.TIMEZONES)) == len(rules.TIMEZONES)
