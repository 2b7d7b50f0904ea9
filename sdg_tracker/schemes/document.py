"""A scheme as plain data, and the paths of its parts, such as ``areas[0].criteria[1].code``."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

Document = dict[str, Any]
_PYTHON: Mapping[str, tuple[type, ...]] = {
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "text": (str,),
    "date": (str,),
    "choice": (str,),
}


def requirements(document: Document) -> Iterator[tuple[str, Document]]:
    """Yield each requirement with its path in the file."""
    for a, area in enumerate(document["areas"]):
        for c, criterion in enumerate(area["criteria"]):
            for r, requirement in enumerate(criterion["requirements"]):
                yield f"areas[{a}].criteria[{c}].requirements[{r}]", requirement


def fits(kind: str, value: object) -> bool:
    """Return whether a value is of a setting's or fact's type; a day is text such as ``2026-03-31``."""
    if isinstance(value, bool) and kind != "boolean":
        return False
    if not isinstance(value, _PYTHON[kind]):
        return False
    if kind == "date":
        try:
            date.fromisoformat(str(value))
        except ValueError:
            return False
    return True
