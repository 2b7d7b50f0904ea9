"""A scheme file: read, and held against the schema and against what a schema can't say.

All problems of a file are found at once. Each says where in the file it is (``areas[0].criteria[1].code``) and why.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from math import isclose
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator

from sdg_tracker.foundation.errors import Invalid, words
from sdg_tracker.foundation.i18n import Text, lazy
from sdg_tracker.foundation.resources import resource_dir

words({"scheme-broken": lazy("The scheme file %(file)s can't be used: %(problems)s")})

Document = dict[str, Any]
_Safe: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
LARGEST = 4_000_000  # bytes of a file
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
DEEPEST = 40  # lists and mappings inside each other
Refusal = Any  # jsonschema's ValidationError; its types call every field perhaps unset
POINTS = frozenset({"mandatory_plus_share_of_points", "best_n_weighted"})  # rules under which points mean something
_PYTHON: Mapping[str, tuple[type, ...]] = {
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "text": (str,),
    "date": (str,),
    "choice": (str,),
}


@dataclass(frozen=True)
class Fault:
    """What is wrong with a file, and where in it; ``path`` is empty for the file as a whole."""

    path: str
    reason: Text

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}" if self.path else str(self.reason)


class _Loader(_Safe):  # type: ignore[misc] # one of two classes of the same shape
    """Plain data only: days stay text, and a key that occurs twice is refused."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Return the mapping. Raises ConstructorError for a key given twice."""
        seen: set[str] = set()
        for key, _value in node.value:
            name = str(key.value)
            if name in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{name} occurs twice", key.start_mark)
            seen.add(name)
        found: dict[Any, Any] = super().construct_mapping(node, deep)
        return found


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if tag != "tag:yaml.org,2002:timestamp"]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read(path: Path, vocabularies: Mapping[str, Collection[str]] | None = None) -> Document:
    """Return what a scheme file says; ``vocabularies`` holds the words of activity types and audiences, where known.

    Raises Invalid (``scheme-broken``) with the file's name and all its problems.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _broken(path.name, [_unreadable(error)]) from error
    document = parse(content, path.name, vocabularies)
    if document["id"] != path.stem:
        raise _broken(path.name, [Fault("id", lazy("must be the file's name, %(name)s", name=path.stem))])
    return document


def parse(content: bytes, name: str, vocabularies: Mapping[str, Collection[str]] | None = None) -> Document:
    """Return what a scheme file says that came from elsewhere, under whatever name.

    Raises Invalid (``scheme-broken``) with all its problems.
    """
    if len(content) > LARGEST:
        raise _broken(name, [Fault("", lazy("is larger than %(limit)s MB", limit=LARGEST // 1_000_000))])
    try:
        text = content.decode("utf-8-sig")
        found = list(_unsafe(text))
        document: Any = None if found else yaml.load(text, _Loader)  # noqa: S506 - a safe loader of our own
        found = found or list(faults(document, vocabularies or {}))
    except (yaml.YAMLError, ValueError) as error:  # also a number or a day that is none
        raise _broken(name, [_unreadable(error)]) from error
    if found:
        raise _broken(name, found)
    made: Document = document
    return made


def _unsafe(text: str) -> Iterator[Fault]:
    """Yield the first thing that could keep a reader busy for ever: an alias, or nesting without end."""
    depth = 0
    for event in yaml.parse(text, _Safe):
        mark: Any = event.start_mark
        where = f"{mark.line + 1}:{mark.column + 1}"
        if isinstance(event, yaml.AliasEvent):
            yield Fault(where, lazy("aliases (*) are not taken: write it out"))
            return
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            yield Fault(where, lazy("is nested too deeply"))
            return


def dump(document: Document) -> str:
    """Return a scheme as the text of a file that ``parse`` reads back to the same."""
    return yaml.dump(document, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120)


def faults(document: Any, vocabularies: Mapping[str, Collection[str]]) -> Iterator[Fault]:
    """Yield what the schema refuses; when it refuses nothing, what it can't say."""
    odd = list(_odd(document, ""))
    if odd:
        yield from odd
        return
    refused = list(_refused(document))
    if refused:
        yield from refused
        return
    for check in (_repeated, _earlier_codes, _settings, _facts, _conditions, _points, _decision):
        yield from check(document)
    yield from _words_used(document, vocabularies)


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


@cache
def _validator(part: str = "") -> Draft202012Validator:
    path = resource_dir("seed") / "certification" / "scheme.schema.json"
    schema = json.loads(path.read_text("utf-8"))
    if part:
        return Draft202012Validator({"$ref": f"#/$defs/{part}", "$defs": schema["$defs"]})
    return Draft202012Validator({**schema, "$defs": {**schema["$defs"], "requirement": {}}})


def _refused(document: Any) -> Iterator[Fault]:
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


def _broken(name: str, found: Iterable[Fault]) -> Invalid:
    return Invalid("scheme-broken", field="document", file=name, problems=list(found))


class _Dumper(yaml.SafeDumper):
    """Writes each thing out in full: what occurs twice stands there twice."""

    def ignore_aliases(self, _data: Any) -> bool:
        """Never write an alias."""
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        """Indent lists too, as people write them."""
        super().increase_indent(flow, False)  # noqa: FBT003 - PyYAML's signature


def _odd(value: Any, path: str) -> Iterator[Fault]:
    """Yield what JSON can't carry the same way everywhere: characters that steer machines, and numbers without end."""
    if isinstance(value, dict):
        for key, part in value.items():
            where = f"{path}.{key}" if path else str(key)
            if not isinstance(key, str):
                yield Fault(where, lazy("must be text on the left of the colon"))
            yield from _odd(part, where)
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from _odd(part, f"{path}[{number}]")
    elif isinstance(value, str):
        if _CONTROL.search(value):
            yield Fault(path, lazy("holds a control character"))
    elif not isinstance(value, int | float | None):
        yield Fault(path, lazy("is of no type that this format knows"))
    elif value is not None and not -1_000_000_000 <= value <= 1_000_000_000:  # also NaN
        yield Fault(path, lazy("is no number between -1,000,000,000 and 1,000,000,000"))


def _unreadable(error: Exception) -> Fault:
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        return Fault("", lazy("can't be read: %(reason)s", reason=str(error)))
    where = f"{mark.line + 1}:{mark.column + 1}"
    return Fault(where, lazy("is not YAML: %(reason)s", reason=getattr(error, "problem", None) or str(error)))


# What the schema refuses, in words -----------------------------------------------------------------------------------


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


# What a schema can't say ---------------------------------------------------------------------------------------------


def _repeated(document: Document) -> Iterator[Fault]:
    areas = [(f"areas[{a}]", area) for a, area in enumerate(document["areas"])]
    criteria = [(f"{path}.criteria[{c}]", one) for path, area in areas for c, one in enumerate(area["criteria"])]
    for key, rows in (
        ("code", areas),
        ("code", criteria),
        ("code", list(requirements(document))),
        ("code", _numbered(document, "stages")),
        ("key", _numbered(document, "settings")),
        ("key", _numbered(document, "facts")),
        ("code", _numbered(document["decision"].get("omission", {}), "reasons", "decision.omission.")),
        ("key", _numbered(document["decision"], "answer_fields", "decision.")),
        ("area", _numbered(document["decision"], "always", "decision.")),
    ):
        many = {value for value, count in Counter(row[key] for _, row in rows).items() if count > 1}
        for path, row in rows:
            if row[key] in many:
                yield Fault(f"{path}.{key}", lazy("%(value)s occurs more than once", value=row[key]))


def _earlier_codes(document: Document) -> Iterator[Fault]:
    """A code is one requirement for ever: no other one may have it, or have had it."""
    taken = {requirement["code"]: "" for _, requirement in requirements(document)}
    for path, requirement in requirements(document):
        for number, code in enumerate(requirement.get("was", [])):
            if code in taken:
                yield Fault(f"{path}.was[{number}]", lazy("%(value)s occurs more than once", value=code))
            taken[code] = path


def _numbered(document: Document, key: str, before: str = "") -> list[tuple[str, Document]]:
    return [(f"{before}{key}[{number}]", row) for number, row in enumerate(document.get(key, []))]


def _settings(document: Document) -> Iterator[Fault]:
    declared = {setting["key"]: setting for setting in document.get("settings", [])}
    for path, setting in _numbered(document, "settings"):
        value = setting["value"]
        if value is None and setting["known"]:
            yield Fault(f"{path}.value", lazy("is called known but has no value"))
        if value is not None and not fits(setting["type"], value):
            yield Fault(f"{path}.value", lazy("is not of type %(wanted)s", wanted=setting["type"]))
    for path, key in _settings_named(document, ""):
        if key not in declared:
            yield Fault(path, lazy("the setting %(key)s is not declared", key=key))
        elif declared[key]["type"] not in ("integer", "number"):
            yield Fault(path, lazy("the setting %(key)s is no number", key=key))
        elif fits("number", value := declared[key]["value"]) and value < 0:
            yield Fault(path, lazy("the setting %(key)s is below 0", key=key))
    for number, key in enumerate(document["decision"].get("settings_agreed", [])):
        if key not in declared:
            path = f"decision.settings_agreed[{number}]"
            yield Fault(path, lazy("the setting %(key)s is not declared", key=key))


def _settings_named(value: object, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        if set(value) == {"setting"}:
            yield f"{path}.setting", value["setting"]
            return
        for key, part in value.items():
            yield from _settings_named(part, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from _settings_named(part, f"{path}[{number}]")


def _facts(document: Document) -> Iterator[Fault]:
    for path, fact in _numbered(document, "facts"):
        options = fact.get("options", [])
        if options and fact["type"] != "choice":
            yield Fault(f"{path}.options", lazy("only a choice has options"))
        if len(set(options)) < len(options):
            yield Fault(f"{path}.options", lazy("names something twice"))
        for option in fact.get("labels", {}):
            if option not in options:
                yield Fault(f"{path}.labels.{option}", lazy("is none of the options"))


def _conditions(document: Document) -> Iterator[Fault]:
    declared = {fact["key"]: fact for fact in document.get("facts", [])}
    for path, requirement in requirements(document):
        for where, condition in _asked(requirement.get("applies_if", {}), f"{path}.applies_if"):
            fact = declared.get(condition["fact"])
            if fact is None:
                yield Fault(f"{where}.fact", lazy("the fact %(key)s is not declared", key=condition["fact"]))
            elif "at_least" in condition:
                if fact["type"] not in ("integer", "number"):
                    yield Fault(f"{where}.at_least", lazy("the fact %(key)s is no number", key=fact["key"]))
            elif not fits(fact["type"], condition["is"]):
                yield Fault(f"{where}.is", lazy("is not of type %(wanted)s", wanted=fact["type"]))
            elif fact["type"] == "choice" and condition["is"] not in fact["options"]:
                known = ", ".join(fact["options"])
                yield Fault(
                    f"{where}.is", lazy("must be one of %(known)s, not %(found)s", known=known, found=condition["is"])
                )


def _asked(condition: Document, path: str) -> Iterator[tuple[str, Document]]:
    if "fact" in condition:
        yield path, condition
    for key in ("all", "any"):
        for number, part in enumerate(condition.get(key, [])):
            yield from _asked(part, f"{path}.{key}[{number}]")


def _words_used(document: Document, vocabularies: Mapping[str, Collection[str]]) -> Iterator[Fault]:
    used = [("activity-type", f"type_roles.{word}", word) for word in document.get("type_roles", {})]
    for path, requirement in requirements(document):
        where = requirement.get("counts", {}).get("where", {})
        for vocabulary, key in (("activity-type", "types"), ("audience", "audience")):
            used += [
                (vocabulary, f"{path}.counts.where.{key}[{number}]", word)
                for number, word in enumerate(where.get(key, []))
            ]
    for vocabulary, path, word in used:
        known = vocabularies.get(vocabulary)
        if known is not None and word not in known:
            yield Fault(path, lazy("must be one of %(known)s, not %(found)s", known=", ".join(known), found=word))


def _points(document: Document) -> Iterator[Fault]:
    rule = document["decision"]["rule"]
    for path, requirement in requirements(document):
        pointed = "points" in requirement
        if rule in POINTS and requirement["mandatory"] == pointed:
            yield Fault(path, lazy("must be either mandatory or worth points"))
        elif rule not in POINTS and pointed:
            yield Fault(f"{path}.points", lazy("points mean nothing under the rule %(rule)s", rule=rule))
        if rule == "every_requirement_answered" and not requirement["mandatory"]:
            yield Fault(f"{path}.mandatory", lazy("must be true under the rule %(rule)s", rule=rule))


def _decision(document: Document) -> Iterator[Fault]:
    decision = document["decision"]
    codes = {requirement["code"] for _, requirement in requirements(document)}
    for number, code in enumerate(decision.get("omission", {}).get("not_for", [])):
        if code not in codes:
            yield Fault(f"decision.omission.not_for[{number}]", lazy("there is no requirement %(code)s", code=code))
    if decision["rule"] != "best_n_weighted":
        return
    areas = {area["code"] for area in document["areas"]}
    for number, part in enumerate(decision["always"]):
        if part["area"] not in areas:
            yield Fault(f"decision.always[{number}].area", lazy("there is no area %(code)s", code=part["area"]))
    best = decision["best"]
    others = len(areas - {part["area"] for part in decision["always"]})
    if best["n"] > others:
        yield Fault("decision.best.n", lazy("must be at most %(limit)s, not %(found)s", limit=others, found=best["n"]))
    total = sum(part["weight"] for part in decision["always"]) + best["n"] * best["weight"]
    if not isclose(total, 1, abs_tol=1e-9):
        yield Fault("decision", lazy("the weights add up to %(total)s instead of 1", total=round(total, 6)))
