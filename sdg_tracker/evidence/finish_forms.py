"""The short form after an upload."""

from collections.abc import Mapping, Sequence

from wtforms import DateField, HiddenField, RadioField, SelectField, SelectMultipleField
from wtforms.validators import Optional
from wtforms.widgets import CheckboxInput, ListWidget

from sdg_tracker.evidence.finishing import Answers
from sdg_tracker.evidence.forms import PEOPLE, as_wanted, seen
from sdg_tracker.evidence.models import Evidence
from sdg_tracker.evidence.people import People
from sdg_tracker.foundation.i18n import _, lazy
from sdg_tracker.schemes.models import Cycle, Term
from sdg_tracker.web.forms import BaseForm


class FinishForm(BaseForm):
    """What kind of evidence a file is, what it shows something for, and until when."""

    kind = SelectField(lazy("Kind"))
    likely = SelectMultipleField(
        lazy("What it shows something for"), option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False)
    )
    requirement = SelectField(lazy("Another requirement"))
    valid_until = DateField(lazy("Valid until"), validators=[Optional()])
    people = RadioField(lazy("Can people be recognised in the picture?"), choices=PEOPLE[:-1], default="unknown")
    revision = HiddenField()

    def offer(self, evidence: Evidence, kinds: Mapping[str, Term], cycle: Cycle | None, likely: Sequence[str]) -> None:
        """Fill in the choices; what is not asked for this piece is left out."""
        self.kind.choices = [(code, term.title.capitalize()) for code, term in kinds.items()]
        named = {} if cycle is None else {row.code: row for row in cycle.scheme.requirements()}
        values = {code: f"{cycle.number}:{code}" for code in named} if cycle else {}
        self.likely.choices = [(values[code], f"{code} {named[code].title}") for code in likely]
        rest = [(values[code], f"{code} {row.title}") for code, row in named.items() if code not in likely]
        self.requirement.choices = [("", _("None, or I don't know")), *rest]
        if not likely:
            del self.likely
        if evidence.people != People.UNKNOWN:
            del self.people

    def show(self, evidence: Evidence) -> None:
        """Fill in what is known."""
        self.kind.data, self.valid_until.data = evidence.kind, evidence.valid_until
        self.revision.data = str(evidence.revision)

    def answers(self) -> Answers:
        """Return what was said."""
        chosen = [*((self.likely.data or []) if self.likely else []), self.requirement.data or ""]
        return Answers(
            kind=self.kind.data or "",
            valid_until=self.valid_until.data,
            people=(self.people.data or "") if self.people else "",
            ties=[as_wanted(value) for value in chosen if value],
        )

    def seen(self) -> int | None:
        """Return the revision that was shown."""
        return seen(self.revision)
