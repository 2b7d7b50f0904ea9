"""Forms of measures and readings: what a person types, turned into values of the domain."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from decimal import Decimal
from typing import Any

from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from sdg_tracker.activities.forms import Checkboxes, RevisionForm
from sdg_tracker.foundation.columns import parts
from sdg_tracker.foundation.errors import Invalid, Problem
from sdg_tracker.foundation.i18n import Text, _, format_number, lazy
from sdg_tracker.measures.details import DEFINITION_LIMIT, LIMITS, REASON_LIMIT, Definition, Entry, MeasureDetails
from sdg_tracker.measures.importing import CounterColumns
from sdg_tracker.measures.models import PLACES
from sdg_tracker.measures.numbers import Ambiguous, certain, read_number
from sdg_tracker.measures.states import (
    AGGREGATION_NAMES,
    COUNTED_NAMES,
    DIRECTION_NAMES,
    FREQUENCY_NAMES,
    QUALIFIER_NAMES,
    Aggregation,
    Counted,
    Direction,
    Frequency,
    Qualifier,
)
from sdg_tracker.web.forms import BaseForm, choices

Pairs = Sequence[tuple[str, str]]
TEXTS = tuple(field.name for field in fields(Definition))
NUMBERS = ("factor", "baseline_value", "target_value")
LISTS = ("goals", "targets")
DECIMAL_SIGNS = (
    ("", lazy("Ask me where a number can mean two things")),
    (",", lazy("Comma, as in 1.234,5")),
    (".", lazy("Point, as in 1,234.5")),
)


def _of(names: Mapping[str, Text], *values: str) -> Any:
    """Return values with their words, which find their language when they are shown."""
    return choices((value, names[value]) for value in values or names)


class _DefinitionFields:
    """What a measure counts, in two languages."""

    definition = TextAreaField(lazy("What it counts"), [Length(max=DEFINITION_LIMIT)])
    includes = TextAreaField(lazy("Counted too"), [Length(max=DEFINITION_LIMIT)])
    excludes = TextAreaField(lazy("Not counted"), [Length(max=DEFINITION_LIMIT)])
    definition_en = TextAreaField(lazy("What it counts, in English"), [Length(max=DEFINITION_LIMIT)])
    includes_en = TextAreaField(lazy("Counted too, in English"), [Length(max=DEFINITION_LIMIT)])
    excludes_en = TextAreaField(lazy("Not counted, in English"), [Length(max=DEFINITION_LIMIT)])

    def said(self) -> Definition:
        """Return the texts that were typed."""
        texts: Any = self
        return Definition(**{name: texts[name].data or "" for name in TEXTS})


class MeasureForm(RevisionForm):
    """A measure, but for what it counts."""

    name = StringField(lazy("Name"), [DataRequired(lazy("Give the measure a name.")), Length(max=LIMITS["name"])])
    name_en = StringField(lazy("Name in English"), [Length(max=LIMITS["name"])])
    unit = StringField(lazy("Unit"), [DataRequired(lazy("Say what is counted, such as visits or kWh."))])
    unit_en = StringField(lazy("Unit in English"), [Length(max=LIMITS["unit"])])
    decimals = IntegerField(lazy("Decimals"), [InputRequired(), NumberRange(0, PLACES)], default=0)
    frequency = SelectField(lazy("How often it is read"), choices=_of(FREQUENCY_NAMES), default=Frequency.QUARTER.value)
    by_branch = BooleanField(lazy("It is read in each branch"))
    aggregation = SelectField(
        lazy("How the readings of a year become one figure"),
        choices=_of(AGGREGATION_NAMES),
        default=Aggregation.SUM.value,
    )
    numerator = SelectField(lazy("Rate: this measure"), default="")
    denominator = SelectField(lazy("Rate: divided by this one"), default="")
    factor = StringField(lazy("Rate: multiplied by"))
    counted = SelectField(lazy("Where the readings come from"), default="")
    counted_types = Checkboxes(lazy("Types of activities that count"))
    direction = SelectField(lazy("Wished direction"), choices=_of(DIRECTION_NAMES), default=Direction.NONE.value)
    goals = StringField(lazy("Goals"))
    targets = StringField(lazy("Targets"))
    indicator = StringField(lazy("Indicator"), [Length(max=10)])
    source = StringField(lazy("Source"), [Length(max=LIMITS["source"])])
    baseline_period = StringField(lazy("Baseline: period"), [Length(max=10)])
    baseline_value = StringField(lazy("Baseline: value"))
    target_period = StringField(lazy("Target: period"), [Length(max=10)])
    target_value = StringField(lazy("Target: value"))

    def offer(self, measures: Iterable[tuple[str, str]], types: Pairs) -> None:
        """Fill in the choices: the other measures, and the types of activities."""
        others = [("", _("None")), *measures]
        self.numerator.choices = self.denominator.choices = others
        self.counted.choices = [
            ("", _("They are entered")),
            *((kind.value, str(COUNTED_NAMES[kind])) for kind in Counted),
        ]
        self.counted_types.choices = list(types)

    def details(self) -> MeasureDetails:
        """Return what was typed. Raises Invalid for a number that can't be read, or means two things."""
        values: dict[str, Any] = {name: "" if self[name].data is None else self[name].data for name in _PLAIN}
        values |= {name: tuple(parts((self[name].data or "").replace(",", ";"))) for name in LISTS}
        return MeasureDetails(
            **values,
            **{name: self[name].data or None for name in ("baseline_period", "target_period")},
            **{name: self._number(name) for name in NUMBERS},
            counted_types=tuple(self.counted_types.data or ()),
        )

    def _number(self, name: str) -> Decimal | None:
        text = (self[name].data or "").strip()
        try:
            return certain(text) if text else None
        except Invalid as problem:
            raise Invalid(problem.code, field=name, **problem.facts) from None


_PLAIN = (
    *("name", "name_en", "unit", "unit_en", "aggregation", "numerator", "denominator", "direction", "frequency"),
    *("by_branch", "decimals", "indicator", "source", "counted"),
)


def typed(details: MeasureDetails) -> dict[str, Any]:
    """Return a measure as the form's values."""
    values: dict[str, Any] = {name: getattr(details, name) for name in _PLAIN}
    values |= {name: "; ".join(getattr(details, name)) for name in LISTS}
    values |= {name: getattr(details, name) or "" for name in ("baseline_period", "target_period")}
    values |= {name: plain(getattr(details, name)) for name in NUMBERS}
    return {**values, "counted_types": list(details.counted_types)}


def plain(value: Decimal | None) -> str:
    """Return a number as somebody would type it in the current language, so that it reads back to the same."""
    if value is None:
        return ""
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    sign = format_number(Decimal("0.5"))[1]
    ones, _point, rest = text.partition(".")
    return f"{ones}{sign}{rest.ljust(4, '0') if len(rest) == 3 else rest}" if rest else ones


class AddForm(_DefinitionFields, MeasureForm):
    """A new measure with its definition."""

    code = StringField(lazy("Short name"), [Length(max=LIMITS["code"])])


class DefineForm(_DefinitionFields, RevisionForm):
    """What a measure counts from now on."""

    changes = RadioField(
        lazy("What changes"),
        choices=choices(
            [
                ("words", lazy("Only the words: it counts the same as before")),
                ("counts", lazy("It counts something else: the line is broken before that period")),
            ]
        ),
        validators=[InputRequired(lazy("Say whether it still counts the same."))],
    )
    period = StringField(lazy("From which period"), [Length(max=10)])
    reason = StringField(
        lazy("Reason"), [DataRequired(lazy("Say why the definition is changed.")), Length(max=REASON_LIMIT)]
    )

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Ask for the period where it counts something else."""
        valid: bool = super().validate(extra_validators)
        if self.changes.data == "counts" and not self.begins():
            self.period.errors = [*self.period.errors, _("Say from which period it counts something else.")]
            return False
        return valid

    def begins(self) -> str:
        """Return the period from which it counts something else; empty when only words change."""
        return (self.period.data or "").strip() if self.changes.data == "counts" else ""


class ReasonForm(RevisionForm):
    """Why something is withdrawn."""

    reason = StringField(lazy("Reason"), [DataRequired(lazy("Say why.")), Length(max=REASON_LIMIT)])


class UnknownForm(BaseForm):
    """Why readings of a period will never be known, and in which branches."""

    branches = Checkboxes(lazy("Branches"))
    reason = StringField(
        lazy("Why nobody will ever know it"),
        [
            DataRequired(lazy("Say why nobody will ever know it, such as that the counter was broken.")),
            Length(max=REASON_LIMIT),
        ],
    )

    def offer(self, gaps: Sequence[tuple[str, str]]) -> None:
        """Fill in the branches that lack a reading; without any the field is not shown."""
        self.branches.choices = list(gaps)


class _ValueForm(RevisionForm):
    """A form with values; one that can mean two things is asked about and kept as it was typed."""

    def number(self, name: str) -> Decimal | None:
        """Return the value of a field, None where it is empty or not certain; then the field says why."""
        text, field, means = (self[name].data or "").strip(), self[name], self[name.replace("value", "means")]
        if not text:
            return None
        try:
            found = read_number(text)
        except Invalid as problem:
            field.errors = [*field.errors, str(problem)]
            return None
        if not isinstance(found, Ambiguous):
            return found
        offered = {f"whole {text}": found.whole, f"part {text}": found.part}
        ones, rest = found.problem.facts["ones"], found.problem.facts["rest"]
        means.choices = [
            (f"whole {text}", str(found.whole)),
            (f"part {text}", _("%(ones)s and %(rest)s thousandths", ones=ones, rest=rest)),
        ]
        if means.data in offered:
            return offered[means.data]
        field.errors = [*field.errors, _("%(value)s can mean two things. Choose which one below.", value=text)]
        return None


def _means() -> RadioField:
    return RadioField(lazy("Which one do you mean?"), [Optional()], choices=[], validate_choice=False)


class EnterForm(_ValueForm):
    """The readings of a period. Each branch has a row of fields: ``value_0``, ``qualifier_0``, ``note_0``."""

    read_on = DateField(lazy("Read on"), [Optional()])
    source = StringField(lazy("Source"), [Length(max=LIMITS["source"])])
    evidence = SelectField(lazy("Evidence that shows it"), default="", validate_choice=False)

    places: Sequence[tuple[str, str]] = ()  # code and name of each branch

    def entries(self, measure: str, period: str) -> list[tuple[int, Entry]]:
        """Return what was typed with the number of its row; rows without a value are left out."""
        found = []
        for row, (branch, _name) in enumerate(self.places):
            value = self.number(f"value_{row}")
            if value is not None:
                entry = Entry(
                    measure,
                    period,
                    value,
                    branch,
                    qualifier=self[f"qualifier_{row}"].data,
                    read_on=self.read_on.data,
                    source=self.source.data or "",
                    note=self[f"note_{row}"].data or "",
                    evidence=_number(self.evidence.data),
                )
                found.append((row, entry))
        return found

    def refuse_row(self, row: int, problem: Problem) -> None:
        """Show a refusal at the row that it is about."""
        if problem.field in ("value", "qualifier", "note"):
            problem.field = f"{problem.field}_{row}"
        elif problem.field in ("branch", "period", "measure"):
            problem.field = f"value_{row}"
        self.refuse(problem)


def enter_form(places: Sequence[tuple[str, str]], **values: Any) -> EnterForm:
    """Return a form with a row for each branch."""
    made: dict[str, Any] = {"places": tuple(places)}
    for row, (_code, name) in enumerate(places):
        made[f"value_{row}"] = StringField(name, render_kw={"inputmode": "decimal", "autocomplete": "off"})
        made[f"means_{row}"] = _means()
        made[f"qualifier_{row}"] = SelectField(
            lazy("How sure"), choices=_of(QUALIFIER_NAMES), default=Qualifier.EXACT.value
        )
        made[f"note_{row}"] = StringField(lazy("Note"), [Length(max=LIMITS["note"])])
    form: EnterForm = type("RowsForm", (EnterForm,), made)(**values)
    return form


class CorrectForm(_ValueForm):
    """Another value for a reading."""

    value = StringField(
        lazy("Right value"), [DataRequired(lazy("Write the value."))], render_kw={"inputmode": "decimal"}
    )
    means = _means()
    qualifier = SelectField(lazy("How sure"), choices=_of(QUALIFIER_NAMES))
    note = StringField(lazy("Note"), [Length(max=LIMITS["note"])])
    reason = StringField(
        lazy("Reason"), [DataRequired(lazy("Say why the value is corrected: it is printed beside the old one."))]
    )


class DescribeForm(RevisionForm):
    """Where a reading comes from."""

    read_on = DateField(lazy("Read on"), [Optional()])
    source = StringField(lazy("Source"), [Length(max=LIMITS["source"])])
    note = StringField(lazy("Note"), [Length(max=LIMITS["note"])])
    evidence = SelectField(lazy("Evidence that shows it"), default="", validate_choice=False)

    def said(self) -> dict[str, Any]:
        """Return what was typed."""
        texts = {"source": self.source.data or "", "note": self.note.data or ""}
        return {"read_on": self.read_on.data, "evidence": _number(self.evidence.data), **texts}


def _number(text: str | None) -> int | None:
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


class UploadForm(BaseForm):
    """A file with readings."""

    document = FileField(lazy("File"), [FileRequired(lazy("Choose a file."))])
    decimal = RadioField(lazy("Decimal sign in text"), choices=choices(DECIMAL_SIGNS), default="")


class ColumnsForm(BaseForm):
    """What the columns of a counter's file mean."""

    ticket = HiddenField()
    step = HiddenField(default="columns")
    measure = SelectField(lazy("What it counts"), validate_choice=False)
    period = SelectField(lazy("Column with day or period"), validate_choice=False)
    value = SelectField(lazy("Column with the number"), validate_choice=False)
    branch_column = SelectField(lazy("Column with the branch"), default="", validate_choice=False)
    branch = SelectField(lazy("Or: all of it is from"), default="", validate_choice=False)
    decimal = RadioField(lazy("Decimal sign in text"), choices=choices(DECIMAL_SIGNS), default="")

    def offer(self, headings: Sequence[str], measures: Pairs, branches: Pairs) -> None:
        """Fill in the choices."""
        columns = [("", _("Choose")), *((heading, heading) for heading in headings)]
        self.period.choices = self.value.choices = columns
        self.measure.choices = [("", _("Choose")), *measures]
        self.branch_column.choices = [("", _("None")), *columns[1:]]
        self.branch.choices = [("", _("None")), *branches]

    def columns(self) -> CounterColumns:
        """Return what was chosen."""
        names = ("measure", "period", "value", "branch_column", "branch", "decimal")
        return CounterColumns(**{name: self[name].data or "" for name in names})


class ConfirmForm(BaseForm):
    """The last step of an import: the file that was looked at, named by a ticket that can't be forged."""

    ticket = HiddenField()
    step = HiddenField(default="confirm")
