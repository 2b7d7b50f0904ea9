"""A public report as JSON-LD: in schema.org's words, with goals and targets by the United Nations' addresses."""

import json
from collections.abc import Mapping
from typing import Any

from sdg_tracker.foundation.i18n import _
from sdg_tracker.publishing.rows import uri
from sdg_tracker.publishing.rules import LICENCE_ADDRESSES, Place, Settings
from sdg_tracker.publishing.tables import DESCRIPTOR, given

Row = Mapping[str, Any]
NAME = "impact.jsonld"
CONTEXT = {"@vocab": "https://schema.org/", "sdgo": "http://metadata.un.org/sdg/ontology#"}


def head(data: Row, settings: Settings, place: Place) -> dict[str, Any]:
    """Return what stands in the page itself: the report, its goals, and where its data are; in the current language."""
    told = {row["code"]: row["all"] for row in data["figures"]["by_goal"]}
    licence = LICENCE_ADDRESSES[settings.licence]
    named = {"@type": "Library", "name": data["library"]["name"]}
    return {
        "@context": CONTEXT,
        "@type": "Report",
        "@id": place.address,
        "url": place.address,
        "name": data["title"],
        "inLanguage": data["language"],
        "temporalCoverage": str(data["year"]),
        "dateCreated": data["frozen_at"],
        "publisher": named,
        "license": licence,
        "about": [
            {"@type": "sdgo:Goal", "@id": uri(goal["code"]), "name": goal["title"]["en"]}
            for goal in data["goals"]
            if told[goal["code"]]
        ],
        "isBasedOn": {
            "@type": "Dataset",
            "@id": f"{place.address}/data/",
            "name": _("%(library)s and the global goals in %(year)s", library=named["name"], year=str(data["year"])),
            "description": _("What everybody may see of the library's report of the year, as tables."),
            "license": licence,
            "creator": named,
            "distribution": [
                {"@type": "DataDownload", "encodingFormat": media_type, "contentUrl": f"{place.address}/data/{name}"}
                for name, media_type in (
                    (DESCRIPTOR, "application/json"),
                    *((f"{name}.csv", "text/csv") for name in given(data, settings)),
                )
            ],
        },
    }


def whole(data: Row, settings: Settings, place: Place) -> bytes:
    """Return the report with its activities, where the library gives them out as data."""
    found = head(data, settings, place)
    if "activities" in settings.tables:
        found["hasPart"] = [_activity(row, place) for row in data["activities"]]
    return (json.dumps(found, ensure_ascii=False, indent=1) + "\n").encode()


def _activity(row: Row, place: Place) -> dict[str, Any]:
    goals = [
        {"@type": "sdgo:Target" if "." in tie["code"] else "sdgo:Goal", "@id": uri(tie["code"])}
        for tie in row["mappings"]
        if tie["stance"] == "supports"
    ]
    days = {"startDate": row["starts_on"], "endDate": row["ends_on"] or row["starts_on"]}
    return {
        "@type": "Event",
        "@id": f"{place.address}#activity-{row['number']}",
        "name": row["title"],
        **{name: day for name, day in days.items() if day},
        **({"about": goals} if goals else {}),
    }


def for_page(found: Mapping[str, Any]) -> str:
    """Return JSON that can stand inside of an element: nothing in it can end the element."""
    return json.dumps(found, ensure_ascii=False).replace("<", "\\u003c")
