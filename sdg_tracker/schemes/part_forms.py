"""Forms of what a scheme is made of: each shows a part of the document, and gives it back as the file has it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import isfinite
from typing import Any

from wtforms import (
    BooleanField,
    Field,
    FloatField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from sdg_tracker.foundation.i18n import Text, _, lazy
from sdg_tracker.schemes import words
from sdg_tracker.schemes.editing import Part
from sdg_tracker.schemes.editing import choices as parts
from sdg_tracker.schemes.frame import Document, Fault, fits
from sdg_tracker.web.forms import BaseForm, choices

CONDITIONS = 4  # rows of a condition that the form has
LONGEST, LONGEST_TEXT = 300, 2000  # characters
CODE = Regexp(
    r"^[A-Z0-9]+([.-][A-Za-z0-9]+)*$",
    message=lazy("Write capital letters and digits, with dots between, such as O1.2."),
)
KEY = Regexp(r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$", message=lazy("Write small letters and digits with _ between."))
CONFIDENCE = choices(
    (code, lazy("%(code)s – %(text)s", code=code, text=text)) for code, text in words.CONFIDENCE.items()
)
THREE = (("", lazy("It does not matter")), ("yes", lazy("Yes")), ("no", lazy("No")))


class StepForm(BaseForm):
    """A step without fields of its own; ``revision`` is the one that was shown."""

    revision = HiddenField()

    def seen(self) -> int:
        """Return the revision that was shown; one that nobody ever saw when the field was tampered with."""
        text = self.revision.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1

    def validate(self, extra_validators: Any = None) -> bool:
        """Return whether the form holds, asking also for what only some answers need."""
        well = bool(super().validate(extra_validators))
        for field, reason in self.asks():
            field.errors = [*field.errors, reason]
            well = False
        return well

    def asks(self) -> Iterator[tuple[Field, str]]:
        """Yield what is still missing where an empty field may be right: field and reason."""
        yield from ()

    def blame(self, faults: Iterable[Fault]) -> bool:
        """Show faults at the fields that they are about, the others above the form; return whether there were any."""
        found = list(faults)
        for fault in found:
            name = fault.path.replace("[", ".").split(".")
            field = next((f for f in (self._at("_".join(name[:length])) for length in (2, 1)) if f is not None), None)
            if field is not None:
                field.errors = [*field.errors, str(fault.reason)]
            else:
                self.form_errors.append(str(fault))
        return bool(found)

    def _at(self, name: str) -> Field | None:
        found: Field | None = self._fields.get(name) or self._fields.get(f"{name}_value")
        return found


class PublishForm(StepForm):
    """The number of the version."""

    version = StringField(lazy("Version"), validators=[InputRequired(), Length(max=20)])


def line(label: Text, *, required: bool = True, longest: int = LONGEST) -> StringField:
    """Return a field of one line."""
    return StringField(label, validators=[InputRequired() if required else Optional(), Length(max=longest)])


def longer(label: Text, *, required: bool = True) -> TextAreaField:
    """Return a field for a sentence or two."""
    rows = {"rows": 2}
    return TextAreaField(
        label, validators=[InputRequired() if required else Optional(), Length(max=LONGEST_TEXT)], render_kw=rows
    )


def many(label: Text, pairs: Mapping[str, object] | None = None) -> SelectMultipleField:
    """Return boxes to tick."""
    return SelectMultipleField(
        label,
        choices=choices((pairs or {}).items()),
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
        validators=[Optional()],
    )


def _number(label: Text, most: float = 1_000_000_000) -> FloatField:
    return FloatField(label, validators=[Optional(), NumberRange(min=0, max=most)])


class PartForm(StepForm):
    """What every part has: a code that stays, and its words in both languages."""

    code = StringField(lazy("Code"), validators=[InputRequired(), Length(max=20), CODE])
    parent = SelectField(lazy("Belongs to"), validators=[Optional()])
    text_da = longer(lazy("Text in Danish"))
    text_en = longer(lazy("Text in English"))

    def offer(self, document: Document, part: Part) -> None:
        """Fill in where it can stand."""
        inside = {Part.CRITERION: Part.AREA, Part.REQUIREMENT: Part.CRITERION}.get(part)
        if inside is None:
            del self.parent
        else:
            self.parent.choices = [(code, f"{code} {words.text(text)}") for code, text in parts(document, inside)]

    def place(self) -> str:
        """Return the code of what it stands in, empty for an area."""
        return (self.parent.data or "") if "parent" in self else ""

    def fill(self, row: Mapping[str, Any], parent: str) -> None:
        """Show a part."""
        self.code.data = row["code"]
        self.text_da.data, self.text_en.data = row["text"]["da"], row["text"]["en"]
        if "parent" in self:
            self.parent.data = parent

    def values(self) -> Document:
        """Return the part as the file has it."""
        return {"code": _plain(self.code), "text": both(self.text_da, self.text_en)}


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
    points = _number(lazy("Points"))
    roles = many(lazy("Roles"), words.ROLES)
    quantity_min_value = _number(lazy("At least"))
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
    evidence_public_bonus = _number(lazy("Points more when it is public"))
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
            return {"fact": fact["key"], "at_least": _as_number(written)}
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
                or (not numeric and not _answers(fact, value["is"]))
            ):
                field.errors = [
                    *field.errors,
                    _("This can't be an answer to that. Choices: %(known)s", known=_known(fact)),
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


def as_answer(fact: Mapping[str, Any], written: str) -> Any:
    """Return what was written as an answer to a fact; the text itself where it can't be one."""
    if fact["type"] == "boolean":
        return {"ja": True, "yes": True, "true": True, "nej": False, "no": False, "false": False}.get(
            written.lower(), written
        )
    if fact["type"] in ("integer", "number"):
        found = _as_number(written)
        return written if found is None else found
    return written


def _answers(fact: Mapping[str, Any], value: Any) -> bool:
    return value != "" and fits(fact["type"], value) and (fact["type"] != "choice" or value in fact["options"])


def _known(fact: Mapping[str, Any]) -> str:
    kinds: Mapping[str, str] = {
        "boolean": _("yes, no"),
        "integer": _("a whole number"),
        "number": _("a number"),
        "choice": ", ".join(fact.get("options", ())),
    }
    return kinds.get(fact["type"], _("a text"))


class SettingForm(StepForm):
    """A value that the coordinator of a period can change."""

    key = StringField(lazy("Key"), validators=[InputRequired(), Length(max=60), KEY])
    text_da, text_en = longer(lazy("Text in Danish")), longer(lazy("Text in English"))
    type = SelectField(
        lazy("Kind of answer"),
        choices=choices((kind, words.VALUE_KINDS[kind]) for kind in ("integer", "number", "boolean", "text", "date")),
    )
    value = line(lazy("Value"), required=False)
    unit = SelectField(lazy("Unit"), validators=[Optional()])
    known = BooleanField(lazy("The scheme's owner gave this value"))
    confidence = SelectField(lazy("How sure we are"), choices=CONFIDENCE)

    def offer(self, document: Document, _part: Part) -> None:
        """Fill in the units."""
        used = {row["unit"] for row in document.get("settings", []) if "unit" in row}
        self.unit.choices = [("", "–"), *((unit, words.unit_name(unit)) for unit in sorted(used | set(words.units())))]

    def place(self) -> str:
        """It stands alone."""
        return ""

    def fill(self, row: Mapping[str, Any], _parent: str) -> None:
        """Show a setting."""
        self.key.data, self.text_da.data, self.text_en.data = row["key"], row["text"]["da"], row["text"]["en"]
        self.type.data, self.unit.data, self.known.data = row["type"], row.get("unit", ""), row["known"]
        self.confidence.data = row["confidence"]
        value = row["value"]
        self.value.data = "" if value is None else words.value(value) if isinstance(value, bool) else str(value)

    def values(self) -> Document:
        """Return the setting as the file has it."""
        written = (self.value.data or "").strip()
        made: Document = {
            "key": _plain(self.key),
            "text": both(self.text_da, self.text_en),
            "type": self.type.data,
            "value": as_answer({"type": self.type.data}, written) if written else None,
        }
        if self.unit.data:
            made["unit"] = self.unit.data
        return {**made, "known": bool(self.known.data), "confidence": self.confidence.data}

    def asks(self) -> Iterator[tuple[Field, str]]:
        """Ask for a value of the kind."""
        written = (self.value.data or "").strip()
        if written and not fits(self.type.data, as_answer({"type": self.type.data}, written)):
            yield self.value, _("This is no value of that kind; a day is written as 2026-03-31.")
        if not written and self.known.data:
            yield self.value, _("Write the value that the owner gave.")


class FactForm(StepForm):
    """Something that the library says about itself."""

    key = StringField(lazy("Key"), validators=[InputRequired(), Length(max=60), KEY])
    text_da, text_en = longer(lazy("Text in Danish")), longer(lazy("Text in English"))
    type = SelectField(
        lazy("Kind of answer"),
        choices=choices((kind, words.VALUE_KINDS[kind]) for kind in ("boolean", "integer", "number", "text", "choice")),
    )
    options = longer(lazy("Choices"), required=False)
    required = BooleanField(lazy("It has to be answered"))

    def offer(self, _document: Document, _part: Part) -> None:
        """Nothing to fill in."""

    def place(self) -> str:
        """It stands alone."""
        return ""

    def fill(self, row: Mapping[str, Any], _parent: str) -> None:
        """Show a fact."""
        self.key.data, self.text_da.data, self.text_en.data = row["key"], row["text"]["da"], row["text"]["en"]
        self.type.data, self.required.data = row["type"], row.get("required", False)
        labels = row.get("labels", {})
        self.options.data = "\n".join(
            "; ".join((option, *(labels[option][locale] for locale in ("da", "en") if option in labels)))
            for option in row.get("options", [])
        )

    def values(self) -> Document:
        """Return the fact as the file has it."""
        made: Document = {"key": _plain(self.key), "text": both(self.text_da, self.text_en), "type": self.type.data}
        if self.type.data == "choice":
            made["options"] = [option for option, _label in self._choices()]
            labels = {option: label for option, label in self._choices() if label}
            made |= {"labels": labels} if labels else {}
        if self.required.data:
            made["required"] = True
        return made

    def asks(self) -> Iterator[tuple[Field, str]]:
        """Ask for both languages of a choice that has a text."""
        if self.type.data == "choice" and any(label and not all(label.values()) for _option, label in self._choices()):
            yield self.options, _("Write word; Danish; English on each line, or the word alone.")

    def _choices(self) -> Iterator[tuple[str, Document]]:
        """Yield each choice with its texts; on a line without semicolons words alone may stand, commas between."""
        for written in lines(self.options):
            word, *texts = (part.strip() for part in written.split(";", 2))
            if texts:
                yield word, {"da": texts[0], "en": texts[1] if len(texts) > 1 else ""}
            else:
                yield from ((one, {}) for one in word.replace(",", " ").split())


FORMS: Mapping[Part, Any] = {
    Part.AREA: PartForm,
    Part.CRITERION: PartForm,
    Part.REQUIREMENT: RequirementForm,
    Part.SETTING: SettingForm,
    Part.FACT: FactForm,
}


def _plain(field: Field) -> str:
    return str(field.data or "").strip()


def both(da: Field, en: Field) -> Document:
    """Return a text in both languages, on one line."""
    return {"da": " ".join(str(da.data or "").split()), "en": " ".join(str(en.data or "").split())}


def in_order(chosen: Iterable[str] | None, before: Sequence[str] | None) -> list[str]:
    """Return what was chosen, in the order that it stood in before: what was not touched stays as it was."""
    found, old = list(chosen or ()), list(before or ())
    return [word for word in old if word in found] + [word for word in found if word not in old]


def filled(field: Field) -> bool:
    """Return whether anything was written."""
    return bool(str(field.data or "").strip())


def lines(field: Field) -> list[str]:
    """Return the lines of a field that say something."""
    return [line.strip() for line in str(field.data or "").splitlines() if line.strip()]


def short(number: Any) -> Any:
    """Return a whole number without its decimals: files say 3, not 3.0."""
    return int(number) if isinstance(number, float) and number.is_integer() else number


def _as_number(written: str) -> Any:
    try:
        number = float(written.replace(",", "."))
    except ValueError:
        return None
    return short(number) if isfinite(number) else None


def _requirements(document: Document) -> Iterable[Mapping[str, Any]]:
    return (row for area in document["areas"] for one in area["criteria"] for row in one["requirements"])
