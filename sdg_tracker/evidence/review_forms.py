"""Forms of those who tie, judge and review evidence."""

from collections.abc import Sequence

from wtforms import HiddenField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from sdg_tracker.evidence import wording
from sdg_tracker.evidence.forms import TypedForm, as_wanted, seen, shortened
from sdg_tracker.evidence.models import Evidence, Tie
from sdg_tracker.evidence.reviewing import COMMENT_LONGEST
from sdg_tracker.evidence.states import TICKS, Decision, State, Strength
from sdg_tracker.evidence.tying import TieDetails, Wanted
from sdg_tracker.foundation.i18n import _, lazy
from sdg_tracker.schemes.models import Cycle
from sdg_tracker.web.forms import BaseForm, choices


class TieForm(BaseForm):
    """One more requirement for a piece of evidence."""

    requirement = SelectField(lazy("Requirement"), validators=[InputRequired()])
    pages = StringField(lazy("Pages"), validators=[Length(max=40)])

    def offer(self, cycles: Sequence[Cycle], evidence: Evidence) -> None:
        """Fill in the requirements that it is not tied to, in groups by area."""
        taken = {(tie.cycle_id, tie.requirement_code) for tie in evidence.ties}
        groups: dict[str, list[tuple[str, str]]] = {"": [("", _("Choose a requirement"))]}
        for cycle in cycles:
            for area in cycle.scheme.areas:
                name = f"{area.code} {area.title}" + (f" ({cycle.title})" if len(cycles) > 1 else "")
                groups[name] = [
                    (f"{cycle.number}:{found.code}", f"{found.code} {shortened(found.title)}")
                    for criterion in area.criteria
                    for found in criterion.requirements
                    if (cycle.id, found.code) not in taken
                ]
        self.requirement.choices = {name: choices for name, choices in groups.items() if choices}

    def wanted(self) -> Wanted:
        """Return the tie that is asked for."""
        return as_wanted(self.requirement.data, self.pages.data or "")


class JudgeForm(BaseForm):
    """How a piece of evidence shows something for a requirement."""

    pages = StringField(lazy("Pages"), validators=[Length(max=40)])
    strength = RadioField(
        lazy("How directly does it show it?"),
        choices=choices([("", lazy("Not judged")), *wording.STRENGTH_NAMES.items()]),
        default="",
    )
    ticks = SelectMultipleField(
        lazy("What was checked"),
        choices=choices((tick, wording.TICK_NAMES[tick]) for tick in TICKS),
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )

    def show(self, tie: Tie) -> None:
        """Fill in what is said now."""
        self.pages.data, self.strength.data, self.ticks.data = tie.pages, tie.strength, list(tie.ticks)

    def details(self) -> TieDetails:
        """Return what was said."""
        strength = self.strength.data or ""
        chosen = strength if strength in set(Strength) else ""
        return TieDetails(self.pages.data or "", chosen, frozenset(self.ticks.data or ()))


class ReviewForm(TypedForm):
    """Accept a version, or send it back; ``version`` is the one that was shown."""

    decision = RadioField(
        lazy("Decision"), choices=choices(wording.DECISION_NAMES.items()), validators=[InputRequired()]
    )
    comment = TextAreaField(lazy("Comment"), validators=[Length(max=COMMENT_LONGEST)])
    version = HiddenField()

    def offer(self, evidence: Evidence) -> None:
        """Leave the decisions that can be taken: what is accepted can only be sent back."""
        if evidence.state == State.ACCEPTED.value:
            self.decision.choices = choices([(Decision.RETURNED, wording.DECISION_NAMES[Decision.RETURNED])])

    def chosen(self) -> Decision:
        """Return the decision."""
        return Decision(self.decision.data)

    def seen(self) -> int | None:
        """Return the version that was shown."""
        return seen(self.version)
