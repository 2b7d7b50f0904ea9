"""The token of an auditor's link, the code beside it, and whether an access holds on a day."""

import hashlib
import hmac
from datetime import date, datetime

LONGEST_DAYS = 366


def token(secret: str, access_id: int, nonce: str) -> str:
    """Return the token of a link: the key of the access and an HMAC over it and its nonce."""
    text = f"auditor {access_id} {nonce}".encode()
    return f"{access_id}-{hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()[:40]}"


def code(secret: str, access_id: int, nonce: str) -> str:
    """Return the six digits that are asked for beside a link; a new link has others."""
    text = f"auditor's code {access_id} {nonce}".encode()
    return f"{int(hmac.new(secret.encode(), text, hashlib.sha256).hexdigest(), 16) % 1_000_000:06d}"


def digest_of(proof: str) -> str:
    """Return what is kept of the text that a browser holds which has used a link."""
    return hashlib.sha256(proof.encode()).hexdigest()


def is_bound(bound: str, proof: str) -> bool:
    """Return whether a browser with this text is the one that used the link."""
    return bool(bound and proof) and hmac.compare_digest(bound, digest_of(proof))


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
