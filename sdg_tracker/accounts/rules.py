"""What an e-mail address and a password must be, and how long somebody waits who has guessed too often."""

import ipaddress
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from zoneinfo import available_timezones

EMAIL_LONGEST = 254  # characters
PASSWORD_SHORTEST = 12  # characters
PASSWORD_LONGEST = 200
LINK_LIFE = timedelta(days=7)
WINDOW = timedelta(hours=1)  # attempts older than this count no more

_EMAIL = re.compile(r"[^\s@<>()\[\]\\,:;\"]+@(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_]{2,}")
_OBVIOUS = frozenset(
    {
        *("adgangskode", "kodeord", "hemmelig", "hemmelighed", "password", "passphrase", "passw0rd", "secret"),
        *("letmein", "welcome", "velkommen", "goddag", "danmark", "bibliotek", "biblioteket", "biblioteker"),
        *("bibliotekerne", "library", "libraries", "verdensmål", "verdensmaal", "verdensmålene", "sdgtracker"),
        *("qwerty", "qwertyuiop", "qwertyuiopå", "asdfghjkl", "forår", "sommer", "efterår", "vinter", "sommerferie"),
        *("januar", "februar", "marts", "april", "juni", "juli", "august", "september", "oktober", "november"),
        *("december", "administrator", "coordinator", "koordinator", "abcdefghijkl"),
    }
)
_NO_LETTERS = re.compile(r"[\W\d_]+")
_RUNS = ("01234567890123456789", "98765432109876543210")


@dataclass(frozen=True)
class Limit:
    """How many failed attempts are free, and how the waiting grows after them."""

    free: int
    first: timedelta
    longest: timedelta


ACCOUNT_LIMIT = Limit(5, timedelta(seconds=30), timedelta(minutes=15))
ADDRESS_LIMIT = Limit(30, timedelta(seconds=30), timedelta(minutes=15))  # a whole house can share an address

TIMEZONES = (
    "Europe/Copenhagen",
    "Atlantic/Faroe",
    "America/Nuuk",
    *sorted(
        name
        for name in available_timezones()
        if (name.startswith("Europe/") and name != "Europe/Copenhagen") or name == "Atlantic/Reykjavik"
    ),
)


def fold_email(text: str) -> str:
    """Return the address as it is kept: lower case, one way of writing each letter."""
    return unicodedata.normalize("NFC", text.strip()).lower()


def is_email(folded: str) -> bool:
    """Return whether a folded text has the shape of an address; that somebody reads it nobody can know."""
    return len(folded) <= EMAIL_LONGEST and _EMAIL.fullmatch(folded) is not None and ".." not in folded


def fold_password(text: str) -> str:
    """Return the password as it is hashed: letters such as å are written in two ways by different keyboards."""
    return unicodedata.normalize("NFC", text)


def password_fault(password: str, email: str) -> str | None:
    """Return the code of what is wrong with a new password, None when it will do."""
    folded = fold_password(password)
    if len(folded) < PASSWORD_SHORTEST:
        return "password-short"
    if len(folded) > PASSWORD_LONGEST:
        return "password-long"
    lowered = folded.strip().lower()
    if lowered in (email, email.partition("@")[0]):
        return "password-is-email"
    core = _NO_LETTERS.sub("", lowered)
    if len(set(folded)) < 5 or core in _OBVIOUS or any(lowered in run for run in _RUNS):
        return "password-obvious"
    return None


def address_group(address: str) -> str:
    """Return what attempts are counted under: an IPv4 address, or the half of an IPv6 address that one owner holds."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        return str(found.ipv4_mapped or ipaddress.ip_network((found, 64), strict=False))
    return str(found)


def seconds_to_wait(attempts: Sequence[datetime], now: datetime, limit: Limit) -> int:
    """Return how long the next attempt must wait, 0 when it may be made now.

    Those inside the window count. After the free ones the wait doubles with each further one, from the latest on.
    """
    counted = [at for at in attempts if now - at < WINDOW]
    over = len(counted) - limit.free
    if over < 0:
        return 0
    wait = min(limit.first * int(2 ** min(over, 16)), limit.longest)
    return max(0, ceil((max(counted) + wait - now).total_seconds()))
