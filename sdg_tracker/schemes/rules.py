"""What a requirement asks of one library in one cycle. Plain functions on values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Number = int | float
Values = Mapping[str, Any]


@dataclass(frozen=True)
class Amount:
    """A number that a requirement asks for; one that a setting holds says so."""

    value: Number | None  # None: nobody has set it yet
    setting: str = ""  # key of the setting, empty for a number that the scheme itself gives
    known: bool = True  # the scheme's owner gave it; False: a start value
    changed: bool = False  # set for this cycle, instead of the scheme's value


@dataclass(frozen=True)
class Asked:
    """What has to be shown for a requirement."""

    evidence: Amount  # pieces
    kinds: tuple[str, ...]
    max_age: Amount | None  # months; None: no limit
    public_required: bool
    public_bonus: Number  # points added where the evidence is public, 0 for none
    quantity: Amount | None
    unit: str  # empty without quantity
    per: str


def settings_of(document: Values, chosen: Values) -> dict[str, Any]:
    """Return every setting's value in a cycle: what was chosen for it, else the scheme's value."""
    return {setting["key"]: chosen.get(setting["key"], setting["value"]) for setting in document.get("settings", [])}


def amount(number: Number | Values, document: Values, chosen: Values) -> Amount:
    """Return a number of the scheme as it is in a cycle, where it is ``{"setting": key}``.

    Raises LookupError for a setting that the scheme does not declare.
    """
    if not isinstance(number, Mapping):
        return Amount(number)
    key = number["setting"]
    for setting in document.get("settings", []):
        if setting["key"] == key:
            return Amount(chosen.get(key, setting["value"]), key, setting["known"], key in chosen)
    raise LookupError(key)


def asked(definition: Values, document: Values, chosen: Values) -> Asked:
    """Return what a requirement asks in a cycle with the settings chosen for it."""
    evidence, quantity = definition["evidence"], definition.get("quantity")
    oldest = evidence["max_age_months"]
    return Asked(
        evidence=amount(evidence["min"], document, chosen),
        kinds=tuple(evidence["kinds"]),
        max_age=None if oldest is None else amount(oldest, document, chosen),
        public_required=evidence["public_required"],
        public_bonus=evidence.get("public_bonus", 0),
        quantity=amount(quantity["min"], document, chosen) if quantity else None,
        unit=quantity["unit"] if quantity else "",
        per=quantity["per"] if quantity else "",
    )


def applies(condition: Values | None, facts: Values) -> bool | None:
    """Return whether a requirement applies to a library; None while the facts that decide it are missing."""
    if condition is None:
        return True
    if "fact" in condition:
        value = facts.get(condition["fact"])
        if value is None:
            return None
        return bool(value >= condition["at_least"]) if "at_least" in condition else bool(value == condition["is"])
    wanted = "any" not in condition  # all: one that fails decides; any: one that holds decides
    answers = [applies(part, facts) for part in condition["all" if wanted else "any"]]
    if (not wanted) in answers:
        return not wanted
    return None if None in answers else wanted


def version_order(version: str) -> tuple[int, ...]:
    """Return what to sort versions by: 1.9 before 1.10."""
    return tuple(int(part) for part in version.split("."))
