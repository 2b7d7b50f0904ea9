"""The form that freezes a year's report."""

from wtforms import SelectField

from sdg_tracker.foundation.i18n import LOCALES, lazy
from sdg_tracker.web.forms import BaseForm, choices


class FreezeForm(BaseForm):
    """Which year, in which language."""

    year = SelectField(lazy("Year"))
    language = SelectField(lazy("Language of the report"), choices=choices(LOCALES.items()))
