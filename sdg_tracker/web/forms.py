"""What all forms share: messages in the current language, and refusals put back at the field they name."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms.i18n import get_translations

from sdg_tracker.foundation.errors import Problem
from sdg_tracker.foundation.i18n import current_locale


class BaseForm(FlaskForm):  # type: ignore[misc] # flask_wtf has no types
    """A form of this product."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """How WTForms finds its own messages."""

        def get_translations(self, _form: object) -> Any:
            """Return WTForms' own messages in the current language."""
            return get_translations([current_locale()]) if current_locale() != "en" else None

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
