"""The forms with which a year's report is begun, composed, approved and frozen."""

from typing import Any

from wtforms import BooleanField, HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from sdg_tracker.foundation.i18n import LOCALES, lazy
from sdg_tracker.impact.composing import TEXT_LIMIT, TITLE_LIMIT, Choices
from sdg_tracker.impact.models import ReportComposition
from sdg_tracker.impact.sections import TITLES, Chosen, Composed, Section, ordered
from sdg_tracker.web.forms import BaseForm, choices


class YearForm(BaseForm):
    """Which year."""

    year = SelectField(lazy("Year"))


class ComposeForm(BaseForm):
    """What goes into the report of a year. ``revision`` is the one that was shown, ``order`` the order of it.

    Each section has fields of its own: ``on_goals``, ``place_goals``, ``text_goals``, ``also_goals``.
    """

    title = StringField(lazy("Title"), [Length(max=TITLE_LIMIT)])
    title_also = StringField(lazy("Title in the second language"), [Length(max=TITLE_LIMIT)])
    foreword_by = StringField(lazy("Who signs the foreword"), [Length(max=TITLE_LIMIT)])
    language = SelectField(lazy("Language of the report"), choices=choices(LOCALES.items()))
    also = SelectField(lazy("And in a second language"), choices=choices([("", lazy("no")), *LOCALES.items()]))
    revision = HiddenField()
    order = HiddenField()

    def show(self, row: ReportComposition | None, language: str) -> None:
        """Fill in what stands now."""
        composed = row.composed if row else Composed()
        self.language.data, self.also.data = row.language if row else language, composed.also
        self.title.data, self.title_also.data = composed.title, composed.title_also
        self.foreword_by.data = composed.foreword_by
        for place, one in enumerate(composed.sections, 1):
            name = one.section.value
            self[f"on_{name}"].data, self[f"place_{name}"].data = one.on, place
            self[f"text_{name}"].data, self[f"also_{name}"].data = one.text, one.text_also
        self.order.data = " ".join(one.section.value for one in composed.sections)
        self.renew(row)

    def renew(self, row: ReportComposition | None) -> None:
        """Let the form be sent again, over what stands now."""
        self.revision.data = str(row.revision) if row else ""

    def shown(self) -> list[Section]:
        """Return the sections in the order in which the page showed them."""
        known = {section.value: section for section in Section}
        found = [known[name] for name in (self.order.data or "").split() if name in known]
        return list(dict.fromkeys([*found, *Section]))

    def chosen(self) -> Choices:
        """Return what was chosen."""
        seen = self.revision.data or ""
        sections = [self._section(section) for section in self.shown()]
        places = {section: self[f"place_{section.value}"].data for section in Section}
        return Choices(
            language=self.language.data,
            also=self.also.data,
            title=self.title.data or "",
            title_also=self.title_also.data or "",
            foreword_by=self.foreword_by.data or "",
            sections=ordered(sections, {section: place for section, place in places.items() if place is not None}),
            seen=int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else -1,
        )

    def _section(self, section: Section) -> Chosen:
        values: dict[str, Any] = {key: self[f"{key}_{section.value}"].data for key in ("on", "text", "also")}
        return Chosen(section, bool(values["on"]), values["text"] or "", values["also"] or "")


for _section in Section:  # the fields of a form stand on its class
    _title = TITLES[_section]
    setattr(ComposeForm, f"on_{_section.value}", BooleanField(_title))
    _place = IntegerField(lazy("Place of “%(section)s”", section=_title), [Optional()])
    setattr(ComposeForm, f"place_{_section.value}", _place)
    setattr(ComposeForm, f"text_{_section.value}", TextAreaField(lazy("Your text"), [Length(max=TEXT_LIMIT)]))
    setattr(
        ComposeForm,
        f"also_{_section.value}",
        TextAreaField(lazy("Your text in the second language"), [Length(max=TEXT_LIMIT)]),
    )
