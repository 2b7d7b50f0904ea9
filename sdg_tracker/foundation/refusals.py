"""What a JSON schema refuses of a document, in words and with the place."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sdg_tracker.foundation.i18n import Text, lazy

Refusal = Any  # jsonschema's ValidationError; its types call every field perhaps unset
Unlike = Callable[[list[str], str], Text]  # of the types that were possible, and of what was found


@dataclass(frozen=True)
class Fault:
    """What is wrong with a document, and where in it: ``areas[0].code``, or nothing for the document as a whole."""

    path: str
    reason: Text

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}" if self.path else str(self.reason)


def unlike_all(kinds: list[str], found: str) -> Text:
    """Return the words for a value of none of these types."""
    return lazy("must be of type %(wanted)s, not %(found)s", wanted=" / ".join(kinds), found=found)


def explained(error: Refusal, unlike: Unlike = unlike_all) -> Iterator[Fault]:
    """Yield what an error of jsonschema's says; ``unlike`` words that a value has the type of no alternative."""
    if error.validator in ("oneOf", "anyOf"):
        yield from _alternatives(error, unlike)
    elif error.validator == "additionalProperties" and error.validator_value is False:
        for key in sorted(map(str, set(error.instance) - set(error.schema.get("properties", {})))):
            yield Fault(_path(error, key), lazy("is not a key of this format"))
    elif error.validator == "required":
        key = next(key for key in error.validator_value if key not in error.instance and f"'{key}'" in error.message)
        yield Fault(_path(error), lazy("lacks %(key)s", key=key))
    else:
        yield Fault(_path(error), _REASONS.get(str(error.validator), _plain)(error))


def _plain(error: Refusal) -> Text:
    if error.validator is None:  # forbidden beside the rest
        return lazy("holds something that means nothing here: %(found)s", found=_short(error))
    return lazy("does not hold: %(reason)s", reason=error.message)


_REASONS: Mapping[str, Callable[[Refusal], Text]] = {
    "enum": lambda error: lazy(
        "must be one of %(known)s, not %(found)s", known=", ".join(map(str, error.validator_value)), found=_short(error)
    ),
    "const": lambda error: lazy(
        "must be %(wanted)s, not %(found)s", wanted=json.dumps(error.validator_value), found=_short(error)
    ),
    "type": lambda error: unlike_all(_listed(error.validator_value), _short(error)),
    "pattern": lambda error: lazy("is not written as it must be: %(found)s", found=_short(error)),
    "minimum": lambda error: lazy(
        "must be at least %(limit)s, not %(found)s", limit=error.validator_value, found=_short(error)
    ),
    "exclusiveMinimum": lambda error: lazy(
        "must be above %(limit)s, not %(found)s", limit=error.validator_value, found=_short(error)
    ),
    "maximum": lambda error: lazy(
        "must be at most %(limit)s, not %(found)s", limit=error.validator_value, found=_short(error)
    ),
    "minLength": lambda _error: lazy("is empty"),
    "minItems": lambda error: lazy("needs at least %(limit)s", limit=error.validator_value),
    "minProperties": lambda error: lazy("needs at least %(limit)s", limit=error.validator_value),
    "maxLength": lambda error: lazy("is longer than %(limit)s characters", limit=error.validator_value),
    "uniqueItems": lambda _error: lazy("names something twice"),
}


def _alternatives(error: Refusal, unlike: Unlike) -> Iterator[Fault]:
    """Explain by the alternative that was meant: of its key ``rule``, by the keys that each needs, else of its type."""
    branches = error.validator_value
    ruled = [branch.get("properties", {}).get("rule", {}).get("const") for branch in branches]
    if all(ruled):
        rule = error.instance.get("rule")
        if rule not in ruled:
            if rule is not None:  # a missing one is told by "required"
                reason = lazy("must be one of %(known)s, not %(found)s", known=", ".join(ruled), found=rule)
                yield Fault(_path(error, "rule"), reason)
            return
        meant = ruled.index(rule)
        for inner in error.context or ():
            if inner.schema_path[0] == meant:
                yield from explained(inner, unlike)
        return
    needed = [" + ".join(branch["required"]) for branch in branches if "required" in branch]
    if len(needed) == len(branches):
        yield Fault(_path(error), lazy("needs exactly one of: %(known)s", known=", ".join(needed)))
        return
    mistyped = {
        inner.schema_path[0]: inner.validator_value
        for inner in error.context or ()
        if inner.validator == "type" and not inner.path
    }
    if len(mistyped) == len(branches):
        yield Fault(
            _path(error), unlike([kind for kinds in mistyped.values() for kind in _listed(kinds)], _short(error))
        )
    for inner in error.context or ():
        if inner.schema_path[0] not in mistyped:
            yield from explained(inner, unlike)


def _path(error: Refusal, key: str = "") -> str:
    inside = error.json_path.removeprefix("$").removeprefix(".")
    return f"{inside}.{key}" if inside and key else inside or key


def _short(error: Refusal) -> str:
    text = json.dumps(error.instance, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _listed(value: object) -> list[str]:
    return [str(part) for part in value] if isinstance(value, list) else [str(value)]
