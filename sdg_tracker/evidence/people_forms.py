"""Forms about the people in a picture: who is in it, what they agreed to, what is blurred, who objected."""

import math
from collections.abc import Sequence
from datetime import date

from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    FloatField,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from sdg_tracker.evidence import wording
from sdg_tracker.evidence.blurring import MOST as MOST_BOXES
from sdg_tracker.evidence.blurring import Box
from sdg_tracker.evidence.consents import LONGEST, MOST, REFERENCE_LONGEST, ConsentDetails
from sdg_tracker.evidence.forms import TypedForm, seen
from sdg_tracker.evidence.models import Evidence
from sdg_tracker.evidence.objections import REFERENCE_LONGEST as CASE_LONGEST
from sdg_tracker.evidence.objections import Measure, ObjectionDetails
from sdg_tracker.evidence.people import About, Basis, People, Scope, status
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.web.forms import BaseForm, choices


class PeopleForm(TypedForm):
    """Who is in a picture, and by what right it is used."""

    people = RadioField(
        lazy("Can people be recognised in the picture?"),
        choices=choices(
            ((People.NO, lazy("No")), (People.YES, lazy("Yes")), (People.UNKNOWN, lazy("I don't know"))),
        ),
        validators=[InputRequired()],
    )
    children = BooleanField(lazy("Children are among them"))
    sensitive = BooleanField(lazy("It tells something sensitive about them"))
    basis = RadioField(
        lazy("By what right is it used?"),
        choices=choices([("", lazy("Not decided yet")), *wording.BASIS_NAMES.items()]),
        default="",
    )
    reason = StringField(lazy("Why this right"), validators=[Length(max=LONGEST)])
    informed = StringField(lazy("How they were informed"), validators=[Length(max=LONGEST)])
    revision = HiddenField()

    def show(self, evidence: Evidence) -> None:
        """Fill in what is said now."""
        self.people.data = (status(evidence) or People.UNKNOWN).value
        self.children.data, self.sensitive.data = evidence.children, evidence.sensitive
        self.basis.data, self.reason.data, self.informed.data = evidence.basis, evidence.basis_reason, evidence.informed
        self.revision.data = str(evidence.revision)

    def about(self) -> About:
        """Return what was said."""
        basis = self.basis.data or ""
        return About(
            people=People(self.people.data),
            children=bool(self.children.data),
            sensitive=bool(self.sensitive.data),
            basis=basis if basis in set(Basis) else "",
            reason=self.reason.data or "",
            informed=self.informed.data or "",
        )

    def seen(self) -> int | None:
        """Return the revision that was shown."""
        return seen(self.revision)


class ConsentForm(TypedForm):
    """A consent, without names."""

    scopes = SelectMultipleField(
        lazy("What was agreed to"),
        choices=choices(wording.SCOPE_NAMES.items()),
        default=[Scope.INTERNAL_REPORT.value],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    given_on = DateField(lazy("Given on"), validators=[InputRequired()])
    expires_on = DateField(lazy("Holds until"), validators=[Optional()])
    persons = IntegerField(lazy("Number of persons"), validators=[Optional(), NumberRange(1, MOST)])
    reference = StringField(lazy("Reference"), validators=[Length(max=REFERENCE_LONGEST)])
    form = IntegerField(lazy("Signed form: evidence number"), validators=[Optional(), NumberRange(1, 999_999_999)])

    def details(self) -> ConsentDetails:
        """Return what was said."""
        return ConsentDetails(
            scopes=frozenset(self.scopes.data or ()),
            given_on=self.given_on.data or date.min,
            expires_on=self.expires_on.data,
            persons=self.persons.data,
            reference=self.reference.data or "",
            form=self.form.data,
        )


class ConsentWithdrawForm(BaseForm):
    """When a consent was taken back."""

    withdrawn_on = DateField(lazy("Taken back on"), validators=[InputRequired()])


class PercentField(FloatField):
    """A number with a comma or a point; what is none is kept as such, and the place is refused as a whole."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read the number."""
        text = valuelist[0].strip().replace(",", ".") if valuelist else ""
        try:
            self.data = float(text) if text else None
        except ValueError:
            self.data = math.nan


class BoxForm(Form):
    """A place in a picture, in percent of its sides; an empty row is none."""

    left = PercentField(lazy("From the left (%)"))
    top = PercentField(lazy("From the top (%)"))
    width = PercentField(lazy("Width (%)"))
    height = PercentField(lazy("Height (%)"))

    def box(self) -> Box | None:
        """Return the place, None for an empty row; what is missing is 0."""
        sides = (self.left.data, self.top.data, self.width.data, self.height.data)
        return None if all(side is None for side in sides) else Box(*(side or 0.0 for side in sides))


class BlurForm(BaseForm):
    """Places that are made unrecognisable."""

    boxes = FieldList(FormField(BoxForm), min_entries=MOST_BOXES, max_entries=MOST_BOXES)
    revision = HiddenField()

    def places(self) -> Sequence[Box]:
        """Return the places that were marked."""
        marked = [box for row in self.boxes if (box := row.form.box()) is not None]
        return list(dict.fromkeys(marked))  # WTForms makes a row twice when those before it were not sent

    def seen(self) -> int | None:
        """Return the revision that was shown."""
        return seen(self.revision)


class ObjectionForm(TypedForm):
    """An objection, without names, and what is done."""

    received_on = DateField(lazy("The objection came on"), validators=[InputRequired()])
    reference = StringField(lazy("Reference of the case"), validators=[Length(max=CASE_LONGEST)])
    measure = RadioField(
        lazy("What is to be done"), choices=choices(wording.MEASURE_NAMES.items()), validators=[InputRequired()]
    )

    def offer(self, *, blurred: bool) -> None:
        """Leave what can be done: without a blurred picture only withdrawing."""
        if not blurred:
            measure = Measure.WITHDRAWN
            self.measure.choices = choices([(measure.value, wording.MEASURE_NAMES[measure.value])])
            self.measure.data = self.measure.data or measure.value

    def details(self, version: int | None = None) -> ObjectionDetails:
        """Return what was said, of a version that is not the newest."""
        day, measure = self.received_on.data or date.min, Measure(self.measure.data)
        return ObjectionDetails(day, measure, self.reference.data or "", version)
