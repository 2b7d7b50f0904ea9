"""The header's entries: each part adds its own."""

from dataclasses import dataclass

from flask import current_app, request, url_for

from sdg_tracker.access import Permission
from sdg_tracker.foundation.i18n import Text
from sdg_tracker.web import identity


@dataclass(frozen=True)
class Entry:
    """A part's place in the header."""

    order: int
    label: Text
    endpoint: str
    permission: Permission
    phone: bool = False  # what phones are used for: first in their menu


@dataclass(frozen=True)
class Link:
    """An entry as a page shows it."""

    label: str
    href: str
    current: bool = False
    phone: bool = False


_entries: dict[str, Entry] = {}
_footer: dict[str, Entry] = {}
_homes: dict[str, str] = {}  # part -> the part whose entry is current on its pages


def add(order: int, label: Text, endpoint: str, permission: Permission, *, phone: bool = False) -> None:
    """Add an entry to the header; ``phone``: it is first in the menu of phones."""
    _entries[endpoint] = Entry(order, label, endpoint, permission, phone)


def add_to_footer(order: int, label: Text, endpoint: str, permission: Permission) -> None:
    """Add an entry to the footer."""
    _footer[endpoint] = Entry(order, label, endpoint, permission)


def belongs(part: str, home: str) -> None:
    """Let a part without an entry of its own stand under another's."""
    _homes[part] = home


def entries() -> list[Link]:
    """Return the header's entries that the one who asks may open; the one whose part is open is current."""
    return _links(_entries)


def footer() -> list[Link]:
    """Return the footer's entries."""
    return _links(_footer)


def _links(found: dict[str, Entry]) -> list[Link]:
    part = (request.endpoint or "").rpartition(".")[0]
    part = _homes.get(part, part)
    return [
        Link(str(entry.label), url_for(entry.endpoint), entry.endpoint.rpartition(".")[0] == part, entry.phone)
        for entry in sorted(found.values(), key=lambda entry: entry.order)
        if entry.endpoint in current_app.view_functions and identity.can(entry.permission)
    ]
