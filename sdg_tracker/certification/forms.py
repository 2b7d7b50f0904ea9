"""Forms of assessments: they check the shape of what was sent and turn it into values."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import BooleanField, DateField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import Field
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from sdg_tracker.accounts.models import Membership
from sdg_tracker.certification import leaving
from sdg_tracker.certification.models import Assessment
from sdg_tracker.certification.services import (
    ANSWER_LIMIT,
    NARRATIVE_LIMIT,
    NEVER_SEEN,
    REASON_LIMIT,
    AssessmentDetails,
)
from sdg_tracker.certification.states import AssessmentState
from sdg_tracker.certification.task_queries import CHANGED, Filters
from sdg_tracker.certification.tasks import COMMENT_LIMIT
from sdg_tracker.certification.wording import STATE_NAMES, TASK_NAMES
from sdg_tracker.foundation.i18n import _, in_locale, lazy
from sdg_tracker.web.forms import BaseForm, SearchForm, choices

_NUMBER = re.compile(r"#?(\d{1,9})\b")


class AssessForm(BaseForm):
    """How far the library is with a requirement; ``revision`` is the one that was shown.

    ``of_scheme`` adds what a scheme asks for beside.
    """

    state = RadioField(
        lazy("How far is the library?"),
        choices=choices((state.value, STATE_NAMES[state.value]) for state in AssessmentState),
        validators=[InputRequired(lazy("Choose how far the library is."))],
    )
    narrative = TextAreaField(lazy("Description"), validators=[Length(max=NARRATIVE_LIMIT)])
    omission: SelectField | None = None
    reason = TextAreaField(lazy("Reason"), validators=[Length(max=REASON_LIMIT)])
    revision = HiddenField()

    def show(self, found: Assessment | None) -> None:
        """Fill in what is said now."""
        self.renew(found)
        if found is not None:
            self.state.data, self.narrative.data, self.reason.data = found.state, found.narrative, found.reason
            if self.omission is not None:
                self.omission.data = found.omission
            for key, field in self.answers():
                field.data = found.answers.get(key, "")

    def renew(self, found: Assessment | None) -> None:
        """Let the form be sent again, over what stands now."""
        self.revision.data = str(found.revision if found else NEVER_SEEN)

    def seen(self) -> int:
        """Return the revision that was shown; one that nobody ever saw when the field was tampered with."""
        return _seen(self.revision)

    def answers(self) -> list[tuple[str, Field]]:
        """Return the fields of what else the scheme asks for, with their keys, in its order."""
        return [(name.removeprefix("answer_"), f) for name, f in self._fields.items() if name.startswith("answer_")]

    def details(self) -> AssessmentDetails:
        """Return what was said."""
        return AssessmentDetails(
            AssessmentState(self.state.data),
            self.narrative.data or "",
            self.reason.data or "",
            self.omission.data or "" if self.omission is not None else "",
            {key: field.data or "" for key, field in self.answers()},
        )


def of_scheme(decision: Mapping[str, Any]) -> type[AssessForm]:
    """Return the form under a scheme's rule, in the current language: its own reasons, and what it asks for beside."""
    fields: dict[str, Any] = {
        f"answer_{key}": TextAreaField(in_locale(text["da"], text["en"]), validators=[Length(max=ANSWER_LIMIT)])
        for key, text in leaving.fields(decision).items()
    }
    reasons = leaving.reasons(decision)
    if reasons:
        offered = [("", _("Choose a reason"))]
        offered += [(code, in_locale(text["da"], text["en"])) for code, text in reasons.items()]
        fields["omission"] = SelectField(
            lazy("Why it is left out"), choices=choices(offered), validators=[Optional()], validate_choice=False
        )
    made: type[AssessForm] = type("SchemeAssessForm", (AssessForm,), fields)
    return made


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


class StepForm(BaseForm):
    """A step that one button takes; ``revision`` is the one that was shown."""

    revision = HiddenField()

    def seen(self) -> int:
        """Return the revision that was shown."""
        return _seen(self.revision)


class AssignForm(StepForm):
    """Who works on a requirement, and until when."""

    owner = SelectField(lazy("Owner"), validators=[Optional()])
    due_on = DateField(lazy("By which day?"), validators=[Optional()])

    def offer(self, people: Sequence[Membership]) -> None:
        """Fill in who can own it; an owner who can't any more is kept until somebody else is chosen."""
        self.owner.choices = [("", _("Nobody")), *_people(people, self.owner.data)]

    def number(self) -> int | None:
        """Return the number of the owner."""
        return int(self.owner.data) if self.owner.data else None


class AssignSeveralForm(BaseForm):
    """Who works on several requirements, and until when; what is left empty stays as it is."""

    assign_owner = SelectField(lazy("Owner"), validators=[Optional()])
    assign_due_on = DateField(lazy("By which day?"), validators=[Optional()])

    def offer(self, people: Sequence[Membership]) -> None:
        """Fill in who can own them."""
        self.assign_owner.choices = [("", _("As it is")), *_people(people)]

    def number(self) -> int | None:
        """Return the number of the owner."""
        return int(self.assign_owner.data) if self.assign_owner.data else None


class SendBackForm(StepForm):
    """What is to be done before it can be approved."""

    todo = TextAreaField(
        lazy("What is to be done?"),
        validators=[InputRequired(lazy("Write what is to be done.")), Length(max=COMMENT_LIMIT)],
    )


class CommentForm(BaseForm):
    """Something said about a requirement."""

    text = TextAreaField(
        lazy("Comment"), validators=[InputRequired(lazy("Write a comment.")), Length(max=COMMENT_LIMIT)]
    )
    shown = BooleanField(lazy("Show it to the auditor"))


class AuditDayForm(StepForm):
    """On which day the audit is."""

    audit_on = DateField(lazy("Day of the audit"), validators=[Optional()])


DUE = {
    "": lazy("Any"),
    "overdue": lazy("Over"),
    "soon": lazy("Within 14 days"),
    "none": lazy("No day is set"),
}


class WorkFilterForm(SearchForm):
    """Which requirements of a cycle are listed, by the work on them."""

    owner = SelectField(lazy("Owner"))
    state = SelectField(
        lazy("Work"),
        choices=choices([("", lazy("Any")), *TASK_NAMES.items(), (CHANGED, lazy("Changed since approved"))]),
    )
    due = SelectField(lazy("Day"), choices=choices(DUE.items()))

    def offer(self, people: Sequence[Membership]) -> None:
        """Fill in the people."""
        self.owner.choices = [("", _("Anybody")), ("me", _("Me")), ("none", _("Nobody")), *_people(people)]

    def chosen(self) -> Filters:
        """Return what is asked for; values that are not offered ask for nothing."""

        def offered(field: SelectField) -> str:
            known = {str(choice[0]) for choice in field.iter_choices()}
            return field.data if field.data in known else ""

        return Filters(offered(self.owner), offered(self.state), offered(self.due))


def _people(people: Sequence[Membership], kept: str | None = None) -> list[tuple[str, str]]:
    found = [(str(row.user_number), row.user.name or row.user.email) for row in people]
    gone = kept and kept not in {number for number, _name in found}
    return [*found, (kept or "", _("user %(number)s", number=kept))] if gone else found


def _seen(field: HiddenField) -> int:
    """Return a revision; one that nobody ever saw when the field was tampered with."""
    text = field.data or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
