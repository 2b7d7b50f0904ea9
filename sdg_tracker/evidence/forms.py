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
    SearchField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    URLField,
)
from wtforms.validators import InputRequired, Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from sdg_tracker.accounts.models import Branch
from sdg_tracker.activities.models import Activity
from sdg_tracker.evidence import wording
from sdg_tracker.evidence.links import LinkDetails
from sdg_tracker.evidence.media import ENDINGS
from sdg_tracker.evidence.models import Evidence, Tie
from sdg_tracker.evidence.people import People
from sdg_tracker.evidence.queries import PAUSED, Filters
from sdg_tracker.evidence.services import (
    ALT_LONGEST,
    COMMENT_LONGEST,
    SOURCE_LONGEST,
    EvidenceDetails,
    TieDetails,
    Wanted,
)
from sdg_tracker.evidence.states import TICKS, Decision, State, Strength
from sdg_tracker.evidence.validity import Validity
from sdg_tracker.foundation.errors import Problem
from sdg_tracker.foundation.i18n import LANGUAGES, _, language_name, lazy
from sdg_tracker.schemes.models import Cycle, Term
from sdg_tracker.web.forms import BaseForm, SearchForm, choices

# What a chooser of files offers; phones add their camera. It is a help only: the bytes decide.
ACCEPT = ",".join(
    ["image/jpeg", "image/png", "image/webp", "image/heic", *(f".{ending}" for ending in ENDINGS.values())]
)
FILES_AT_ONCE = 20
_NUMBER = re.compile(r"#?(\d{1,9})\b")


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


class TieForm(BaseForm):
    """One more requirement for a piece of evidence."""

    requirement = SelectField(lazy("Requirement"), validators=[InputRequired()])
    pages = StringField(lazy("Pages"), validators=[Length(max=40)])

    def offer(self, cycles: Sequence[Cycle], evidence: Evidence) -> None:
        """Fill in the requirements that it is not tied to, in groups by area."""
        taken = {(tie.cycle_id, tie.requirement_code) for tie in evidence.ties}
        groups: dict[str, list[tuple[str, str]]] = {"": [("", _("Choose a requirement"))]}
        for cycle in cycles:
            for area in cycle.scheme.areas:
                name = f"{area.code} {area.title}" + (f" ({cycle.title})" if len(cycles) > 1 else "")
                groups[name] = [
                    (f"{cycle.number}:{found.code}", f"{found.code} {shortened(found.title)}")
                    for criterion in area.criteria
                    for found in criterion.requirements
                    if (cycle.id, found.code) not in taken
                ]
        self.requirement.choices = {name: choices for name, choices in groups.items() if choices}

    def wanted(self) -> Wanted:
        """Return the tie that is asked for."""
        return as_wanted(self.requirement.data, self.pages.data or "")


class JudgeForm(BaseForm):
    """How a piece of evidence shows something for a requirement."""

    pages = StringField(lazy("Pages"), validators=[Length(max=40)])
    strength = RadioField(
        lazy("How directly does it show it?"),
        choices=choices([("", lazy("Not judged")), *wording.STRENGTH_NAMES.items()]),
        default="",
    )
    ticks = SelectMultipleField(
        lazy("What was checked"),
        choices=choices((tick, wording.TICK_NAMES[tick]) for tick in TICKS),
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )

    def show(self, tie: Tie) -> None:
        """Fill in what is said now."""
        self.pages.data, self.strength.data, self.ticks.data = tie.pages, tie.strength, list(tie.ticks)

    def details(self) -> TieDetails:
        """Return what was said."""
        strength = self.strength.data or ""
        chosen = strength if strength in set(Strength) else ""
        return TieDetails(self.pages.data or "", chosen, frozenset(self.ticks.data or ()))


class ReviewForm(TypedForm):
    """Accept a version, or send it back; ``version`` is the one that was shown."""

    decision = RadioField(
        lazy("Decision"), choices=choices(wording.DECISION_NAMES.items()), validators=[InputRequired()]
    )
    comment = TextAreaField(lazy("Comment"), validators=[Length(max=COMMENT_LONGEST)])
    version = HiddenField()

    def offer(self, evidence: Evidence) -> None:
        """Leave the decisions that can be taken: what is accepted can only be sent back."""
        if evidence.state == State.ACCEPTED.value:
            self.decision.choices = choices([(Decision.RETURNED, wording.DECISION_NAMES[Decision.RETURNED])])

    def chosen(self) -> Decision:
        """Return the decision."""
        return Decision(self.decision.data)

    def seen(self) -> int | None:
        """Return the version that was shown."""
        return seen(self.version)


class FilterForm(SearchForm):
    """What the list is narrowed to."""

    q = SearchField(lazy("Search"))
    kind = SelectField(lazy("Kind"))
    state = SelectField(lazy("State"))
    validity = SelectField(lazy("Expiry"))
    goal = SelectField(lazy("Goal of its activity"))
    year = SelectField(lazy("Year"))
    requirement = SelectField(lazy("Requirement"))
    branch = SelectField(lazy("House of its activity"))
    activity = StringField(lazy("Activity number"), render_kw={"inputmode": "numeric"})
    lacks = SelectField(lazy("Lacks"))
    giver = SelectField(lazy("Added by"))
    people = SelectField(lazy("People in the picture"))

    def offer(
        self,
        kinds: dict[str, Term],
        goals: dict[str, str],
        years: list[int],
        cycles: Sequence[Cycle],
        branches: Sequence[Branch],
    ) -> None:
        """Fill in the choices; a value in the address that is none of them narrows nothing."""
        every = [("", _("All"))]
        self.kind.choices = every + [(code, term.title.capitalize()) for code, term in kinds.items()]
        self.goal.choices = every + [(code, f"{code} {title}") for code, title in goals.items()]
        self.year.choices = every + [(str(year), str(year)) for year in years]
        self.requirement.choices = every + [
            (f"{cycle.number}:{found.code}", f"{found.code} {shortened(found.title)}")
            for cycle in cycles
            for found in cycle.scheme.requirements()
        ]
        self.lacks.choices = [*every, ("requirement", _("Requirement")), ("activity", _("Activity"))]
        self.lacks.choices.append(("words", _("What its giver may still say")))
        states = [(state, str(name)) for state, name in wording.STATE_NAMES.items()]
        self.state.choices = [("", _("Standing")), *states, ("withdrawn", _("Withdrawn"))]
        self.validity.choices = every + [(code, str(name)) for code, name in wording.VALIDITY_NAMES.items()]
        self.branch.choices = every + [(branch.code, branch.title) for branch in branches]
        self.giver.choices = [*every, ("me", _("Me"))]
        answers = [(code, str(name)) for code, name in wording.PEOPLE_NAMES.items()]
        self.people.choices = [*every, *answers, (PAUSED, _("A consent is withdrawn"))]

    def filters(self, me: int | None = None) -> Filters:
        """Return what was asked for; ``me`` is the number of the one who asks."""
        state, validity = self.state.data or "", self.validity.data or ""
        wanted = as_wanted(self.requirement.data or "")
        year = self.year.data or ""
        number = _NUMBER.match((self.activity.data or "").strip())
        return Filters(
            q=(self.q.data or "")[:200],
            kind=self.kind.data or "",
            activity=int(number[1]) if number else None,
            cycle=wanted.cycle or None,
            requirement=wanted.requirement,
            goal=self.goal.data or "",
            year=int(year) if year.isascii() and year.isdigit() else None,
            without_requirement=self.lacks.data == "requirement",
            without_activity=self.lacks.data == "activity",
            unfinished=self.lacks.data == "words",
            withdrawn=state == "withdrawn",
            state=state if state in set(State) else "",
            validity=validity if validity in set(Validity) else "",
            branch=self.branch.data or "",
            people=people if (people := self.people.data or "") in {*People, PAUSED} else "",
            added_by=me if self.giver.data == "me" else None,
        )


def as_wanted(value: str, pages: str = "") -> Wanted:
    """Return the tie that ``2:B1.1`` names: cycle 2, requirement B1.1. Without a cycle it is 0."""
    cycle, _colon, code = value.rpartition(":")
    return Wanted(int(cycle) if cycle.isascii() and cycle.isdigit() and len(cycle) < 9 else 0, code[:20], pages)


def activity_number(text: str) -> int | None:
    """Return the number that a text begins with, None when it has none."""
    found = _NUMBER.match(text.strip())
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
