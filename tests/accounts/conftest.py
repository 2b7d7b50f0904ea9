"""People who have a password; it is hashed once, because hashing is slow by its nature."""

from collections.abc import Callable
from functools import cache

import pytest
from argon2 import PasswordHasher

from sdg_tracker.access import SYSTEM, Actor
from sdg_tracker.accounts import passwords
from sdg_tracker.accounts.models import User
from sdg_tracker.foundation.errors import Problem
from sdg_tracker.work import Workplace

PASSWORD = "seven quiet books"


@pytest.fixture(autouse=True)
def _cheap_hashes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash at little cost where a test is about something else than that."""
    if request.path.stem != "test_passwords":
        monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
        monkeypatch.setattr(passwords, "_NOBODY", passwords._unguessable())


@cache
def _hash() -> str:
    return passwords.hashed(PASSWORD)


@pytest.fixture
def with_password(workplace: Workplace) -> Callable[[Actor], str]:
    """Give somebody the password; return their e-mail."""

    def give(actor: Actor) -> str:
        with workplace.writing(SYSTEM) as work:
            user = work.session.get_one(User, actor.number)
            user.password_hash = _hash()
            return user.email

    return give


def coded(code: str) -> Callable[[Problem], bool]:
    """Return the check that a refusal has this code."""
    return lambda problem: problem.code == code
