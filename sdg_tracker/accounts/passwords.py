"""Passwords as argon2 hashes. Hashing is slow and needs 64 MiB each time, so only two go on at once in a process."""

import base64
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from sdg_tracker.accounts.rules import fold_password
from sdg_tracker.foundation.errors import Conflict, words
from sdg_tracker.foundation.i18n import lazy

AT_ONCE = 2
PATIENCE = 20.0  # seconds to wait for one's turn

_hasher = PasswordHasher()
_turn = threading.BoundedSemaphore(AT_ONCE)

words({"sign-in-busy": lazy("Many people are signing in right now. Try again in a moment.")})


def _unguessable() -> str:
    """Return the hash of no password at all, in today's parameters: checking it takes as long as checking any."""

    def part(size: int) -> str:
        return base64.b64encode(secrets.token_bytes(size)).decode().rstrip("=")

    costs = f"m={_hasher.memory_cost},t={_hasher.time_cost},p={_hasher.parallelism}"
    return f"$argon2id$v=19${costs}${part(_hasher.salt_len)}${part(_hasher.hash_len)}"


_NOBODY = _unguessable()


@contextmanager
def _my_turn() -> Iterator[None]:
    if not _turn.acquire(timeout=PATIENCE):
        raise Conflict("sign-in-busy")
    try:
        yield
    finally:
        _turn.release()


def hashed(password: str) -> str:
    """Return the hash to keep. Raises Conflict (``sign-in-busy``) when the turn does not come."""
    with _my_turn():
        return _hasher.hash(fold_password(password))


def holds(password_hash: str | None, password: str) -> bool:
    """Return whether the password is the one; without a hash the answer is no and takes as long."""
    with _my_turn():
        try:
            return _hasher.verify(password_hash or _NOBODY, fold_password(password))
        except (VerificationError, InvalidHashError):
            return False


def outdated(password_hash: str) -> bool:
    """Return whether the hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(password_hash)
