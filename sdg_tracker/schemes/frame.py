"""What is wrong with a scheme, for files and drafts alike: what the schema refuses, and what a schema can't say."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from math import isclose
from typing import Any

from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.foundation.refusals import Fault
from sdg_tracker.schemes.document import Document, fits, requirements
from sdg_tracker.schemes.shape import refused

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
POINTS = frozenset({"mandatory_plus_share_of_points", "best_n_weighted"})  # rules under which points mean something


def faults(document: Any, vocabularies: Mapping[str, Collection[str]]) -> Iterator[Fault]:
    """Yield what the schema refuses; when it refuses nothing, what it can't say."""
    odd = list(_odd(document, ""))
    if odd:
        yield from odd
        return
    found = list(refused(document))
    if found:
        yield from found
        return
    for check in (_repeated, _earlier_codes, _settings, _facts, _conditions, _points, _decision):
        yield from check(document)
    yield from _words_used(document, vocabularies)


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
