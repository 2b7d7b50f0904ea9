"""The link with which a person chooses a password: signed, for one person, for seven days, for one use."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

from itsdangerous import BadData, URLSafeSerializer

from sdg_tracker.accounts.rules import LINK_LIFE
from sdg_tracker.foundation.errors import Invalid, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.foundation.settings import Settings

words(
    {
        "link-broken": lazy("This link is not whole. Copy all of it from the message that you got."),
        "link-old": lazy("This link is more than seven days old."),
    }
)


@dataclass(frozen=True)
class Ticket:
    """What a link says: whose it is, and the epoch of their sessions that it belongs to."""

    number: int
    epoch: int


def _serializer(settings: Settings) -> URLSafeSerializer:
    return URLSafeSerializer(
        settings.key(),
        salt="password-link",
        signer_kwargs={"digest_method": hashlib.sha256, "key_derivation": "hmac"},
    )


def make(settings: Settings, ticket: Ticket, at: datetime) -> str:
    """Return the token of a link that is made now."""
    expires = int((at + LINK_LIFE).timestamp())
    return str(_serializer(settings).dumps([ticket.number, ticket.epoch, expires]))


def read(settings: Settings, token: str, at: datetime) -> Ticket:
    """Return what the token says. Raises Invalid (``link-broken``, ``link-old``)."""
    try:
        number, epoch, expires = _serializer(settings).loads(token)
    except (BadData, TypeError, ValueError):
        raise Invalid("link-broken") from None
    if at >= datetime.fromtimestamp(expires, UTC):
        raise Invalid("link-old")
    return Ticket(number, epoch)
