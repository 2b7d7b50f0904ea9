"""Forms of a step in a draft: all know which revision was shown."""

from collections.abc import Iterable, Iterator
from typing import Any

from wtforms import Field, HiddenField, StringField
from wtforms.validators import InputRequired, Length

from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.foundation.refusals import Fault
from sdg_tracker.web.forms import BaseForm


class StepForm(BaseForm):
    """A step without fields of its own; ``revision`` is the one that was shown."""

    revision = HiddenField()

    def seen(self) -> int:
        """Return the revision that was shown; one that nobody ever saw when the field was tampered with."""
        text = self.revision.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1

    def validate(self, extra_validators: Any = None) -> bool:
        """Return whether the form holds, asking also for what only some answers need."""
        well = bool(super().validate(extra_validators))
        for field, reason in self.asks():
            field.errors = [*field.errors, reason]
            well = False
        return well

    def asks(self) -> Iterator[tuple[Field, str]]:
        """Yield what is still missing where an empty field may be right: field and reason."""
        yield from ()

    def blame(self, faults: Iterable[Fault]) -> bool:
        """Show faults at the fields that they are about, the others above the form; return whether there were any."""
        found = list(faults)
        for fault in found:
            name = fault.path.replace("[", ".").split(".")
            field = next((f for f in (self._at("_".join(name[:length])) for length in (2, 1)) if f is not None), None)
            if field is not None:
                field.errors = [*field.errors, str(fault.reason)]
            else:
                self.form_errors.append(str(fault))
        return bool(found)

    def _at(self, name: str) -> Field | None:
        found: Field | None = self._fields.get(name) or self._fields.get(f"{name}_value")
        return found


class PublishForm(StepForm):
    """The number of the version."""

    version = StringField(lazy("Version"), validators=[InputRequired(), Length(max=20)])
