"""The forms of the room and of the library's pages about it."""

import re
from collections.abc import Iterable

from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from sdg_tracker.audit.auditing import NOTE_LONGEST, TEXT_LONGEST
from sdg_tracker.audit.findings import FindingDetails
from sdg_tracker.audit.phrases import PHRASES
from sdg_tracker.audit.sampling import SEED_LONGEST
from sdg_tracker.audit.states import FindingKind
from sdg_tracker.audit.wording import DECISION_NAMES, FINDING_KINDS, METHOD_NAMES
from sdg_tracker.certification.wording import STATE_NAMES
from sdg_tracker.foundation.i18n import _, lazy
from sdg_tracker.schemes.words import ROLES
from sdg_tracker.web.forms import BaseForm, SearchForm, choices

_EXHIBITS = re.compile(r"[\d,;\s]*")


class InviteForm(BaseForm):
    """Whom to invite, until when, and whether a code is asked for."""

    email = EmailField(lazy("E-mail of the auditor"), [InputRequired(lazy("Write an e-mail address."))])
    until = DateField(lazy("Last day"), [InputRequired(lazy("Choose a day."))])
    with_code = BooleanField(lazy("Ask for a code beside the link"))


class RenewForm(BaseForm):
    """Until when an access holds."""

    until = DateField(lazy("New last day"), [InputRequired(lazy("Choose a day."))])


class EnterForm(BaseForm):
    """The code that the library told, where one is asked for."""

    code = StringField(lazy("Code of six digits"))


class DecisionsForm(BaseForm):
    """The file that the auditor has sent."""

    document = FileField(lazy("Decisions file"), [FileRequired(lazy("Choose the file."))])


class ReadInForm(BaseForm):
    """What was looked at, to be read in."""

    content = HiddenField()


class RequirementsForm(SearchForm):
    """Which requirements are listed, in which order."""

    state = SelectField(
        lazy("Assessment"), choices=choices([("", lazy("All")), *STATE_NAMES.items()]), validate_choice=False
    )
    role = SelectField(lazy("Role"), choices=choices([("", lazy("All")), *ROLES.items()]), validate_choice=False)
    left = SelectField(
        lazy("Exhibits"),
        choices=choices([("", lazy("All")), ("1", lazy("Not all marked yet"))]),
        validate_choice=False,
    )
    order = SelectField(
        lazy("Order"),
        choices=choices([("", lazy("As in the scheme")), ("weak", lazy("Weak ones first"))]),
        validate_choice=False,
    )


class ExhibitsForm(SearchForm):
    """Which exhibits are listed."""

    show = SelectField(
        lazy("Show"),
        choices=choices(
            [
                ("", lazy("All exhibits")),
                ("sample", lazy("Those of the sample")),
                ("unmarked", lazy("Not marked yet")),
                ("questioned", lazy("Questioned")),
                ("weak", lazy("Those with a weakness")),
            ]
        ),
        validate_choice=False,
    )


class SampleForm(BaseForm):
    """How a sample is drawn."""

    seed = StringField(lazy("Seed"), [InputRequired(lazy("Write a seed.")), Length(max=SEED_LONGEST)])
    size = IntegerField(lazy("How many exhibits"), [InputRequired(lazy("Write how many."))])
    method = RadioField(
        lazy("How to draw"), choices=choices(METHOD_NAMES.items()), validators=[InputRequired(lazy("Choose how."))]
    )


class FindingForm(BaseForm):
    """What was found."""

    kind = RadioField(
        lazy("Kind"),
        choices=choices(FINDING_KINDS.items()),
        validators=[InputRequired(lazy("Choose what kind of finding it is."))],
    )
    requirement = SelectField(lazy("Requirement"), default="")
    exhibits = StringField(lazy("Exhibits"), [Length(max=400)])
    phrase = SelectField(lazy("Ready-made phrase"), default="")
    text = TextAreaField(lazy("What you found"), [Length(max=TEXT_LONGEST)])
    revision = HiddenField()

    def fill(self, requirements: Iterable[tuple[str, str]]) -> None:
        """Give the choices: codes and texts of the requirements, and the phrases."""
        self.requirement.choices = choices([("", _("The whole edition")), *requirements])
        phrases = [(key, f"{FINDING_KINDS[phrase.kind]}: {phrase.text}") for key, phrase in PHRASES.items()]
        self.phrase.choices = choices([("", _("None")), *phrases])

    def validate_exhibits(self, field: StringField) -> None:
        """Say how exhibits are written."""
        if not _EXHIBITS.fullmatch(field.data or ""):
            raise ValidationError(_("Write the numbers of exhibits with commas between: 3, 12."))

    def details(self) -> FindingDetails:
        """Return what was found; a phrase comes before the auditor's own words."""
        phrase = str(PHRASES[self.phrase.data].text) if self.phrase.data in PHRASES else ""
        text = "\n".join(part for part in (phrase, (self.text.data or "").strip()) if part)
        exhibits = [int(part) for part in re.findall(r"\d{1,9}", self.exhibits.data or "")]
        return FindingDetails(FindingKind(self.kind.data), text, self.requirement.data or "", exhibits)


class ReplyForm(BaseForm):
    """The auditor's words when a finding is closed or sent back."""

    reply = TextAreaField(lazy("Remark to the library"), [Length(max=NOTE_LONGEST)])
    revision = HiddenField()


class QuestionForm(BaseForm):
    """What the library is asked for."""

    requirement = SelectField(lazy("Requirement"), default="")
    text = TextAreaField(lazy("What do you ask for?"), [Length(max=TEXT_LONGEST)])

    def fill(self, requirements: Iterable[tuple[str, str]]) -> None:
        """Give the choices: codes and texts of the requirements."""
        self.requirement.choices = choices([("", _("The whole edition")), *requirements])


class ConclusionForm(BaseForm):
    """How the audit ends."""

    decision = RadioField(
        lazy("Decision"),
        choices=choices(DECISION_NAMES.items()),
        validators=[InputRequired(lazy("Choose a decision."))],
    )
    conditions = TextAreaField(lazy("Conditions"), [Length(max=TEXT_LONGEST)])
    text = TextAreaField(lazy("Reasons"), [Length(max=TEXT_LONGEST)])
    revision = HiddenField()


class AnswerForm(BaseForm):
    """What the library says to a finding."""

    cause = TextAreaField(lazy("Cause"), [Length(max=TEXT_LONGEST)])
    correction = TextAreaField(lazy("What we do about it"), [Length(max=TEXT_LONGEST)])
    deadline = DateField(lazy("Deadline"), [Optional()])
    revision = HiddenField()


class QuestionAnswerForm(BaseForm):
    """What the library answers to a question."""

    answer = TextAreaField(lazy("Answer"), [Length(max=TEXT_LONGEST)])
    evidence = StringField(lazy("New material: numbers of evidence"), [Length(max=400)])
    revision = HiddenField()

    def validate_evidence(self, field: StringField) -> None:
        """Say how evidence is written."""
        if not _EXHIBITS.fullmatch(field.data or ""):
            raise ValidationError(_("Write the numbers of evidence with commas between: 3, 12."))

    def pieces(self) -> list[int]:
        """Return the numbers of the evidence that was chosen."""
        return [int(part) for part in re.findall(r"\d{1,9}", self.evidence.data or "")]


def seen(text: str | None) -> int:
    """Return a revision that was shown; one that nobody ever saw when the field was tampered with."""
    found = text or ""
    return int(found) if found.isascii() and found.isdigit() and len(found) < 10 else -1
