"""Hashing: right, wrong, none at all, and renewed when the parameters change."""

import statistics
import time
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher

from sdg_tracker.accounts import passwords


def test_only_the_password_itself_holds() -> None:
    kept = passwords.hashed("seven quiet books")
    assert kept.startswith("$argon2id$")
    assert passwords.holds(kept, "seven quiet books")
    assert not passwords.holds(kept, "seven quiet Books")
    assert not passwords.holds(None, "")
    assert not passwords.holds("not a hash", "x")


def test_a_letter_written_in_two_ways_is_one_letter() -> None:
    assert passwords.holds(passwords.hashed("b\u00e5den er bl\u00e5"), "ba\u030aden er bla\u030a")


def test_an_account_that_does_not_exist_takes_as_long() -> None:
    kept = passwords.hashed("seven quiet books")

    def seconds(password_hash: str | None) -> float:
        started = time.process_time()
        passwords.holds(password_hash, "wrong")
        return time.process_time() - started

    pairs = [(seconds(kept), seconds(None)) for _ in range(3)]
    known, unknown = (statistics.median(times) for times in zip(*pairs, strict=True))
    assert 0.5 < unknown / known < 2


def test_hashes_of_older_parameters_are_known_as_such() -> None:
    assert passwords.outdated(PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash("x"))
    assert not passwords.outdated(passwords.hashed("x"))


def test_many_at_once_all_get_their_turn() -> None:
    kept = passwords.hashed("seven quiet books")
    with ThreadPoolExecutor(6) as pool:
        assert all(pool.map(lambda _: passwords.holds(kept, "seven quiet books"), range(6)))
