"""What is written as an answer to a fact or as the value of a setting."""

from collections.abc import Mapping
from math import isfinite
from typing import Any

from sdg_tracker.foundation.i18n import _
from sdg_tracker.schemes.document import fits
from sdg_tracker.schemes.fields import short


def as_answer(fact: Mapping[str, Any], written: str) -> Any:
    """Return what was written as an answer to a fact; the text itself where it can't be one."""
    if fact["type"] == "boolean":
        return {"ja": True, "yes": True, "true": True, "nej": False, "no": False, "false": False}.get(
            written.lower(), written
        )
    if fact["type"] in ("integer", "number"):
        found = as_number(written)
        return written if found is None else found
    return written


def answers_fact(fact: Mapping[str, Any], value: Any) -> bool:
    """Return whether a value can be an answer to a fact."""
    return value != "" and fits(fact["type"], value) and (fact["type"] != "choice" or value in fact["options"])


def known_answers(fact: Mapping[str, Any]) -> str:
    """Return what can be answered to a fact, in words."""
    kinds: Mapping[str, str] = {
        "boolean": _("yes, no"),
        "integer": _("a whole number"),
        "number": _("a number"),
        "choice": ", ".join(fact.get("options", ())),
    }
    return kinds.get(fact["type"], _("a text"))


def as_number(written: str) -> Any:
    """Return what was written as a number, None for what is none; a comma or a point stands before decimals."""
    try:
        number = float(written.replace(",", "."))
    except ValueError:
        return None
    return short(number) if isfinite(number) else None
