"""The form that freezes a printed plan."""

from collections.abc import Iterable

from wtforms import RadioField, SelectField, TextAreaField
from wtforms.validators import Length

from sdg_tracker.foundation.i18n import LOCALES, lazy
from sdg_tracker.plandocument.rules import TEXT_LIMIT, VARIANT_NAMES, Choices, Variant
from sdg_tracker.web.forms import BaseForm, choices


class FreezeForm(BaseForm):
    """What of the plan is printed, for which year, in which language, and what is written for it."""

    variant = RadioField(
        lazy("What is it to be?"), choices=choices((one.value, text) for one, text in VARIANT_NAMES.items())
    )
    year = SelectField(lazy("Year"))
    language = SelectField(lazy("Language of the document"), choices=choices(LOCALES.items()))
    also = SelectField(lazy("And in a second language"), choices=choices([("", lazy("no")), *LOCALES.items()]))
    foreword = TextAreaField(lazy("Foreword"), [Length(max=TEXT_LIMIT)])
    reached = TextAreaField(lazy("What was reached"), [Length(max=TEXT_LIMIT)])
    not_reached = TextAreaField(lazy("What was not reached"), [Length(max=TEXT_LIMIT)])
    learned = TextAreaField(lazy("What the library has learned"), [Length(max=TEXT_LIMIT)])
    proposal = TextAreaField(lazy("Proposal for the year after it"), [Length(max=TEXT_LIMIT)])

    def offer(self, years: Iterable[int]) -> None:
        """Offer the years of the plan that have begun."""
        self.year.choices = choices((str(year), str(year)) for year in years)

    def chosen(self) -> Choices:
        """Return what was chosen and written."""
        variant = Variant(self.variant.data)
        return Choices(
            variant=variant,
            year=int(self.year.data) if variant is not Variant.PLAN else None,
            language=self.language.data,
            also=self.also.data,
            foreword=self.foreword.data or "",
            reached=self.reached.data or "",
            not_reached=self.not_reached.data or "",
            learned=self.learned.data or "",
            proposal=self.proposal.data or "",
        )
