"""Days, moments and texts of both languages, as a snapshot has them."""

from datetime import UTC, date, datetime
from typing import Any

from sdg_tracker.foundation.i18n import LOCALES, Text, use_locale

Row = dict[str, Any]


def both(text: Text) -> Row:
    """Return a text of the product in both languages."""
    found = {}
    for locale in LOCALES:
        with use_locale(locale):
            found[locale] = str(text)
    return found


def moment(at: datetime) -> str:
    """Return a moment in UTC to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def day(value: date | None) -> str | None:
    """Return a day as text."""
    return value.isoformat() if value is not None else None
