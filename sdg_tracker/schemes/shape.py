"""What the JSON schema of scheme files refuses, in words."""

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache, lru_cache
from typing import Any

from jsonschema import Draft202012Validator

from sdg_tracker.foundation.i18n import Text, lazy
from sdg_tracker.foundation.resources import resource_dir
from sdg_tracker.schemes.document import Document, Fault

Refusal = Any  # jsonschema's ValidationError; its types call every field perhaps unset


def part_faults(part: str, row: Document) -> list[Fault]:
    """Return what the schema refuses of one part: an area, criterion, requirement, setting or fact."""
    inner = {"area": "criteria", "criterion": "requirements"}.get(part)
    shown = {**row, inner: [{}]} if inner else row
    errors = sorted(_validator(part).iter_errors(shown), key=lambda error: error.json_path)
    found = [fault for error in errors for fault in _explained(error)]
    return [fault for fault in found if inner is None or not fault.path.startswith(inner)]


def evidence_kinds() -> list[str]:
    """Return the kinds of evidence that a requirement may accept."""
    schema = _validator().schema
    kinds = schema["$defs"]["evidence"]["properties"]["kinds"]["items"]["enum"] if isinstance(schema, Mapping) else []
    return list(kinds)


@cache
def _validator(part: str = "") -> Draft202012Validator:
    path = resource_dir("seed") / "certification" / "scheme.schema.json"
    schema = json.loads(path.read_text("utf-8"))
    if part:
        return Draft202012Validator({"$ref": f"#/$defs/{part}", "$defs": schema["$defs"]})
    return Draft202012Validator({**schema, "$defs": {**schema["$defs"], "requirement": {}}})


def refused(document: Any) -> Iterator[Fault]:
    """Yield what the schema refuses. Requirements are asked one by one: of a long scheme few are new each time."""
    parts: list[tuple[str, Any]] = []
    shell = _without_requirements(document, parts)
    for error in sorted(_validator().iter_errors(shell), key=lambda error: error.json_path):
        yield from _explained(error)
    for path, requirement in parts:
        for fault in _refused_requirement(json.dumps(requirement, ensure_ascii=False)):
            yield Fault(f"{path}.{fault.path}" if fault.path else path, fault.reason)


@lru_cache(maxsize=5000)
def _refused_requirement(text: str) -> tuple[Fault, ...]:
    errors = sorted(_validator("requirement").iter_errors(json.loads(text)), key=lambda error: error.json_path)
    return tuple(fault for error in errors for fault in _explained(error))


def _without_requirements(document: Any, parts: list[tuple[str, Any]]) -> Any:
    """Return the document without what its requirements say; that comes into ``parts``."""
    if not isinstance(document, dict) or not isinstance(document.get("areas"), list):
        return document
    areas = []
    for a, area in enumerate(document["areas"]):
        criteria = area.get("criteria") if isinstance(area, dict) else None
        if not isinstance(criteria, list):
            areas.append(area)
            continue
        kept = []
        for c, criterion in enumerate(criteria):
            rows = criterion.get("requirements") if isinstance(criterion, dict) else None
            if isinstance(rows, list):
                parts += [(f"areas[{a}].criteria[{c}].requirements[{r}]", row) for r, row in enumerate(rows)]
                kept.append({**criterion, "requirements": [{}] * len(rows)})
            else:
                kept.append(criterion)
        areas.append({**area, "criteria": kept})
    return {**document, "areas": areas}


def _explained(error: Refusal) -> Iterator[Fault]:
    if error.validator in ("oneOf", "anyOf"):
        yield from _alternatives(error)
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
    "type": lambda error: lazy(
        "must be of type %(wanted)s, not %(found)s",
        wanted=" / ".join(_listed(error.validator_value)),
        found=_short(error),
    ),
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


def _alternatives(error: Refusal) -> Iterator[Fault]:
    """Explain by the alternative that was meant: of its key ``rule``, of its type, else by the keys that each needs."""
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
                yield from _explained(inner)
        return
    needed = [" + ".join(branch["required"]) for branch in branches if "required" in branch]
    if len(needed) == len(branches):
        yield Fault(_path(error), lazy("needs exactly one of: %(known)s", known=", ".join(needed)))
        return
    fitting = [inner for inner in error.context or () if inner.validator not in ("type", "required")]
    for inner in fitting:
        yield from _explained(inner)
    if not fitting:
        yield Fault(_path(error), lazy("must be a number or name a setting, not %(found)s", found=_short(error)))


def _path(error: Refusal, key: str = "") -> str:
    inside = error.json_path.removeprefix("$").removeprefix(".")
    return f"{inside}.{key}" if inside and key else inside or key


def _short(error: Refusal) -> str:
    text = json.dumps(error.instance, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _listed(value: object) -> list[str]:
    return [str(part) for part in value] if isinstance(value, list) else [str(value)]
