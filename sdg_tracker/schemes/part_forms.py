"""Forms of what a scheme is made of: each shows a part of the document, and gives it back as the file has it."""

from collections.abc import Iterator, Mapping
from typing import Any

from wtforms import BooleanField, Field, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from sdg_tracker.foundation.i18n import _, lazy
from sdg_tracker.schemes import words
from sdg_tracker.schemes.answers import as_answer
from sdg_tracker.schemes.document import Document, fits
from sdg_tracker.schemes.editing import Part
from sdg_tracker.schemes.editing import choices as parts
from sdg_tracker.schemes.fields import CODE, CONFIDENCE, KEY, both, line, lines, longer, plain
from sdg_tracker.schemes.step_forms import StepForm
from sdg_tracker.web.forms import choices


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
        return {"code": plain(self.code), "text": both(self.text_da, self.text_en)}


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
            "key": plain(self.key),
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
        made: Document = {"key": plain(self.key), "text": both(self.text_da, self.text_en), "type": self.type.data}
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
