"""The forms with which the pages of an edition are approved, and the edition is frozen with or without that."""

from wtforms import BooleanField, HiddenField, StringField
from wtforms.validators import InputRequired, Length

from sdg_tracker.drafts import ROLE_LIMIT
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.web.forms import BaseForm


class ApproveForm(BaseForm):
    """What the person is who approves; ``essence`` tells which pages were seen."""

    acting_as = StringField(
        lazy("What you are at the library"),
        [
            InputRequired(lazy("Write what you are at the library, such as library director.")),
            Length(max=ROLE_LIMIT),
        ],
    )
    essence = HiddenField()


class FreezeForm(BaseForm):
    """Whether to freeze although nobody has approved what it is now."""

    unapproved = BooleanField(lazy("Freeze without the approval"))
