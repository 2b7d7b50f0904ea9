"""The forms that publish a page and that withdraw it."""

from wtforms import BooleanField, HiddenField, RadioField, SelectMultipleField, TextAreaField, widgets
from wtforms.validators import InputRequired

from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.publishing.rules import LICENCES, TABLES, Settings
from sdg_tracker.web.forms import BaseForm, choices


class PublishForm(BaseForm):
    """What is chosen for a public page. ``seen``: number of what was published last for the year, 0 for nothing."""

    licence = RadioField(lazy("On which terms may others use the data?"), choices=choices(LICENCES.items()))
    hide_small = BooleanField(lazy("Do not tell headcounts below 5"))
    tables = SelectMultipleField(
        lazy("Tables that are open data"),
        choices=choices(TABLES.items()),
        option_widget=widgets.CheckboxInput(),
        widget=widgets.ListWidget(),
    )
    step = HiddenField()
    seen = HiddenField()

    def show(self, settings: Settings, seen: int) -> None:
        """Fill in what was chosen."""
        self.licence.data, self.hide_small.data = settings.licence, not settings.small_numbers
        self.tables.data, self.seen.data = list(settings.tables), str(seen)

    def settings(self) -> Settings:
        """Return what is chosen."""
        tables = tuple(name for name in TABLES if name in (self.tables.data or ()))
        licence = self.licence.data if self.licence.data in LICENCES else Settings.licence
        return Settings(not self.hide_small.data, tables, licence)

    @property
    def seen_number(self) -> int:
        """Return what was published last as the page was shown; -1 for what is no number."""
        text = self.seen.data or ""
        return int(text) if text.isdigit() else -1


class WithdrawForm(BaseForm):
    """Why a page is withdrawn. ``revision`` is the one that was shown."""

    reason = TextAreaField(lazy("Why"), [InputRequired(lazy("Say why. It is kept in the trail."))])
    revision = HiddenField()
