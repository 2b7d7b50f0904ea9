"""Forms of assessments: they check the shape of what was sent and turn it into values."""

import re

from wtforms import HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from sdg_tracker.certification.models import Assessment
from sdg_tracker.certification.services import NARRATIVE_LIMIT, NEVER_SEEN, REASON_LIMIT, AssessmentDetails
from sdg_tracker.certification.states import AssessmentState
from sdg_tracker.certification.wording import STATE_NAMES
from sdg_tracker.foundation.i18n import _, lazy
from sdg_tracker.web.forms import BaseForm, choices

_NUMBER = re.compile(r"#?(\d{1,9})\b")


class AssessForm(BaseForm):
    """How far the library is with a requirement; ``revision`` is the one that was shown."""

    state = RadioField(
        lazy("How far is the library?"),
        choices=choices((state.value, STATE_NAMES[state.value]) for state in AssessmentState),
        validators=[InputRequired(lazy("Choose how far the library is."))],
    )
    narrative = TextAreaField(lazy("Description"), validators=[Length(max=NARRATIVE_LIMIT)])
    reason = TextAreaField(lazy("Reason"), validators=[Length(max=REASON_LIMIT)])
    revision = HiddenField()

    def show(self, found: Assessment | None) -> None:
        """Fill in what is said now."""
        self.renew(found)
        if found is not None:
            self.state.data, self.narrative.data, self.reason.data = found.state, found.narrative, found.reason

    def renew(self, found: Assessment | None) -> None:
        """Let the form be sent again, over what stands now."""
        self.revision.data = str(found.revision if found else NEVER_SEEN)

    def seen(self) -> int:
        """Return the revision that was shown; one that nobody ever saw when the field was tampered with."""
        text = self.revision.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1

    def details(self) -> AssessmentDetails:
        """Return what was said."""
        return AssessmentDetails(AssessmentState(self.state.data), self.narrative.data or "", self.reason.data or "")


class TieForm(BaseForm):
    """A piece of evidence that is here already."""

    evidence = StringField(lazy("Evidence"), validators=[InputRequired(), Length(max=400)])
    pages = StringField(lazy("Pages"), validators=[Length(max=40)])

    def validate_evidence(self, _field: StringField) -> None:
        """Say how evidence is chosen."""
        if self.number() is None:
            raise ValidationError(_("Choose evidence from the list, or write its number."))

    def number(self) -> int | None:
        """Return the number that the text begins with, None when it has none."""
        found = _NUMBER.match((self.evidence.data or "").strip())
        return int(found[1]) if found else None
