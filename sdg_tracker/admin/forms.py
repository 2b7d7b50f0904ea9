"""Forms for users, branches, the library itself, and the trail's filter."""

from wtforms import BooleanField, EmailField, HiddenField, IntegerField, RadioField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from sdg_tracker.access import MEMBER_ROLES, ROLE_NAMES, Role
from sdg_tracker.accounts.rules import EMAIL_LONGEST, TIMEZONES
from sdg_tracker.foundation.errors import Conflict
from sdg_tracker.foundation.i18n import Text, _, lazy
from sdg_tracker.web.forms import BaseForm, SearchForm, choices

NAME_LONGEST = 200  # characters
ROLE_HINTS: dict[str, Text] = {
    Role.READER.value: lazy("Sees activities and evidence, changes nothing."),
    Role.STAFF.value: lazy("Records activities and adds evidence."),
    Role.COORDINATOR.value: lazy("Does all that staff do, imports, sets up certification and manages users."),
    Role.AUDITOR.value: lazy("Comes from outside the library; sees goals and schemes until a dossier is shared."),
    Role.ADMINISTRATOR.value: lazy("Manages users, branches and the installation; does not change activities."),
}


def _required(message: Text) -> DataRequired:
    return DataRequired(message=message)


def _at_most(length: int) -> Length:
    return Length(max=length, message=lazy("This is too long."))


class RevisionForm(BaseForm):
    """A form on a row that two people may have open."""

    revision = HiddenField()

    def seen(self) -> int | None:
        """Return the revision that was shown, None when the form does not say."""
        text = str(self.revision.data or "")
        return int(text) if text.isascii() and text.isdigit() else None

    def refuse_stale(self, problem: Conflict) -> None:
        """Show that the row was changed meanwhile; what was typed stays, and saving again overwrites knowingly."""
        self.refuse(problem)
        if "revision" in problem.facts:
            self.revision.data = str(problem.facts["revision"])
            self.form_errors.append(_("What you wrote is kept here. Save again to put it in place of theirs."))


class RoleForm(RevisionForm):
    """What a person is in the library."""

    role = RadioField(
        lazy("Role"),
        choices=choices((role.value, ROLE_NAMES[role]) for role in MEMBER_ROLES),
        validators=[_required(lazy("Choose a role."))],
        default=Role.STAFF.value,
    )

    def chosen(self) -> Role:
        """Return the role."""
        return Role(self.role.data)


class UserForm(RoleForm):
    """A new person."""

    name = StringField(lazy("Name"), validators=[_required(lazy("Write the person's name.")), _at_most(NAME_LONGEST)])
    email = EmailField(
        lazy("E-mail"), validators=[_required(lazy("Write the person's e-mail.")), _at_most(EMAIL_LONGEST)]
    )


class BranchForm(RevisionForm):
    """A house of the library."""

    name = StringField(lazy("Name"), validators=[_required(lazy("Write the branch's name.")), _at_most(NAME_LONGEST)])
    name_en = StringField(lazy("Name in English"), validators=[_at_most(NAME_LONGEST)])


class BranchEditForm(BranchForm):
    """A house that there is, with its place in lists."""

    position = IntegerField(
        lazy("Place in lists"),
        validators=[
            InputRequired(message=lazy("Write a whole number.")),
            NumberRange(0, 9999, message=lazy("Write a number from 0 to 9999.")),
        ],
    )


class LibraryForm(RevisionForm):
    """The library itself."""

    name = StringField(lazy("Name"), validators=[_required(lazy("Write the library's name.")), _at_most(NAME_LONGEST)])
    name_en = StringField(lazy("Name in English"), validators=[_at_most(NAME_LONGEST)])
    timezone = SelectField(lazy("Time zone"), choices=choices((name, name) for name in TIMEZONES))
    strategy = SelectField(lazy("Strategy"))
    own_review = BooleanField(lazy("Who adds evidence may also accept it"))
    disposal_months = IntegerField(
        lazy("Months until withdrawn evidence may be disposed of"),
        validators=[Optional(), NumberRange(1, 1200, message=lazy("Write a number of months from 1 to 1200."))],
    )

    def offer(self, strategies: list[tuple[str, str]], timezone: str) -> None:
        """Fill in what can be chosen; the library's own time zone always can."""
        self.strategy.choices = choices([("", lazy("No strategy")), *strategies])
        if timezone not in TIMEZONES:
            self.timezone.choices = choices((name, name) for name in (timezone, *TIMEZONES))


class TrailFilter(SearchForm):
    """Which events to show."""

    action = SelectField(lazy("What happened"))
    subject = SelectField(lazy("With what"))
