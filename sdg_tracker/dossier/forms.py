"""The form that freezes a dossier."""

from wtforms import SelectField

from sdg_tracker.foundation.i18n import LOCALES, lazy
from sdg_tracker.web.forms import BaseForm, choices


class FreezeForm(BaseForm):
    """Which cycle, in which language."""

    cycle = SelectField(lazy("Certification cycle"))
    language = SelectField(lazy("Language of the dossier"), choices=choices(LOCALES.items()))
