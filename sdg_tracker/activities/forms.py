"""Forms of activities: what a person types, turned into values of the domain."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    DateField,
    Field,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from sdg_tracker.accounts.models import Membership
from sdg_tracker.activities import rules
from sdg_tracker.activities.queries import CARRIED_OUT, NOT_CANCELLED, Filters, Vocabulary
from sdg_tracker.activities.rules import (
    CONTRIBUTION_NAMES,
    MAPPING_LIMIT,
    QUALIFIER_NAMES,
    STANCE_NAMES,
    STATUS_NAMES,
    ActivityDetails,
    Figure,
    MappingChoice,
)
from sdg_tracker.activities.states import Contribution, Qualifier, Stance, Status
from sdg_tracker.foundation.errors import Problem
from sdg_tracker.foundation.i18n import LOCALES, Text, _, lazy
from sdg_tracker.goals.models import Goal
from sdg_tracker.web.forms import BaseForm, SearchForm, choices

Choices = Sequence[tuple[str, object]]


def _choices(names: Mapping[Any, Text]) -> Any:
    """Return values with their words, which find their language when they are shown."""
    return choices((value.value, text) for value, text in names.items())


class Checkboxes(SelectMultipleField):
    """Several of a few choices."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class RevisionForm(BaseForm):
    """A form about something that somebody else may change meanwhile."""

    revision = HiddenField()

    def seen(self) -> int | None:
        """Return the revision that was shown; one that nobody ever saw when the field was tampered with."""
        text = self.revision.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1

    def renew(self, revision: int) -> None:
        """Let the form be sent again, over what stands now."""
        self.revision.data = str(revision)


class ActivityForm(RevisionForm):
    """An activity."""

    title = StringField(
        lazy("Title"), [DataRequired(lazy("Give the activity a title.")), Length(max=rules.TITLE_LIMIT)]
    )
    type = SelectField(lazy("Type"), [InputRequired(lazy("Choose a type."))])
    description = TextAreaField(lazy("Description"), [Length(max=rules.DESCRIPTION_LIMIT)])
    language = SelectField(lazy("Language of the text"), choices=choices(LOCALES.items()), default="da")
    status = SelectField(lazy("Status"), choices=_choices(STATUS_NAMES), default=Status.HELD.value)
    starts_on = DateField(lazy("First day"), [Optional()])
    ends_on = DateField(lazy("Last day"), [Optional()])
    year = IntegerField(lazy("Year"), [Optional(), NumberRange(rules.FIRST_YEAR, rules.LAST_YEAR)])
    branches = Checkboxes(lazy("Branches"))
    audiences = Checkboxes(lazy("Audience"))
    owner_number = SelectField(lazy("Responsible"), default="")
    attendance = IntegerField(lazy("Attendance"), [Optional(), NumberRange(0, rules.HEADCOUNT_LIMIT)])
    attendance_qualifier = SelectField(
        lazy("How sure is the attendance?"), choices=_choices(QUALIFIER_NAMES), default=Qualifier.EXACT.value
    )
    signups = IntegerField(lazy("Sign-ups"), [Optional(), NumberRange(0, rules.HEADCOUNT_LIMIT)])
    helped = IntegerField(lazy("People helped"), [Optional(), NumberRange(0, rules.HEADCOUNT_LIMIT)])
    campaigns = Checkboxes(lazy("Campaigns"))
    partners = Checkboxes(lazy("Partners"))
    strategy_actions = Checkboxes(lazy("Actions in the strategy"))
    source_library = StringField(lazy("Other organisation that did it"), [Length(max=rules.NAME_LIMIT)])
    source_url = StringField(lazy("Link to a page about it"), [Length(max=rules.ADDRESS_LIMIT)])

    def offer(self, known: Vocabulary, members: Sequence[Membership], kept: ActivityDetails | None = None) -> None:
        """Fill in the choices: what is in use, and what the activity has already."""
        self.type.choices = [("", _("Choose a type")), *((code, term.title) for code, term in known.types.items())]
        self.audiences.choices = [(code, term.title) for code, term in known.audiences.items()]
        self.branches.choices = _usable(known.branches, kept.branches if kept else ())
        self.partners.choices = _usable(known.partners, kept.partners if kept else ())
        self.campaigns.choices = [(code, campaign.title) for code, campaign in known.campaigns.items()]
        actions = {code: f"{code} {action.title}" for code, action in known.strategy_actions.items()}
        actions |= {code: code for code in (kept.strategy_actions if kept else ()) if code not in actions}
        self.strategy_actions.choices = list(actions.items())
        owner = kept.owner_number if kept else None
        self.owner_number.choices = [("", _("Nobody yet"))] + [
            (str(member.user_number), member.user.name or member.user.email)
            for member in members
            if member.disabled_at is None or member.user_number == owner
        ]

    def details(self) -> ActivityDetails:
        """Return what was typed."""
        attendance = self.attendance.data
        return ActivityDetails(
            title=self.title.data or "",
            type=self.type.data,
            status=Status(self.status.data),
            description=self.description.data or "",
            language=self.language.data,
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            year=self.year.data,
            branches=tuple(self.branches.data or ()),
            audiences=tuple(self.audiences.data or ()),
            campaigns=tuple(self.campaigns.data or ()),
            partners=tuple(self.partners.data or ()),
            strategy_actions=tuple(self.strategy_actions.data or ()),
            owner_number=int(self.owner_number.data) if self.owner_number.data else None,
            source_library=self.source_library.data or "",
            source_url=self.source_url.data or "",
            attendance=None if attendance is None else Figure(attendance, Qualifier(self.attendance_qualifier.data)),
            signups=self.signups.data,
            helped=self.helped.data,
        )


def typed(details: ActivityDetails) -> dict[str, Any]:
    """Return an activity as the form's values. The year stands only where no day does."""
    return {
        **{name: getattr(details, name) for name in ("title", "type", "description", "language", "signups", "helped")},
        **{name: getattr(details, name) for name in ("starts_on", "ends_on", "source_library", "source_url")},
        **{name: list(getattr(details, name)) for name in ("branches", "audiences", "campaigns", "partners")},
        "strategy_actions": list(details.strategy_actions),
        "status": details.status.value,
        "year": None if details.starts_on else details.year,
        "owner_number": "" if details.owner_number is None else str(details.owner_number),
        "attendance": details.attendance.value if details.attendance else None,
        "attendance_qualifier": (details.attendance.qualifier if details.attendance else Qualifier.EXACT).value,
    }


class WithdrawForm(RevisionForm):
    """Why an activity is withdrawn."""

    reason = StringField(
        lazy("Reason"), [DataRequired(lazy("Say why the activity is withdrawn.")), Length(max=rules.REASON_LIMIT)]
    )


class MapForm(RevisionForm):
    """The mappings of an activity: row 0 is the main one, the others are secondary."""

    ROWS = range(MAPPING_LIMIT)

    def offer(self, goals: Sequence[Goal]) -> None:
        """Fill in the choices: every goal by itself and with its targets."""
        grouped: dict[str, list[tuple[str, str]]] = {
            f"{goal.code} {goal.title}": [
                (goal.code, _("%(code)s The whole goal", code=goal.code)),
                *((target.code, f"{target.code} {target.short}") for target in goal.targets),
            ]
            for goal in goals
        }
        for row in self.ROWS:
            self[f"code_{row}"].choices = {_("None"): [("", _("No main goal") if row == 0 else _("None"))], **grouped}

    def show(self, choices: Sequence[MappingChoice]) -> None:
        """Put in what an activity is mapped to."""
        secondary = [choice for choice in choices if not choice.main]
        rows = [*[choice for choice in choices if choice.main][:1], *secondary]
        first = 0 if len(rows) > len(secondary) else 1
        for row, choice in enumerate(rows[: MAPPING_LIMIT - first], first):
            self[f"code_{row}"].data = choice.code
            self[f"stance_{row}"].data = choice.stance.value
            self[f"contribution_{row}"].data = choice.contribution.value if choice.contribution else ""
            self[f"reason_{row}"].data = choice.reason

    def used(self, row: int) -> bool:
        """Return whether anything is filled in in a row."""
        return bool(self[f"code_{row}"].data or self[f"reason_{row}"].data)

    def row(self, number: int) -> dict[str, Field]:
        """Return the fields of a row by their plain names."""
        return {name: self[f"{name}_{number}"] for name in ("code", "stance", "contribution", "reason")}

    def choices(self) -> list[MappingChoice]:
        """Return what was chosen; rows without a goal are left out."""
        return [
            MappingChoice(
                code=self[f"code_{row}"].data,
                main=row == 0,
                stance=Stance(self[f"stance_{row}"].data),
                contribution=Contribution(self[f"contribution_{row}"].data)
                if self[f"contribution_{row}"].data
                else None,
                reason=self[f"reason_{row}"].data or "",
            )
            for row in self.ROWS
            if self[f"code_{row}"].data
        ]

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Ask for a reason in each row that has a goal, and for a goal in each that has a reason."""
        if not super().validate(extra_validators):
            return False
        for row in self.ROWS:
            code, reason = self[f"code_{row}"], self[f"reason_{row}"]
            if code.data and not (reason.data or "").strip():
                reason.errors = [_("Say in one line why you chose %(code)s.", code=code.data)]
            elif (reason.data or "").strip() and not code.data:
                code.errors = [_("Choose a goal or target, or empty the reason.")]
        return not self.errors

    def refuse(self, problem: Problem) -> None:
        """Show a refusal at the row that it is about."""
        used = [row for row in self.ROWS if self[f"code_{row}"].data]
        position = problem.facts.get("position")
        if isinstance(position, int) and position < len(used) and problem.field:
            problem.field = f"{problem.field}_{used[position]}"
        super().refuse(problem)


def _add_rows() -> None:
    for row in MapForm.ROWS:
        label = lazy("Main goal or target") if row == 0 else lazy("Secondary goal or target %(number)s", number=row)
        stances = [Stance.SUPPORTS] if row == 0 else list(Stance)
        fields = {
            "code": SelectField(label, default=""),
            "stance": SelectField(
                lazy("What does the activity do to it?"),
                choices=_choices({stance: STANCE_NAMES[stance] for stance in stances}),
                default=Stance.SUPPORTS.value,
            ),
            "contribution": SelectField(
                lazy("Contribution"),
                choices=[*_choices(CONTRIBUTION_NAMES), *choices([("", lazy("Don't know"))])],
                default="",
            ),
            "reason": StringField(lazy("Reason"), [Length(max=rules.REASON_LIMIT)]),
        }
        for name, made in fields.items():
            setattr(MapForm, f"{name}_{row}", made)


_add_rows()


class FilterForm(SearchForm):
    """What a list of activities is narrowed to."""

    q = StringField(lazy("Search"))
    goal = SelectField(lazy("Goal"))
    year = SelectField(lazy("Year"))
    status = SelectField(lazy("Status"))
    branch = SelectField(lazy("Branch"))
    type = SelectField(lazy("Type"))
    owner = SelectField(lazy("Responsible"))
    action = SelectField(lazy("Action in the strategy"))
    main = BooleanField(lazy("Only as the main goal"))
    without_mapping = BooleanField(lazy("Without mapping"))
    without_evidence = BooleanField(lazy("Without evidence"))
    unconfirmed = BooleanField(lazy("With unconfirmed mapping"))
    withdrawn = BooleanField(lazy("Withdrawn"))

    def offer(self, choices: "Offers") -> None:
        """Fill in the choices; one that the address asks for is kept though there is nothing of it."""
        more = [(NOT_CANCELLED, _("Not cancelled")), (CARRIED_OUT, _("Held or ongoing"))]
        statuses = [*more, *((s.value, str(STATUS_NAMES[s])) for s in Status)]
        for name, offered in (
            ("goal", choices.goals),
            ("year", choices.years),
            ("status", statuses),
            ("branch", choices.branches),
            ("type", choices.types),
            ("owner", choices.owners),
            ("action", choices.actions),
        ):
            asked = self[name].data
            kept = [] if not asked or asked in {value for value, _label in offered} else [(asked, asked)]
            self[name].choices = [("", _("Any")), *offered, *kept]
        if len(self.action.choices) == 1:  # the library has no strategy
            del self.action

    def filters(self) -> Filters:
        """Return the filters. A value that means nothing finds nothing."""
        return Filters(
            q=(self.q.data or "").strip(),
            goal=self.goal.data or "",
            main=self.main.data,
            year=_number(self.year.data),
            branch=self.branch.data or "",
            type=self.type.data or "",
            status=self.status.data or "",
            owner=_number(self.owner.data),
            action=self.action.data or "" if "action" in self else "",
            without_mapping=self.without_mapping.data,
            without_evidence=self.without_evidence.data,
            unconfirmed=self.unconfirmed.data,
            withdrawn=self.withdrawn.data,
        )


@dataclass(frozen=True)
class Offers:
    """What there is to choose from in the filters."""

    goals: Choices
    years: Choices
    branches: Choices
    types: Choices
    owners: Choices
    actions: Choices


class UploadForm(BaseForm):
    """A file with activities."""

    document = FileField(lazy("File"), [FileRequired(lazy("Choose a file."))])


class ConfirmForm(BaseForm):
    """The second step of an import: the file that was looked at, named by a ticket that can't be forged."""

    ticket = HiddenField()


def _usable(rows: Mapping[str, Any], kept: Iterable[str]) -> list[tuple[str, str]]:
    return [
        (code, getattr(row, "title", None) or row.name)
        for code, row in rows.items()
        if row.disabled_at is None or code in set(kept)
    ]


def _number(text: str | None) -> int | None:
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
