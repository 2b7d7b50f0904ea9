"""Open data: the tables of a public report as CSV, and the descriptor of their data package.

CSV is that of RFC 4180 in UTF-8. A text that a spreadsheet would take for a formula begins with an apostrophe.
"""

import csv
import io
import json
from collections.abc import Collection
from hashlib import sha256
from typing import Any

from sdg_tracker.foundation.i18n import _
from sdg_tracker.publishing.columns import KNOWN
from sdg_tracker.publishing.rows import Cell, Row
from sdg_tracker.publishing.rules import LICENCE_ADDRESSES, LICENCE_TITLES, TABLES, Place, Settings

DESCRIPTOR = "datapackage.json"
PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
AGENDA = "https://docs.un.org/en/A/RES/71/313"
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def given(data: Row, settings: Settings) -> list[str]:
    """Return the tables that are given out: those that were chosen and have a row."""
    return [name for name in settings.tables if next(iter(KNOWN[name].rows(data)), None) is not None]


def content(data: Row, name: str) -> bytes:
    """Return a table as CSV."""
    table, out = KNOWN[name], io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([field.name for field in table.fields])
    writer.writerows([_cell(value) for value in row] for row in table.rows(data))
    return out.getvalue().encode()


def _cell(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    return f"'{value}" if value.startswith(DANGEROUS) else value


def descriptor(data: Row, settings: Settings, place: Place) -> bytes:
    """Return what the data package says of itself, in the current language."""
    named = data["library"]
    found = {
        "$schema": PROFILE,
        "name": f"{named['slug']}-impact-{data['year']}",
        "id": f"{place.address}/data/{DESCRIPTOR}",
        "title": _("%(library)s and the global goals in %(year)s", library=named["name"], year=str(data["year"])),
        "description": _("What everybody may see of the library's report of the year, as tables."),
        "homepage": place.address,
        "version": str(data["number"]),
        "created": data["frozen_at"],
        "contributors": [{"title": named["name"], "roles": ["publisher"]}],
        "licenses": [
            {
                "name": settings.licence,
                "title": LICENCE_TITLES[settings.licence],
                "path": LICENCE_ADDRESSES[settings.licence],
            }
        ],
        "sources": [
            {"title": _("Report of the library, edition %(number)s", number=data["number"]), "path": place.address},
            {"title": _("Global indicator framework of the United Nations"), "path": AGENDA},
        ],
        "resources": [_resource(data, name, given(data, settings)) for name in given(data, settings)],
    }
    return (json.dumps(found, ensure_ascii=False, indent=2) + "\n").encode()


def _resource(data: Row, name: str, beside: Collection[str]) -> dict[str, Any]:
    table, made = KNOWN[name], content(data, name)
    whole = "branch" not in table.key  # an empty branch is the whole library, and no part of a primary key
    schema: dict[str, Any] = {
        "fields": [
            {
                "name": field.name,
                "type": field.type,
                "description": str(field.meaning),
                **({"constraints": {"required": True}} if whole and field.name in table.key else {}),
            }
            for field in table.fields
        ],
        **({"primaryKey": list(table.key)} if whole else {"uniqueKeys": [list(table.key)]}),
        "missingValues": [""],
    }
    leads = [
        {"fields": [column], "reference": {"resource": other, "fields": [there]}}
        for column, (other, there) in table.leads.items()
        if other in beside
    ]
    return {
        "name": name,
        "type": "table",
        "path": f"{name}.csv",
        "title": str(TABLES[name]),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(made),
        "hash": f"sha256:{sha256(made).hexdigest()}",
        "schema": {**schema, **({"foreignKeys": leads} if leads else {})},
    }
