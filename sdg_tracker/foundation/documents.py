"""Plain data as bytes that are the same everywhere: canonical JSON and its digest."""

import hashlib
from collections.abc import Mapping
from typing import cast

import rfc8785


def canonical(data: Mapping[str, object]) -> bytes:
    """Return the data as canonical JSON (RFC 8785).

    Raises rfc8785.CanonicalizationError for what JSON can't say the same way everywhere (a number over 2**53, NaN).
    """
    return rfc8785.dumps(cast("dict[str, str]", data))


def digest(data: Mapping[str, object]) -> str:
    """Return the SHA-256 of the canonical JSON, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical(data)).hexdigest()
