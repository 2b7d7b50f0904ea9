"""The form of a requirement, with its condition."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from wtforms import BooleanField, Field, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, NumberRange, Optional

from sdg_tracker.foundation.i18n import _, lazy
from sdg_tracker.schemes import words
from sdg_tracker.schemes.answers import answers_fact, as_answer, as_number, known_answers
from sdg_tracker.schemes.document import Document
from sdg_tracker.schemes.editing import Part
from sdg_tracker.schemes.fields import CONFIDENCE, both, in_order, line, lines, longer, many, numeric, short
from sdg_tracker.schemes.part_forms import PartForm
from sdg_tracker.web.forms import choices

CONDITIONS = 4  # rows of a condition that the form has
THREE = (("", lazy("It does not matter")), ("yes", lazy("Yes")), ("no", lazy("No")))


class RequirementForm(PartForm):
    """A requirement."""

    same = RadioField(
        lazy("Is it still the same requirement?"),
        choices=choices(
            [
                ("yes", lazy("Yes: assessments and evidence follow to the new code")),
                ("no", lazy("No: this is another requirement, and the former one is gone")),
            ]
        ),
        validators=[Optional()],
    )
    guidance_da = longer(lazy("Guidance in Danish"))
    guidance_en = longer(lazy("Guidance in English"))
    kind = SelectField(lazy("Kind"), choices=choices(words.KINDS.items()))
    scope = SelectField(lazy("Shown for"), choices=choices(words.SCOPES.items()))
    mandatory = BooleanField(lazy("Mandatory"))
    points = numeric(lazy("Points"))
    roles = many(lazy("Roles"), words.ROLES)
    quantity_min_value = numeric(lazy("At least"))
    quantity_min_setting = SelectField(lazy("or the setting"), validators=[Optional()])
    quantity_unit = SelectField(lazy("Unit"), validators=[Optional()])
    quantity_per = SelectField(
        lazy("Counted"), choices=choices([("", "–"), *words.PERIODS.items()]), validators=[Optional()]
    )
    counts_of = SelectField(
        lazy("What is counted"),
        choices=choices([("", lazy("Nothing")), *words.COUNTED.items()]),
        validators=[Optional()],
    )
    counts_types = many(lazy("Types of activity"))
    counts_roles = many(lazy("Roles of the activity"), words.ROLES)
    counts_audience = many(lazy("Audiences"))
    counts_mapped = SelectField(lazy("Mapped to a goal"), choices=choices(THREE), validators=[Optional()])
    counts_with_partner = SelectField(lazy("With a partner"), choices=choices(THREE), validators=[Optional()])
    counts_with_evidence = SelectField(lazy("With evidence"), choices=choices(THREE), validators=[Optional()])
    evidence_min_value = IntegerField(
        lazy("Pieces of evidence"), validators=[Optional(), NumberRange(min=0, max=10_000)]
    )
    evidence_min_setting = SelectField(lazy("or the setting"), validators=[Optional()])
    evidence_kinds = many(lazy("Kinds of evidence"))
    evidence_max_age_months_value = IntegerField(
        lazy("Oldest, in months"), validators=[Optional(), NumberRange(min=0, max=10_000)]
    )
    evidence_max_age_months_setting = SelectField(lazy("or the setting"), validators=[Optional()])
    evidence_public_required = BooleanField(lazy("The evidence must be public"))
    evidence_public_bonus = numeric(lazy("Points more when it is public"))
    condition_join = SelectField(
        lazy("Applies when"),
        choices=choices([("all", lazy("all of these hold")), ("any", lazy("any of these holds"))]),
        validators=[Optional()],
    )
    keep_condition = BooleanField(lazy("Keep the condition as it is"))
    goals = line(lazy("Goals"), required=False)
    sources = TextAreaField(lazy("Sources"), validators=[Optional(), Length(max=5000)], render_kw={"rows": 2})
    confidence = SelectField(lazy("How sure we are"), choices=CONFIDENCE)

    def offer(self, document: Document, part: Part) -> None:
        """Fill in places, settings, facts and units."""
        super().offer(document, part)
        settings = [
            (row["key"], words.text(row["text"]))
            for row in document.get("settings", [])
            if row["type"] in ("integer", "number")
        ]
        for name in ("quantity_min_setting", "evidence_min_setting", "evidence_max_age_months_setting"):
            self[name].choices = [("", "–"), *settings]
        self.facts = {row["key"]: row for row in document.get("facts", [])}
        for number in range(CONDITIONS):
            self[f"condition_{number}_fact"].choices = [
                ("", "–"), *((key, words.text(row["text"])) for key, row in self.facts.items())
            ]  # fmt: skip
        used = {row["quantity"]["unit"] for row in _requirements(document) if "quantity" in row}
        units = sorted(used | set(words.units()))
        self.quantity_unit.choices = [("", "–"), *((unit, words.unit_name(unit)) for unit in units)]

    def offer_words(self, vocabularies: Mapping[str, Mapping[str, str]], kinds: Sequence[str]) -> None:
        """Fill in the shared words."""
        self.counts_types.choices = list(vocabularies.get("activity-type", {}).items())
        self.counts_audience.choices = list(vocabularies.get("audience", {}).items())
        named = vocabularies.get("evidence-kind", {})
        self.evidence_kinds.choices = [(kind, named.get(kind, kind)) for kind in kinds]

    def fill(self, row: Mapping[str, Any], parent: str) -> None:
        """Show a requirement."""
        super().fill(row, parent)
        self.guidance_da.data, self.guidance_en.data = row["guidance"]["da"], row["guidance"]["en"]
        for name in ("kind", "scope", "mandatory", "points", "roles", "confidence"):
            self[name].data = row.get(name)
        self.goals.data, self.sources.data = ", ".join(row.get("goals", [])), "\n".join(row["sources"])
        quantity, where, evidence = row.get("quantity"), row.get("counts", {}).get("where", {}), row["evidence"]
        if quantity:
            self._show_number("quantity_min", quantity["min"])
            self.quantity_unit.data, self.quantity_per.data = quantity["unit"], quantity["per"]
        self.counts_of.data = row.get("counts", {}).get("of", "")
        for name in ("types", "roles", "audience"):
            self[f"counts_{name}"].data = list(where.get(name, []))
        for name in ("mapped", "with_partner", "with_evidence"):
            self[f"counts_{name}"].data = {True: "yes", False: "no", None: ""}[where.get(name)]
        self._show_number("evidence_min", evidence["min"])
        self._show_number("evidence_max_age_months", evidence["max_age_months"])
        self.evidence_kinds.data = list(evidence["kinds"])
        self.evidence_public_required.data = evidence["public_required"]
        self.evidence_public_bonus.data = evidence.get("public_bonus")
        self._show_condition(row.get("applies_if"))

    def values(self) -> Document:
        """Return the requirement as the file has it."""
        made: Document = {
            **super().values(),
            "guidance": both(self.guidance_da, self.guidance_en),
            "kind": self.kind.data,
            "scope": self.scope.data,
            "mandatory": bool(self.mandatory.data),
            "points": short(self.points.data) or None,
            "roles": in_order(self.roles.data, self.before.get("roles")),
            "sources": lines(self.sources),
            "confidence": self.confidence.data,
            "evidence": self._evidence(),
            "quantity": self._quantity(),
            "counts": self._counts() if self.kind.data == "activity_count" else None,
            "applies_if": self._condition(),
            "goals": [code for code in (self.goals.data or "").replace(",", " ").split() if code] or None,
        }
        return {key: value for key, value in made.items() if value is not None}

    def asks(self) -> Iterator[tuple[Field, str]]:
        """Ask for the whole of a quantity."""
        some = self.quantity_min_value.data is not None or bool(self.quantity_min_setting.data)
        if some and not (self.quantity_unit.data and self.quantity_per.data):
            yield self.quantity_unit, _("Choose the unit, and what it is counted in.")
        if not some and (self.quantity_unit.data or self.quantity_per.data):
            yield self.quantity_min_value, _("Write how many, or choose a setting.")

    def _evidence(self) -> Document:
        made: Document = {
            "min": self._read_number("evidence_min", 0),
            "kinds": in_order(self.evidence_kinds.data, self.before.get("evidence", {}).get("kinds")),
            "max_age_months": self._read_number("evidence_max_age_months", None),
            "public_required": bool(self.evidence_public_required.data),
        }
        if self.evidence_public_bonus.data:
            made["public_bonus"] = short(self.evidence_public_bonus.data)
        return made

    def _quantity(self) -> Document | None:
        number = self._read_number("quantity_min", None)
        if number is None:
            return None
        return {"min": number, "unit": self.quantity_unit.data, "per": self.quantity_per.data}

    def _counts(self) -> Document | None:
        if not self.counts_of.data:
            return None
        before = self.before.get("counts", {}).get("where", {})
        where: Document = {
            name: in_order(self[f"counts_{name}"].data, before.get(name))
            for name in ("types", "roles", "audience")
            if self[f"counts_{name}"].data
        }
        for name in ("mapped", "with_partner", "with_evidence"):
            if self[f"counts_{name}"].data:
                where[name] = self[f"counts_{name}"].data == "yes"
        return {"of": self.counts_of.data, **({"where": where} if where else {})}

    def _show_number(self, name: str, value: Any) -> None:
        if isinstance(value, Mapping):
            self[f"{name}_setting"].data = value["setting"]
        else:
            self[f"{name}_value"].data = value

    def _read_number(self, name: str, default: Any) -> Any:
        if self[f"{name}_setting"].data:
            return {"setting": self[f"{name}_setting"].data}
        value = self[f"{name}_value"].data
        return default if value is None else short(value)

    def _show_condition(self, condition: Mapping[str, Any] | None) -> None:
        rows = simple(condition)
        self.keep_condition.data = rows is None
        join, tests = rows or ("all", [])
        self.condition_join.data = join
        for number, test in enumerate(tests):
            self[f"condition_{number}_fact"].data = test["fact"]
            self[f"condition_{number}_test"].data = "at_least" if "at_least" in test else "is"
            value = test.get("at_least", test.get("is"))
            self[f"condition_{number}_value"].data = words.value(value) if isinstance(value, bool) else str(value)

    def _condition(self) -> Any:
        if self.keep_condition.data and self.before.get("applies_if"):
            return self.before["applies_if"]
        tests = [test for test in (self._test(number) for number in range(CONDITIONS)) if test]
        if not tests:
            return None
        return tests[0] if len(tests) == 1 else {self.condition_join.data or "all": tests}

    def _test(self, number: int) -> Document | None:
        fact = self.facts.get(self[f"condition_{number}_fact"].data or "")
        if fact is None:
            return None
        written = (self[f"condition_{number}_value"].data or "").strip()
        if self[f"condition_{number}_test"].data == "at_least":
            return {"fact": fact["key"], "at_least": as_number(written)}
        return {"fact": fact["key"], "is": as_answer(fact, written)}

    before: Mapping[str, Any] = {}
    facts: Mapping[str, Mapping[str, Any]] = {}

    def check_conditions(self) -> bool:
        """Say at each row what can't be an answer to its fact; return whether all can."""
        well = True
        for number in range(CONDITIONS):
            fact, field = self.facts.get(self[f"condition_{number}_fact"].data or ""), self[f"condition_{number}_value"]
            if fact is None:
                continue
            numeric = self[f"condition_{number}_test"].data == "at_least"
            value = self._test(number)
            if value is not None and (
                (numeric and (fact["type"] not in ("integer", "number") or value["at_least"] is None))
                or (not numeric and not answers_fact(fact, value["is"]))
            ):
                field.errors = [
                    *field.errors,
                    _("This can't be an answer to that. Choices: %(known)s", known=known_answers(fact)),
                ]
                well = False
        return well


for _number_ in range(CONDITIONS):
    setattr(RequirementForm, f"condition_{_number_}_fact", SelectField(lazy("Fact"), validators=[Optional()]))
    setattr(
        RequirementForm,
        f"condition_{_number_}_test",
        SelectField(
            lazy("Test"),
            choices=choices([("is", lazy("is")), ("at_least", lazy("is at least"))]),
            validators=[Optional()],
        ),
    )
    setattr(
        RequirementForm,
        f"condition_{_number_}_value",
        StringField(lazy("Answer"), validators=[Optional(), Length(max=200)]),
    )


def simple(condition: Mapping[str, Any] | None) -> tuple[str, list[Mapping[str, Any]]] | None:
    """Return how the tests of a condition are joined and which they are; None where the form has no room for it."""
    if condition is None:
        return "all", []
    if "fact" in condition:
        return "all", [condition]
    join = "all" if "all" in condition else "any"
    tests = condition[join]
    return (join, tests) if len(tests) <= CONDITIONS and all("fact" in test for test in tests) else None


def _requirements(document: Document) -> Iterable[Mapping[str, Any]]:
    return (row for area in document["areas"] for one in area["criteria"] for row in one["requirements"])
