"""How a figure of a report is told: its name, what it is called, its formula, and the rows that it is made of.

Plain functions on the rows of a snapshot.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sdg_tracker.foundation.i18n import LOCALES, Text, lazy, use_locale
from sdg_tracker.plans.wording import period

Row = Mapping[str, Any]
Both = Mapping[str, str]  # a text in both languages
FIELDS: Mapping[str, Text] = {
    "activities": lazy("activities"),
    "main": lazy("activities with it as their main goal"),
    "mapped": lazy("activities mapped to a goal"),
    "without_mapping": lazy("activities without a goal"),
    "with_evidence": lazy("activities with an exhibit"),
    "planned": lazy("activities still planned"),
    "cancelled": lazy("activities cancelled"),
    "evidence": lazy("exhibits"),
    "attendance": lazy("people who came"),
    "signups": lazy("people who signed up"),
    "helped": lazy("people who got help"),
    "goals": lazy("goals with an activity"),
    "partners": lazy("partners"),
    "baseline": lazy("baseline"),
    "target": lazy("target value"),
    "wanted": lazy("where it should be"),
    "found": lazy("reached"),
    "needed": lazy("promised"),
    "done": lazy("times done"),
    "late": lazy("times done late"),
    "intended": lazy("mean of what was meant"),
    "seen": lazy("mean of what was seen"),
    "difference": lazy("difference"),
    "pairs": lazy("activities where it was both meant and seen"),
    "answers": lazy("people who answered"),
}
FORMULAS: Mapping[str, Text] = {
    "count": lazy("counted"),
    "sum": lazy("added up"),
    "mean": lazy("mean"),
    "last": lazy("the last reading of each house"),
    "rate": lazy("one divided by the other"),
    "set": lazy("laid down"),
    "line": lazy("on a straight line between"),
    "difference": lazy("the second less the first"),
    "noted": lazy("held, or noted"),
}
SUMS = ("attendance", "signups", "helped", "answers")  # of activities; all else of theirs is counted


def both(text: Text) -> dict[str, str]:
    """Return a text of the product in both languages."""
    found = {}
    for locale in LOCALES:
        with use_locale(locale):
            found[locale] = str(text)
    return found


def label(of: Both | None, field: str) -> dict[str, str]:
    """Return what a figure is called: of what, and which figure of it."""
    told = both(FIELDS[field])
    return {locale: f"{of[locale]}: {text}" if of else text[:1].upper() + text[1:] for locale, text in told.items()}


def during(called: Both, code: str) -> dict[str, str]:
    """Return what a figure is called with the period that it is of."""
    found = {}
    for locale, text in called.items():
        with use_locale(locale):
            found[locale] = f"{text}, {period(code)}"
    return found


def figure(name: str, called: Both, value: str | Decimal | int | None, formula: str, **more: Any) -> dict[str, Any]:
    """Return a figure. ``more`` are its qualifier, of, evidence and missing where they are not the usual."""
    usual = {"qualifier": "exact", "of": [], "evidence": [], "missing": []}
    told = None if value is None else str(value)
    return {"name": name, "label": dict(called), "value": told, "formula": formula, **usual, **more}


def of_activities(
    name: str, of: Both | None, field: str, value: Any, rows: Iterable[Row], *, numbers: Sequence[int] | None = None
) -> dict[str, Any]:
    """Return a figure that is counted or added up from activities, known by their ``numbers`` where not as rows."""
    rows, qualifier = list(rows), "exact"
    if isinstance(value, Mapping):
        value, qualifier = value["value"], value["qualifier"]
    made = [{"activities": [row["number"] for row in rows] if numbers is None else list(numbers), "field": field}]
    return figure(
        f"{name}:{field}",
        label(of, field),
        value,
        "sum" if field in SUMS else "count",
        qualifier=qualifier,
        of=made,
        evidence=sorted({exhibit for row in rows for exhibit in row["exhibits"]}),
    )


def people(name: str, of: Both | None, given: Row, rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Return the three headcounts, each made of the activities where somebody has counted."""
    return [
        of_activities(name, of, field, given[field], [row for row in rows if row[field] is not None])
        for field in ("attendance", "signups", "helped")
    ]


def with_exhibits(rows: Iterable[Row]) -> list[Row]:
    """Return the activities that have an exhibit."""
    return [row for row in rows if row["exhibits"]]


def group(name: str, of: Both, given: Row, mine: Sequence[Row]) -> list[dict[str, Any]]:
    """Return the figures of a group of activities, such as a house."""
    return [
        of_activities(name, of, "activities", given["activities"], mine),
        of_activities(name, of, "evidence", given["evidence"], with_exhibits(mine)),
        *people(name, of, given, mine),
    ]


def derived(name: str, called: Both, value: Any, formula: str, figures: Sequence[str]) -> dict[str, Any]:
    """Return a figure that comes from other figures, given by their names."""
    return figure(name, called, value, formula, of=[{"figures": list(figures)}])
