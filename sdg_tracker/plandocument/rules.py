"""What a printed plan can be, and what is chosen and written for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sdg_tracker.foundation.errors import Invalid, NotFound, words
from sdg_tracker.foundation.i18n import Text, lazy

TEXTS = ("foreword", "reached", "not_reached", "learned", "proposal")
TEXT_LIMIT = 20_000  # characters
words(
    {
        "plan-document-year": lazy("Choose a year of the plan that has begun, from %(first)s to %(last)s."),
        "plan-document-languages": lazy("Choose two different languages, or only one."),
        "plan-document-unknown": lazy("There is no print of the plan that is called %(what)s."),
    }
)


class Variant(StrEnum):
    """What is printed of the plan."""

    PLAN = "plan"
    STATUS = "status"
    EVALUATION = "evaluation"


VARIANT_NAMES: Mapping[Variant, Text] = {
    Variant.PLAN: lazy("The plan as it is approved"),
    Variant.STATUS: lazy("The status of a year"),
    Variant.EVALUATION: lazy("The evaluation of a year, with the proposal for the next"),
}


@dataclass(frozen=True)
class Choices:
    """What somebody chose and wrote. Which texts are printed depends on the variant, see ``texts``."""

    variant: Variant = Variant.PLAN
    year: int | None = None
    language: str = "da"
    also: str = ""
    foreword: str = ""
    reached: str = ""
    not_reached: str = ""
    learned: str = ""
    proposal: str = ""

    @property
    def texts(self) -> dict[str, str]:
        """Return the texts that the variant prints; the others are empty."""
        kept = TEXTS if self.variant is Variant.EVALUATION else TEXTS[:1]
        return {name: getattr(self, name).strip() if name in kept else "" for name in TEXTS}


def code(variant: Variant, year: int | None) -> str:
    """Return how addresses name a print of the plan, such as ``plan`` or ``status-2025``."""
    return variant.value if variant is Variant.PLAN else f"{variant.value}-{year}"


def parsed(text: str) -> tuple[Variant, int | None]:
    """Return what ``code`` was made of. Raises NotFound."""
    name, _dash, year = text.partition("-")
    if name in set(Variant) and (name == Variant.PLAN) == (year == ""):
        variant = Variant(name)
        if variant is Variant.PLAN or (year.isascii() and year.isdigit() and len(year) == len("2025")):
            return variant, int(year) if year else None
    raise NotFound("plan-document-unknown", what=text)


def checked_year(choices: Choices, first: date, last: date, today: date) -> int | None:
    """Return the year that the variant is about, None for the plan itself. Raises Invalid for one that can't be."""
    if choices.variant is Variant.PLAN:
        return None
    newest = min(last.year, today.year)
    if choices.year is None or not first.year <= choices.year <= newest:
        raise Invalid("plan-document-year", field="year", first=str(first.year), last=str(newest))
    return choices.year


def day_of(year: int | None, today: date) -> date:
    """Return the day that statuses are told for: the last of the year, today while it is not over."""
    return today if year is None else min(today, date(year, 12, 31))


def variant_of(snapshot: Mapping[str, Any]) -> Variant:
    """Return what a frozen edition of this kind is."""
    return Variant(snapshot["composition"]["variant"])
