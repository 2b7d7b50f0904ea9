"""Fields of the forms of a scheme, and what is written in them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from wtforms import Field, FloatField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from sdg_tracker.foundation.i18n import Text, lazy
from sdg_tracker.schemes import words
from sdg_tracker.schemes.document import Document
from sdg_tracker.web.forms import choices

LONGEST, LONGEST_TEXT = 300, 2000  # characters
CODE = Regexp(
    r"^[A-Z0-9]+([.-][A-Za-z0-9]+)*$",
    message=lazy("Write capital letters and digits, with dots between, such as O1.2."),
)
KEY = Regexp(r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$", message=lazy("Write small letters and digits with _ between."))
CONFIDENCE = choices(
    (code, lazy("%(code)s – %(text)s", code=code, text=text)) for code, text in words.CONFIDENCE.items()
)


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


def numeric(label: Text, most: float = 1_000_000_000) -> FloatField:
    """Return a field of a number that is not below 0."""
    return FloatField(label, validators=[Optional(), NumberRange(min=0, max=most)])


def plain(field: Field) -> str:
    """Return what was written, without the blanks around it."""
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
