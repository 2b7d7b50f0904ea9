"""Forms whose files came before them, in parts; or with them, where no script runs."""

from collections.abc import Sequence
from typing import BinaryIO

from flask_wtf.file import FileField, MultipleFileField
from wtforms import RadioField, SelectMultipleField
from wtforms.validators import InputRequired

from sdg_tracker.activities.models import Activity
from sdg_tracker.evidence.details import EvidenceDetails
from sdg_tracker.evidence.forms import ACCEPT, FILES_AT_ONCE, AddForm
from sdg_tracker.foundation.i18n import _, current_locale, format_date, lazy
from sdg_tracker.web.forms import BaseForm, choices

TITLE_LONGEST = 250  # characters of an activity's title in that of its picture: the piece's own limit is 300
NONE = "none"  # of the activities
PEOPLE = {"no": lazy("No"), "yes": lazy("Yes"), "unknown": lazy("I don't know")}


class _Quiet:
    """Says nothing of a field that is neither required nor left out by choice."""

    field_flags = {"quiet": True}  # noqa: RUF012 - as WTForms asks for it

    def __call__(self, _form: object, _field: object) -> None:
        """Accept everything."""


class SaveForm(AddForm):
    """What is said of uploads: the form of evidence, with their keys in place of files."""

    document = MultipleFileField(lazy("Photos or documents"), validators=[_Quiet()], render_kw={"accept": ACCEPT})
    uploads = SelectMultipleField(validate_choice=False)

    def keys(self) -> list[str]:
        """Return the keys of the uploads."""
        return list(self.uploads.data or [])


class CaptureForm(BaseForm):
    """Pictures from a phone: of what, and whether people can be recognised."""

    camera = FileField(
        lazy("Take a photo"),
        validators=[_Quiet()],
        render_kw={"accept": "image/*", "capture": "environment"},
    )
    document = MultipleFileField(lazy("Choose pictures"), validators=[_Quiet()], render_kw={"accept": "image/*"})
    uploads = SelectMultipleField(validate_choice=False)
    activity = RadioField(
        lazy("What is it of?"),
        validate_choice=False,
        validators=[InputRequired(lazy("Choose what the picture is of, or “None of them”."))],
    )
    people = RadioField(
        lazy("Can people be recognised in the picture?"), choices=choices(PEOPLE.items()), default="unknown"
    )

    def offer(self, activities: Sequence[Activity]) -> None:
        """Fill in the activities to choose from, and that it can be none."""
        self.activity.choices = choices(
            [(str(activity.number), named(activity)) for activity in activities] + [(NONE, _("None of them"))]
        )

    def keys(self) -> list[str]:
        """Return the keys of the uploads."""
        return list(self.uploads.data or [])

    def files(self) -> list[tuple[BinaryIO, str]]:
        """Return the files that came with the form, with their names."""
        sent = [*([self.camera.data] if self.camera.data else []), *(self.document.data or [])]
        return [(file.stream, file.filename or "") for file in sent[:FILES_AT_ONCE]]

    def activity_number(self) -> int | None:
        """Return the number of the activity that was chosen."""
        value = self.activity.data or ""
        return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else None

    def details(self, activity: Activity | None) -> EvidenceDetails:
        """Return what was said: the one place where the answers of /capture become evidence."""
        title = _("Photo from %(activity)s", activity=activity.title[:TITLE_LONGEST]) if activity else ""
        return EvidenceDetails(
            title=title,
            activity=activity.number if activity else None,
            language=current_locale(),
            people=self.people.data or "",
            unfinished=True,
        )


def named(activity: Activity) -> str:
    """Return an activity as it is chosen: its title and its first day."""
    day = f" ({format_date(activity.starts_on)})" if activity.starts_on else ""
    return f"{activity.title}{day}"
