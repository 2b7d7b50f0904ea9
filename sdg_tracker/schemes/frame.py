"""A scheme file: read, and held against the schema and against what a schema can't say.

All problems of a file are found at once. Each says where in the file it is (``areas[0].criteria[1].code``) and why.
"""

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
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


class _Loader(yaml.SafeLoader):
    """Plain data only: days stay text, and a key that occurs twice is refused."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Return the mapping. Raises ConstructorError for a key given twice."""
        seen: set[str] = set()
        for key, _value in node.value:
            name = str(key.value)
            if name in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{name} occurs twice", key.start_mark)
            seen.add(name)
        return super().construct_mapping(node, deep)


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if tag != "tag:yaml.org,2002:timestamp"]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read(path: Path, vocabularies: Mapping[str, Collection[str]] | None = None) -> Document:
    """Return what a scheme file says; ``vocabularies`` holds the words of activity types and audiences, where known.

    Raises Invalid (``scheme-broken``) with the file's name and all its problems.
    """
    try:
        document = yaml.load(path.read_text("utf-8"), _Loader)  # noqa: S506 - a safe loader of our own
    except (yaml.YAMLError, UnicodeDecodeError, OSError) as error:
        raise _broken(path, [_unreadable(error)]) from error
    found = list(faults(document, vocabularies or {}))
    if not found and document["id"] != path.stem:
        found = [Fault("id", lazy("must be the file's name, %(name)s", name=path.stem))]
    if found:
        raise _broken(path, found)
    kept: Document = document
    return kept


def faults(document: Any, vocabularies: Mapping[str, Collection[str]]) -> Iterator[Fault]:
    """Yield what the schema refuses; when it refuses nothing, what it can't say."""
    errors = sorted(_validator().iter_errors(document), key=lambda error: error.json_path)
    if errors:
        for error in errors:
            yield from _explained(error)
        return
    for check in (_repeated, _settings, _facts, _conditions, _points, _decision):
        yield from check(document)
    yield from _words_used(document, vocabularies)


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
def _validator() -> Draft202012Validator:
    path = resource_dir("seed") / "certification" / "scheme.schema.json"
    return Draft202012Validator(json.loads(path.read_text("utf-8")))


def _broken(path: Path, found: Iterable[Fault]) -> Invalid:
    return Invalid("scheme-broken", file=path.name, problems=list(found))


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
