"""Forms of effects, quotes and stories: what a person types, turned into values of the domain."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from sdg_tracker.effects import rules, wording
from sdg_tracker.effects.agreements import CASE_LONGEST, REASON_LONGEST, Said, TakenBack, Told
from sdg_tracker.effects.models import Effect, Quote, Story
from sdg_tracker.effects.rules import PARTS, Dimension, Scores
from sdg_tracker.effects.services import QuoteDetails, SeenDetails
from sdg_tracker.effects.stories import StoryDetails
from sdg_tracker.evidence.consents import MOST, REFERENCE_LONGEST, ConsentDetails
from sdg_tracker.evidence.forms import TypedForm, seen
from sdg_tracker.evidence.people import About, Basis, People, Scope
from sdg_tracker.evidence.wording import BASIS_NAMES as RIGHT_NAMES
from sdg_tracker.evidence.wording import SCOPE_NAMES
from sdg_tracker.foundation.errors import Invalid, words
from sdg_tracker.foundation.i18n import LOCALES, Text, lazy
from sdg_tracker.web.forms import SearchForm, choices

NUMBERS_MOST = 999_999_999
_NUMBER = re.compile(r"#?(\d{1,9})")

words({"story-numbers-unreadable": lazy("Write the numbers of activities with a comma between, such as 12, 15.")})


class RevisedForm(TypedForm):
    """A form with text of one's own about something that somebody else may change meanwhile."""

    revision = HiddenField()

    def seen(self) -> int | None:
        """Return the revision that was shown; one that nobody ever saw when the field was tampered with."""
        found = seen(self.revision)
        return -1 if found is None else found

    def renew(self, revision: int) -> None:
        """Let the form be sent again, over what stands now."""
        self.revision.data = str(revision)


def _score(code: str, none: Text) -> RadioField:
    scores = [(str(score), text) for score, text in wording.SCORE_NAMES.items()]
    return RadioField(
        wording.DIMENSION_NAMES[code],
        description=wording.DIMENSION_HINTS[code],
        choices=choices([*scores, ("", none)]),
        default="",
    )


class ScoresForm(RevisedForm):
    """A score in each of the four dimensions, and why one is changed late."""

    reason = StringField(lazy("Why the score is changed"), validators=[Length(max=rules.REASON_LONGEST)])

    def scores(self) -> dict[str, int | None]:
        """Return what was chosen."""
        found = {code: self._fields[code].data for code in rules.scores({})}
        return {code: int(value) if value and value.isdigit() else None for code, value in found.items()}

    def show_scores(self, scores: Scores) -> None:
        """Put in what was said before."""
        for code, score in scores.items():
            self._fields[code].data = str(score) if score is not None else ""


class IntendForm(ScoresForm):
    """What an activity is meant to do."""

    frirum = _score(Dimension.FRIRUM.value, lazy("Not a purpose"))
    perspektiv = _score(Dimension.PERSPEKTIV.value, lazy("Not a purpose"))
    kreativitet = _score(Dimension.KREATIVITET.value, lazy("Not a purpose"))
    faellesskab = _score(Dimension.FAELLESSKAB.value, lazy("Not a purpose"))


class SeeForm(ScoresForm):
    """What was seen, and how that is known."""

    frirum = _score(Dimension.FRIRUM.value, lazy("Not known"))
    perspektiv = _score(Dimension.PERSPEKTIV.value, lazy("Not known"))
    kreativitet = _score(Dimension.KREATIVITET.value, lazy("Not known"))
    faellesskab = _score(Dimension.FAELLESSKAB.value, lazy("Not known"))
    basis = RadioField(
        lazy("How do you know?"),
        choices=choices(wording.BASIS_NAMES.items()),
        validators=[InputRequired(lazy("Say how you know: seen yourself, answers, or talks."))],
    )
    answers = IntegerField(
        lazy("How many people answered?"), validators=[Optional(), NumberRange(1, rules.ANSWERS_MOST)]
    )
    note = StringField(lazy("Note"), validators=[Length(max=rules.BASIS_LONGEST)])
    source = IntegerField(
        lazy("Evidence with the answers: number"), validators=[Optional(), NumberRange(1, NUMBERS_MOST)]
    )

    def show(self, effect: Effect) -> None:
        """Put in what was said before."""
        self.show_scores(effect.seen)
        self.basis.data, self.note.data = effect.basis or None, effect.basis_note
        self.answers.data = effect.answers
        self.source.data = effect.source.number if effect.source else None

    def details(self) -> SeenDetails:
        """Return what was said."""
        return SeenDetails(
            self.scores(), self.basis.data or "", self.answers.data, self.note.data or "", self.source.data
        )


class AgreementForm(TypedForm):
    """What those in a quote or a story agreed to, without names."""

    scopes = SelectMultipleField(
        lazy("What was agreed to"),
        choices=choices(SCOPE_NAMES.items()),
        default=[Scope.INTERNAL_REPORT.value],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    given_on = DateField(lazy("Given on"), validators=[InputRequired()])
    expires_on = DateField(lazy("Holds until"), validators=[Optional()])
    persons = IntegerField(lazy("Number of persons"), validators=[Optional(), NumberRange(1, MOST)], default=1)
    reference = StringField(lazy("How it was given"), validators=[Length(max=REFERENCE_LONGEST)])

    def consent(self) -> ConsentDetails:
        """Return what was said."""
        return ConsentDetails(
            scopes=frozenset(self.scopes.data or ()),
            given_on=self.given_on.data or date.min,
            expires_on=self.expires_on.data,
            persons=self.persons.data,
            reference=self.reference.data or "",
        )


class QuoteTextForm(RevisedForm):
    """What somebody said, and who by role and age."""

    text = TextAreaField(lazy("What was said"), validators=[InputRequired(), Length(max=rules.QUOTE_LONGEST)])
    who = StringField(lazy("Who said it"), validators=[InputRequired(), Length(max=rules.WHO_LONGEST)])
    language = SelectField(lazy("Language"), choices=choices(LOCALES.items()), default="da")
    children = BooleanField(lazy("A child said it"))
    sensitive = BooleanField(lazy("It tells something sensitive"))

    def show(self, quote: Quote) -> None:
        """Put in what stands."""
        for name in ("text", "who", "language", "children", "sensitive"):
            self._fields[name].data = getattr(quote, name)

    def details(self) -> QuoteDetails:
        """Return what was typed."""
        return QuoteDetails(
            self.text.data or "",
            self.who.data or "",
            self.language.data,
            children=bool(self.children.data),
            sensitive=bool(self.sensitive.data),
        )


class QuoteForm(QuoteTextForm, AgreementForm):
    """A new quote with its consent."""


class TakeBackForm(TypedForm):
    """That somebody said no, without a name."""

    why = RadioField(lazy("What happened?"), choices=choices(wording.TAKEN_NAMES.items()), validators=[InputRequired()])
    consent = SelectField(lazy("Which consent?"), default="")
    day = DateField(lazy("On the day"), validators=[InputRequired()])
    reference = StringField(lazy("Reference of the case"), validators=[Length(max=CASE_LONGEST)])

    def offer(self, told: Told) -> None:
        """Fill in the consents that still hold."""
        standing = [one for one in told.agreements if one.withdrawn_on is None]
        offered = [(str(one.ordinal), lazy("Consent %(ordinal)s", ordinal=one.ordinal)) for one in standing]
        self.consent.choices = choices([("", lazy("None: somebody objects")), *offered])
        if not self.is_submitted():
            self.why.data = Said.CONSENT.value if offered else Said.OBJECTION.value
            self.consent.data = offered[0][0] if len(offered) == 1 else ""

    def details(self) -> TakenBack:
        """Return what was said."""
        day, consent = self.day.data or date.min, self.consent.data or ""
        number = int(consent) if consent.isdigit() and self.why.data == Said.CONSENT else None
        return TakenBack(self.why.data, day, number, self.reference.data or "")


class TakeOutForm(RevisedForm):
    """Why a quote or a story is withdrawn."""

    reason = StringField(lazy("Reason"), validators=[InputRequired(), Length(max=REASON_LONGEST)])


class StoryFilterForm(SearchForm):
    """What the list of stories is narrowed to."""

    year = SelectField(lazy("Year"), default="", validate_choice=False)
    state = SelectField(
        lazy("State"),
        choices=choices([("", lazy("All")), *wording.STATE_NAMES.items()]),
        default="",
        validate_choice=False,
    )

    def offer(self, years: Sequence[int]) -> None:
        """Fill in the years."""
        self.year.choices = choices([("", lazy("All")), *((str(year), str(year)) for year in years)])

    def year_asked(self) -> int | None:
        """Return the year that was chosen."""
        value = self.year.data or ""
        return int(value) if value.isascii() and value.isdigit() and len(value) == 4 else None

    def state_asked(self) -> str:
        """Return the state that was chosen, empty for all."""
        return self.state.data if self.state.data in wording.STATE_NAMES else ""


class StoryForm(RevisedForm):
    """A story in four parts."""

    suggested: Sequence[str] = ()  # goals and targets of the activities that it names

    title = StringField(lazy("Title"), validators=[InputRequired(), Length(max=rules.TITLE_LONGEST)])
    activities = StringField(lazy("Numbers of the activities"), validators=[Length(max=100)])
    year = IntegerField(lazy("Year"), validators=[InputRequired(), NumberRange(rules.FIRST_YEAR, rules.LAST_YEAR)])
    need = TextAreaField(lazy("1. The need"), validators=[Length(max=PARTS["need"])])
    done = TextAreaField(lazy("2. What you did, and with whom"), validators=[Length(max=PARTS["done"])])
    changed = TextAreaField(lazy("3. What changed"), validators=[Length(max=PARTS["changed"])])
    goals = SelectMultipleField(
        lazy("4. The goals it serves"), option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False)
    )
    targets = StringField(lazy("Targets"), validators=[Length(max=100)])
    partners = SelectMultipleField(
        lazy("Partners"), option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False)
    )
    campaigns = SelectMultipleField(
        lazy("Campaigns"), option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False)
    )
    picture = SelectField(lazy("Picture"), default="")
    quote = SelectField(lazy("Quote"), default="")
    people = RadioField(
        lazy("Can somebody who is told about be recognised?"),
        choices=choices(((People.NO, lazy("No")), (People.YES, lazy("Yes")), (People.UNKNOWN, lazy("I don't know")))),
        default=People.UNKNOWN.value,
    )
    children = BooleanField(lazy("A child is among them"))
    sensitive = BooleanField(lazy("It tells something sensitive about them"))
    basis = RadioField(
        lazy("By what right are they told about?"),
        choices=choices([("", lazy("Not decided yet")), *RIGHT_NAMES.items()]),
        default="",
    )
    reason = StringField(lazy("Why this right"), validators=[Length(max=REASON_LONGEST)])
    language = SelectField(lazy("Language of the text"), choices=choices(LOCALES.items()), default="da")
    cleared = BooleanField(lazy("Who said no is not told about any more"))

    def offer(
        self,
        goals: Sequence[tuple[str, str]],
        partners: Sequence[tuple[str, object]],
        campaigns: Sequence[tuple[str, object]],
    ) -> None:
        """Fill in goals, partners and campaigns."""
        self.goals.choices, self.partners.choices = choices(goals), choices(partners)
        self.campaigns.choices = choices(campaigns)

    def offer_pieces(self, pictures: Mapping[int, str], quotes: Mapping[int, str]) -> None:
        """Fill in the pictures and the quotes of the story's activities."""
        for field, offered, none in (
            (self.picture, pictures, lazy("No picture")),
            (self.quote, quotes, lazy("No quote")),
        ):
            field.choices = choices([("", none), *((str(number), text) for number, text in offered.items())])
            if field.data not in {"", *map(str, offered)}:
                field.data = ""

    def numbers(self) -> tuple[int, ...]:
        """Return the numbers of the activities. Raises Invalid for what is none."""
        found = [part.strip() for part in re.split(r"[,;\s]+", self.activities.data or "") if part.strip()]
        read = [_NUMBER.fullmatch(part) for part in found]
        if not all(read):
            raise Invalid("story-numbers-unreadable", field="activities")
        return tuple(dict.fromkeys(int(one[1]) for one in read if one))

    def show(self, story: Story) -> None:
        """Put in what stands."""
        for name in ("title", "year", "language", *PARTS, "goals", "people", "children", "sensitive", "basis"):
            self._fields[name].data = getattr(story, name)
        self.targets.data = ", ".join(story.targets)
        self.reason.data = story.basis_reason
        self.activities.data = ", ".join(str(one.number) for one in sorted(story.activities, key=lambda a: a.number))
        self.partners.data = [one.code for one in story.partners]
        self.campaigns.data = [one.code for one in story.campaigns]
        self.picture.data = str(story.picture.number) if story.picture else ""
        self.quote.data = str(story.quote.number) if story.quote else ""

    def details(self) -> StoryDetails:
        """Return what was typed. Raises Invalid for activities that can't be read."""
        values: dict[str, Any] = {name: self._fields[name].data or "" for name in ("title", *PARTS)}
        basis = self.basis.data or ""
        return StoryDetails(
            year=self.year.data or 0,
            language=self.language.data,
            goals=tuple(self.goals.data or ()),
            targets=tuple(part for part in re.split(r"[,;\s]+", self.targets.data or "") if part),
            activities=self.numbers(),
            partners=tuple(self.partners.data or ()),
            campaigns=tuple(self.campaigns.data or ()),
            picture=_chosen(self.picture.data),
            quote=_chosen(self.quote.data),
            about=About(
                People(self.people.data),
                children=bool(self.children.data),
                sensitive=bool(self.sensitive.data),
                basis=basis if basis in set(Basis) else "",
                reason=self.reason.data or "",
            ),
            cleared=bool(self.cleared.data),
            **values,
        )


def _chosen(value: str | None) -> int | None:
    return int(value) if value and value.isdigit() else None
