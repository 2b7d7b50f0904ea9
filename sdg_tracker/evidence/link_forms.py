"""Forms of links: a page of the web, its copy, and the list."""

from collections.abc import Iterable
from typing import BinaryIO

from flask_wtf.file import FileField, FileRequired
from wtforms import DateField, SelectField, URLField
from wtforms.validators import InputRequired, Optional

from sdg_tracker.evidence import wording
from sdg_tracker.evidence.forms import ACCEPT, AddForm
from sdg_tracker.evidence.links import LinkDetails
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.web.forms import BaseForm, SearchForm, choices


class LinkForm(AddForm):
    """A page of the web, when it was seen, what is said of it, and perhaps a copy."""

    url = URLField(lazy("Address of the page"), validators=[InputRequired(lazy("Write the address of the page."))])
    seen_on = DateField(lazy("Day you saw it"), validators=[InputRequired(lazy("Choose the day on which you saw it."))])
    document = FileField(lazy("Your own copy"), validators=[Optional()], render_kw={"accept": ACCEPT})

    def validate_document(self, field: FileField) -> None:
        """Take one file or none."""

    def files(self) -> Iterable[tuple[BinaryIO, str]]:
        """Return the copy with its name, if there is one."""
        return [(self.document.data.stream, self.document.data.filename or "")] if self.document.data else []

    def link(self) -> LinkDetails:
        """Return what was said."""
        return LinkDetails((self.url.data or "").strip(), self.seen_on.data, self.details())


class CopyForm(BaseForm):
    """A copy that a person made."""

    document = FileField(
        lazy("Your own copy"), validators=[FileRequired(lazy("Choose a file."))], render_kw={"accept": ACCEPT}
    )


class LinkFilterForm(SearchForm):
    """Which links are listed."""

    state = SelectField(lazy("State"))

    def offer(self) -> None:
        """Fill in the choices."""
        self.state.choices = choices([("", lazy("All")), *wording.LINK_FILTERS.items()])
