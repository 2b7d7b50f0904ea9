"""The forms that supersede an edition and that note a correction to it."""

from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired

from sdg_tracker.editions.corrections import ABOUT_NAMES, About, Details
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.web.forms import BaseForm, choices

NEXT = 0  # in place of the number of an edition: the next one that is frozen


class SupersedeForm(BaseForm):
    """Which edition takes the place, and why."""

    by = SelectField(lazy("Which edition takes its place?"), coerce=int)
    reason = TextAreaField(lazy("Why"), [InputRequired(lazy("Say why: whoever holds the earlier edition reads it."))])

    def chosen(self) -> int | None:
        """Return the number of the edition; None for the next one."""
        return self.by.data or None


class CorrectionForm(BaseForm):
    """What stands wrong, what is right, and why."""

    about = SelectField(lazy("What is it about?"), choices=choices(ABOUT_NAMES.items()))
    key = StringField(lazy("Which one"), [InputRequired(lazy("Write it; it is printed in the next edition."))])
    old = TextAreaField(lazy("As it stands"), [InputRequired(lazy("Write it; it is printed in the next edition."))])
    new = TextAreaField(lazy("What is right"), [InputRequired(lazy("Write it; it is printed in the next edition."))])
    reason = TextAreaField(lazy("Why"), [InputRequired(lazy("Write it; it is printed in the next edition."))])

    def details(self) -> Details:
        """Return the correction."""
        return Details(
            About(self.about.data),
            self.key.data or "",
            self.old.data or "",
            self.new.data or "",
            self.reason.data or "",
        )
