"""What all forms share: messages in the current language, and refusals put back at the field they name."""

from collections.abc import Iterable
from typing import Any

from flask_wtf import FlaskForm
from wtforms.fields import choices as wtforms_choices

from sdg_tracker.foundation.errors import Problem
from sdg_tracker.foundation.i18n import catalogue, current_locale, lazy

WTFORMS = (  # what WTForms itself says in our forms; it has no Danish of its own
    lazy("This field is required."),
    lazy("Not a valid choice."),
    lazy("Invalid Choice: could not coerce."),
    lazy("Not a valid integer value."),
    lazy("Not a valid decimal value."),
    lazy("Not a valid float value."),
    lazy("Not a valid date value."),
    lazy("Not a valid datetime value."),
    lazy("Invalid email address."),
    lazy("Invalid URL."),
    lazy("Invalid input."),
    lazy("'%(value)s' is not a valid choice for this field."),
    lazy("'%(value)s' are not valid choices for this field."),
    lazy("Field cannot be longer than %(max)d character."),
    lazy("Field cannot be longer than %(max)d characters."),
    lazy("Field must be at least %(min)d character long."),
    lazy("Field must be at least %(min)d characters long."),
    lazy("Field must be between %(min)d and %(max)d characters long."),
    lazy("Number must be at least %(min)s."),
    lazy("Number must be at most %(max)s."),
    lazy("Number must be between %(min)s and %(max)s."),
)


class _Messages:
    """Gives WTForms its messages from our catalogue; it fills them in itself."""

    def gettext(self, message: str) -> str:
        return catalogue(current_locale()).gettext(message)

    def ngettext(self, one: str, many: str, number: int) -> str:
        return self.gettext(one if number == 1 else many)


def choices(pairs: Iterable[tuple[object, object]]) -> Any:
    """Return values and their texts as WTForms wants the choices of a field; a text may find its language later."""
    choice: Any = wtforms_choices.SelectChoice  # type: ignore[attr-defined] # its types are older than it
    return [choice(value, label) for value, label in pairs]


class BaseForm(FlaskForm):  # type: ignore[misc] # flask_wtf has no types
    """A form of this product."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """How WTForms finds its own messages."""

        def get_translations(self, _form: object) -> Any:
            """Return WTForms' own messages in the current language."""
            return _Messages()

    def refuse(self, problem: Problem) -> None:
        """Show a refusal at its field, or above the form when it names none."""
        field = self._fields.get(problem.field) if problem.field else None
        if field is not None:
            field.errors = [*field.errors, str(problem)]
        else:
            self.form_errors.append(str(problem))


class SearchForm(BaseForm):
    """A form whose values stand in the address: no token, nothing is changed by it."""

    class Meta(BaseForm.Meta):
        """A search is a GET."""

        csrf = False
