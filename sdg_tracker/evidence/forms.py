"""Forms of evidence: they check the shape of what was sent and turn it into values."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import BinaryIO

from flask_wtf.file import FileField, FileRequired, MultipleFileField
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from sdg_tracker.activities.models import Activity
from sdg_tracker.evidence.details import ALT_LONGEST, SOURCE_LONGEST, EvidenceDetails
from sdg_tracker.evidence.media import ENDINGS
from sdg_tracker.evidence.models import Evidence
from sdg_tracker.evidence.people import People
from sdg_tracker.evidence.tying import Wanted
from sdg_tracker.foundation.errors import Problem
from sdg_tracker.foundation.i18n import LANGUAGES, _, language_name, lazy
from sdg_tracker.schemes.models import Cycle, Term
from sdg_tracker.web.forms import BaseForm, choices

# What a chooser of files offers; phones add their camera. It is a help only: the bytes decide.
ACCEPT = ",".join(
    ["image/jpeg", "image/png", "image/webp", "image/heic", *(f".{ending}" for ending in ENDINGS.values())]
)
FILES_AT_ONCE = 20
NUMBER = re.compile(r"#?(\d{1,9})\b")
PEOPLE = choices(
    (
        (People.NO.value, lazy("No")),
        (People.YES.value, lazy("Yes")),
        (People.UNKNOWN.value, lazy("I don't know")),
        ("", lazy("Not said, or it is no picture")),
    )
)


class TypedForm(BaseForm):
    """A form with text of one's own: a CPR number in it is refused until somebody says that it is none."""

    no_cpr = BooleanField(lazy("It is no CPR number"))
    asks_cpr = False  # whether the tick is shown

    def refuse(self, problem: Problem) -> None:
        """Show a refusal; after that of a CPR number also the tick that lets the text pass."""
        super().refuse(problem)
        self.asks_cpr = self.asks_cpr or problem.code == "personal-number-typed"

    @property
    def is_no_cpr(self) -> bool:
        """Return whether the tick was set."""
        return bool(self.no_cpr.data)


class DetailsForm(TypedForm):
    """What is said of a piece of evidence."""

    title = StringField(lazy("Title"), validators=[Length(max=300)])
    kind = SelectField(lazy("Kind"), default="")
    collected_on = DateField(lazy("Day it was made"), validators=[Optional()])
    description = TextAreaField(lazy("Description"), validators=[Length(max=10_000)])
    activity = StringField(lazy("Activity"), validators=[Length(max=400)], render_kw={"list": "activities"})
    people = RadioField(lazy("Can people be recognised in the picture?"), choices=PEOPLE, default="")
    public = BooleanField(lazy("May be shown outside the library"))
    alt = StringField(lazy("What a picture shows"), validators=[Length(max=ALT_LONGEST)])
    source = StringField(lazy("Made by"), validators=[Length(max=SOURCE_LONGEST)])
    valid_until = DateField(lazy("Valid until"), validators=[Optional()])
    language = SelectField(lazy("Language"), default=LANGUAGES[0])

    def offer(self, kinds: dict[str, Term], *, guess: bool) -> None:
        """Fill in the kinds; ``guess``: leaving it to the file is one of the choices."""
        first = [("", _("By the file"))] if guess else []
        self.kind.choices = first + [(code, term.title.capitalize()) for code, term in kinds.items()]
        self.language.choices = [(code, language_name(code).capitalize()) for code in LANGUAGES]

    def validate_activity(self, field: StringField) -> None:
        """Say how an activity is chosen."""
        if (field.data or "").strip() and self.activity_number() is None:
            raise ValidationError(_("Choose an activity from the list, or write its number."))

    def activity_number(self) -> int | None:
        """Return the number that the text begins with, None when it has none."""
        return activity_number(self.activity.data or "")

    def details(self) -> EvidenceDetails:
        """Return what was said."""
        return EvidenceDetails(
            title=(self.title.data or "").strip(),
            kind=self.kind.data or "",
            description=self.description.data or "",
            collected_on=self.collected_on.data,
            public=bool(self.public.data),
            activity=self.activity_number(),
            language=self.language.data or LANGUAGES[0],
            alt=self.alt.data or "",
            source=self.source.data or "",
            valid_until=self.valid_until.data,
            people=self.people.data or "",
            no_cpr=self.is_no_cpr,
        )


class AddForm(DetailsForm):
    """One or several files and what is said of all of them."""

    document = MultipleFileField(
        lazy("Photos or documents"),
        validators=[FileRequired(lazy("Choose at least one file."))],
        render_kw={"accept": ACCEPT},
    )
    requirements = SelectMultipleField(
        lazy("Requirements"), option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False)
    )

    draft = BooleanField(lazy("Keep it as a draft"))

    def details(self) -> EvidenceDetails:
        """Return what was said, whether it is a draft, and whether to ask what it shows something for."""
        return replace(super().details(), draft=bool(self.draft.data), unfinished=not self.requirements.data)

    def offer_requirements(self, cycles: Sequence[Cycle]) -> None:
        """Fill in the requirements of every cycle."""
        self.requirements.choices = [
            (f"{cycle.number}:{found.code}", f"{found.code} {found.title}")
            for cycle in cycles
            for found in cycle.scheme.requirements()
        ]

    def validate_document(self, field: MultipleFileField) -> None:
        """Ask for no more files than one request carries."""
        if len(field.data or []) > FILES_AT_ONCE:
            raise ValidationError(_("Choose at most %(limit)s files at once.", limit=FILES_AT_ONCE))

    def files(self) -> Iterable[tuple[BinaryIO, str]]:
        """Return the files with their names."""
        return [(file.stream, file.filename or "") for file in self.document.data]

    def ties(self) -> list[Wanted]:
        """Return the ties that are asked for."""
        return [as_wanted(value) for value in self.requirements.data or []]


class ReviseForm(DetailsForm):
    """Change what is said; ``revision`` is the one that was shown."""

    revision = HiddenField()

    def show(self, evidence: Evidence) -> None:
        """Fill in what is said now."""
        self.title.data, self.kind.data = evidence.title, evidence.kind
        self.collected_on.data, self.description.data = evidence.collected_on, evidence.description
        self.activity.data = activity_text(evidence.activity)
        self.public.data, self.revision.data = evidence.public, str(evidence.revision)
        self.alt.data, self.source.data = evidence.alt, evidence.source
        self.valid_until.data, self.language.data = evidence.valid_until, evidence.language
        self.people.data = evidence.people

    def seen(self) -> int | None:
        """Return the revision that was shown."""
        return seen(self.revision)


class VersionForm(BaseForm):
    """A new file for a piece of evidence."""

    document = FileField(
        lazy("New file"), validators=[FileRequired(lazy("Choose a file."))], render_kw={"accept": ACCEPT}
    )
    revision = HiddenField()

    def seen(self) -> int | None:
        """Return the revision that was shown."""
        return seen(self.revision)


class WithdrawForm(TypedForm):
    """Why a piece of evidence is withdrawn."""

    reason = TextAreaField(lazy("Reason"), validators=[InputRequired(), Length(max=500)])
    revision = HiddenField()

    def seen(self) -> int | None:
        """Return the revision that was shown."""
        return seen(self.revision)


def as_wanted(value: str, pages: str = "") -> Wanted:
    """Return the tie that ``2:B1.1`` names: cycle 2, requirement B1.1. Without a cycle it is 0."""
    cycle, _colon, code = value.rpartition(":")
    return Wanted(int(cycle) if cycle.isascii() and cycle.isdigit() and len(cycle) < 9 else 0, code[:20], pages)


def activity_number(text: str) -> int | None:
    """Return the number that a text begins with, None when it has none."""
    found = NUMBER.match(text.strip())
    return int(found[1]) if found else None


def activity_text(activity: Activity | None) -> str:
    """Return an activity as the field and its list show it."""
    return f"{activity.number} – {activity.title}" if activity else ""


def shortened(text: str, length: int = 90) -> str:
    """Return a text cut to fit a choice."""
    return text if len(text) <= length else f"{text[: length - 1].rstrip()}…"


def seen(field: HiddenField) -> int | None:
    """Return a revision from a hidden field; None when it is missing or no number."""
    value = field.data or ""
    return int(value) if value.isascii() and value.isdigit() else None
