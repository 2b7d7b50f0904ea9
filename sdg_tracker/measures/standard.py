"""The standard set: what public libraries report each year, to begin a measure from. Own words, unofficial."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from sdg_tracker.foundation.i18n import in_locale
from sdg_tracker.foundation.resources import resource_dir
from sdg_tracker.measures.details import Definition, MeasureDetails

TEXTS = ("definition", "includes", "excludes")


@dataclass(frozen=True)
class Standard:
    """A measure of the set. ``reported``: the national library statistics ask for it."""

    code: str
    details: MeasureDetails
    definition: Definition
    reported: bool

    @property
    def title(self) -> str:
        """Return the name in the current language."""
        return in_locale(self.details.name, self.details.name_en)

    @property
    def said(self) -> str:
        """Return the definition in the current language."""
        return in_locale(self.definition.definition, self.definition.definition_en)


@cache
def measures() -> Mapping[str, Standard]:
    """Return the set by code, in its order."""
    with (resource_dir("seed") / "measures" / "standard.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: _standard(row) for row in csv.DictReader(file)}


def _standard(row: Mapping[str, str]) -> Standard:
    details = MeasureDetails(
        name=row["name_da"],
        name_en=row["name_en"],
        unit=row["unit_da"],
        unit_en=row["unit_en"],
        aggregation=row["aggregation"],
        numerator=row["numerator"],
        denominator=row["denominator"],
        factor=Decimal(row["factor"]) if row["factor"] else None,
        direction=row["direction"],
        frequency=row["frequency"],
        by_branch=row["by_branch"] == "yes",
        decimals=int(row["decimals"]),
        goals=_several(row["goal"]),
        targets=_several(row["target"]),
        counted=row["counted"],
        counted_types=_several(row["counted_types"]),
    )
    texts = {key: row[f"{key}_da"] for key in TEXTS} | {f"{key}_en": row[f"{key}_en"] for key in TEXTS}
    return Standard(row["code"], details, Definition(**texts), row["official"] == "yes")


def _several(cell: str) -> tuple[str, ...]:
    return tuple(part for part in cell.split(";") if part)
