"""What a scheme leaves open and asks of a library: what is not answered, what hangs on it. Plain functions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sdg_tracker.schemes.difference import places
from sdg_tracker.schemes.editing import facts_of

Values = Mapping[str, Any]


class Use(StrEnum):
    """Why something is asked."""

    QUANTITY = "quantity"  # how much requirements ask for
    PIECES = "pieces"  # how many pieces of evidence
    AGE = "age"  # how old evidence may be
    APPLIES = "applies"  # whether requirements apply
    PLAN = "plan"  # how long the plan is
    REPORT = "report"  # how often a report is due
    VALIDITY = "validity"
    TOLD = "told"  # no rule hangs on it: it stands in the dossier


@dataclass(frozen=True)
class Question:
    """One setting or fact. ``answered`` is false while it has no value at all."""

    kind: str  # setting or fact
    key: str
    answered: bool
    start_value: bool = False  # a value that the owner has not given and nobody has chosen
    uses: tuple[Use, ...] = ()
    codes: tuple[str, ...] = ()  # of the requirements that hang on it, in order

    @property
    def name(self) -> str:
        """Return the name of its field."""
        return f"{self.kind}_{self.key}"


def questions(document: Values, chosen: Values, facts: Values) -> list[Question]:
    """Return every fact and setting; what is not answered yet first, each group in the scheme's order."""
    used = _uses(document)
    found = [_question("fact", row["key"], used, facts.get(row["key"])) for row in document.get("facts", [])]
    for row in document.get("settings", []):
        key, value = row["key"], chosen.get(row["key"], row["value"])
        start = value is not None and not row["known"] and key not in chosen
        found.append(_question("setting", key, used, value, start_value=start))
    return sorted(found, key=lambda question: question.answered)


@dataclass
class _Used:
    uses: dict[Use, None] = field(default_factory=dict)
    codes: dict[str, None] = field(default_factory=dict)


def _question(
    kind: str, key: str, used: Mapping[tuple[str, str], _Used], value: object, *, start_value: bool = False
) -> Question:
    found = used.get((kind, key), _Used({Use.TOLD: None}))
    return Question(kind, key, value is not None, start_value, tuple(found.uses), tuple(found.codes))


def _uses(document: Values) -> dict[tuple[str, str], _Used]:
    found: dict[tuple[str, str], _Used] = {}
    for kind, key, use, code in _named(document):
        there = found.setdefault((kind, key), _Used())
        there.uses[use] = None
        if code:
            there.codes[code] = None
    return found


def _named(document: Values) -> Iterator[tuple[str, str, Use, str]]:
    cycle = document["cycle"]
    for use, value in (
        (Use.PLAN, cycle["plan_years"]),
        (Use.REPORT, (cycle["report_every"] or {}).get("months")),
        (Use.VALIDITY, cycle.get("valid_for", {}).get("months")),
    ):
        if isinstance(value, Mapping):
            yield "setting", value["setting"], use, ""
    for place in places(document):
        evidence = place.definition["evidence"]
        for use, value in (
            (Use.QUANTITY, place.definition.get("quantity", {}).get("min")),
            (Use.PIECES, evidence["min"]),
            (Use.AGE, evidence["max_age_months"]),
        ):
            if isinstance(value, Mapping):
                yield "setting", value["setting"], use, place.code
        for key in facts_of(place.definition.get("applies_if", {})):
            yield "fact", key, Use.APPLIES, place.code
