"""The forms that invite an auditor, move the last day, and ask for the code."""

from wtforms import BooleanField, DateField, EmailField, StringField
from wtforms.validators import InputRequired

from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.web.forms import BaseForm


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
