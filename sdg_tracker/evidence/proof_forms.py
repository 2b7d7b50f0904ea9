"""The form that marks a page as showing something for a requirement."""

from wtforms import FieldList, FormField, IntegerField
from wtforms.validators import InputRequired, NumberRange

from sdg_tracker.evidence.blurring import Box
from sdg_tracker.evidence.models import Tie
from sdg_tracker.evidence.people_forms import BoxForm
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.web.forms import BaseForm

MOST_PAGES = 100_000


class ProofForm(BaseForm):
    """A page and, when it is not all of it, the place on it."""

    page = IntegerField(lazy("Page"), validators=[InputRequired(), NumberRange(min=1, max=MOST_PAGES)])
    box = FieldList(FormField(BoxForm), min_entries=1, max_entries=1)

    def show(self, tie: Tie, page: int) -> None:
        """Fill in what is marked now, where it is this page."""
        self.page.data = page
        kept = tie.proof or {}
        if kept.get("page") == page and kept.get("box"):
            row = self.box[0].form
            row.left.data, row.top.data, row.width.data, row.height.data = kept["box"]

    def place(self) -> Box | None:
        """Return the place that was marked, None for the whole page."""
        found: Box | None = self.box[0].form.box()
        return found
