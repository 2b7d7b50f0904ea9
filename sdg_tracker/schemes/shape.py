"""What the JSON schema of scheme files refuses."""

import json
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import Any

from jsonschema import Draft202012Validator

from sdg_tracker.foundation.i18n import Text, lazy
from sdg_tracker.foundation.refusals import Fault, Refusal, explained
from sdg_tracker.foundation.resources import resource_dir
from sdg_tracker.schemes.document import Document


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
    return explained(error, _no_number)


def _no_number(_kinds: list[str], found: str) -> Text:
    """Where a scheme's schema has alternatives of other types, they are a number and the name of a setting."""
    return lazy("must be a number or name a setting, not %(found)s", found=found)
