"""What a cell of a list of activities says. Each function raises Invalid for what can't be read."""

import re
from collections.abc import Mapping
from datetime import datetime

from sdg_tracker.activities import rules
from sdg_tracker.activities.columns import CONTRIBUTION_WORDS, QUALIFIER_WORDS, STATUS_WORDS
from sdg_tracker.activities.rules import Figure
from sdg_tracker.activities.states import Qualifier, Status
from sdg_tracker.foundation.columns import SEPARATOR, parts, value_of, word
from sdg_tracker.foundation.errors import Invalid, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.foundation.tables import Cell
from sdg_tracker.foundation.text import search_text

words(
    {
        "not-a-number": lazy("%(value)s is not a whole number. Write it with digits only, such as 2000."),
        "not-a-figure": lazy("%(value)s is not a number of people. Write such as 48, “more than 2000” or “about 150”."),
        "not-a-year": lazy("%(value)s is not a year. Write it with four digits, such as 2025."),
        "status-unknown": lazy("There is no status %(value)s. Write one of: %(known)s."),
        "qualifier-unknown": lazy("There is no qualifier %(value)s. Write one of: %(known)s."),
    }
)
_FIGURE = re.compile(r"(?P<qualifier>\D*?)\s*(?P<value>\d[\d.\s]*)\s*(?:personer|deltagere|people|participants)?")
_GROUPED = re.compile(r"\d{1,3}(?:[.\s]\d{3})+")


def code_parts(text: str) -> list[str]:
    """Return the parts of a cell with codes; a comma separates them only before a number, as names have commas too."""
    return [part.strip() for part in re.split(r"[;\n]|,(?=\s*\d)", text) if part.strip()]


def meaning(key: str, text: str) -> list[object]:
    """Return what a cell says in a form in which cells of both languages are compared."""
    if key == "contribution":
        return [value_of(part, CONTRIBUTION_WORDS) for part in text.split(SEPARATOR)]
    return [search_text(part) for part in parts(text)]


def named(rows: Mapping[str, object]) -> dict[str, tuple[str, str]]:
    """Return the names in both languages by code."""
    return {code: (str(getattr(row, "name", "")), str(getattr(row, "name_en", ""))) for code, row in rows.items()}


def status_in(cell: Cell) -> Status:
    """Return how far an activity is."""
    found = value_of(str(cell), STATUS_WORDS)
    if found is None:
        known = ", ".join(word(status, STATUS_WORDS) for status in Status)
        raise Invalid("status-unknown", value=cell, known=known)
    return found


def qualifier_in(cell: Cell) -> Qualifier:
    """Return how exact a figure is."""
    found = value_of(str(cell), QUALIFIER_WORDS)
    if found is None:
        known = ", ".join(word(qualifier, QUALIFIER_WORDS) for qualifier in Qualifier)
        raise Invalid("qualifier-unknown", value=cell, known=known)
    return found


def year_in(cell: Cell) -> int:
    """Return a year of four digits."""
    if isinstance(cell, datetime):
        raise Invalid("not-a-year", value=cell.date().isoformat())
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
    if not re.fullmatch(r"\d{4}", text, re.ASCII):
        raise Invalid("not-a-year", value=text)
    return int(text)


def whole_in(cell: Cell) -> int:
    """Return a number of people, also one with points or blanks between thousands."""
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        if cell < 0 or cell > rules.HEADCOUNT_LIMIT:
            raise Invalid("headcount-out-of-range", limit=rules.HEADCOUNT_LIMIT)
        if float(cell).is_integer():
            return int(cell)
    text = str(cell)
    if re.fullmatch(r"\d{1,10}", text, re.ASCII):
        return int(text)
    if _GROUPED.fullmatch(text) and text.isascii():
        return int(re.sub(r"\D", "", text))
    raise Invalid("not-a-number", value=text)


def figure_in(cell: Cell) -> Figure:
    """Return a number of people with how exact it is, such as “about 150”."""
    if not isinstance(cell, str):
        return Figure(whole_in(cell))
    match = _FIGURE.fullmatch(cell)
    said = match["qualifier"].strip() if match else ""
    qualifier = value_of(said, QUALIFIER_WORDS) if said else Qualifier.EXACT
    if match is None or qualifier is None:
        raise Invalid("not-a-figure", value=cell)
    try:
        return Figure(whole_in(match["value"].strip()), qualifier)
    except Invalid:
        raise Invalid("not-a-figure", value=cell) from None
