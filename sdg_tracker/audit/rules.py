"""The token of an auditor's link, and whether an access holds on a day."""

import hashlib
import hmac
from datetime import date, datetime

LONGEST_DAYS = 366


def token(secret: str, access_id: int, nonce: str) -> str:
    """Return the token of a link: the key of the access and an HMAC over it and its nonce."""
    text = f"auditor {access_id} {nonce}".encode()
    return f"{access_id}-{hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()[:40]}"


def key_of(text: str) -> int | None:
    """Return the key of the access that a token claims to be of; None for what is no token."""
    key, _dash, digits = text.partition("-")
    well_made = key.isascii() and key.isdigit() and len(key) < 10 and len(digits) == 40
    return int(key) if well_made else None


def is_right(text: str, secret: str, access_id: int, nonce: str) -> bool:
    """Return whether the token is the one of the access; it takes the same time whatever is wrong."""
    return hmac.compare_digest(text, token(secret, access_id, nonce))


def holds(until: date, revoked_at: datetime | None, today: date) -> bool:
    """Return whether an access still holds."""
    return revoked_at is None and today <= until
