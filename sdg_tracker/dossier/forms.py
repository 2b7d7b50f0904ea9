"""The forms with which a dossier is composed, approved and frozen."""

from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    widgets,
)
from wtforms.validators import Length, Optional

from sdg_tracker.dossier.composing import TEXT_LIMIT, TITLE_LIMIT, Choices
from sdg_tracker.dossier.models import Composition
from sdg_tracker.dossier.rules import Variant
from sdg_tracker.foundation.i18n import LOCALES, current_locale, lazy
from sdg_tracker.schemes.models import Cycle
from sdg_tracker.web.forms import BaseForm, choices

VARIANTS = {
    Variant.WHOLE: lazy("The whole dossier"),
    Variant.COMMITTEE: lazy("A few pages for the committee: one year's evaluation and the proposal for the next"),
}


class ComposeForm(BaseForm):
    """What goes into the next dossier of a cycle. ``revision`` is the one that was shown."""

    variant = RadioField(
        lazy("What is it to be?"), choices=choices((one.value, text) for one, text in VARIANTS.items())
    )
    year = IntegerField(lazy("Year that is evaluated"), [Optional()])
    proposal = TextAreaField(lazy("Proposal for the year after it"), [Length(max=TEXT_LIMIT)])
    title = StringField(lazy("Title"), [Length(max=TITLE_LIMIT)])
    foreword = TextAreaField(lazy("Foreword"), [Length(max=TEXT_LIMIT)])
    logo = FileField(lazy("The library's logo"), render_kw={"accept": "image/png,image/jpeg"})
    without_logo = BooleanField(lazy("Take the logo away"))
    language = SelectField(lazy("Language of the dossier"), choices=choices(LOCALES.items()))
    also = SelectField(lazy("And in a second language"), choices=choices([("", lazy("no")), *LOCALES.items()]))
    first_on = DateField(lazy("First day"), [Optional()])
    last_on = DateField(lazy("Last day"), [Optional()])
    areas = SelectMultipleField(lazy("Areas"), option_widget=widgets.CheckboxInput(), widget=widgets.ListWidget())
    files = BooleanField(lazy("Put the evidence itself into the bag"))
    trail = BooleanField(lazy("Put the whole trail into the bag"))
    revision = HiddenField()

    def offer(self, cycle: Cycle) -> None:
        """Offer the areas of a cycle's scheme."""
        texts = ((area["code"], area["text"]) for area in cycle.scheme.document["areas"])
        self.areas.choices = choices((code, f"{code} {text[current_locale()]}") for code, text in texts)

    def show(self, cycle: Cycle, row: Composition | None, language: str) -> None:
        """Fill in what stands now."""
        known = [area["code"] for area in cycle.scheme.document["areas"]]
        self.variant.data = row.variant if row else Variant.WHOLE.value
        self.year.data, self.proposal.data = (row.year, row.proposal) if row else (None, "")
        self.title.data, self.foreword.data = (row.title, row.foreword) if row else ("", "")
        self.language.data, self.also.data = (row.language, row.also) if row else (language, "")
        self.first_on.data = (row.first_on if row else None) or cycle.starts_on
        self.last_on.data = (row.last_on if row else None) or cycle.ends_on
        self.areas.data = (row.areas if row else None) or known
        self.files.data, self.trail.data = (row.files, row.trail) if row else (True, True)
        self.renew(row)

    def renew(self, row: Composition | None) -> None:
        """Let the form be sent again, over what stands now."""
        self.revision.data = str(row.revision) if row else ""

    def chosen(self) -> Choices:
        """Return what was chosen."""
        seen = self.revision.data or ""
        return Choices(
            language=self.language.data,
            also=self.also.data,
            title=self.title.data or "",
            foreword=self.foreword.data or "",
            first_on=self.first_on.data,
            last_on=self.last_on.data,
            areas=tuple(self.areas.data or ()),
            files=self.files.data,
            trail=self.trail.data,
            variant=Variant(self.variant.data),
            year=self.year.data,
            proposal=self.proposal.data or "",
            seen=int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else -1,
        )
