"""What a scheme asks of a requirement that is left out, and what else it wants written. Plain functions on its rule."""

from collections.abc import Mapping, Sequence
from typing import Any

Decision = Mapping[str, Any]  # the decision rule of a scheme file
Both = Mapping[str, str]  # a text in Danish and English


def reasons(decision: Decision) -> dict[str, Both]:
    """Return the ready-made reasons by code, in the scheme's order; empty where people write their own."""
    return {row["code"]: row["text"] for row in decision.get("omission", {}).get("reasons", ())}


def wants_words(decision: Decision) -> bool:
    """Return whether leaving out has to be explained in own words: always where no reason is ready-made."""
    return bool(decision.get("omission", {}).get("explanation_required", True))


def may_leave_out(decision: Decision, code: str) -> bool:
    """Return whether a requirement may be left out."""
    return code not in decision.get("omission", {}).get("not_for", ())


def fields(decision: Decision) -> dict[str, Both]:
    """Return what else the scheme wants written of each requirement, by key."""
    return {row["key"]: row["text"] for row in decision.get("answer_fields", ())}


def told(decision: Decision, omission: str, answers: Mapping[str, str]) -> dict[str, Any]:
    """Return reason and answers with their names, as a snapshot holds them; what is not given is absent.

    A code that the scheme no longer has stands for itself.
    """
    found: dict[str, Any] = {}
    if omission:
        found["omission"] = {"code": omission, "text": _both(reasons(decision).get(omission), omission)}
    known: Sequence[tuple[str, Both]] = list(fields(decision).items())
    given = [{"key": key, "text": _both(text, key), "value": answers[key]} for key, text in known if answers.get(key)]
    return {**found, "answers": given} if given else found


def _both(text: Both | None, instead: str) -> dict[str, str]:
    return {"da": text["da"], "en": text["en"]} if text else {"da": instead, "en": instead}
