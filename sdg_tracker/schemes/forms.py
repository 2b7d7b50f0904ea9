"""The form of a cycle: its days, and one field for each setting and fact of the scheme."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_wtf.file import FileField, FileRequired
from wtforms import (
    DateField,
    Field,
    FloatField,
    HiddenField,
    IntegerField,
    RadioField,
    StringField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.schemes import rules, words
from sdg_tracker.schemes.models import Cycle, Scheme
from sdg_tracker.web.forms import BaseForm, choices


@dataclass(frozen=True)
class CycleDetails:
    """What the form says."""

    starts_on: date
    ends_on: date
    settings: dict[str, Any]
    facts: dict[str, Any]
    seen: int | None  # revision that was shown


class SchemeFileForm(BaseForm):
    """A scheme as a file."""

    document = FileField(lazy("File"), [FileRequired(lazy("Choose a file."))], render_kw={"accept": ".yaml,.yml"})


class CycleForm(BaseForm):
    """Days of a cycle; ``of_scheme`` adds the scheme's settings and facts."""

    starts_on = DateField(lazy("First day"), validators=[InputRequired()])
    ends_on = DateField(lazy("Last day"), validators=[InputRequired()])
    revision = HiddenField()

    def settings(self) -> list[tuple[str, Field]]:
        """Return the fields of settings with their keys, in the scheme's order."""
        return [(name.removeprefix("setting_"), f) for name, f in self._fields.items() if name.startswith("setting_")]

    def facts(self) -> list[tuple[str, Field]]:
        """Return the fields of facts with their keys, in the scheme's order."""
        return [(name.removeprefix("fact_"), f) for name, f in self._fields.items() if name.startswith("fact_")]

    def details(self) -> CycleDetails:
        """Return what was typed; an empty field is None."""
        seen = self.revision.data
        return CycleDetails(
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            settings={key: _typed(field) for key, field in self.settings()},
            facts={key: _typed(field) for key, field in self.facts()},
            seen=int(seen) if seen and seen.isdigit() else None,
        )


def of_scheme(scheme: Scheme) -> type[CycleForm]:
    """Return the form for a scheme, in the current language."""
    document = scheme.document
    fields = {f"setting_{row['key']}": _field(row, required=False) for row in document.get("settings", [])}
    fields |= {
        f"fact_{row['key']}": _field(row, required=row.get("required", False)) for row in document.get("facts", [])
    }
    made: type[CycleForm] = type("SchemeCycleForm", (CycleForm,), fields)
    return made


def shown(cycle: Cycle) -> dict[str, Any]:
    """Return what the fields of a cycle's form hold when it is opened."""
    document = cycle.scheme.document
    kinds = {row["key"]: row["type"] for row in [*document.get("settings", []), *document.get("facts", [])]}
    settings = rules.settings_of(document, cycle.settings)
    values = {f"setting_{key}": _untyped(kinds[key], value) for key, value in settings.items()}
    values |= {f"fact_{key}": _untyped(kinds[key], value) for key, value in cycle.facts.items() if key in kinds}
    days = {"starts_on": cycle.starts_on, "ends_on": cycle.ends_on}
    return {**days, **values, "revision": str(cycle.revision)}


def defaults(scheme: Scheme, starts_on: date, ends_on: date) -> dict[str, Any]:
    """Return what the fields hold before a cycle is opened: the scheme's own values, no facts."""
    kinds = {row["key"]: row["type"] for row in scheme.document.get("settings", [])}
    settings = rules.settings_of(scheme.document, {})
    values = {f"setting_{key}": _untyped(kinds[key], value) for key, value in settings.items()}
    return {"starts_on": starts_on, "ends_on": ends_on, **values}


def _field(definition: Mapping[str, Any], *, required: bool) -> Field:
    label, kind = words.text(definition["text"]), definition["type"]
    asked: list[Any] = [InputRequired() if required else Optional()]
    makers: dict[str, Callable[[], Field]] = {
        "boolean": lambda: RadioField(
            label,
            choices=choices((str(answer), words.value(answer)) for answer in (True, False)),
            coerce=_truth,
            validators=asked,
        ),
        "choice": lambda: RadioField(
            label,
            choices=choices((option, words.answer(definition, option)) for option in definition["options"]),
            validators=asked,
        ),
        "integer": lambda: IntegerField(label, validators=[*asked, NumberRange(min=0, max=1_000_000_000)]),
        "number": lambda: FloatField(label, validators=[*asked, NumberRange(min=0)]),
        "date": lambda: DateField(label, validators=asked),
        "text": lambda: StringField(label, validators=[*asked, Length(max=200)]),
    }
    return makers[kind]()


def _truth(value: object) -> bool:
    if str(value) not in ("True", "False"):
        raise ValueError(value)
    return str(value) == "True"


def _typed(field: Field) -> Any:
    return field.data.strip() or None if isinstance(field.data, str) else field.data


def _untyped(kind: str, value: Any) -> Any:
    return date.fromisoformat(value) if kind == "date" and value is not None else value
