"""Forms of requests."""

from collections.abc import Sequence

from flask_wtf.file import FileField, FileRequired
from wtforms import DateField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from sdg_tracker.accounts.models import Membership
from sdg_tracker.evidence.forms import ACCEPT, activity_number, as_wanted, seen, shortened
from sdg_tracker.evidence.request_models import RequestState
from sdg_tracker.evidence.requests import NOTE_LONGEST, REASON_LONGEST, TITLE_LONGEST, RequestDetails
from sdg_tracker.foundation.i18n import Text, _, lazy
from sdg_tracker.schemes.models import Cycle
from sdg_tracker.web.forms import BaseForm, SearchForm, choices

STATES: dict[str, Text] = {
    RequestState.OPEN.value: lazy("Not given yet"),
    RequestState.GIVEN.value: lazy("To be reviewed"),
    RequestState.DONE.value: lazy("Finished"),
    RequestState.CANCELLED.value: lazy("Cancelled"),
}


class AskForm(BaseForm):
    """What is asked of whom, and by when."""

    title = StringField(
        lazy("What do you ask for?"),
        validators=[InputRequired(lazy("Write what you ask for.")), Length(max=TITLE_LONGEST)],
    )
    giver = SelectField(lazy("Who is asked?"), validators=[InputRequired(lazy("Choose who is asked."))])
    due_on = DateField(lazy("By which day?"), validators=[InputRequired(lazy("Choose a day."))])
    note = TextAreaField(lazy("Note"), validators=[Length(max=NOTE_LONGEST)])
    activity = StringField(lazy("Activity"), validators=[Length(max=400)], render_kw={"list": "activities"})
    requirement = SelectField(lazy("Requirement"), validators=[Optional()])

    def offer(self, givers: Sequence[Membership], cycles: Sequence[Cycle]) -> None:
        """Fill in who can be asked, and for what."""
        people = [(str(row.user_number), f"{row.user.name or row.user.email} ({row.user.email})") for row in givers]
        self.giver.choices = [("", _("Choose a person")), *people]
        groups: dict[str, list[tuple[str, str]]] = {"": [("", _("None"))]}
        for cycle in cycles:
            for area in cycle.scheme.areas:
                name = f"{area.code} {area.title}" + (f" ({cycle.title})" if len(cycles) > 1 else "")
                groups[name] = [
                    (f"{cycle.number}:{found.code}", f"{found.code} {shortened(found.title)}")
                    for criterion in area.criteria
                    for found in criterion.requirements
                ]
        self.requirement.choices = groups

    def validate_activity(self, field: StringField) -> None:
        """Say how an activity is chosen."""
        if (field.data or "").strip() and activity_number(field.data or "") is None:
            raise ValidationError(_("Choose an activity from the list, or write its number."))

    def details(self) -> RequestDetails:
        """Return what was said."""
        return RequestDetails(
            title=self.title.data or "",
            due_on=self.due_on.data,
            giver=int(self.giver.data),
            note=self.note.data or "",
            activity=activity_number(self.activity.data or ""),
            requirement=as_wanted(self.requirement.data) if self.requirement.data else None,
        )


class GiveForm(BaseForm):
    """A file for a request."""

    document = FileField(
        lazy("Photo or document"), validators=[FileRequired(lazy("Choose a file."))], render_kw={"accept": ACCEPT}
    )
    description = TextAreaField(lazy("Description"), validators=[Length(max=10_000)])


class CancelForm(BaseForm):
    """Why a request is cancelled."""

    reason = TextAreaField(lazy("Reason"), validators=[InputRequired(), Length(max=REASON_LONGEST)])
    revision = HiddenField()

    def seen(self) -> int | None:
        """Return the revision that was shown."""
        return seen(self.revision)


class RequestFilterForm(SearchForm):
    """Which requests are listed."""

    state = SelectField(lazy("State"), choices=choices(STATES.items()))
    giver = SelectField(lazy("Asked of"))

    def offer(self, givers: Sequence[Membership]) -> None:
        """Fill in the people."""
        self.giver.choices = [
            ("", _("All")),
            *((str(row.user_number), row.user.name or row.user.email) for row in givers),
        ]

    def chosen(self) -> RequestState:
        """Return the state that is listed."""
        return RequestState(self.state.data) if self.state.data in set(RequestState) else RequestState.OPEN
