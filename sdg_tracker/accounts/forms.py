"""Forms of signing in and of one's own account."""

from wtforms import EmailField, HiddenField, PasswordField, RadioField
from wtforms.validators import DataRequired, EqualTo, Length

from sdg_tracker.accounts.rules import EMAIL_LONGEST, PASSWORD_LONGEST
from sdg_tracker.foundation.i18n import LOCALES, lazy
from sdg_tracker.web.forms import BaseForm, choices

_ADDRESS = {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
_PRESENT = {"autocomplete": "current-password"}
_NEW = {"autocomplete": "new-password"}
_too_long = Length(max=PASSWORD_LONGEST, message=lazy("This is too long."))


def _required(message: object) -> DataRequired:
    return DataRequired(message=message)


class SignInForm(BaseForm):
    """E-mail and password."""

    email = EmailField(
        lazy("E-mail"),
        validators=[_required(lazy("Write your e-mail.")), Length(max=EMAIL_LONGEST)],
        render_kw=_ADDRESS,
    )
    password = PasswordField(
        lazy("Password"), validators=[_required(lazy("Write your password.")), _too_long], render_kw=_PRESENT
    )
    next = HiddenField()


class NewPasswordForm(BaseForm):
    """A password, written twice."""

    password = PasswordField(
        lazy("New password"), validators=[_required(lazy("Write a password.")), _too_long], render_kw=_NEW
    )
    again = PasswordField(
        lazy("New password once more"),
        validators=[
            _required(lazy("Write the password once more.")),
            EqualTo("password", message=lazy("The two passwords are not the same.")),
        ],
        render_kw=_NEW,
    )


class ChangePasswordForm(NewPasswordForm):
    """A new password in place of the present one."""

    present = PasswordField(
        lazy("Present password"),
        validators=[_required(lazy("Write your present password.")), _too_long],
        render_kw=_PRESENT,
    )


class LanguageForm(BaseForm):
    """The language in which somebody reads the product."""

    language = RadioField(lazy("Language"), choices=choices(LOCALES.items()))
