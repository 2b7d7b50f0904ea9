"""The forms with which a print of the plan is chosen and composed."""

from collections.abc import Iterable

from wtforms import RadioField, SelectField, TextAreaField
from wtforms.validators import Length

from sdg_tracker.activities.forms import RevisionForm
from sdg_tracker.foundation.i18n import LOCALES, lazy
from sdg_tracker.plandocument.rules import TEXT_LIMIT, TEXTS, VARIANT_NAMES, Choices, Variant
from sdg_tracker.web.forms import BaseForm, choices


class ChooseForm(BaseForm):
    """What of the plan is printed, and for which year."""

    variant = RadioField(
        lazy("What is it to be?"), choices=choices((one.value, text) for one, text in VARIANT_NAMES.items())
    )
    year = SelectField(lazy("Year"))

    def offer(self, years: Iterable[int]) -> None:
        """Offer the years of the plan that have begun."""
        self.year.choices = choices((str(year), str(year)) for year in years)

    def chosen(self) -> tuple[Variant, int | None]:
        """Return what was chosen; the plan itself has no year."""
        variant = Variant(self.variant.data)
        return variant, int(self.year.data) if variant is not Variant.PLAN else None


class ComposeForm(RevisionForm):
    """In which languages it is printed, and what is written for it. ``revision`` is the one that was shown."""

    language = SelectField(lazy("Language of the document"), choices=choices(LOCALES.items()))
    also = SelectField(lazy("And in a second language"), choices=choices([("", lazy("no")), *LOCALES.items()]))
    foreword = TextAreaField(lazy("Foreword"), [Length(max=TEXT_LIMIT)])
    reached = TextAreaField(lazy("What was reached"), [Length(max=TEXT_LIMIT)])
    not_reached = TextAreaField(lazy("What was not reached"), [Length(max=TEXT_LIMIT)])
    learned = TextAreaField(lazy("What the library has learned"), [Length(max=TEXT_LIMIT)])
    proposal = TextAreaField(lazy("Proposal for the year after it"), [Length(max=TEXT_LIMIT)])

    def chosen(self, variant: Variant, year: int | None) -> Choices:
        """Return what was chosen and written."""
        texts = {name: self[name].data or "" for name in TEXTS}
        return Choices(variant, year, self.language.data, self.also.data, **texts)
