"""The form that invites an auditor."""

from wtforms import DateField, EmailField
from wtforms.validators import InputRequired

from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.web.forms import BaseForm


class InviteForm(BaseForm):
    """Whom to invite, and until when."""

    email = EmailField(lazy("E-mail of the auditor"), [InputRequired(lazy("Write an e-mail address."))])
    until = DateField(lazy("Last day"), [InputRequired(lazy("Choose a day."))])
